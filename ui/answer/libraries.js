// Other people's libraries, from our own origin. Those that every answer needs are here at once, the others when a
// formula or a piece of code first comes. Each is a plain script that leaves one global behind, as a module too.

import "/webjars/markdown-it/14.1.0/dist/markdown-it.min.js";
import "/webjars/dompurify/3.3.3/dist/purify.min.js";
import { h } from "../dom.js";

const KATEX = "/webjars/katex/0.18.11/dist/";
export const HIGHLIGHT = "/webjars/highlightjs/11.11.1/";

export const markdownIt = globalThis.markdownit;
export const purify = globalThis.DOMPurify;

// Trusted Types: the only address that becomes a script beside those in the page's own markup and imports.
const policy = globalThis.trustedTypes?.createPolicy("tramontane", {
  createScriptURL(address) {
    if (address !== workerAddress()) throw new TypeError(`${address} is no script of this page`);
    return address;
  },
});

function workerAddress() {
  return new URL("./highlight-worker.js", import.meta.url).href;
}

/** Starts the worker that colours code. */
export function highlightWorker() {
  const address = workerAddress();
  return new Worker(policy ? policy.createScriptURL(address) : address);
}

let katex = null;

/** KaTeX with its stylesheet. */
export function loadKatex() {
  katex ??= import(`${KATEX}katex.min.js`).then(() => {
    document.head.append(h("link", { rel: "stylesheet", href: `${KATEX}katex.min.css` }));
    return globalThis.katex;
  });
  return katex;
}
