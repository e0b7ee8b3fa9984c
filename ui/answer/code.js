// Code: its language, copy and download, colours once it is complete. It may grow and be very long: its lines stand in
// parts that are laid out only where they are seen.

import { copyText, h, icon, saveFile } from "../dom.js";
import { whenIdle } from "./frames.js";
import { highlightWorker } from "./libraries.js";

const PART_LINES = 80;
/** Longer code stays without colours. */
const MOST_COLOURED = 300_000;
const PATIENCE_MILLIS = 4000;
const KEPT = 40;

const ENDINGS = { __proto__: null, javascript: "js", typescript: "ts", python: "py", markdown: "md", bash: "sh", shell: "sh", text: "txt", plaintext: "txt", "": "txt", csharp: "cs", "c++": "cpp", rust: "rs", kotlin: "kt", ruby: "rb", haskell: "hs", latex: "tex" };

let worker = null;
let asked = 0;
const waiting = new Map();
const kept = new Map();

function ended() {
  worker?.terminate();
  worker = null;
  for (const { tell, timer } of waiting.values()) {
    clearTimeout(timer);
    tell(null);
  }
  waiting.clear();
}

/** Scopes and texts of a piece of code; null where there are no colours for it. */
function colours(code, language) {
  const key = `${language}\n${code}`;
  if (kept.has(key)) return Promise.resolve(kept.get(key));
  if (worker === null) {
    worker = highlightWorker();
    worker.onmessage = ({ data: { id, spans } }) => {
      const { tell, timer } = waiting.get(id) ?? {};
      waiting.delete(id);
      clearTimeout(timer);
      tell?.(spans);
    };
    worker.onerror = ended;
  }
  const id = (asked += 1);
  const { promise, resolve } = Promise.withResolvers();
  waiting.set(id, { tell: resolve, timer: setTimeout(ended, PATIENCE_MILLIS) });
  worker.postMessage({ id, code, language });
  return promise.then((spans) => {
    kept.set(key, spans);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return spans;
  });
}

/** A language's name is told where it looks like one. */
function named(language) {
  return /^[\w+#.-]{1,24}$/.test(language) ? language : "";
}

export class CodeView {
  /**
   * @param {string} language as it was written; may be empty
   * @param {(key: string, values?: Object) => string} t
   * @param {(what: string) => void} onCopy
   */
  constructor(language, t, onCopy) {
    this.language = named(language);
    this.pieces = [];
    this.part = null;
    this.lines = 0;
    this.code = h("code", { dir: "ltr", translate: "no" });
    const copy = h("button.code-button", { type: "button", onclick: () => this.copy(onCopy) }, icon("copy"), h("span", {}, t("answer.copyCode")));
    const save = h("button.code-button", { type: "button", onclick: () => this.save() }, icon("download"), h("span", {}, t("answer.download")));
    this.element = h(
      "figure.code",
      { role: "group", "aria-label": this.language === "" ? t("answer.code") : t("answer.codeIn", { language: this.language }) },
      h("figcaption", {}, h("span.code-language", {}, this.language), h("span.code-tools", {}, copy, save)),
      h("pre", { tabindex: 0 }, this.code),
    );
    this.element.view = this;
  }

  get source() {
    if (this.pieces.length > 1) this.pieces = [this.pieces.join("")];
    return this.pieces[0] ?? "";
  }

  /** Grows into another that begins with it; whether that is so. */
  becomes(other) {
    const { source } = this;
    if (other.language !== this.language || !other.source.startsWith(source)) return false;
    this.append(other.source.slice(source.length));
    return true;
  }

  append(text) {
    if (text === "") return;
    this.pieces.push(text);
    for (let from = 0; from < text.length; ) {
      if (this.part === null || this.lines >= PART_LINES) this.begin();
      let end = from;
      while (end < text.length && this.lines < PART_LINES) {
        const line = text.indexOf("\n", end);
        if (line < 0) {
          end = text.length;
          break;
        }
        this.lines += 1;
        end = line + 1;
      }
      this.part.firstChild.appendData(text.slice(from, end));
      from = end;
    }
  }

  begin() {
    this.part?.classList.add("full");
    this.part = h("span.lines");
    this.part.append(document.createTextNode(""));
    this.code.append(this.part);
    this.lines = 0;
  }

  /** No more comes: it gets its colours. */
  finish() {
    const { source, language } = this;
    if (language === "" || source === "" || source.length > MOST_COLOURED) return this;
    void colours(source, language).then((spans) => {
      if (spans !== null) this.paint(spans);
    });
    return this;
  }

  /** Each part gets its spans when a frame has time for it. */
  paint(spans) {
    let at = 0;
    let offset = 0;
    const next = (part) => () => {
      let left = part.textContent.length;
      const nodes = [];
      while (left > 0 && at < spans.length) {
        const text = spans[at + 1].slice(offset, offset + left);
        left -= text.length;
        offset += text.length;
        nodes.push(spans[at] === "" ? text : h(`span.hl-${spans[at].replace(/\W/g, "")}`, {}, text));
        if (offset === spans[at + 1].length) {
          at += 2;
          offset = 0;
        }
      }
      part.replaceChildren(...nodes);
    };
    for (const part of [...this.code.children]) whenIdle(next(part));
  }

  async copy(onCopy) {
    if (await copyText(this.source)) onCopy("code");
  }

  save() {
    const ending = ENDINGS[this.language] ?? this.language.replace(/\W/g, "");
    saveFile(`code.${ending}`, new Blob([this.source], { type: "text/plain" }));
  }
}
