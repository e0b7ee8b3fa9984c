// The last word on markup: whatever Markdown became, this alone turns it into nodes.

import { purify } from "./libraries.js";

// No ids and names (they would become properties of the document), no style, no data but the number of a part, no
// forms, frames, pictures or foreign namespaces: formulas, code, pictures and citations are made as nodes afterwards,
// from data that never was markup.
const CONFIG = {
  ALLOWED_TAGS: [
    ..."p br hr h4 h5 h6 ul ol li blockquote em strong s del ins u mark small sub sup kbd code a span div".split(" "),
    ..."table thead tbody tr th td".split(" "),
  ],
  ALLOWED_ATTR: ["href", "title", "start", "class", "dir", "data-part"],
  ADD_URI_SAFE_ATTR: ["start", "dir", "data-part"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  RETURN_DOM_FRAGMENT: true,
  SANITIZE_DOM: true,
};

/** Ours; a class is a way to look like a part of the page. */
const CLASSES = new Set(["align-left", "align-center", "align-right", "level-1", "level-2", "level-3", "level-4", "level-5", "level-6", "no-link", "task"]);

purify.addHook("uponSanitizeAttribute", (_, data) => {
  if (data.attrName === "class") data.keepAttr = CLASSES.has(data.attrValue);
  if (data.attrName === "dir") data.keepAttr = ["auto", "ltr", "rtl"].includes(data.attrValue);
});

/** The nodes of a piece of markup. */
export function sanitize(html) {
  return purify.sanitize(html, CONFIG);
}
