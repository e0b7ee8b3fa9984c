// Dialogs: the browser's own, which keep the focus inside and give it back.

import { freshId, h, iconButton } from "./dom.js";
import { t } from "./language.js";

/** Opens a dialog; it is gone when closed. `fill(close)` gives what stands in it. */
export function openDialog(title, kind, fill, onClose = () => {}) {
  const id = freshId("dialog");
  const dialog = h(`dialog.${kind}`, { "aria-labelledby": id });
  const close = () => dialog.close();
  dialog.append(
    h("header.dialog-head", {}, h("h2", { id }, title), iconButton("close", t("dialog.close"), close)),
    h("div.dialog-body", {}, fill(close)),
  );
  dialog.addEventListener("close", () => {
    bringNotices(); // before they go with it
    dialog.remove();
    onClose();
  });
  let isPressedBeside = false; // else a text was being selected, and the pointer let go outside
  dialog.addEventListener("pointerdown", (event) => {
    isPressedBeside = event.target === dialog;
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && isPressedBeside) close();
  });
  document.body.append(dialog);
  dialog.showModal();
  bringNotices();
  dialog.querySelector("[autofocus]")?.focus();
  return dialog;
}

/** Beside an open dialog all is inert, so notices and what is told stand in the one that was opened last. */
function bringNotices() {
  const place = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  for (const id of ["toasts", "announcer"]) place.append(document.getElementById(id));
}

/** Whether one is open: shortcuts rest meanwhile. */
export const dialogIsOpen = () => document.querySelector("dialog[open]") !== null;

/** Asks for one line of text. Gives it, or null. */
export function askText(title, label, { value = "", type = "text", hint = "", action = t("dialog.save") } = {}) {
  return new Promise((resolve) => {
    let answer = null;
    openDialog(
      title,
      "small-dialog",
      (close) => {
        const input = h("input", { type, value, autofocus: true, autocomplete: "off", required: true });
        return h(
          "form.stack",
          {
            onsubmit: (event) => {
              event.preventDefault();
              answer = input.value.trim();
              close();
            },
          },
          hint ? h("p", {}, hint) : null,
          h("label.field", {}, h("span", {}, label), input),
          h(
            "div.dialog-actions",
            {},
            h("button.button", { type: "button", onclick: close }, t("dialog.cancel")),
            h("button.button.primary", { type: "submit" }, action),
          ),
        );
      },
      () => resolve(answer),
    );
  });
}

/** Asks before what cannot be taken back. */
export function confirm(title, text, action) {
  return new Promise((resolve) => {
    let isSure = false;
    openDialog(
      title,
      "small-dialog",
      (close) => [
        h("p", {}, text),
        h(
          "div.dialog-actions",
          {},
          h("button.button", { type: "button", autofocus: true, onclick: close }, t("dialog.cancel")),
          h(
            "button.button.danger",
            {
              type: "button",
              onclick: () => {
                isSure = true;
                close();
              },
            },
            action,
          ),
        ),
      ],
      () => resolve(isSure),
    );
  });
}
