// A menu that opens at a button (ARIA Authoring Practices, "menu button"): arrows, first letters, Escape.

import { h, icon } from "./dom.js";

let open = null;

/**
 * Opens a menu.
 *
 * @param {HTMLElement} anchor the button it belongs to; gets the focus back
 * @param {string} label what it is a menu of
 * @param {Array} items each `{label, icon?, hint?, detail? (a line or several), checked?, danger?, disabled?, run}`, or null for a line
 */
export function openMenu(anchor, label, items) {
  if (open?.anchor === anchor) {
    close(true);
    return;
  }
  close(false);
  const entries = items.map(entry);
  const menu = h("div.menu", { role: "menu", "aria-label": label }, entries);
  menu.addEventListener("keydown", onKey);
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget !== null && !menu.contains(event.relatedTarget) && event.relatedTarget !== anchor) close(false);
  });
  // within the landmark of its button; and what lies outside of a dialog is inert
  (anchor.closest("dialog, nav, main") ?? document.body).append(menu);
  open = { anchor, menu };
  anchor.setAttribute("aria-expanded", "true");
  place(anchor, menu);
  (menu.querySelector("[aria-checked=true]") ?? buttons()[0])?.focus();
}

function entry(item) {
  if (item === null) return h("div.menu-line", { role: "separator" });
  const isChoice = item.checked !== undefined;
  return h(
    item.danger ? "button.menu-item.danger" : "button.menu-item",
    {
      type: "button",
      role: isChoice ? "menuitemradio" : "menuitem",
      "aria-checked": isChoice ? String(item.checked) : null,
      "aria-disabled": item.disabled ? "true" : null,
      tabindex: "-1",
      onclick: () => {
        if (item.disabled) return;
        close(true);
        item.run();
      },
    },
    isChoice ? h("span.menu-check", {}, item.checked ? icon("check") : null) : item.icon ? icon(item.icon) : null,
    h("span.menu-text", {}, h("span", {}, item.label), details(item)),
    item.hint ? h("kbd", {}, item.hint) : null,
  );
}

const details = ({ detail = [] }) => [detail].flat().filter(Boolean).map((line) => h("span.menu-detail", {}, line));

const buttons = () => (open === null ? [] : [...open.menu.querySelectorAll("button")]);

function onKey(event) {
  const all = buttons();
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    all.at(to % all.length).focus();
  } else if (event.key === "Escape") {
    close(true);
  } else if (event.key === "Tab") {
    close(true);
    return;
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    const letter = event.key.toLocaleLowerCase();
    const later = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    later.find((button) => button.querySelector(".menu-text").textContent.toLocaleLowerCase().startsWith(letter))?.focus();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

// Below the button where there is room, else above; never over the window's edge.
function place(anchor, menu) {
  const box = anchor.getBoundingClientRect();
  const isRight = document.documentElement.dir === "rtl";
  const left = isRight ? box.right - menu.offsetWidth : box.left;
  const fits = box.bottom + menu.offsetHeight + 8 < innerHeight;
  const top = fits ? box.bottom + 4 : box.top - menu.offsetHeight - 4;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(top, innerHeight - menu.offsetHeight - 8))}px`;
}

export function close(returnFocus) {
  if (open === null) return;
  const { anchor, menu } = open;
  open = null;
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (returnFocus && anchor.isConnected) anchor.focus();
}

document.addEventListener("pointerdown", (event) => {
  if (open !== null && !open.menu.contains(event.target) && !open.anchor.contains(event.target)) close(false);
});
addEventListener("resize", () => close(true));
