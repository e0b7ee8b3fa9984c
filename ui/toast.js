// Short notices. One with something to do stays long, and longer under the pointer or with the focus in it.

import { announce, h, iconButton } from "./dom.js";
import { t } from "./language.js";

const BRIEF_MILLIS = 5_000;
const LONG_MILLIS = 20_000;

/**
 * @param {string} text
 * @param {{label: string, run: () => void}} [action]
 * @param {() => void} [onGone] when it went without the action
 */
export function toast(text, action = null, onGone = () => {}) {
  let timer;
  const gone = (acted) => () => {
    if (!box.isConnected) return;
    clearTimeout(timer);
    box.remove();
    if (acted) action.run();
    else onGone();
  };
  const box = h(
    "div.toast",
    {},
    h("span", {}, text),
    action === null ? null : h("button.button.quiet", { type: "button", onclick: gone(true) }, action.label),
    iconButton("close", t("toast.dismiss"), gone(false)),
  );
  const start = () => {
    timer = setTimeout(gone(false), action === null ? BRIEF_MILLIS : LONG_MILLIS);
  };
  for (const name of ["pointerenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) box.addEventListener(name, start);
  document.getElementById("toasts").append(box);
  announce(text);
  start();
  return gone(false);
}
