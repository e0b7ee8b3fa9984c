// The thinking in front of an answer: open and live while it lasts, one line afterwards.

import { copyText, freshId, h, icon, iconButton } from "../dom.js";
import { MarkdownStream } from "./stream.js";

/** Until the server has counted: of most languages, and near enough for a figure that says "about". */
const CHARS_PER_TOKEN = 4;
const TICK_MILLIS = 1000;
/** How much longer it thinks each time it is asked to. */
const LONGER_TOKENS = 2048;
const AT_END_PIXELS = 48;
const REMEMBERED = "tramontane.opened";
const MOST_REMEMBERED = 300;

/** Which answers' thinking somebody opened or closed, by their ids; as long as the tab lives. */
const opened = {
  all() {
    try {
      return JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "[]");
    } catch {
      return [];
    }
  },
  of(id) {
    return this.all().find(([known]) => known === id)?.[1];
  },
  keep(id, isOpen) {
    const others = this.all().filter(([known]) => known !== id);
    try {
      sessionStorage.setItem(REMEMBERED, JSON.stringify([...others, [id, isOpen]].slice(-MOST_REMEMBERED)));
    } catch {
      // a full or forbidden store: it is then not remembered
    }
  },
};

export class Reasoning {
  constructor({ t, makers, budget, id, onAnswerNow, onThinkLonger, onCopy }) {
    this.t = t;
    this.budget = budget;
    this.id = id;
    this.chars = 0;
    this.tokens = null;
    this.seconds = null;
    this.began = null;
    this.isLive = false;
    this.isChosen = false;
    this.build(onAnswerNow, onThinkLonger, onCopy);
    this.stream = new MarkdownStream(this.body, makers, { t, onCopy, scroller: this.trace, isBrief: true, onShown: () => this.follow() });
    this.stream.pause();
    this.trace.addEventListener("scroll", () => this.notice(), { passive: true });
  }

  build(onAnswerNow, onThinkLonger, onCopy) {
    const { t } = this;
    const traceId = freshId("trace");
    this.label = h("span.reasoning-label");
    this.toggle = h(
      "button.reasoning-toggle",
      { type: "button", "aria-expanded": "false", "aria-controls": traceId, onclick: () => this.choose(!this.isOpen) },
      icon("think"),
      this.label,
      icon("forward"),
    );
    this.now = h("button.reasoning-button", { type: "button", hidden: true, onclick: () => onAnswerNow?.() }, t("answer.answerNow"));
    this.longer = h("button.reasoning-button", { type: "button", hidden: true, onclick: () => onThinkLonger?.(LONGER_TOKENS) }, t("answer.thinkLonger"));
    const copy = iconButton("copy", t("answer.copyThinking"), () => void this.copy(onCopy));
    this.fill = h("div.budget-fill");
    this.meter = h("div.budget", { role: "meter", "aria-valuemin": 0, hidden: true }, this.fill);
    this.body = h("div.stream");
    this.trace = h("div.trace", { id: traceId, tabindex: 0, role: "group", "aria-label": t("answer.trace"), hidden: true }, this.body);
    this.element = h(
      "div.reasoning",
      { role: "group", hidden: true, "aria-label": t("answer.reasoning") },
      h("div.reasoning-head", {}, this.toggle, h("span.reasoning-tools", {}, this.now, this.longer, copy)),
      this.meter,
      this.trace,
    );
  }

  get isOpen() {
    return !this.trace.hidden;
  }

  get source() {
    return this.stream.source;
  }

  /** Somebody opened or closed it: from then on it stays so. */
  choose(isOpen) {
    this.isChosen = true;
    if (this.id !== null) opened.keep(this.id, isOpen);
    this.open(isOpen);
  }

  open(isOpen) {
    if (!isOpen && this.trace.contains(document.activeElement)) this.toggle.focus();
    this.trace.hidden = !isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    this.isAtEnd = this.isLive;
    if (isOpen) this.stream.resume();
    else this.stream.pause();
    this.tell();
  }

  /** It goes on from what is there. */
  append(text) {
    this.begin();
    this.chars += text.length;
    this.stream.append(text);
  }

  /** What was thought before this page came: whole, or to be gone on with. */
  load(text, marks, seconds, isRunning) {
    this.element.hidden = false;
    this.chars = text.length;
    let from = 0;
    for (const { at, node } of marks) {
      this.stream.append(text.slice(from, at));
      this.stream.mark(node);
      from = at;
    }
    this.stream.append(text.slice(from));
    if (isRunning) {
      this.begin(seconds ?? 0);
      return;
    }
    this.seconds = seconds;
    this.stream.finish();
    if (opened.of(this.id) === true) this.open(true);
    this.tell();
  }

  /** It is live: at the first piece, or when a page finds it running. */
  begin(seconds = 0) {
    if (this.isLive) return;
    this.isLive = true;
    this.element.hidden = false;
    this.element.classList.add("live");
    this.began = performance.now() - seconds * 1000;
    this.now.hidden = false;
    this.longer.hidden = false;
    if (!this.isChosen) this.open(opened.of(this.id) ?? true);
    this.timer = setInterval(() => this.tell(), TICK_MILLIS);
    this.tell();
  }

  /** The answer begins, or all is over. */
  end() {
    if (!this.isLive) return;
    this.isLive = false;
    this.element.classList.remove("live");
    clearInterval(this.timer);
    this.seconds ??= (performance.now() - this.began) / 1000;
    const hadFocus = [this.now, this.longer].includes(document.activeElement);
    this.now.hidden = true;
    this.longer.hidden = true;
    if (hadFocus) this.toggle.focus();
    this.stream.finish();
    if (!this.isChosen) this.open(opened.of(this.id) ?? false);
    this.tell();
  }

  /** What the server counted. */
  counted(tokens, seconds) {
    this.tokens = tokens ?? this.tokens;
    this.seconds = seconds ?? this.seconds;
    this.tell();
  }

  get count() {
    return this.tokens ?? Math.ceil(this.chars / CHARS_PER_TOKEN);
  }

  tell() {
    const { t, count } = this;
    const time = this.isLive ? (performance.now() - this.began) / 1000 : this.seconds;
    const values = { count, time: t.seconds(Math.max(0, Math.round((time ?? 0) * 10) / 10)) };
    if (this.isLive) this.label.textContent = t("answer.thinkingFor", { ...values, time: t.seconds(Math.floor(time)) });
    else if (time === null) this.label.textContent = t("answer.thoughtTokens", values);
    else this.label.textContent = t(this.tokens === null ? "answer.thoughtAbout" : "answer.thought", values);
    this.meter.hidden = typeof this.budget !== "number" || !(this.isLive || this.isOpen);
    if (this.meter.hidden) return;
    const share = Math.min(1, count / this.budget);
    this.fill.style.inlineSize = `${share * 100}%`;
    this.meter.setAttribute("aria-valuemax", String(this.budget));
    this.meter.setAttribute("aria-valuenow", String(Math.min(count, this.budget)));
    this.meter.setAttribute("aria-label", t("answer.budget", { count, of: this.budget }));
    this.meter.title = t("answer.budget", { count, of: this.budget });
  }

  /** More may be thought than was planned. */
  extend(tokens) {
    if (typeof this.budget === "number") this.budget += tokens;
    this.tell();
  }

  /** A line that says what happened at this place, such as a guard that stepped in. */
  mark(node) {
    this.element.hidden = false;
    this.stream.mark(node);
    this.tell();
  }

  /** Whether somebody reads further up, where nothing may jump. */
  notice() {
    const { scrollTop, clientHeight, scrollHeight } = this.trace;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < AT_END_PIXELS;
  }

  follow() {
    if (this.isLive && this.isOpen && this.isAtEnd) this.trace.scrollTop = this.trace.scrollHeight;
  }

  async copy(onCopy) {
    if (await copyText(this.source)) onCopy?.("thinking");
  }

  release() {
    clearInterval(this.timer);
    this.stream.disconnect();
  }
}
