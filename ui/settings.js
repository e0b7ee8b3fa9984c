// What a person can choose: appearance, answers, kept prompts, shortcuts, their data.

import { key } from "./api.js";
import { announce, freshId, h, iconButton } from "./dom.js";
import { openDialog } from "./dialog.js";
import { LANGUAGES, t } from "./language.js";
import { preferences } from "./preferences.js";
import { ACTIONS, bind, bindingFrom, bindingOf, shown } from "./shortcuts.js";

const PAGES = ["general", "answers", "prompts", "shortcuts", "data"];

/** @param {Object} app `setLanguage(code)`, `transfers` */
export function openSettings(app, first = "general") {
  openDialog(t("view.settings"), "settings", () => {
    const tabs = PAGES.map((page) =>
      h("button.tab", { type: "button", role: "tab", id: `tab-${page}`, "aria-controls": "settings-page", onclick: () => show(page) }, t(`settings.${page}`)),
    );
    const panel = h("div.settings-page", { role: "tabpanel", id: "settings-page", tabindex: "0" });
    const list = h("div.tabs", { role: "tablist", "aria-label": t("view.settings"), onkeydown: onKey }, tabs);
    function show(page) {
      PAGES.forEach((name, index) => {
        const isShown = name === page;
        tabs[index].setAttribute("aria-selected", String(isShown));
        tabs[index].tabIndex = isShown ? 0 : -1;
      });
      panel.setAttribute("aria-labelledby", `tab-${page}`);
      panel.replaceChildren(...content[page](app));
    }
    function onKey(event) {
      const at = tabs.indexOf(document.activeElement);
      const isMirrored = document.documentElement.dir === "rtl";
      const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: isMirrored ? -1 : 1, ArrowLeft: isMirrored ? 1 : -1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = tabs.at((at + step) % tabs.length);
      next.focus();
      next.click();
    }
    show(first);
    return [list, panel];
  }).querySelector(`#tab-${first}`)?.focus();
}

function select(label, value, options, onchange) {
  const id = freshId("choice");
  const field = h(
    "select",
    { id, onchange: (event) => onchange(event.target.value) },
    options.map(([code, name, lang]) => h("option", { value: code, selected: code === value, lang: lang ?? null }, name)),
  );
  return h("div.field", {}, h("label", { for: id }, label), field);
}

function check(label, isOn, onchange) {
  return h(
    "label.check",
    {},
    h("input", { type: "checkbox", checked: isOn, onchange: (event) => onchange(event.target.checked) }),
    h("span", {}, label),
  );
}

const content = {
  general: (app) => [
    select(t("settings.language"), t.language(), LANGUAGES.map(([code, name]) => [code, name, code]), (code) => app.setLanguage(code)),
    select(
      t("settings.theme"),
      preferences.get("theme"),
      ["system", "light", "dark", "contrast"].map((theme) => [theme, t(`theme.${theme}`)]),
      (theme) => preferences.set("theme", theme),
    ),
    select(
      t("settings.sendWith"),
      preferences.get("sendWith"),
      ["enter", "mod"].map((way) => [way, t(`sendWith.${way}`, { binding: shown("Mod+Enter") })]),
      (way) => preferences.set("sendWith", way),
    ),
  ],

  answers: () => {
    const id = freshId("instructions");
    const votes = freshId("votes");
    return [
      h(
        "div.field",
        {},
        h("label", { for: id }, t("settings.instructions")),
        h("textarea", {
          id,
          rows: 6,
          dir: "auto",
          value: preferences.get("instructions"),
          "aria-describedby": `${id}-hint`,
          onchange: (event) => preferences.set("instructions", event.target.value),
        }),
        h("p.hint", { id: `${id}-hint` }, t("settings.instructionsHint")),
      ),
      h(
        "div.field",
        {},
        h("label", { for: votes }, t("settings.votes")),
        h("input", {
          id: votes,
          type: "number",
          min: 2,
          max: 16,
          value: preferences.get("votes"),
          onchange: (event) => {
            const count = Math.min(16, Math.max(2, Math.round(event.target.valueAsNumber) || 5));
            event.target.value = count;
            preferences.set("votes", count);
          },
        }),
      ),
    ];
  },

  prompts: () => {
    const frame = h("div.stack");
    showPrompts(frame);
    return [h("p.hint", {}, t("settings.promptsHint")), frame];
  },

  shortcuts: () => {
    const table = h("div.stack");
    showShortcuts(table);
    return [check(t("settings.shortcutsOn"), preferences.get("shortcutsOn"), (isOn) => preferences.set("shortcutsOn", isOn)), table];
  },

  data: (app) => [
    h("p.hint", {}, t("settings.dataHint")),
    h("button.button", { type: "button", onclick: () => app.transfers.readFiles() }, t("settings.import")),
    h("button.button", { type: "button", onclick: () => app.transfers.saveAll() }, t("settings.exportAll")),
    key.get() === null
      ? null
      : h(
          "button.button",
          {
            type: "button",
            onclick: () => {
              key.clear();
              location.reload();
            },
          },
          t("settings.forgetKey"),
        ),
  ].filter(Boolean),
};

function showPrompts(frame) {
  const prompts = preferences.get("prompts");
  const keep = (changed) => {
    preferences.set("prompts", changed);
    showPrompts(frame);
  };
  const name = h("input", { "aria-label": t("prompt.name"), placeholder: t("prompt.name"), pattern: "[\\p{L}\\p{N}-]+", maxlength: 32, required: true });
  const text = h("textarea", { "aria-label": t("prompt.text"), placeholder: t("prompt.text"), rows: 3, dir: "auto", required: true });
  frame.replaceChildren(
    h(
      "ul.prompts",
      {},
      prompts.map((prompt) =>
        h(
          "li",
          {},
          h("code", {}, `/${prompt.name}`),
          h("span", { dir: "auto" }, prompt.text),
          iconButton("trash", t("prompt.remove", { name: prompt.name }), () => keep(prompts.filter((other) => other !== prompt))),
        ),
      ),
    ),
    h(
      "form.stack",
      {
        onsubmit: (event) => {
          event.preventDefault();
          const added = { name: name.value.toLowerCase(), text: text.value };
          keep([...prompts.filter((other) => other.name !== added.name), added]);
          announce(t("prompt.added", { name: added.name }));
        },
      },
      name,
      text,
      h("div.dialog-actions", {}, h("button.button", { type: "submit" }, t("prompt.add"))),
    ),
  );
}

function showShortcuts(frame) {
  const again = (action) => {
    showShortcuts(frame);
    frame.querySelector(`[data-action="${action}"]`)?.focus();
  };
  frame.replaceChildren(
    h(
      "table.shortcuts",
      {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("shortcut.action")), h("th", { scope: "col" }, t("shortcut.keys")), h("td"))),
      h(
        "tbody",
        {},
        ACTIONS.map(([action]) => shortcutRow(action, again)),
      ),
    ),
    h(
      "div.dialog-actions",
      {},
      h(
        "button.button",
        {
          type: "button",
          onclick: () => {
            preferences.set("shortcuts", {});
            showShortcuts(frame);
            announce(t("shortcut.allReset"));
          },
        },
        t("shortcut.reset"),
      ),
    ),
  );
}

function shortcutRow(action, again) {
  const name = t(`shortcut.${action}`);
  const binding = bindingOf(action);
  const button = h(
    "button.button.binding",
    { type: "button", data: { action }, "aria-label": t("shortcut.change", { action: name, keys: shown(binding) || t("shortcut.none") }) },
    binding === null ? t("shortcut.none") : h("kbd", {}, shown(binding)),
  );
  button.addEventListener("click", () => record(button, action, again));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, name),
    h("td", {}, button),
    h(
      "td",
      {},
      iconButton("close", t("shortcut.clear", { action: name }), () => {
        bind(action, null);
        again(action);
      }),
    ),
  );
}

// The next keys that are pressed; Escape too, so leaving with Tab is what gives up.
function record(button, action, again) {
  button.replaceChildren(t("shortcut.press"));
  announce(t("shortcut.press"));
  const onKey = (event) => {
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const binding = bindingFrom(event);
    if (binding === null) return;
    end();
    bind(action, binding);
    again(action);
    announce(t("shortcut.changed", { action: t(`shortcut.${action}`), keys: shown(binding) }));
  };
  const end = () => {
    button.removeEventListener("keydown", onKey);
    button.removeEventListener("blur", onBlur);
  };
  const onBlur = () => {
    end();
    again(null);
  };
  button.addEventListener("keydown", onKey);
  button.addEventListener("blur", onBlur);
}
