// Code that is open at the end of a text: it grows by its lines, and nothing is parsed.

const CLOSING = /^ {0,3}([`~]{3,})[ \t]*$/;

export class OpenFence {
  constructor(opening, view) {
    const [, indent, mark] = /^( {0,3})(`{3,}|~{3,})/.exec(opening);
    this.indent = indent.length;
    this.mark = mark;
    this.source = opening;
    this.view = view;
    this.line = "";
    this.shown = 0;
  }

  /** @returns {string|null} what comes behind the end; null while it is open */
  append(text) {
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      this.line += text.slice(from, at);
      from = at + 1;
      this.source += `${this.line}\n`;
      if (this.closes(this.line)) return text.slice(from);
      this.show(`${this.strip(this.line)}\n`);
      this.line = "";
      this.shown = 0;
    }
    this.line += text.slice(from);
    if (!/^ {0,3}[`~]*[ \t]*$/.test(this.line)) this.show(this.strip(this.line));
    return null;
  }

  show(line) {
    this.view.append(line.slice(this.shown));
    this.shown = line.length;
  }

  strip(line) {
    let at = 0;
    while (at < this.indent && line[at] === " ") at++;
    return line.slice(at);
  }

  closes(line) {
    const mark = CLOSING.exec(line)?.[1];
    return mark !== undefined && mark[0] === this.mark[0] && mark.length >= this.mark.length && new Set(mark).size === 1;
  }

  /** No more comes. */
  end() {
    if (this.line !== "" && !this.closes(this.line)) this.show(this.strip(this.line));
    this.source += this.line;
  }
}
