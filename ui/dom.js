// Elements without markup: text is always text, so nothing that a model or a person wrote can be anything else.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element.
 *
 * @param {string} what a tag with classes: `button.icon.quiet`
 * @param {Object} [properties] `on…` are listeners, `data` an object of data attributes, true and false set and leave
 *     out an attribute, null and undefined leave it out; everything else is an attribute
 * @param {...(Node|string|null|Array)} children strings become text
 */
export function h(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(properties ?? {})) setProperty(element, name, value);
  append(element, children);
  return element;
}

function setProperty(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : String(value));
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

// Each a path in a square of 24, drawn with a stroke.
const ICONS = {
  archive: "M4 8v11h16V8M3 4h18v4H3zM10 12h4",
  attach: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L14.5 7.2",
  chart: "M4 20V10M10 20V4M16 20v-7M21 20H3",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  columns: "M4 5h16v14H4zM9.3 5v14M14.7 5v14",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11M7 11l5 5 5-5M4 20h16",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  flash: "M13 3L5 13.5h6L10.5 21 19 10h-6.5z",
  forward: "M9 5l7 7-7 7",
  ghost: "M6 20V11a6 6 0 0 1 12 0v9l-3-2-3 2-3-2zM10 11h.01M14 11h.01",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 11.5a.5.5 0 1 0 .01 0zM12 11.5a.5.5 0 1 0 .01 0zM19 11.5a.5.5 0 1 0 .01 0z",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  plus: "M12 5v14M5 12h14",
  printer: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  retry: "M19 12a7 7 0 1 1-2.3-5.2M19 4v4h-4",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  send: "M12 20V5M6 11l6-6 6 6",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  sidebar: "M4 5h16v14H4zM9.5 5v14",
  stop: "M7 7h10v10H7z",
  think: "M9 18h6M10 21h4M8.5 15c-2-1.3-3-3-3-5.2a6.5 6.5 0 0 1 13 0c0 2.2-1 3.9-3 5.2z",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  upload: "M12 16V5M7 9l5-5 5 5M4 20h16",
  vote: "M4 12l3 3 5-6M13 16l3 3 5-8",
};

/** A picture that says nothing by itself: what it stands on has a name. */
export function icon(name) {
  const svg = svgElement("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" });
  svg.append(svgElement("path", { d: ICONS[name] }));
  return svg;
}

export function svgElement(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** A button that is a picture, named and with its name on hover. */
export function iconButton(name, label, onclick, properties = {}) {
  return h("button.icon-button", { type: "button", "aria-label": label, title: label, onclick, ...properties }, icon(name));
}

/** An id that no other element has. */
let ids = 0;
export function freshId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}

const region = () => document.getElementById("announcer");

/** Tells a screen reader a state, politely; the same words twice are told twice. */
export function announce(text) {
  const line = h("p", {}, text);
  region()?.replaceChildren(line);
}

/** A random UUID (RFC 9562, 5.4), also where the page came over plain HTTP, which has no `crypto.randomUUID`. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Copies, and says whether that worked: a browser may refuse. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text); // over plain HTTP there is no clipboard
  }
}

function copySelected(text) {
  const focused = document.activeElement;
  const field = h("textarea.visually-hidden", { "aria-hidden": "true", tabindex: "-1", readonly: true, value: text });
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused?.focus({ preventScroll: true });
  return isCopied;
}

/** Gives the person a file. */
export function saveFile(name, blob) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
