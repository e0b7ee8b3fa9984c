// A text that grows, as formatted blocks. What is complete is formatted once and never touched again; only the last
// block, of which more may come, is parsed anew in each frame. Blocks stand in chunks of some thousand characters,
// which are kept as text where nobody sees them.

import { h } from "../dom.js";
import { Chunks, newChunk } from "./chunks.js";
import { CodeView } from "./code.js";
import { OpenFence } from "./fence.js";
import { fill, formulaPlace } from "./formulas.js";
import { nextFrame } from "./frames.js";
import { fragmentOf, glimpse, parse, sharedOfText } from "./markdown.js";
import { morph } from "./morph.js";
import { cut } from "./pieces.js";

const CHUNK_CHARS = 3000;
const FLUSH_MILLIS = 40;
/** How many times longer than its work a text rests. */
const REST = 3;
/** What one frame reads. */
const FRAME_CHARS = 4000;
/** More than that is not shown as it came: it is cut, and formatted where it is seen. */
const BEHIND_CHARS = 20_000;
/** A list or a table is cut between its items, a paragraph between its lines, once it is that long. */
const LONG_BLOCK_CHARS = 2500;

/** Top-level blocks of tokens: `{at, type, begin, end}`, where they are and their lines. */
function blocks(tokens) {
  return tokens
    .map((token, at) => ({ at, type: token.type, begin: token.map?.[0], end: token.map?.[1], level: token.level, nesting: token.nesting, token }))
    .filter(({ level, nesting, begin }) => level === 0 && nesting >= 0 && begin !== undefined);
}

/** Where each line of a text begins, and its end. */
function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

export class MarkdownStream {
  /**
   * @param {HTMLElement} element that the text is shown in
   * @param {Object<string, Function>} makers of formulas, pictures and citations, see fragmentOf
   * @param {{t: Function, onCopy: Function, scroller?: HTMLElement, onShown?: () => void}} options
   */
  constructor(element, makers, { t, onCopy, scroller = null, isBrief = false, onShown = () => {} }) {
    this.element = element;
    this.t = t;
    this.onCopy = onCopy;
    this.onShown = onShown;
    this.makers = { ...makers, math: (formula) => this.formula(formula, isBrief), code: ({ text, language }) => this.code(text, language), label: t };
    // of what may change in the next frame, nothing is made that costs much
    this.live = { ...this.makers, math: (formula) => formulaPlace(formula, isBrief), code: ({ text, language }) => this.code(text, language, true) };
    this.shared = sharedOfText();
    this.pieces = [];
    this.pending = "";
    this.tail = "";
    this.fence = null;
    this.chunk = null;
    this.nextNumber = null;
    this.isListCut = false;
    this.isPaused = false;
    this.isEnding = false;
    this.due = 0;
    this.tailElement = h("div.tail");
    this.chunks = new Chunks(element, scroller, this.shared, this.makers);
  }

  /** The whole text so far. */
  get source() {
    if (this.pieces.length > 1) this.pieces = [this.pieces.join("")];
    return this.pieces[0] ?? "";
  }

  get isEmpty() {
    return this.pieces.length === 0;
  }

  append(text) {
    if (text === "") return;
    this.pieces.push(text);
    this.pending += text;
    if (!this.isPaused) this.ask();
  }

  /** In the next frame, or when it is time: a text that grows each twentieth of a second is smooth. */
  ask() {
    nextFrame(
      (this.asked ??= () => {
        if (performance.now() >= this.due) this.flush();
        else if (!this.isPaused) this.ask();
      }),
    );
  }

  /** While nobody sees it, it is only kept. */
  pause() {
    this.isPaused = true;
  }

  resume() {
    this.isPaused = false;
    this.ask();
  }

  /** No more comes. */
  finish() {
    this.isEnding = true;
    if (!this.isPaused) this.ask();
  }

  /** Shows what is pending, now. */
  flush() {
    if (this.isPaused) return;
    const begin = performance.now();
    if (this.fence === null && this.pending.length > BEHIND_CHARS) this.catchUp();
    const text = this.take();
    if (text !== "") this.read(text);
    if (this.pending !== "") this.ask();
    else if (this.isEnding) this.settleAll();
    this.onShown();
    const now = performance.now();
    this.due = now + Math.max(FLUSH_MILLIS, REST * (now - begin));
  }

  /** Shows what is pending at once, as far as it takes no longer than that. */
  flushFor(millis) {
    const end = performance.now() + millis;
    do this.flush();
    while (this.pending !== "" && performance.now() < end);
  }

  /** Characters are not torn apart. */
  take() {
    let end = Math.min(this.pending.length, FRAME_CHARS);
    const last = this.pending.charCodeAt(end - 1);
    if (end < this.pending.length && last >= 0xd800 && last < 0xdc00) end += 1;
    const text = this.pending.slice(0, end);
    this.pending = this.pending.slice(end);
    return text;
  }

  read(text) {
    if (this.fence === null) {
      this.tail += text;
      this.update();
      return;
    }
    const rest = this.fence.append(text);
    if (rest === null) return;
    this.endFence();
    this.tail = rest;
    this.update();
  }

  update() {
    const shared = glimpse(this.shared);
    const tokens = parse(this.tail, shared);
    this.renumber(tokens);
    const end = this.settledChars(tokens);
    if (end > 0) {
      const settled = this.tail.slice(0, end);
      this.tail = this.tail.slice(end);
      this.settle(settled);
      this.update();
    } else if (!this.beginFence(tokens)) {
      this.show(tokens, shared);
    }
  }

  show(tokens, shared) {
    if (this.tail === "") {
      this.tailElement.replaceChildren();
      return;
    }
    const fragment = fragmentOf(tokens, shared, this.live);
    this.open();
    morph(this.tailElement, fragment);
    for (const place of this.tailElement.querySelectorAll(".math.pending")) fill(place);
  }

  /** How much of the tail is complete: up to the last block of which a whole line is there, or up to its last item. */
  settledChars(tokens) {
    const all = blocks(tokens);
    const starts = lineStarts(this.tail);
    const wholeLines = starts.length - 1;
    const last = all.findLast(({ begin }) => begin < wholeLines);
    if (last === undefined) return 0;
    if (last !== all[0] && last.begin > 0) return starts[last.begin];
    return this.tail.length < LONG_BLOCK_CHARS ? 0 : this.settledWithin(tokens, last, starts, wholeLines);
  }

  settledWithin(tokens, block, starts, wholeLines) {
    if (/^(?:bullet|ordered)_list_open$/.test(block.type)) {
      const items = tokens.filter(({ type, level, map }) => type === "list_item_open" && level === 1 && map[0] < wholeLines);
      this.isListCut = items.length >= 2;
      return this.isListCut ? starts[items.at(-1).map[0]] : 0;
    }
    if (block.type === "paragraph_open" && wholeLines - block.begin > 1) return starts[wholeLines - 1];
    if (block.type === "table_open" && wholeLines - block.begin > 4 && this.tail.length > 2 * LONG_BLOCK_CHARS) {
      return this.cutTable(block, starts, wholeLines);
    }
    return 0;
  }

  /** The rest of a long table goes on with the same head. */
  cutTable(block, starts, wholeLines) {
    const head = this.tail.slice(starts[block.begin], starts[block.begin + 2]);
    const end = starts[wholeLines];
    this.tail = this.tail.slice(0, end) + head + this.tail.slice(end);
    return end;
  }

  /** A list that was cut goes on counting. */
  renumber(tokens) {
    const first = tokens[0];
    if (this.nextNumber !== null && first?.type === "ordered_list_open") first.attrSet("start", String(this.nextNumber));
  }

  /** What is complete becomes nodes that stay. */
  settle(source) {
    const chunk = this.open();
    if (chunk.source === "") chunk.headings = [...this.shared.headings];
    if (chunk.source === "") chunk.nextNumber = this.nextNumber;
    const tokens = parse(source, this.shared);
    this.renumber(tokens);
    const list = blocks(tokens).at(-1);
    this.nextNumber = this.isListCut && list?.type === "ordered_list_open" ? numberBehind(tokens, list) : null;
    this.isListCut = false;
    chunk.source += source;
    this.tailElement.before(fragmentOf(tokens, this.shared, this.makers));
    if (chunk.source.length >= CHUNK_CHARS) this.close();
  }

  open() {
    if (this.chunk === null) {
      this.chunk = newChunk();
      this.chunk.element.append(this.tailElement);
      this.element.append(this.chunk.element);
    }
    return this.chunk;
  }

  close() {
    const { chunk } = this;
    if (chunk === null) return;
    this.tailElement.remove();
    this.chunk = null;
    this.chunks.add(chunk);
  }

  // --- parts ---

  formula(formula, isBrief) {
    const place = formulaPlace(formula, isBrief);
    fill(place);
    return place;
  }

  code(text, language, isLive = false) {
    const view = new CodeView(language, this.t, this.onCopy);
    view.append(text);
    return isLive ? view.element : view.finish().element;
  }

  beginFence(tokens) {
    const all = blocks(tokens);
    const { token } = all.at(-1) ?? {};
    if (all.length !== 1 || token.type !== "fence") return false;
    const starts = lineStarts(this.tail);
    if (starts.length < 2 || token.map[0] > 0) return false;
    const view = new CodeView(token.info.trim().split(/[\s,{]/)[0].toLowerCase(), this.t, this.onCopy);
    const rest = this.tail.slice(starts[1]);
    this.fence = new OpenFence(this.tail.slice(0, starts[1]), view);
    this.tail = "";
    this.open();
    this.tailElement.replaceChildren(view.element);
    const behind = this.fence.append(rest);
    if (behind !== null) {
      this.endFence();
      this.tail = behind;
      if (behind !== "") this.update();
    }
    return true;
  }

  endFence() {
    const { fence } = this;
    this.fence = null;
    const chunk = this.open();
    if (chunk.source === "") chunk.headings = [...this.shared.headings];
    chunk.source += fence.source;
    this.nextNumber = null;
    this.tailElement.before(fence.view.finish().element);
    this.tailElement.replaceChildren();
    if (chunk.source.length >= CHUNK_CHARS) this.close();
  }

  // --- ends ---

  settleAll() {
    if (this.fence !== null) {
      this.fence.end();
      this.endFence();
    }
    const rest = this.tail;
    this.tail = "";
    if (rest !== "") this.settle(rest);
    this.tailElement.replaceChildren();
    this.close();
    this.chunks.refresh();
  }

  /** Puts a node between what was and what comes. */
  mark(node) {
    const isFar = this.isPaused || this.pending.length > BEHIND_CHARS;
    if (isFar && this.fence === null && this.pending !== "") this.catchUp(true);
    while (this.pending !== "") this.read(this.take());
    this.settleAll();
    this.element.append(node);
  }

  /** Shows a long text that is there already: as it is where it is far, formatted where it is seen. */
  catchUp(whole = false) {
    const text = this.tail + this.pending;
    const all = cut(text);
    const last = whole ? "" : all.pop();
    if (all.length === 0) return;
    this.tail = "";
    this.pending = last;
    this.tailElement.replaceChildren();
    this.close();
    this.nextNumber = null;
    for (const source of all) this.chunks.addPlain(source);
  }

  /** Formats all that is shown: for paper. */
  formatAll() {
    this.chunks.formatAll();
  }

  disconnect() {
    this.chunks.disconnect();
  }
}

/** The number that a list goes on with. */
function numberBehind(tokens, list) {
  const items = tokens.slice(list.at).filter(({ type, level }) => type === "list_item_open" && level === 1).length;
  return Number(list.token.attrGet("start") ?? 1) + items;
}
