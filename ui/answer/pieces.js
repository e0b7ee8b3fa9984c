// Where a long text may be cut without changing what it means: between blocks, outside of code and formulas.

const PIECE_CHARS = 6000;
/** Where no good place comes, a line's end is one. */
const LONGEST_PIECE = 24_000;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/**
 * Cuts a text into pieces of some thousand characters.
 *
 * @returns {string[]} which together are the text; of the last more may come
 */
export function cut(text) {
  const pieces = [];
  let begin = 0;
  let fence = null;
  let isFormula = false;
  let wasEmpty = false;
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline + 1;
    const line = text.slice(at, Math.min(end, at + 200));
    const length = at - begin;
    const isBlock = wasEmpty && /^[^\s]/.test(line) && !/^(?:[-*+]|\d{1,9}[.)])\s/.test(line);
    if (fence === null && !isFormula && ((length >= PIECE_CHARS && isBlock) || length >= LONGEST_PIECE)) {
      pieces.push(text.slice(begin, at));
      begin = at;
    }
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && !isFormula) {
      if (fence === null) fence = mark;
      else if (mark[0] === fence[0] && mark.length >= fence.length && /^\s*[`~]+\s*$/.test(line)) fence = null;
    } else if (fence === null && /^\s*(?:\$\$|\\\[)\s*$/.test(line)) {
      isFormula = !isFormula;
    } else if (/^\s*\\\]\s*$/.test(line)) {
      isFormula = false;
    }
    if (isFormula && wasEmpty && line.trim() === "") isFormula = false; // it was none
    wasEmpty = line.trim() === "";
    at = end;
  }
  pieces.push(text.slice(begin));
  return pieces;
}
