// Formulas as nodes. KaTeX builds a tree of its own; what is not on our lists is taken out of it before it becomes
// nodes, so that no string of HTML is ever made and no style attribute is ever written: styles are single properties
// set through the object model, which the policy allows and which cannot grow into others.

import { h } from "../dom.js";
import { whenIdle } from "./frames.js";
import { loadKatex } from "./libraries.js";

/** A formula that takes longer is the last that its page shows in full for a while. */
const SLOW_MILLIS = 100;
/** What slow formulas may take together. */
const PATIENCE_MILLIS = 400;
const KEPT = 500;

const OPTIONS = { throwOnError: true, trust: false, strict: "ignore", maxSize: 20, maxExpand: 1000 };

// What KaTeX sets on paths, on MathML and on drawn parts. Neither style, nor links, nor pictures, nor ids.
const ATTRIBUTES = new Set(
  ("width height viewBox preserveAspectRatio xmlns d x1 y1 x2 y2 stroke-width aria-hidden encoding mathvariant mathcolor mathsize stretchy" +
    " fence separator lspace rspace minsize maxsize movablelimits accent accentunder displaystyle scriptlevel linethickness columnalign" +
    " rowspacing columnspacing columnlines rowlines frame notation voffset depth mathbackground display symmetric form side linebreak" +
    " width height depth").split(" "),
);

const kept = new Map();
let katex = null;
let patience = PATIENCE_MILLIS;

/** Takes what is not on the list out of KaTeX's tree, and refuses what it should never have made. */
function prune(node) {
  if (node.href !== undefined || node.src !== undefined) throw new TypeError("a formula may not link or show pictures");
  for (const name of Object.keys(node.attributes ?? {})) {
    if (!ATTRIBUTES.has(name)) delete node.attributes[name];
  }
  for (const child of node.children ?? []) prune(child);
}

/** Equations that nobody refers to need no numbers. */
function withoutNumbers(tex) {
  return tex.replace(/\\(begin|end)\{(equation|align|alignat|gather)\}/g, "\\$1{$2*}");
}

function render({ tex, display, isBrief }) {
  const begin = performance.now();
  try {
    const output = isBrief ? "html" : "htmlAndMathml";
    const tree = katex.__renderToDomTree(withoutNumbers(tex), { ...OPTIONS, output, displayMode: display, macros: {} });
    prune(tree);
    return tree.toNode();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    const took = performance.now() - begin;
    if (took > SLOW_MILLIS) patience -= took;
  }
}

function keep(key, value) {
  kept.set(key, value);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
}

function keyOf({ tex, display, isBrief }) {
  return `${display ? "d" : "i"}${isBrief ? "b" : "f"}${tex}`;
}

/** Puts a formula into its place: nodes, or its source where it cannot be shown. */
function show(place) {
  const key = keyOf(place.formula);
  let made = kept.get(key);
  if (made === undefined && patience > 0) {
    made = render(place.formula);
    keep(key, made);
  }
  if (made instanceof Node) {
    place.replaceChildren(made.cloneNode(true));
    place.classList.remove("pending");
    if (!place.formula.isBrief) return;
    place.setAttribute("role", "math");
    place.setAttribute("aria-label", place.formula.tex);
  } else {
    place.classList.replace("pending", "failed");
    if (made !== undefined) place.title = made;
  }
}

/**
 * A place for a formula, which shows its source until {@link fill} is called.
 *
 * @param {{tex: string, display: boolean, source: string}} formula
 * @param {boolean} isBrief whether readers of the screen get its TeX rather than a second tree, in MathML
 */
export function formulaPlace({ tex, display, source }, isBrief = false) {
  const place = h(`span.math.pending${display ? ".display" : ""}`, { data: { source } }, source);
  place.formula = { tex, display, source, isBrief };
  return place;
}

/** Shows the formula of a place: in this moment where it was shown before, else as soon as there is time. */
export function fill(place) {
  if (katex !== null && kept.has(keyOf(place.formula))) {
    show(place);
    return;
  }
  const job = () => {
    if (place.isConnected && place.classList.contains("pending")) show(place);
  };
  if (katex !== null) whenIdle(job);
  else
    loadKatex().then(
      (library) => {
        katex = library;
        whenIdle(job);
      },
      () => place.classList.replace("pending", "failed"),
    );
}
