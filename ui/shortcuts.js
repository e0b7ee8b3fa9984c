// Shortcuts as Open WebUI's users know them. Each can be bound anew or to nothing, and all can be switched off
// (WCAG 2.1.4). A binding is written `Mod+Shift+O`; Mod is Command on Apple's machines, Control elsewhere.

import { preferences } from "./preferences.js";

export const ACTIONS = [
  ["newChat", "Mod+Shift+O"],
  ["search", "Mod+K"],
  ["sidebar", "Mod+Shift+S"],
  ["settings", "Mod+."],
  ["shortcuts", "Mod+/"],
  ["copyAnswer", "Mod+Shift+C"],
  ["copyCode", "Mod+Shift+;"],
  ["delete", "Mod+Shift+Backspace"],
  ["temporary", "Mod+Shift+'"],
  ["models", "Mod+Shift+M"],
  ["focusInput", "Shift+Escape"],
  ["stop", "Escape"],
  ["toggleThink", "Mod+Shift+E"],
  ["answerNow", "Mod+Shift+Enter"],
];

export const IS_APPLE = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** The binding that holds, or null. */
export function bindingOf(action) {
  const chosen = preferences.get("shortcuts")[action];
  return chosen === undefined ? new Map(ACTIONS).get(action) : chosen;
}

/** What a key event would be as a binding; null for a modifier alone. */
export function bindingFrom(event) {
  if (["Control", "Shift", "Alt", "Meta", "AltGraph", "Dead", "Process"].includes(event.key)) return null;
  const isMod = IS_APPLE ? event.metaKey : event.ctrlKey;
  const isOther = IS_APPLE ? event.ctrlKey : event.metaKey;
  const parts = [];
  if (isMod) parts.push("Mod");
  if (isOther) parts.push(IS_APPLE ? "Control" : "Meta");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey) parts.push("Shift");
  parts.push(keyOf(event));
  return parts.join("+");
}

// With Shift a key has another character: what lies on it counts, where that is a sign of Latin keyboards.
const SIGNS = { Semicolon: ";", Quote: "'", Period: ".", Slash: "/", Comma: ",", Minus: "-", Equal: "=", BracketLeft: "[", BracketRight: "]", Backslash: "\\", Backquote: "`" };

function keyOf(event) {
  if (/^Key[A-Z]$/.test(event.code) && !/^[a-z]$/i.test(event.key)) return event.code.slice(3);
  if (event.shiftKey && SIGNS[event.code] !== undefined) return SIGNS[event.code];
  if (event.shiftKey && /^Digit\d$/.test(event.code)) return event.code.slice(5);
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

/** As it is engraved: `Ctrl+Shift+O`, `⌘⇧O`. */
export function shown(binding) {
  if (binding === null) return "";
  const names = IS_APPLE
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥", Control: "⌃", Enter: "↵", Backspace: "⌫", Escape: "esc" }
    : { Mod: "Ctrl", Escape: "Esc" };
  return binding
    .split(/\+(?=.)/)
    .map((part) => names[part] ?? part)
    .join(IS_APPLE ? "" : "+");
}

/** For `aria-keyshortcuts`. */
export function spoken(action) {
  const binding = preferences.get("shortcutsOn") ? bindingOf(action) : null;
  return binding === null ? null : binding.replace("Mod", IS_APPLE ? "Meta" : "Control");
}

/** The action that an event means, or null. */
export function actionOf(event) {
  if (!preferences.get("shortcutsOn") || event.isComposing) return null;
  const binding = bindingFrom(event);
  return ACTIONS.map(([action]) => action).find((action) => bindingOf(action) === binding) ?? null;
}

/** Binds an action; whatever had the binding before loses it. */
export function bind(action, binding) {
  const bindings = { ...preferences.get("shortcuts"), [action]: binding };
  if (binding !== null) {
    for (const [other] of ACTIONS) {
      if (other !== action && bindingOf(other) === binding) bindings[other] = null;
    }
  }
  preferences.set("shortcuts", bindings);
}
