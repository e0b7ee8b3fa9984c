// What `/` at the beginning of a message offers: commands of the page, and prompts that the person has kept.

import { freshId, h } from "./dom.js";
import { t } from "./language.js";
import { preferences } from "./preferences.js";

/** `/name words`, while only the name is being written. */
export function begun(text) {
  return /^\/([\p{L}\p{N}-]*)$/u.exec(text)?.[1] ?? null;
}

/** The command that a whole message is, and the words behind it; null for a message, as one that a command has no use for is. */
export function commandOf(text, commands) {
  const match = /^\/([\p{L}\p{N}-]+)(?:\s+(.*))?$/su.exec(text.trim());
  if (match === null) return null;
  const command = commands.find(({ name }) => name === match[1].toLowerCase());
  const words = match[2] ?? "";
  return command === undefined || (words !== "" && !command.takesWords) ? null : { command, words };
}

/** Prompts that were kept, as commands that write. */
export function promptCommands(write) {
  return preferences
    .get("prompts")
    .filter(({ name, text }) => typeof name === "string" && typeof text === "string")
    .map(({ name, text }) => ({ name, detail: text, takesWords: true, run: (words) => write(words === "" ? text : `${text}\n\n${words}`) }));
}

/**
 * The list above the composer's text field: the focus stays in the field, arrows choose, Enter or Tab takes. (A field
 * of several lines may not be a combobox in ARIA 1.2, but may have an active descendant.)
 */
export class CommandList {
  constructor(field, commands, take) {
    this.field = field;
    this.commands = commands;
    this.take = take;
    this.at = 0;
    this.found = [];
    // it scrolls, so it can have the focus; pressing on it leaves the focus in the field
    this.element = h("ul.commands", { role: "listbox", id: freshId("commands"), "aria-label": t("command.list"), tabindex: "0", onpointerdown: (event) => event.preventDefault(), hidden: true });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** Shows what begins like that. */
  update() {
    const begin = begun(this.field.value);
    this.found = begin === null ? [] : this.commands().filter(({ name }) => name.startsWith(begin.toLowerCase()));
    this.at = 0;
    this.show();
  }

  close() {
    this.found = [];
    this.show();
  }

  show() {
    this.element.hidden = this.found.length === 0;
    this.element.replaceChildren(...this.found.map((command, index) => this.option(command, index)));
    if (this.isOpen) {
      this.field.setAttribute("aria-controls", this.element.id);
      this.field.setAttribute("aria-activedescendant", this.element.children[this.at].id);
      this.element.children[this.at].scrollIntoView({ block: "nearest" });
    } else {
      this.field.removeAttribute("aria-activedescendant");
      this.field.removeAttribute("aria-controls");
    }
  }

  option(command, index) {
    return h(
      "li",
      {
        role: "option",
        id: `${this.element.id}-${index}`,
        "aria-selected": String(index === this.at),
        onclick: () => this.choose(command),
      },
      h("code", {}, `/${command.name}`),
      h("span", {}, command.detail),
    );
  }

  choose(command) {
    this.close();
    this.take(command);
  }

  /** Whether the key was for the list. */
  onKey(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      this.show();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.choose(this.found[this.at]);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return false;
    }
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
