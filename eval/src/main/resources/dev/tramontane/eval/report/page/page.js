// The attempts of each series, the grid over them, and the reader of one. What a model wrote is hostile:
// it becomes text nodes and nothing else.
(() => {
  const NAMES = ["right", "wrong", "truncated", "error"];
  const GLYPHS = ["\u2713", "\u2717", "\u22ef", "!"];
  const MOST_MARKS = 2000;
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = id => document.getElementById(id);
  const make = (tag, text, cls) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (cls) element.className = cls;
    return element;
  };
  // columns of an attempt, as the page's writer orders them
  const [PROBLEM, SAMPLE, VERDICT, EXTRACTED, WHY, ENDING, THINKING_TOKENS, ANSWER_TOKENS, SECONDS, NOTES, TRACE] =
    Array(11).keys();

  let series = 0;
  let chosen = -1;
  let query = "";
  let searching = 0;
  let hits = null; // attempts whose text holds the query; null without one
  const wanted = new Set([0, 1, 2, 3]);
  const trials = () => data.series[series].trials;
  const problems = () => data.series[series].problems;
  const passes = i => wanted.has(trials()[i][VERDICT]) && (hits === null || hits.has(i));

  // A trace is base64 of deflated JSON: [thinking, answer].
  async function trace(number) {
    const bytes = Uint8Array.from(atob(at("t" + number).textContent), c => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  }

  function name(trial) {
    return `${problems()[trial[PROBLEM]]}, sample ${trial[SAMPLE]}: ${NAMES[trial[VERDICT]]}`;
  }

  function drawGrid() {
    const rows = problems().map(() => []);
    trials().forEach((trial, i) => rows[trial[PROBLEM]].push(i));
    const share = row => row.filter(i => trials()[i][VERDICT] === 0).length / Math.max(1, row.length);
    const order = [...rows.keys()];
    if (at("order").value === "hard") order.sort((a, b) => share(rows[a]) - share(rows[b]) || a - b);
    const table = make("table");
    const head = table.createTHead().insertRow();
    head.append(make("th", "problem"));
    const widest = Math.max(0, ...rows.map(row => row.length));
    for (let k = 1; k <= widest; k++) head.append(make("th", k === 1 || k % 5 === 0 ? k : ""));
    head.append(make("th", "right"));
    const body = table.createTBody();
    for (const p of order) {
      const row = body.insertRow();
      const title = make("th", problems()[p]);
      title.scope = "row";
      title.title = problems()[p];
      row.append(title);
      for (const i of rows[p]) {
        const trial = trials()[i];
        const cell = make("button", GLYPHS[trial[VERDICT]], "v" + trial[VERDICT]);
        cell.type = "button";
        cell.dataset.trial = i;
        cell.tabIndex = -1;
        cell.title = name(trial);
        cell.setAttribute("aria-label", name(trial));
        row.insertCell().append(cell);
      }
      for (let k = rows[p].length; k < widest; k++) row.insertCell();
      row.append(make("td", Math.round(100 * share(rows[p])) + "%", "mean"));
    }
    at("grid").replaceChildren(table);
    const first = at("grid").querySelector("button");
    if (first) first.tabIndex = 0;
    showFilter();
  }

  function cells() {
    return [...at("grid").querySelectorAll("button")];
  }

  function showFilter() {
    let shown = 0;
    for (const cell of cells()) {
      const isOn = passes(+cell.dataset.trial);
      cell.classList.toggle("off", !isOn);
      shown += isOn;
    }
    at("count").textContent = `${shown} of ${trials().length} attempts`;
    showSteps();
  }

  function mark(i) {
    for (const cell of cells()) {
      const isIt = +cell.dataset.trial === i;
      if (isIt) {
        cell.setAttribute("aria-current", "true");
        cell.tabIndex = 0;
      } else {
        cell.removeAttribute("aria-current");
        cell.tabIndex = -1;
      }
    }
  }

  // Text with the query marked.
  function fill(element, text) {
    element.replaceChildren();
    const small = query.toLowerCase();
    const lower = text.toLowerCase();
    let from = 0;
    let marks = 0;
    if (small && lower.length === text.length) {
      for (let hit = lower.indexOf(small); hit >= 0 && marks < MOST_MARKS; hit = lower.indexOf(small, from)) {
        element.append(text.slice(from, hit), make("mark", text.slice(hit, hit + small.length)));
        from = hit + small.length;
        marks++;
      }
    }
    element.append(text.slice(from));
    return marks;
  }

  async function show(i, moveFocus) {
    chosen = i;
    const trial = trials()[i];
    mark(i);
    at("reader").classList.remove("hidden");
    at("title").textContent = name(trial);
    const facts = [
      ["verdict", `${GLYPHS[trial[VERDICT]]} ${NAMES[trial[VERDICT]]}`],
      ["taken for the answer", trial[EXTRACTED] === null ? "nothing" : trial[EXTRACTED]],
      ["because", trial[WHY]],
      ["ended", trial[ENDING]],
      ["tokens", `${trial[THINKING_TOKENS]} thinking, ${trial[ANSWER_TOKENS]} answer`],
      ["seconds", trial[SECONDS].toFixed(1)],
      ["control", trial[NOTES]],
    ];
    at("facts").replaceChildren(
      ...facts.filter(([, value]) => value !== "").flatMap(([key, value]) => [make("dt", key), make("dd", value)]));
    location.replace("#" + series + "." + i);
    showSteps();
    const [thinking, answer] = await trace(trial[TRACE]);
    if (chosen !== i) return; // another was chosen meanwhile
    const absent = thinking === null ? "left out of this page, which would be too large; the run's log has it" : "";
    const inThinking = fill(at("thinking"), thinking || absent);
    const inAnswer = fill(at("answer"), answer);
    at("found").textContent = query ? `${inThinking} in the thinking, ${inAnswer} in the answer` : "";
    const first = at("panes").querySelector("mark");
    if (first) first.scrollIntoView({block: "nearest"});
    if (moveFocus) at("reader").focus({preventScroll: false});
  }

  function step(by) {
    for (let i = chosen + by; i >= 0 && i < trials().length; i += by) {
      if (passes(i)) {
        show(i, false);
        return;
      }
    }
  }

  function showSteps() {
    const any = by => {
      for (let i = chosen + by; i >= 0 && i < trials().length; i += by) if (passes(i)) return true;
      return false;
    };
    at("previous").disabled = chosen < 0 || !any(-1);
    at("next").disabled = !any(1);
  }

  // Looks through every trace, a few at a time; a newer search ends an older one.
  async function search() {
    const mine = ++searching;
    query = at("query").value;
    hits = null;
    if (query) {
      const found = new Set();
      const small = query.toLowerCase();
      for (let i = 0; i < trials().length; i++) {
        const texts = await trace(trials()[i][TRACE]);
        if (mine !== searching) return;
        if (texts.some(text => text !== null && text.toLowerCase().includes(small))) found.add(i);
        if (i % 25 === 0) at("progress").textContent = `searching: ${i} of ${trials().length}, ${found.size} found`;
      }
      hits = found;
      at("progress").textContent = `${found.size} attempts hold \u201c${query}\u201d`;
    } else {
      at("progress").textContent = "";
    }
    showFilter();
    if (chosen >= 0) show(chosen, false);
  }

  function choose(number) {
    series = number;
    chosen = -1;
    at("reader").classList.add("hidden");
    at("series").value = String(number);
    drawGrid();
    if (query) search();
  }

  data.series.forEach((each, i) => {
    const option = make("option", each.label);
    option.value = i;
    at("series").append(option);
  });
  at("series").addEventListener("change", () => choose(+at("series").value));
  at("order").addEventListener("change", drawGrid);
  NAMES.forEach((label, v) => {
    const box = make("input");
    box.type = "checkbox";
    box.checked = true;
    box.id = "want-" + label;
    box.addEventListener("change", () => {
      if (box.checked) wanted.add(v);
      else wanted.delete(v);
      showFilter();
    });
    const holder = make("label");
    holder.append(box, " ", make("span", GLYPHS[v], "glyph v" + v), label);
    at("filters").append(holder);
  });
  at("grid").addEventListener("click", event => {
    const cell = event.target.closest("button");
    if (cell) show(+cell.dataset.trial, true);
  });
  at("grid").addEventListener("keydown", event => {
    const cell = event.target.closest("button");
    if (!cell) return;
    const row = cell.closest("tr");
    const column = cell.parentElement.cellIndex;
    const beside = {ArrowLeft: cell.parentElement.previousElementSibling, ArrowRight: cell.parentElement.nextElementSibling,
      ArrowUp: row.previousElementSibling?.cells[column], ArrowDown: row.nextElementSibling?.cells[column]}[event.key];
    const other = beside?.querySelector("button");
    if (other) {
      cell.tabIndex = -1;
      other.tabIndex = 0;
      other.focus();
      event.preventDefault();
    }
  });
  at("previous").addEventListener("click", () => step(-1));
  at("next").addEventListener("click", () => step(1));
  at("layout").addEventListener("click", () => {
    const stacked = at("panes").classList.toggle("stacked");
    at("layout").textContent = stacked ? "side by side" : "one above the other";
  });
  let typing = 0;
  at("query").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(search, 250);
  });
  document.addEventListener("keydown", event => {
    if (event.target.matches("input,select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "/") {
      at("query").focus();
      event.preventDefault();
    }
  });
  const linked = /^#(\d+)\.(\d+)$/.exec(location.hash);
  choose(linked && data.series[+linked[1]] ? +linked[1] : 0);
  if (linked && trials()[+linked[2]]) show(+linked[2], false);
})();
