// The chunks of a text. Those near what is seen are formatted; the others give their nodes back and keep their text, so
// that a hundred thousand tokens weigh little more than their characters, and the browser's own search finds them.

import { h } from "../dom.js";
import { whenIdle } from "./frames.js";
import { fragmentOf, parse } from "./markdown.js";

/** Chunks that are formatted at once, beside those that are near. */
const MOST_FORMATTED = 6;
const NEAR_PIXELS = 800;

/**
 * A part of a text, which may grow until it is given to {@link Chunks}.
 *
 * @returns {{source: string, element: HTMLElement, headings: number[], nextNumber: ?number}} its text, where it is shown,
 *     the headings above it, and the number that its first list goes on with
 */
export function newChunk(source = "") {
  return { source, element: h("div.chunk", {}, source === "" ? null : source), headings: [], nextNumber: null };
}

export class Chunks {
  /**
   * @param {HTMLElement} element that they stand in
   * @param {?HTMLElement} scroller null for the page
   * @param {Object} shared what the text's blocks share, see markdown.js
   * @param {Object<string, Function>} makers of parts
   */
  constructor(element, scroller, shared, makers) {
    this.element = element;
    this.shared = shared;
    this.makers = makers;
    this.formatted = new Set();
    this.near = new Set();
    this.observer = new IntersectionObserver((entries) => this.see(entries), { root: scroller, rootMargin: `${NEAR_PIXELS}px 0px` });
  }

  /** One that stands in the element already, formatted. */
  add(chunk) {
    this.formatted.add(chunk);
    this.watch(chunk);
    this.release();
  }

  /** One more, as its text for now. */
  addPlain(source) {
    const chunk = newChunk(source);
    chunk.element.classList.add("plain");
    this.element.append(chunk.element);
    this.watch(chunk);
  }

  watch(chunk) {
    chunk.element.classList.add("closed");
    chunk.element.chunk = chunk;
    this.observer.observe(chunk.element);
  }

  see(entries) {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const { chunk } = target;
      if (isIntersecting) this.near.add(chunk);
      else this.near.delete(chunk);
      if (boundingClientRect.height > 0) chunk.height = boundingClientRect.height;
      if (isIntersecting && !this.formatted.has(chunk)) whenIdle(() => this.near.has(chunk) && this.format(chunk));
    }
    this.release();
  }

  format(chunk) {
    const shared = Object.assign(Object.create(this.shared), { headings: [...chunk.headings] });
    const tokens = parse(chunk.source, shared);
    if (chunk.nextNumber !== null && tokens[0]?.type === "ordered_list_open") tokens[0].attrSet("start", String(chunk.nextNumber));
    const { element } = chunk;
    element.replaceChildren(fragmentOf(tokens, shared, this.makers));
    element.classList.remove("plain");
    element.style.blockSize = "";
    this.formatted.add(chunk);
  }

  formatAll() {
    for (const element of this.element.querySelectorAll(":scope > .chunk.plain")) this.format(element.chunk);
  }

  /** Definitions stand at the end: what pointed to them before they were known is shown anew. */
  refresh() {
    const labels = Object.keys(this.shared.references);
    if (labels.length === 0) return;
    const wanted = new Set(labels);
    const asks = ({ source }) => {
      for (const [, label] of source.matchAll(/\[([^\]\n]{1,100})\]/g)) if (wanted.has(label.trim().toLowerCase().toUpperCase())) return true;
      return false;
    };
    for (const chunk of this.formatted) if (asks(chunk)) whenIdle(() => this.format(chunk));
  }

  /** Those that are far keep their text and their height alone. */
  release() {
    if (this.formatted.size <= MOST_FORMATTED) return;
    for (const chunk of this.formatted) {
      if (this.formatted.size <= MOST_FORMATTED) return;
      if (this.near.has(chunk) || chunk.height === undefined || chunk.element.contains(document.activeElement)) continue;
      this.formatted.delete(chunk);
      chunk.element.style.blockSize = `${chunk.height}px`;
      chunk.element.classList.add("plain");
      chunk.element.textContent = chunk.source;
    }
  }

  disconnect() {
    this.observer.disconnect();
  }
}
