// Markdown as nodes: markdown-it makes tokens and markup, the sanitizer nodes, and what was data all along (formulas,
// code, pictures, citations) is put into its place last.

import { h } from "../dom.js";
import { citationPlugin } from "./citations.js";
import { markdownIt } from "./libraries.js";
import { mathPlugin } from "./math.js";
import { sanitize } from "./sanitize.js";

const SAFE_SCHEME = /^(?:https?|mailto):/i;
const ANY_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const PLAIN_TAG = /^<(\/?)(br|sub|sup|kbd|mark|u|s|ins|small)\s*\/?>/i;
/** The page's own headings go to the third level. */
const OUTER_LEVELS = 3;

/** Without attributes, these few tags are what they say; all others are shown as they are written. */
function plainTag(state, silent) {
  if (state.src.charCodeAt(state.pos) !== 0x3c) return false;
  const found = PLAIN_TAG.exec(state.src.slice(state.pos, state.pos + 12));
  if (found === null) return false;
  if (!silent) state.push("plain_tag", "", 0).content = `<${found[1]}${found[2].toLowerCase()}>`;
  state.pos += found[0].length;
  return true;
}

/** A scheme as a browser would read it: without the characters that it ignores. */
function scheme(address) {
  // eslint-disable-next-line no-control-regex
  const seen = address.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]/g, "");
  return ANY_SCHEME.exec(seen)?.[0].toLowerCase() ?? "";
}

function isSafeLink(address) {
  return SAFE_SCHEME.test(address) && SAFE_SCHEME.test(scheme(address));
}

/** Headings go down in single steps from the page's own, whatever levels were written. */
function headings(state) {
  const open = state.env.headings;
  for (const token of state.tokens) {
    if (token.type !== "heading_open" && token.type !== "heading_close") continue;
    const written = Number(token.tag[1]);
    if (token.type === "heading_open") {
      while (open.length > 0 && open.at(-1) >= written) open.pop();
      open.push(written);
      token.attrSet("class", `level-${written}`);
    }
    token.tag = `h${Math.min(6, OUTER_LEVELS + open.length)}`;
  }
}

const LETTER = /\p{L}/u;
const FROM_THE_RIGHT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/** The direction of the first letter in a piece of text; null where there is none. */
function directionOf(inline) {
  const words = inline.children.filter(({ type }) => type === "text").map(({ content }) => content);
  const letter = LETTER.exec(words.join(" "))?.[0];
  return letter === undefined ? null : FROM_THE_RIGHT.test(letter) ? "rtl" : "ltr";
}

/**
 * Each block reads in its own direction; columns are aligned by class. What holds other blocks reads as its first letter
 * does, since the browser's `auto` would not look into them; a cell without letters as its table does.
 */
function directions(state) {
  const undecided = [];
  for (const token of state.tokens) {
    if (/^(?:paragraph|heading)_open$/.test(token.type)) token.attrSet("dir", "auto");
    else if (/^(?:bullet_list|ordered_list|blockquote|table|t[hd])_open$/.test(token.type)) undecided.push(token);
    else if (/^(?:bullet_list|ordered_list|blockquote|table|t[hd])_close$/.test(token.type)) undecided.pop();
    const direction = token.type === "inline" ? directionOf(token) : null;
    if (direction !== null) {
      for (const holder of undecided) if (holder.attrGet("dir") === null) holder.attrSet("dir", direction);
    }
    const style = token.attrGet("style");
    if (style === null) continue;
    token.attrs = token.attrs.filter(([name]) => name !== "style");
    token.attrSet("class", `align-${style.replace("text-align:", "")}`);
  }
}

/** `- [x] done` */
function tasks(state) {
  state.tokens.forEach((token, at) => {
    if (token.type !== "inline" || state.tokens[at - 2]?.type !== "list_item_open") return;
    const first = token.children[0];
    const box = first?.type === "text" ? /^\[([ xX])\]\s/.exec(first.content) : null;
    if (box === null) return;
    first.content = (box[1] === " " ? "☐ " : "☑ ") + first.content.slice(box[0].length);
    state.tokens[at - 2].attrSet("class", "task");
  });
}

function part(env, kind, data) {
  env.parts.push({ kind, ...data });
  return env.parts.length - 1;
}

function rules(renderer) {
  const block = (kind, data) => (tokens, at, _, env) => `<div data-part="${part(env, kind, data(tokens[at]))}"></div>`;
  const inline = (kind, data) => (tokens, at, _, env) => `<span data-part="${part(env, kind, data(tokens[at]))}"></span>`;
  const code = (token) => ({ text: token.content, language: token.info.trim().split(/[\s,{]/)[0].toLowerCase() });
  Object.assign(renderer.rules, {
    math: inline("math", (token) => token.meta),
    math_block: block("math", (token) => token.meta),
    fence: block("code", code),
    code_block: block("code", code),
    image: inline("image", (token) => ({ src: token.attrGet("src"), alt: token.content })),
    citation: inline("citation", (token) => token.meta),
    plain_tag: (tokens, at) => tokens[at].content,
    link_open(tokens, at, options, env, self) {
      const token = tokens[at];
      const isSafe = isSafeLink(token.attrGet("href"));
      env.links.push(isSafe);
      return isSafe ? self.renderToken(tokens, at, options) : '<span class="no-link">';
    },
    link_close: (tokens, at, options, env) => (env.links.pop() ? "</a>" : "</span>"),
  });
}

function create() {
  const md = markdownIt({ html: false, linkify: true, breaks: true, typographer: false, maxNesting: 40 });
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  // what would be dangerous is no link at all and stays as it was written; what leads nowhere becomes its text
  md.validateLink = (address) => ["", "http:", "https:", "mailto:", "data:"].includes(scheme(address));
  md.use(mathPlugin);
  md.use(citationPlugin);
  md.inline.ruler.before("autolink", "plain_tag", plainTag);
  md.core.ruler.push("headings", headings);
  md.core.ruler.push("directions", directions);
  md.core.ruler.push("tasks", tasks);
  rules(md.renderer);
  return md;
}

const md = create();

/**
 * What a text's blocks share: definitions, sources, and where its headings stand.
 *
 * @typedef {{references: Object, notes: Object, headings: number[], sources: Map}} Shared
 */
export function sharedOfText() {
  return { references: Object.create(null), notes: Object.create(null), headings: [], sources: new Map() };
}

/** A view of it that learns what it reads without telling: for text that is not complete. */
export function glimpse(shared) {
  return {
    references: Object.create(shared.references),
    notes: Object.create(shared.notes),
    headings: [...shared.headings],
    sources: shared.sources,
  };
}

/** Tokens of a text, top-level blocks with their lines. */
export function parse(source, shared) {
  return md.parse(source, shared);
}

/**
 * Nodes of tokens.
 *
 * @param {Object<string, (part: Object) => Node>} makers of parts, by their kinds
 */
export function fragmentOf(tokens, shared, makers) {
  const env = Object.assign(Object.create(shared), { parts: [], links: [] });
  const fragment = sanitize(md.renderer.render(tokens, md.options, env));
  for (const place of fragment.querySelectorAll("[data-part]")) {
    const found = env.parts[Number(place.dataset.part)];
    if (found === undefined) place.remove();
    else place.replaceWith(makers[found.kind](found));
  }
  for (const link of fragment.querySelectorAll("a")) finishLink(link);
  for (const table of fragment.querySelectorAll("table")) wrapTable(table, makers.label("answer.table"));
  return fragment;
}

/** A link says where it leads, leads there in a tab of its own, and tells the other side nothing. */
function finishLink(link) {
  const address = link.getAttribute("href") ?? "";
  if (!isSafeLink(address)) {
    link.replaceWith(...link.childNodes);
    return;
  }
  link.title = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  link.referrerPolicy = "no-referrer";
}

/** A table wider than the page scrolls by itself, by keyboard too. */
function wrapTable(table, label) {
  const frame = h("div.table", { tabindex: 0, role: "group", "aria-label": label });
  table.replaceWith(frame);
  frame.append(table);
}
