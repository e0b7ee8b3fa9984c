// What goes with a message: images as they are where the model sees, texts and PDF turned into text by the server.

import { request } from "./api.js";
import { freshId, h, icon, iconButton } from "./dom.js";
import { t } from "./language.js";

const IMAGE = /^image\/(png|jpeg|gif|webp)$/;
const MOST_IMAGE_BYTES = 10_000_000;
const MOST_IMAGES_BYTES = 20_000_000; // of one message: a request has room for them as base64
const MOST_FILES = 8; // as many images as a request may have

// From this share of the model's context on, a document's size is said.
const NOTABLE_SHARE = 0.25;
const USUAL_CHARS_OF_TOKEN = 4;

/** The attachments of the message that is being written. */
export class Attachments {
  /** @param {() => Object} model the one that would get them; `tell` gets what cannot be taken */
  constructor(model, tell) {
    this.model = model;
    this.tell = tell;
    this.items = [];
    this.element = h("ul.attachments", { "aria-label": t("attach.list"), hidden: true });
  }

  get isReading() {
    return this.items.some((item) => item.isReading);
  }

  get isEmpty() {
    return this.items.length === 0;
  }

  async add(files) {
    const room = MOST_FILES - this.items.length;
    if (files.length > room) this.tell(t("attach.tooMany", { count: MOST_FILES }));
    await Promise.all([...files].slice(0, room).map((file) => this.addOne(file)));
  }

  /** Files that are pasted; words are the field's, and those of office programs come with a picture of them. */
  paste(event) {
    const { files, types } = event.clipboardData;
    if (files.length === 0 || (types.includes("text/plain") && types.includes("text/html"))) return;
    event.preventDefault();
    void this.add(files);
  }

  async addOne(file) {
    const isImage = IMAGE.test(file.type);
    if (isImage && !this.model().sees) {
      this.tell(t("attach.blind", { name: file.name, model: this.model().name }));
      return;
    }
    const others = this.items.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
    const most = Math.min(MOST_IMAGE_BYTES, MOST_IMAGES_BYTES - others);
    if (isImage && file.size > most) {
      this.tell(t("attach.tooLarge", { name: file.name, size: t.bytes(file.size), most: t.bytes(most) }));
      return;
    }
    const bytes = isImage ? file.size : 0;
    const item = { name: file.name || t("attach.pasted"), isReading: true, isImage, bytes, alt: "" };
    this.items.push(item);
    this.show();
    try {
      if (isImage) item.url = await dataUrl(file);
      else item.document = await readDocument(file);
    } catch (problem) {
      this.items = this.items.filter((other) => other !== item);
      this.tell(t("attach.failed", { name: item.name, reason: problem.message }));
    }
    item.isReading = false;
    this.show();
    this.warnOfSize(item);
  }

  warnOfSize(item) {
    const { context, name } = this.model();
    if (!item.document || !context) return;
    const { tokens, text } = item.document;
    const share = (tokens ?? text.length / USUAL_CHARS_OF_TOKEN) / context;
    if (share > 1 && tokens) this.tell(t("attach.overContext", { name: item.name, count: item.document.tokens, most: context, model: name }));
    else if (share > NOTABLE_SHARE) this.tell(t("attach.ofContext", { name: item.name, share: t.percent(Math.round(share * 100) / 100), model: name }));
  }

  /** As a message holds them: parts of its content, and documents. */
  take() {
    const images = this.items.filter((item) => item.url).map(({ url, alt }) => ({ type: "image", url, alt }));
    const documents = this.items.filter((item) => item.document).map(({ document }) => document);
    this.items = [];
    this.show();
    return { images, documents };
  }

  /** Puts back what was taken. */
  restore({ images, documents }) {
    this.items = [
      ...images.map(({ url, alt }) => ({ name: alt || t("attach.image"), isImage: true, bytes: (url.length * 3) / 4, url, alt })),
      ...documents.map((document) => ({ name: document.name, document })),
    ];
    this.show();
  }

  show() {
    this.element.hidden = this.isEmpty;
    this.element.replaceChildren(...this.items.map((item) => this.chip(item)));
    this.element.dispatchEvent(new Event("change", { bubbles: true }));
  }

  chip(item) {
    const remove = () => {
      this.items = this.items.filter((other) => other !== item);
      this.show();
    };
    const detail = item.url ? altField(item) : h("small", {}, item.isReading ? t("attach.reading") : sizeOf(item));
    return h(
      "li.attachment",
      { "aria-busy": item.isReading ? "true" : null },
      item.url ? h("img", { src: item.url, alt: "" }) : icon("file"),
      h("span.attachment-text", {}, h("bdi", {}, item.name), detail),
      iconButton("close", t("attach.remove", { name: item.name }), remove),
    );
  }
}

function altField(item) {
  const id = freshId("alt");
  return h(
    "span",
    {},
    h("label.visually-hidden", { for: id }, t("attach.alt", { name: item.name })),
    h("input", {
      id,
      value: item.alt,
      placeholder: t("attach.altHint"),
      maxlength: 2000,
      oninput: (event) => {
        item.alt = event.target.value;
      },
    }),
  );
}

/** `12 pages · 8,400 tokens`. */
export function sizeOf({ document }) {
  if (!document) return "";
  const { pages, tokens, characters, text } = document;
  return [
    pages ? t("attach.pages", { count: pages }) : null,
    tokens ? t("attach.tokens", { count: tokens }) : t("attach.characters", { count: characters ?? text.length }),
  ]
    .filter(Boolean)
    .join(" · ");
}

function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

// A text is read here; what is none, such as a PDF, the server makes one.
async function readDocument(file) {
  const text = await textIn(file);
  if (text !== null) return { name: file.name, text };
  const path = `/web/documents?name=${encodeURIComponent(file.name)}`;
  const headers = { "Content-Type": file.type || "application/octet-stream" };
  const answer = await request("POST", path, file, { headers });
  return { name: file.name, ...(await answer.json()) };
}

async function textIn(file) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return text.startsWith("%PDF-") || text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}
