// An answer as a person reads it: what it waits for, its thinking, its words, what stands behind them, what went wrong.

import { h } from "../dom.js";
import { endNote, interventionMark, speedBadge, toolChip, votesTable } from "./figures.js";
import { imageNode } from "./images.js";
import { fragmentOf, parse } from "./markdown.js";
import { Reasoning } from "./reasoning.js";
import { copyAsMarkdown } from "./selection.js";
import { Sources } from "./sources.js";
import { MarkdownStream } from "./stream.js";

/** What restored answers may take together before they wait for their frames. */
let restoreMillis = 120;

class AnswerView {
  constructor(container, { strings: t, onAnswerNow, onThinkLonger, onCopy, budget = null, mode = null, id = null }) {
    this.t = t;
    this.mode = mode;
    this.sources = new Sources(t, (note) => this.inlineNodes(note));
    this.makers = {
      image: ({ src, alt }) => imageNode(src, alt, t),
      citation: ({ label }) => this.sources.chip(label),
      label: t,
    };
    const told = (what) => onCopy?.(what);
    const longer = async (tokens) => {
      await onThinkLonger?.(tokens);
      this.reasoning.extend(tokens);
    };
    this.reasoning = new Reasoning({ t, makers: this.makers, budget, id, onAnswerNow, onThinkLonger: longer, onCopy: told });
    this.waiting = h("div.waiting", { hidden: true });
    this.body = h("div.answer-text.stream");
    this.tools = h("div.tools-called", { hidden: true });
    this.figures = h("div.figures");
    this.failure = h("div.failure", { hidden: true });
    this.stream = new MarkdownStream(this.body, this.makers, { t, onCopy: told });
    container.classList.add("answer");
    container.replaceChildren(this.waiting, this.reasoning.element, this.tools, this.body, this.sources.element, this.figures, this.failure);
    copyAsMarkdown(container);
    this.print = () => {
      this.stream.formatAll();
      if (this.reasoning.isOpen) this.reasoning.stream.formatAll();
    };
    window.addEventListener("beforeprint", this.print);
  }

  inlineNodes(note) {
    return fragmentOf(parse(note, this.stream.shared), this.stream.shared, {
      ...this.stream.makers,
      code: ({ text }) => h("code", {}, text),
      citation: ({ label }) => document.createTextNode(`[${label}]`),
    });
  }

  /** It waits, or its prompt is being read. */
  progress({ queue = 0, computed = 0, total = 0 }) {
    const { t } = this;
    this.waiting.hidden = false;
    if (queue > 0) {
      this.waiting.replaceChildren(h("span", {}, t("answer.queue", { count: queue })));
      return;
    }
    const label = t("answer.reading", { count: total, done: computed });
    this.waiting.replaceChildren(h("span", {}, label), h("progress", { max: Math.max(1, total), value: computed, "aria-label": label }));
  }

  thinking(text) {
    this.waiting.hidden = true;
    this.reasoning.append(text);
  }

  text(text) {
    this.waiting.hidden = true;
    this.reasoning.end();
    this.stream.append(text);
  }

  /** A tool was called: inside the thinking while that lasts. */
  tool(call) {
    this.waiting.hidden = true;
    for (const [at, source] of (call.sources ?? []).entries()) this.stream.shared.sources.set(String(source.label ?? at + 1), source);
    if (this.reasoning.isLive) this.reasoning.mark(toolChip(call, this.t));
    else this.showTool(call);
  }

  showTool(call) {
    this.tools.hidden = false;
    this.tools.append(toolChip(call, this.t));
  }

  intervened({ kind }) {
    const mark = interventionMark(kind, this.t);
    if (isOfAnswer(kind) && !this.reasoning.isLive) this.stream.mark(mark);
    else this.reasoning.mark(mark);
  }

  /** How the votes stand while samples come in. */
  voted({ votes, samples }) {
    this.waiting.hidden = true;
    this.votes = votesTable(votes, this.t, { samples });
    this.figures.replaceChildren(...[this.votes].filter(Boolean));
  }

  finished(answer) {
    const { finish_reason: reason, usage, timings, votes, thinking_seconds: seconds } = answer;
    const { t } = this;
    this.waiting.hidden = true;
    this.reasoning.end();
    const details = usage?.completion_tokens_details ?? usage ?? {};
    if (this.reasoning.source !== "") this.reasoning.counted(details.reasoning_tokens || null, seconds);
    this.stream.finish();
    const figures = [
      endNote(reason, t),
      this.mode === "flash" ? speedBadge(timings, t) : null,
      votesTable(votes, t, answer),
    ];
    this.figures.replaceChildren(...figures.filter(Boolean));
    this.showSources();
  }

  /** Once all is formatted, everything that is cited has its number. */
  showSources() {
    const show = () => {
      if (this.stream.pending === "") this.sources.show(this.stream.shared);
      else requestAnimationFrame(show);
    };
    requestAnimationFrame(show);
  }

  error(problem) {
    this.waiting.hidden = true;
    this.reasoning.end();
    this.stream.finish();
    this.failure.hidden = false;
    this.failure.replaceChildren(h("p", {}, problem?.message ?? String(problem)));
  }

  /** Shows a stored message: whole, or as far as it has come, and then goes on. */
  restore(message) {
    const answer = message.answer ?? {};
    const isRunning = answer.state === "running";
    this.mode = answer.mode ?? this.mode;
    this.reasoning.id ??= message.id ?? null;
    this.reasoning.budget ??= answer.budget ?? null;
    const begin = performance.now();
    const text = (message.content ?? []).map((part) => part.text ?? "").join("");
    const events = eventsOf(answer, message.thinking ?? "", text);
    this.restoreThinking(message.thinking ?? "", events.inside, answer.thinking_seconds, isRunning);
    if (text !== "" && isRunning) this.reasoning.end();
    for (const call of events.calls) this.showTool(call);
    this.stream.append(text);
    for (const kind of events.ends) this.stream.mark(interventionMark(kind, this.t));
    if (!isRunning) {
      this.finished(answer);
      if (answer.error) this.error(answer.error);
    }
    if (restoreMillis > 0) this.stream.flushFor(Math.min(restoreMillis, 40));
    restoreMillis = Math.max(0, restoreMillis - (performance.now() - begin));
    setTimeout(() => (restoreMillis = 120), 0);
  }

  restoreThinking(thinking, events, seconds, isRunning) {
    if (thinking === "" && events.length === 0) return;
    const marks = events.map(({ at, kind, call }) => ({ at, node: call === undefined ? interventionMark(kind, this.t) : toolChip(call, this.t) }));
    this.reasoning.load(thinking, marks, seconds ?? null, isRunning);
  }

  /** The answer's words as they were written. */
  markdown() {
    return this.stream.source;
  }

  /** The page lets go of it. */
  release() {
    this.reasoning.release();
    this.stream.disconnect();
    window.removeEventListener("beforeprint", this.print);
  }
}

/** What ends an answer stands in the answer, everything else in the thinking. */
const isOfAnswer = (kind) => kind === "circle_ended";

/** What happened in a stored answer: `inside` the thinking in its order, `calls` behind it, and what the answer `ends` with. */
function eventsOf({ interventions, tools }, thinking, text) {
  // an imported conversation may say anything here
  const list = (given) => (Array.isArray(given) ? given.map((one) => one ?? {}) : []);
  const place = ({ thinking_chars: at }) => (Number.isInteger(at) && at >= 0 ? Math.min(at, thinking.length) : thinking.length);
  const isBehind = (call) => thinking === "" || call.text_chars > 0;
  const isEnd = ({ kind }) => text !== "" && isOfAnswer(kind);
  const steps = list(interventions);
  const calls = list(tools);
  const inside = [
    ...steps.filter((step) => !isEnd(step)).map((step) => ({ at: place(step), kind: step.kind })),
    ...calls.filter((call) => !isBehind(call)).map((call) => ({ at: place(call), call })),
  ];
  return {
    inside: inside.sort((a, b) => a.at - b.at),
    calls: calls.filter(isBehind),
    ends: steps.filter(isEnd).map(({ kind }) => kind),
  };
}

/**
 * Shows one answer in an empty container.
 *
 * @param {HTMLElement} container that the answer is shown in
 * @param {{strings: Function, onAnswerNow?: () => void, onThinkLonger?: (tokens: number) => Promise, onCopy?: (what:
 *     string) => void, budget?: number, mode?: string, id?: string}} options texts, see ../language.js; what the buttons
 *     do; the thinking budget in tokens; `flash`, `think` or `votes`; the message's id, under which it is remembered
 *     whether its thinking was opened
 */
export function createAnswerView(container, options) {
  return new AnswerView(container, options);
}
