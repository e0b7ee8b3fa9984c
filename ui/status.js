// How the server is: models, memory, places, tokens a second, control. The same figures as /metrics.

import { api, Problem } from "./api.js";
import { h, svgElement } from "./dom.js";
import { t } from "./language.js";

const EACH_MILLIS = 2_000;
const KEPT = 90; // three minutes

/** The view; it asks only while it is shown. */
export class StatusView {
  constructor() {
    this.history = new Map(); // model's name → tokens a second, oldest first
    this.body = h("div.status");
    this.problem = h("p.notice", { role: "alert", hidden: true });
    this.element = h("div.view", { tabindex: "0", role: "region", "aria-label": t("view.status") }, this.problem, this.body);
  }

  show() {
    this.isShown = true;
    void this.ask();
  }

  hide() {
    this.isShown = false;
    clearTimeout(this.timer);
  }

  async ask() {
    clearTimeout(this.timer);
    if (!document.hidden) {
      try {
        this.draw(await api.get("/web/status"));
        this.problem.hidden = true;
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        const why = problem.isOffline ? t("error.offline") : problem.message;
        if (this.problem.textContent !== why) this.problem.textContent = why; // else it is told each time
        this.problem.hidden = false;
      }
    }
    if (this.isShown) this.timer = setTimeout(() => this.ask(), EACH_MILLIS);
  }

  draw(status) {
    const models = status.models ?? [];
    for (const { name, tokens_per_second: speed } of models) {
      this.history.set(name, [...(this.history.get(name) ?? []), speed ?? 0].slice(-KEPT));
    }
    this.body.replaceChildren(
      h(
        "dl.facts",
        {},
        figure(t("status.uptime"), t.seconds(status.uptime_s ?? 0)),
        ...memoryOf(status.memory),
        figure(t("status.queue"), t.number(models.reduce((sum, { queue }) => sum + (queue ?? 0), 0))),
      ),
      h("div.cards", {}, models.map((model) => this.card(model))),
      interventions(status.interventions ?? {}),
    );
  }

  card({ name, state, loaded, memory_bytes, slots, queue, tokens_per_second }) {
    const where = state === "remote" ? t("status.remote") : loaded ? t("status.loaded") : t("status.notLoaded");
    return h(
      "section.card",
      {},
      h("header", {}, h("h2", {}, name), h(loaded ? "span.state-label.on" : "span.state-label", {}, where)),
      slots
        ? [
            h("p.speed", {}, h("strong", {}, t.number(tokens_per_second ?? 0, 1)), " ", t("status.speed")),
            sparkline(this.history.get(name)),
            h(
              "dl.facts",
              {},
              memory_bytes > 0 ? figure(t("status.memory"), t.bytes(memory_bytes)) : null,
              figure(t("status.slots"), t("status.of", { some: slots?.busy ?? 0, all: slots?.of ?? 0 }), meter(slots)),
              figure(t("status.queue"), t.number(queue ?? 0)),
            ),
          ]
        : null,
    );
  }
}

function figure(name, value, ...more) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value, more));
}

function memoryOf(memory = {}) {
  return ["models_bytes", "cache_bytes", "heap_bytes", "heap_most_bytes"]
    .filter((name) => memory[name] > 0)
    .map((name) => figure(t(`status.${name}`), t.bytes(memory[name])));
}

function meter(slots) {
  if (!slots?.of) return null;
  const svg = svgElement("svg", { viewBox: "0 0 100 4", class: "meter", preserveAspectRatio: "none", "aria-hidden": "true" });
  svg.append(svgElement("rect", { class: "rest", width: 100, height: 4 }), svgElement("rect", { class: "part", width: (100 * slots.busy) / slots.of, height: 4 }));
  return svg;
}

/** The last minutes as a line over an area. */
function sparkline(values) {
  const most = Math.max(1, ...values);
  const x = (at) => (100 * (at + KEPT - values.length)) / (KEPT - 1);
  const y = (value) => 29 - (28 * value) / most;
  const points = values.map((value, at) => `${x(at).toFixed(2)},${y(value).toFixed(2)}`);
  const svg = svgElement("svg", {
    viewBox: "0 0 100 30",
    class: "sparkline",
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": t("status.chart", { now: t.number(values.at(-1), 1), most: t.number(Math.max(...values), 1) }),
  });
  svg.append(
    svgElement("path", { class: "area", d: `M${x(0)},30 L${points.join(" L")} L100,30 Z` }),
    svgElement("polyline", { class: "line", points: points.join(" ") }),
  );
  return svg;
}

function interventions(counts) {
  const all = Object.entries(counts).filter(([, count]) => count > 0);
  const most = Math.max(1, ...all.map(([, count]) => count));
  const bar = (count) => {
    const svg = svgElement("svg", { viewBox: "0 0 100 4", class: "meter", preserveAspectRatio: "none", "aria-hidden": "true" });
    svg.append(svgElement("rect", { class: "part", width: (100 * count) / most, height: 4 }));
    return svg;
  };
  return h(
    "section.card",
    {},
    h("header", {}, h("h2", {}, t("status.interventions"))),
    all.length === 0
      ? h("p.hint", {}, t("status.noInterventions"))
      : h(
          "dl.bars",
          {},
          all.map(([kind, count]) => figure(t(`answer.intervened.${kind}`), t.number(count), bar(count))),
        ),
  );
}
