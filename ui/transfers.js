// Conversations as files: saved one by one or all together, and read again.

import { api, key } from "./api.js";
import { announce, h, saveFile } from "./dom.js";
import { t } from "./language.js";
import { toast } from "./toast.js";

const FORMATS = { markdown: ["download", "md"], json: ["download", "json"], html: ["printer", "html"] };
const PAGE = 50;

// Of conversations that are read together; a request has room for twice that, and takes no more of them.
const MOST_CHARACTERS = 8_000_000;
const MOST_CONVERSATIONS = 1000;

/** A title as a file's name. */
const fileName = (title) => (title || "conversation").replace(/[\p{C}/\\:*?"<>|]+/gu, " ").trim().slice(0, 80) || "conversation";

const exported = (id, format) => `/web/conversations/${encodeURIComponent(id)}/export?format=${format}`;

export class Transfers {
  /**
   * @param {(promise: Promise) => Promise} attempt does what may fail, and says why it did
   * @param {() => Promise} onRead when there are more conversations
   */
  constructor(attempt, onRead) {
    this.attempt = attempt;
    this.onRead = onRead;
  }

  /** Menu items that save a conversation. */
  offers(id, title) {
    return Object.entries(FORMATS).map(([format, [picture]]) => ({
      icon: picture,
      label: t(`export.${format}`),
      run: () => this.save(id, title, format),
    }));
  }

  async save(id, title, format) {
    const path = exported(id, format);
    if (format === "html" && key.get() === null) {
      window.open(path, "_blank", "noopener");
      return;
    }
    const file = await this.attempt(api.file(path));
    if (file !== undefined) saveFile(`${fileName(title)}.${FORMATS[format][1]}`, file);
  }

  async saveAll() {
    const all = [];
    for (const archived of [false, true]) {
      let after = "";
      do {
        const told = await this.attempt(api.get(`/web/conversations?archived=${archived}&limit=${PAGE}${after}`));
        if (told === undefined) return;
        for (const { id } of told.conversations) {
          const whole = await this.attempt(api.get(exported(id, "json")));
          if (whole !== undefined) all.push(whole);
        }
        after = told.next === null ? null : `&after=${encodeURIComponent(told.next)}`;
      } while (after !== null);
    }
    saveFile("tramontane.json", new Blob([JSON.stringify(all, null, 1)], { type: "application/json" }));
    announce(t("export.done", { count: all.length }));
  }

  /** Asks for files, and reads them. */
  readFiles() {
    const picker = h("input", { type: "file", accept: ".json,application/json", multiple: true });
    picker.addEventListener("change", async () => {
      for (const file of picker.files) await this.read(file);
      await this.onRead();
    });
    picker.click();
  }

  async read(file) {
    let body;
    try {
      body = JSON.parse(await file.text());
    } catch (problem) {
      toast(t("import.noJson", { name: file.name, reason: problem.message }));
      return;
    }
    let isWhole = true;
    for (const part of partsOf(body)) {
      const told = await this.attempt(api.post("/web/import", part));
      isWhole &&= told !== undefined;
    }
    if (isWhole) toast(t("import.done", { name: file.name }));
  }
}

/** Many conversations, such as all that were saved, in parts that a request has room for. */
function partsOf(body) {
  const all = Array.isArray(body) ? body : body?.conversations;
  if (!Array.isArray(all) || all.length < 2) return [body];
  const parts = [];
  let room = 0;
  for (const conversation of all) {
    const size = JSON.stringify(conversation).length;
    if (size > room || parts.length === 0 || parts.at(-1).length === MOST_CONVERSATIONS) {
      parts.push([]);
      room = MOST_CHARACTERS;
    }
    parts.at(-1).push(conversation);
    room -= size;
  }
  return parts;
}
