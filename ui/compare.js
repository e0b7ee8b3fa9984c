// The same prompt answered at once, with thought, and by a vote: side by side, with what each took. Nothing is kept.

import { createAnswerView } from "./answer/answer.js";
import { announce, freshId, h, icon } from "./dom.js";
import { TemporaryConversation } from "./conversation.js";
import { t } from "./language.js";
import { preferences } from "./preferences.js";
import { show } from "./turn.js";

const MODES = ["flash", "think", "votes"];

export class CompareView {
  /** @param {Object} app `model()`, `plan(mode)`, `attempt(promise)` */
  constructor(app) {
    this.app = app;
    this.shown = [];
    this.running = [];
    addEventListener("pagehide", ({ persisted }) => persisted || this.leave());
    const id = freshId("prompt");
    const votes = freshId("votes");
    this.prompt = h("textarea", {
      id,
      rows: 2,
      dir: "auto",
      required: true,
      placeholder: t("compare.placeholder"),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        void this.start();
      },
    });
    this.votes = h(
      "select",
      { id: votes, onchange: (event) => preferences.set("votes", Number(event.target.value)) },
      [3, 5, 8, 16].map((count) => h("option", { value: count, selected: count === nearest(preferences.get("votes")) }, t.number(count))),
    );
    this.startButton = h("button.button.primary", { type: "submit" }, t("compare.start"));
    this.stopButton = h("button.button", { type: "button", hidden: true, onclick: () => this.stop() }, icon("stop"), t("composer.stop"));
    this.columns = h("div.columns");
    this.element = h(
      "div.view",
      {},
      h(
        "form.compare-form",
        {
          onsubmit: (event) => {
            event.preventDefault();
            void this.start();
          },
        },
        h("label", { for: id }, t("compare.prompt")),
        this.prompt,
        h("div.compare-bar", {}, h("label", { for: votes }, t("compare.votes")), this.votes, h("span.gap"), this.stopButton, this.startButton),
      ),
      this.columns,
    );
  }

  /** @param {string} words to be compared, where they are known */
  show(words = "") {
    if (words !== "") this.prompt.value = words;
    this.prompt.focus();
  }

  hide() {
    this.stop();
  }

  /** Nobody comes back to what is being compared. */
  leave() {
    for (const column of this.running) column.conversation.leave();
  }

  async start() {
    const text = this.prompt.value.trim();
    if (text === "") return;
    this.stop();
    preferences.set("votes", Number(this.votes.value));
    const { thinks } = this.app.model();
    const columns = MODES.filter((mode) => thinks || mode !== "think").map((mode) => new Column(this.app, mode));
    for (const column of this.shown) column.release();
    this.columns.replaceChildren(...columns.map((column) => column.element));
    this.shown = columns;
    this.running = columns;
    this.showButtons();
    const started = performance.now();
    await Promise.all(columns.map((column) => column.ask(text, started)));
    if (this.running !== columns) return;
    this.running = [];
    this.showButtons();
    announce(t("compare.done"));
  }

  stop() {
    for (const column of this.running) column.stop();
  }

  showButtons() {
    this.stopButton.hidden = this.running.length === 0;
    this.startButton.hidden = this.running.length > 0;
  }
}

const nearest = (votes) => [3, 5, 8, 16].findLast((count) => count <= votes) ?? 3;

class Column {
  constructor(app, mode) {
    this.app = app;
    this.mode = mode;
    this.plan = app.plan(mode);
    const container = h("div.answer-frame");
    this.figures = h("dl.facts");
    this.problem = h("p.problem", { hidden: true });
    const name = mode === "votes" ? t("compare.majority", { count: this.plan.votes }) : t(`mode.${mode}`);
    this.element = h("section.card.column", {}, h("header", {}, icon(mode === "votes" ? "vote" : mode), h("h2", {}, name)), container, this.problem, this.figures);
    this.conversation = new TemporaryConversation();
    this.isStopped = false;
    this.view = createAnswerView(container, {
      onAnswerNow: () => app.attempt(this.conversation.answerNow(this.conversation.running())),
      onThinkLonger: (tokens) => app.attempt(this.conversation.thinkLonger(this.conversation.running(), tokens)),
      onCopy: () => announce(t("turn.copied")),
      strings: t,
      budget: this.plan.budget ?? null,
      mode,
    });
  }

  /** Gives when the answer ended, however. */
  async ask(text, started) {
    const ended = new Promise((resolve) => {
      this.conversation.addEventListener("ended", resolve);
    });
    this.conversation.addEventListener("answer", ({ detail: { name, data } }) => {
      show(this.view, name, data);
    });
    this.conversation.addEventListener("restored", () => this.view.error({ message: t("turn.interrupted") }));
    try {
      await this.conversation.send(null, [{ type: "text", text }], [], this.plan);
      if (this.isStopped) this.stop();
      await ended;
    } catch (problem) {
      this.fail(problem.isOffline ? t("error.offline") : problem.message);
    }
    this.seconds = (performance.now() - started) / 1000;
    this.showFigures();
  }

  /** The page lets go of it. */
  release() {
    this.view.release();
  }

  stop() {
    this.isStopped = true;
    const running = this.conversation.running();
    if (running !== undefined) void this.app.attempt(this.conversation.stop(running));
  }

  fail(reason) {
    this.problem.textContent = reason;
    this.problem.hidden = false;
  }

  showFigures() {
    const answer = this.conversation.messages.at(-1)?.answer;
    const cost = costOf(answer?.usage, this.app.model().pricing);
    const figure = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    this.figures.replaceChildren(
      figure(t("compare.tokens"), answer?.usage ? t.number(answer.usage.completion_tokens) : "–"),
      figure(t("compare.time"), t.seconds(this.seconds)),
      figure(t("compare.cost"), cost === null ? "–" : t.number(cost, 6)),
      figure(t("compare.agreement"), agreementOf(answer)),
    );
  }
}

function agreementOf(answer) {
  if (answer?.agreement !== undefined) return t.percent(answer.agreement);
  const counts = (answer?.votes ?? []).map(({ count }) => count);
  return counts.length === 0 ? "–" : t.percent(Math.max(...counts) / counts.reduce((sum, count) => sum + count, 0));
}

/** In the operator's currency; null where no price is told. Prices are for a million tokens. */
export function costOf(usage, pricing) {
  if (!usage || !pricing) return null;
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  const sum =
    (usage.prompt_tokens - cached) * pricing.input +
    cached * pricing.cached +
    reasoning * pricing.reasoning +
    (usage.completion_tokens - reasoning) * pricing.output;
  return sum / 1e6;
}
