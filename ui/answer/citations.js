// Citations: `[^1]` with `[^1]: where` below, `[1]` and 【1】 where there is a source of that number: one that a tool
// gave, or one that the text defines as a link, `[1]: https://…`.

const NUMBERED = /^(?:\[(\d{1,3})\](?![[(:])|【(\d{1,3})(?:†[^】\n]{0,40})?】)/;
const NOTE = /^\[\^([^\]\s^]{1,40})\](?!:)/;
const DEFINITION = /^\[\^([^\]\s^]{1,40})\]:[ \t]*(.*)$/;

function isKnown(env, number) {
  return env.sources.has(number) || env.references[number] !== undefined;
}

function citation(state, silent) {
  const rest = state.src.slice(state.pos, state.pos + 60);
  const note = NOTE.exec(rest);
  const numbered = note === null ? NUMBERED.exec(rest) : null;
  const label = note?.[1] ?? numbered?.[1] ?? numbered?.[2];
  if (label === undefined || (note === null && !isKnown(state.env, label))) return false;
  if (!silent) state.push("citation", "", 0).meta = { label };
  state.pos += (note ?? numbered)[0].length;
  return true;
}

/** A note's text goes to the sources and is shown there. */
function definition(state, startLine, endLine, silent) {
  const line = state.src.slice(state.bMarks[startLine] + state.tShift[startLine], state.eMarks[startLine]);
  const found = state.sCount[startLine] - state.blkIndent < 4 ? DEFINITION.exec(line) : null;
  if (found === null) return false;
  if (silent) return true;
  let text = found[2];
  let next = startLine + 1;
  for (; next < endLine && !state.isEmpty(next) && state.sCount[next] - state.blkIndent >= 2; next++) {
    text += ` ${state.getLines(next, next + 1, state.sCount[next], false).trim()}`;
  }
  state.env.notes[found[1]] ??= text;
  state.line = next;
  return true;
}

/** The plug-in for markdown-it: tokens `citation` with `{label}` as meta, and `notes` of the text's env. */
export function citationPlugin(md) {
  md.inline.ruler.before("link", "citation", citation);
  md.block.ruler.before("reference", "note", definition, { alt: ["paragraph", "reference"] });
}

/** What a label stands for: `{label, title, url, note}` as far as it is known. */
export function sourceOf(label, shared) {
  const given = shared.sources.get(label);
  if (given !== undefined) return { label, ...given };
  const note = shared.notes[label];
  if (note !== undefined) return { label, note };
  const reference = shared.references[label];
  return reference === undefined ? { label } : { label, url: reference.href, title: reference.title };
}
