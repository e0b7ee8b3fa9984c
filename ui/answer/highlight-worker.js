// Colours code apart from the page: expressions that other people wrote meet text that anybody wrote, and whatever
// takes too long is ended with this worker. A plain script, since highlight.js is one.
//
// In:  {id, code, language}
// Out: {id, spans: [scope, text, scope, text, …]}, an empty scope for plain text; {id, spans: null} for an unknown language

const LIBRARY = "/webjars/highlightjs/11.11.1/";

// what the library has files for; those in its main file are there at once
const KNOWN = new Set(
  `1c abnf accesslog actionscript ada angelscript apache applescript arcade arduino armasm asciidoc aspectj
    autohotkey autoit avrasm awk axapta bash basic bnf brainfuck c cal capnproto ceylon clean clojure
    clojure-repl cmake coffeescript coq cos cpp crmsh crystal csharp csp css d dart delphi diff django dns
    dockerfile dos dsconfig dts dust ebnf elixir elm erb erlang erlang-repl excel fix flix fortran fsharp gams
    gauss gcode gherkin glsl gml go golo gradle groovy haml handlebars haskell haxe hsp http hy inform7 ini
    irpf90 isbl java javascript jboss-cli json julia julia-repl kotlin lasso latex ldif leaf less lisp
    livecodeserver livescript llvm lsl lua makefile markdown mathematica matlab maxima mel mercury mipsasm mizar
    mojolicious monkey moonscript n1ql nginx nim nix node-repl nsis objectivec ocaml openscad oxygene parser3
    perl pf pgsql php php-template plaintext pony powershell processing profile prolog properties protobuf puppet
    purebasic python python-repl q qml r reasonml rib roboconf routeros rsl ruby ruleslanguage rust sas scala
    scheme scilab scss shell smali smalltalk sml sqf sql stan stata step21 stylus subunit swift taggerscript tap
    tcl thrift tp twig typescript vala vbnet vbscript vbscript-html verilog vhdl vim wasm wren x86asm xl xml
    xquery yaml zephir`.split(/\s+/),
);
const ALIASES = { __proto__: null, hs: "haskell", ml: "ocaml", jl: "julia", ex: "elixir", exs: "elixir", erl: "erlang", clj: "clojure", fs: "fsharp", ps1: "powershell", tex: "latex", docker: "dockerfile", nix: "nix", dart: "dart", zig: "c", proto: "protobuf", sol: "javascript", tf: "ini", hcl: "ini", asm: "x86asm", nasm: "x86asm", vim: "vim", lisp: "lisp", el: "lisp", scm: "scheme", f90: "fortran", pas: "delphi", pascal: "delphi", m: "matlab", groovy: "groovy", gradle: "gradle", cmake: "cmake", jsonl: "json" };

const policy = self.trustedTypes?.createPolicy("tramontane", {
  createScriptURL(address) {
    if (!/^\/webjars\/highlightjs\/11\.11\.1\/(?:highlight|languages\/[a-z0-9_-]+)\.min\.js$/.test(address)) {
      throw new TypeError(`${address} is no script of this worker`);
    }
    return address;
  },
});

function load(file) {
  const address = `${LIBRARY}${file}.min.js`;
  importScripts(policy ? policy.createScriptURL(address) : address);
}

load("highlight");
/* global hljs -- a variable of that script; a language's file registers itself with it */

function language(name) {
  const known = ALIASES[name] ?? name;
  if (hljs.getLanguage(known) === undefined && KNOWN.has(known)) load(`languages/${known}`);
  return hljs.getLanguage(known) === undefined ? null : known;
}

/** The tree of scopes as a list: each text with the innermost scope's first word. */
function flatten(node, scope, spans) {
  for (const child of node.children) {
    if (typeof child === "string") {
      if (spans.length > 0 && spans.at(-2) === scope) spans[spans.length - 1] += child;
      else spans.push(scope, child);
    } else {
      flatten(child, child.scope === undefined ? scope : child.scope.split(".")[0], spans);
    }
  }
  return spans;
}

self.onmessage = ({ data: { id, code, language: name } }) => {
  let spans = null;
  try {
    const known = language(name);
    if (known !== null) spans = flatten(hljs.highlight(code, { language: known, ignoreIllegals: true })._emitter.root, "", []);
  } catch {
    spans = null; // shown without colours
  }
  self.postMessage({ id, spans });
};
