// The models that the server offers, and what each can.

import { api } from "./api.js";
import { t } from "./language.js";
import { preferences } from "./preferences.js";

const NONE = { id: "", name: "–", thinks: true, sees: false, calls: false, isRemote: false, context: 0, pricing: null, detail: "" };

export class Models {
  constructor() {
    this.all = [];
  }

  async load() {
    const { data } = await api.get("/v1/models");
    this.all = data.filter((card) => card.capabilities?.completion_chat !== false).map(read);
  }

  /** The chosen one, or the first where that is gone. */
  current() {
    const chosen = preferences.get("model");
    return this.all.find(({ id }) => id === chosen) ?? this.all[0] ?? NONE;
  }

  /** For people. */
  nameOf(id) {
    return this.all.find((model) => model.id === id || model.aliases.includes(id))?.name ?? id ?? "";
  }

  /** As menu items. */
  choices(choose) {
    const current = this.current();
    return this.all.map((model) => ({
      label: model.name,
      detail: detailOf(model),
      checked: model === current,
      run: () => choose(model),
    }));
  }
}

function read(card) {
  const can = card.capabilities ?? {};
  return {
    id: card.id,
    name: card.name || card.id,
    description: card.description ?? "",
    aliases: card.aliases ?? [],
    thinks: can.reasoning === true,
    sees: can.vision === true,
    calls: can.function_calling === true,
    isRemote: card.remote === true,
    context: card.max_context_length ?? 0,
    pricing: card.pricing ?? null,
  };
}

function detailOf(model) {
  const abilities = [
    model.thinks ? t("model.thinks") : null,
    model.sees ? t("model.sees") : null,
    model.calls ? t("model.calls") : null,
    model.context ? t("model.context", { count: model.context }) : null,
  ];
  const line = abilities.filter(Boolean).join(" · ");
  return [model.description, line];
}
