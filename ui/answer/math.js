// Formulas in Markdown: $…$, $$…$$, \(…\), \[…\] and \begin{align}…\end{align}. Prices are none: a dollar opens a
// formula where no space follows it, and closes one where no space stands before it and no digit behind it (Pandoc's
// rule, tex_math_dollars), and neither "$5 for two" nor "$HOME:$PATH" is one.

const MOST_CHARS = 8000;
const MOST_LINES = 200;

// Between two single dollars: each that opens looks for its own end.
const MOST_INLINE_CHARS = 2000;
const ENVIRONMENT = /^\\begin\{((?:equation|align|alignat|gather|aligned|gathered|cases|matrix|[pbBvV]matrix|array|split|CD)\*?)\}/;
const WORDY_PRICE = /^\d[\d.,]*\s+[A-Za-z]{2,}\b/;

/** Where a text closes behind a place, as TeX has it: what a backslash stands before is none. */
function closing(src, from, close, max) {
  const end = Math.min(max, from + MOST_CHARS);
  for (let at = from; at < end; at++) {
    if (src.startsWith(close, at)) return at + close.length <= max ? at : -1;
    if (src[at] === "\\") at++;
  }
  return -1;
}

function closingDollar(src, from, most) {
  const max = Math.min(most, from + MOST_INLINE_CHARS);
  for (let at = closing(src, from, "$", max); at >= 0; at = closing(src, at + 1, "$", max)) {
    const before = src[at - 1];
    const after = src[at + 1] ?? "";
    const ends = at > from && !/\s/.test(before) && !/[0-9$]/.test(after);
    if (ends && !(/[A-Za-z]/.test(after) && !/[\w})\]'!]/.test(before))) return at;
  }
  return -1;
}

/** The formula that begins at a place: its TeX, whether it stands alone, and where it ends; null for none. */
export function formulaAt(src, pos, max) {
  if (src[pos] === "\\") {
    const environment = ENVIRONMENT.exec(src.slice(pos, pos + 24));
    if (environment !== null) {
      const close = `\\end{${environment[1]}}`;
      const at = src.indexOf(close, pos);
      const end = at + close.length;
      return at < 0 || end > max || end - pos > MOST_CHARS ? null : { tex: src.slice(pos, end), display: true, end };
    }
    const close = { "(": "\\)", "[": "\\]" }[src[pos + 1]];
    if (close === undefined) return null;
    const at = closing(src, pos + 2, close, max);
    return at < 0 ? null : formula(src.slice(pos + 2, at), close === "\\]", at + 2);
  }
  if (src[pos] !== "$") return null;
  if (src[pos + 1] === "$") {
    const at = closing(src, pos + 2, "$$", max);
    return at < 0 ? null : formula(src.slice(pos + 2, at), true, at + 2);
  }
  if (/\s/.test(src[pos + 1] ?? " ") || /[\w$]/.test(src[pos - 1] ?? "")) return null;
  const at = closingDollar(src, pos + 1, max);
  const tex = at < 0 ? "" : src.slice(pos + 1, at);
  return at < 0 || WORDY_PRICE.test(tex) || /\n\s*\n/.test(tex) ? null : formula(tex, false, at + 1);
}

function formula(tex, display, end) {
  return tex.trim() === "" ? null : { tex: tex.trim(), display, end };
}

function push(state, type, found, source) {
  const token = state.push(type, "", 0);
  token.meta = { tex: found.tex, display: found.display, source };
  return token;
}

function inline(state, silent) {
  const found = formulaAt(state.src, state.pos, state.posMax);
  if (found === null) return false;
  if (!silent) push(state, "math", found, state.src.slice(state.pos, found.end));
  state.pos = found.end;
  return true;
}

/** A formula that has its lines for itself. */
function block(state, startLine, endLine, silent) {
  if (state.sCount[startLine] - state.blkIndent >= 4) return false;
  const start = state.bMarks[startLine] + state.tShift[startLine];
  if (!/^(?:\$\$|\\\[|\\begin\{)/.test(state.src.slice(start, start + 7))) return false;
  const last = Math.min(endLine, startLine + MOST_LINES);
  const close = state.src.startsWith("$$", start) ? /\$\$\s*$/ : state.src.startsWith("\\[", start) ? /\\\]\s*$/ : /\\end\{[^}]*\}\s*$/;
  for (let line = startLine; line < last; line++) {
    if (line > startLine && state.sCount[line] < state.blkIndent) return false;
    if (!close.test(state.src.slice(state.bMarks[line], state.eMarks[line]))) continue;
    const source = state.getLines(startLine, line + 1, state.blkIndent, false).trim();
    const found = formulaAt(source, 0, source.length);
    if (found === null || found.end !== source.length) continue;
    if (silent) return true;
    push(state, "math_block", found, source).map = [startLine, line + 1];
    state.line = line + 1;
    return true;
  }
  return false;
}

/** The plug-in for markdown-it. Its tokens are `math` and `math_block`, with `{tex, display, source}` as meta. */
export function mathPlugin(md) {
  md.inline.ruler.before("escape", "math", inline);
  md.block.ruler.before("fence", "math_block", block, { alt: ["paragraph", "reference", "blockquote", "list"] });
}
