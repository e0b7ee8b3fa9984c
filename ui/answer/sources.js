// Numbered chips in the text, and the panel that says what is behind them.

import { freshId, h } from "../dom.js";
import { sourceOf } from "./citations.js";

export class Sources {
  /**
   * @param {(text: string) => Node} inline makes nodes of a note's Markdown
   */
  constructor(t, inline) {
    this.t = t;
    this.inline = inline;
    this.labels = [];
    this.items = new Map();
    this.list = h("ol");
    this.summary = h("summary");
    this.element = h("details.sources", { hidden: true }, this.summary, this.list);
    this.id = freshId("source");
  }

  /** The number of a source, in the order in which they are cited. */
  number(label) {
    if (!this.labels.includes(label)) this.labels.push(label);
    return this.labels.indexOf(label) + 1;
  }

  chip(label) {
    const number = this.number(label);
    const open = () => {
      this.element.open = true;
      const item = this.items.get(label);
      item?.focus();
      item?.scrollIntoView({ block: "nearest" });
    };
    return h("button.citation", { type: "button", "aria-label": this.t("answer.source", { number }), onclick: open }, this.t.number(number));
  }

  /** Lists what is cited, as far as it is known by now. */
  show(shared) {
    this.element.hidden = this.labels.length === 0;
    this.summary.textContent = this.t("answer.sources", { count: this.labels.length });
    this.list.replaceChildren(
      ...this.labels.map((label) => {
        const item = h("li", { tabindex: -1 }, this.entry(sourceOf(label, shared)));
        this.items.set(label, item);
        return item;
      }),
    );
  }

  entry({ label, title, url, note }) {
    if (note !== undefined) return this.inline(note);
    if (url === undefined) return this.t("answer.sourceUnknown", { label });
    let address = null;
    try {
      address = new URL(url);
    } catch {
      // told as it is
    }
    if (address === null || !/^https?:$/.test(address.protocol)) return title || url;
    const link = h("a", { href: address.href, target: "_blank", rel: "noopener noreferrer nofollow", referrerpolicy: "no-referrer" }, title || address.href);
    return [link, " ", h("span.host", {}, address.host)];
  }
}
