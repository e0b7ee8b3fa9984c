// The curves of each chart: smoothed as somebody wishes, told at the pointer, hidden by run.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const figures = [...document.querySelectorAll(".curves figure")];
  const hidden = new Set();
  const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

  const placeOf = (value, axis) => clamp(axis.logarithmic
    ? Math.log(value / axis.low) / Math.log(axis.high / axis.low)
    : (value - axis.low) / (axis.high - axis.low), 0, 1);
  const xOf = step => data.left + data.width * placeOf(step, data.steps);
  const yOf = (value, chart) => data.top + data.height * (1 - placeOf(value, chart));
  const middle = (run, i) => (run.from[i] + run.to[i]) / 2;

  // Each mean with as many neighbours as both sides have, as the page's writer smooths.
  function smoothed(values, share) {
    const half = Math.floor(share * values.length / 2 + 0.5);
    return values.map((value, i) => {
      if (value === null) return null;
      const reach = Math.min(half, i, values.length - 1 - i);
      const around = values.slice(i - reach, i + reach + 1).filter(each => each !== null);
      return around.reduce((sum, each) => sum + each, 0) / around.length;
    });
  }

  // The smoothed values of each chart's runs, as they are drawn now.
  let shown = [];

  // Of a chart's curves, two stand for each of its runs: the values as they were, and smoothed.
  function draw(share) {
    shown = data.charts.map((chart, c) => {
      const lines = figures[c].querySelectorAll("polyline");
      return chart.runs.map((r, n) => {
        const run = data.runs[r];
        const values = smoothed(run.values[chart.key], share);
        const points = values.flatMap((value, i) => value === null ? []
          : [`${xOf(middle(run, i)).toFixed(1)} ${yOf(value, chart).toFixed(1)}`]);
        lines[2 * n + 1].setAttribute("points", points.join(" "));
        for (const line of [lines[2 * n], lines[2 * n + 1]]) {
          line.style.display = hidden.has(r) ? "none" : "";
        }
        return values;
      });
    });
  }

  function text(value, chart) {
    const shownValue = chart.share ? 100 * value : value;
    return String(Number(shownValue.toPrecision(4))) + (chart.share ? "%" : "");
  }

  // The stretch whose middle is nearest to a step.
  function nearest(run, step) {
    let best = -1;
    for (let i = 0; i < run.from.length; i++) {
      if (best < 0 || Math.abs(middle(run, i) - step) < Math.abs(middle(run, best) - step)) best = i;
    }
    return best;
  }

  function point(step) {
    data.charts.forEach((chart, c) => {
      const svg = figures[c].querySelector("svg");
      const box = figures[c].querySelector(".values");
      svg.querySelector(".pointer")?.remove();
      box.replaceChildren();
      if (step === null) {
        box.classList.add("hidden");
        return;
      }
      const x = xOf(step);
      const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
      for (const [name, value] of [["x1", x], ["x2", x], ["y1", data.top], ["y2", data.top + data.height]]) {
        line.setAttribute(name, value);
      }
      line.setAttribute("class", "pointer");
      svg.append(line);
      chart.runs.forEach((r, n) => {
        const run = data.runs[r];
        const i = nearest(run, step);
        if (hidden.has(r) || i < 0 || run.values[chart.key][i] === null) return;
        const row = document.createElement("span");
        const steps = run.from[i] === run.to[i] ? `step ${run.from[i]}` : `steps ${run.from[i]}\u2013${run.to[i]}`;
        const plain = text(run.values[chart.key][i], chart);
        const smooth = text(shown[c][n][i], chart);
        row.textContent = (data.runs.length > 1 ? run.label + ": " : "") + steps + ": " + plain
          + (smooth === plain ? "" : `, smoothed ${smooth}`);
        row.style.borderLeft = `3px solid ${run.color}`;
        row.style.paddingLeft = "6px";
        box.append(row);
      });
      box.classList.toggle("left", x > data.left + data.width / 2);
      box.classList.toggle("hidden", box.childElementCount === 0 || figures[c] !== pointed);
    });
  }

  let pointed = null;
  let at = null;
  const last = Math.max(0, ...data.runs.flatMap(run => run.to));
  const show = (figure, step) => {
    pointed = figure;
    at = step;
    point(step);
  };
  for (const figure of figures) {
    const svg = figure.querySelector("svg");
    svg.addEventListener("pointermove", event => {
      const bounds = svg.getBoundingClientRect();
      const x = (event.clientX - bounds.left) * svg.viewBox.baseVal.width / bounds.width;
      const share = clamp((x - data.left) / data.width, 0, 1);
      show(figure, data.steps.low + share * (data.steps.high - data.steps.low));
    });
    svg.addEventListener("pointerleave", () => show(null, null));
    figure.addEventListener("blur", () => show(null, null));
    figure.addEventListener("keydown", event => {
      const by = {ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10}[event.key];
      if (by === undefined) return;
      const stretch = Math.max(1, (data.steps.high - data.steps.low) / 100);
      show(figure, clamp((at ?? last) + (at === null ? 0 : by * stretch), data.steps.low, data.steps.high));
      event.preventDefault();
    });
  }
  const smoothing = document.getElementById("smoothing");
  smoothing.addEventListener("change", () => {
    draw(Number(smoothing.value));
    point(at);
  });
  for (const box of document.querySelectorAll("#runs input")) {
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(Number(box.dataset.run));
      else hidden.add(Number(box.dataset.run));
      draw(Number(smoothing.value));
      point(at);
    });
  }
  smoothing.value = String(data.smoothing);
  draw(data.smoothing);
})();
