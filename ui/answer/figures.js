// What is told about an answer beside its words: how fast it came, how its votes stand, why it stops where it stops.

import { freshId, h, icon } from "../dom.js";

/** Why an answer that is no longer ends here; nothing where it said all it had to say. */
export function endNote(reason, t) {
  return ["length", "context_full", "repetition"].includes(reason) ? h("p.end-note", {}, t(`answer.end.${reason}`)) : null;
}

/** Flash Answers: tokens a second, and on hover or focus where they came from. */
export function speedBadge(timings, t) {
  const rate = timings?.predicted_per_second;
  if (!(rate > 0)) return null;
  const details = [t("answer.generated", { count: timings.predicted_n, time: t.seconds(timings.predicted_ms / 1000) })];
  if (timings.draft_n > 0) details.push(t("answer.drafts", { count: timings.draft_n_accepted ?? 0, of: timings.draft_n }));
  if (timings.prompt_ms > 0) details.push(t("answer.prompt", { count: timings.prompt_n, time: t.seconds(timings.prompt_ms / 1000) }));
  const id = freshId("speed");
  return h(
    "span.speed",
    {},
    h("button.badge", { type: "button", "aria-describedby": id }, icon("flash"), t("answer.rate", { rate: t.number(rate, rate < 10 ? 1 : 0) })),
    h("span.tip", { id, role: "tooltip" }, ...details.map((line) => h("span", {}, line))),
  );
}

/**
 * The votes of several answers: how many agree, what each said, and what became of the others.
 *
 * @param {{samples?: number, samples_finished?: number, state?: string}} answer how many were asked for, how many came,
 *     and the state at the end; none while they come in
 */
export function votesTable(told, t, { samples = null, samples_finished: finished = null, state = null } = {}) {
  const votes = Array.isArray(told) ? told.filter(({ count }) => count > 0) : [];
  const cast = votes.reduce((sum, { count }) => sum + Number(count), 0);
  if (cast === 0) return null;
  const first = votes[0].count;
  const isEarly = state === "done" && finished !== null && finished < samples;
  const of = state === "done" ? cast : (samples ?? cast);
  const notes = [
    isEarly ? t("answer.decidedEarly", { count: samples, done: finished }) : null,
    finished > cast ? t("answer.withoutVote", { count: finished - cast }) : null,
  ].filter(Boolean);
  const row = ({ answer, count }) => {
    const bar = h("span.vote-bar", {}, h("span.vote-fill"));
    bar.firstChild.style.inlineSize = `${(count / cast) * 100}%`;
    return h("li", {}, h("bdi.vote-answer", {}, answer), bar, h("span.vote-count", {}, t.number(Number(count))));
  };
  return h(
    "details.votes",
    {},
    h("summary", {}, icon("vote"), h("span", {}, [t("answer.agreement", { count: first, of, share: t.percent(first / cast) }), ...notes].join(" · "))),
    h("ol", {}, ...votes.map(row)),
  );
}

/** A tool that the model called: its name, and behind it what it was called with and what came back. */
export function toolChip({ name, arguments: given, result, error }, t) {
  const shown = (value) => {
    if (typeof value !== "string") return JSON.stringify(value, null, 2);
    try {
      return JSON.stringify(JSON.parse(value), null, 2);
    } catch {
      return value;
    }
  };
  const part = (label, value) => (value === undefined || value === null || value === "" ? null : [h("p.tool-label", {}, label), h("pre", { tabindex: 0 }, shown(value))]);
  return h(
    `details.tool${error ? ".failed" : ""}`,
    {},
    h("summary", {}, icon("settings"), h("bdi", {}, t("answer.tool", { name }))),
    part(t("answer.toolArguments"), given),
    part(t("answer.toolResult"), result),
    part(t("answer.toolError"), error),
  );
}

/** Where the guard, the budget or somebody stepped in. */
export function interventionMark(kind, t) {
  return h("p.intervention", { role: "note" }, icon("flash"), h("span", {}, t(`answer.intervened.${kind}`)));
}
