// One message: what a person wrote, or what a model answered, and what can be done with it.

import { createAnswerView } from "./answer/answer.js";
import { Attachments, sizeOf } from "./attachments.js";
import { openDialog } from "./dialog.js";
import { announce, copyText, h, icon, iconButton } from "./dom.js";
import { t } from "./language.js";
import { openMenu } from "./menu.js";
import { toast } from "./toast.js";
import { imagesOf, siblings, textOf } from "./tree.js";

/** ‹2/3›, where a message has others beside it. */
function branches(message, conversation, app) {
  const all = siblings(conversation.messages, message);
  if (all.length < 2) return null;
  const at = all.indexOf(message);
  const to = (index) => async () => {
    await app.attempt(conversation.show(all[index].id));
    announce(t("branch.shown", { at: index + 1, of: all.length }));
    // the buttons were made anew with the turn that is shown now
    app.turn(all[index].id)?.element.querySelector(`.branches [data-step="${Math.sign(index - at)}"]`)?.focus();
  };
  // one that leads nowhere keeps the focus that it has
  const step = (by, name) => {
    const leads = all[at + by] !== undefined;
    return iconButton("forward", name, leads ? to(at + by) : () => {}, { data: { step: by }, "aria-disabled": leads ? null : "true" });
  };
  return h(
    "span.branches",
    { role: "group", "aria-label": t("branch.group") },
    step(-1, t("branch.previous")),
    h("span", { "aria-label": t("branch.shown", { at: at + 1, of: all.length }), role: "img" }, `${t.number(at + 1)}/${t.number(all.length)}`),
    step(1, t("branch.next")),
  );
}

async function copied(text) {
  announce((await copyText(text)) ? t("turn.copied") : t("turn.copyFailed"));
}

/** Gives an event of an answer to its view. */
export function show(view, name, data) {
  if (name === "thinking" || name === "text") view[name](data.text);
  else if (name === "error") view.error(data.error ?? data);
  else view[name]?.(data);
}

/** A picture that can be looked at as large as there is room. */
function picture({ url, alt }) {
  const name = alt || t("attach.image");
  const image = () => h("img", { src: url, alt: name });
  const enlarge = () => openDialog(name, "picture-dialog", image);
  return h("button.enlarge", { type: "button", "aria-label": t("picture.enlarge", { name }), onclick: enlarge }, image());
}

/** What a person wrote. */
export class UserTurn {
  constructor(message, conversation, app) {
    this.message = message;
    this.conversation = conversation;
    this.app = app;
    this.body = h("div.bubble", { dir: "auto" });
    this.tools = h("div.tools");
    this.element = h("article.turn.user", {}, h("h2.visually-hidden", {}, t("turn.you")), this.body, this.tools);
    this.show();
  }

  show() {
    const images = imagesOf(this.message).map(picture);
    const documents = (this.message.attachments ?? []).map((document) =>
      h("span.attachment", {}, icon("file"), h("span.attachment-text", {}, h("bdi", {}, document.name), h("small", {}, sizeOf({ document })))),
    );
    const text = textOf(this.message);
    this.body.replaceChildren(...(images.length > 0 ? [h("div.pictures", {}, images)] : []), ...documents);
    if (text !== "") this.body.append(h("div.said", {}, text));
  }

  showTools() {
    const { message, conversation, app } = this;
    this.tools.replaceChildren(
      ...[
        branches(message, conversation, app),
        iconButton("edit", t("turn.edit"), () => this.edit()),
        iconButton("copy", t("turn.copy"), () => copied(textOf(message))),
      ].filter(Boolean),
    );
  }

  take() {}

  release() {}

  focus() {
    this.tools.querySelector("button:last-of-type")?.focus();
  }

  /** Another version of this message, which stands beside it; what goes with it may change too. */
  edit() {
    const attachments = new Attachments(this.app.model, toast);
    const field = h("textarea", {
      "aria-label": t("turn.editLabel"),
      dir: "auto",
      value: textOf(this.message),
      rows: 3,
      onpaste: (event) => attachments.paste(event),
    });
    attachments.restore({ images: imagesOf(this.message), documents: this.message.attachments ?? [] });
    let isSending = false;
    const end = () => {
      this.show();
      this.tools.hidden = false;
      this.focus();
    };
    const send = async () => {
      const text = field.value.trim();
      if (isSending || (text === "" && attachments.isEmpty)) return;
      if (this.conversation.running() !== undefined || attachments.isReading) {
        toast(t(attachments.isReading ? "attach.wait" : "turn.wait"));
        return;
      }
      const { images, documents } = attachments.take();
      const content = text === "" ? images : [...images, { type: "text", text }];
      const sending = this.conversation.send(this.message.parent_id ?? null, content, documents, this.app.plan());
      isSending = true;
      const isSent = await this.app.attempt(sending.then(() => true));
      isSending = false;
      if (isSent) this.app.turn(this.conversation.path().at(-2)?.id)?.focus(); // it stands where this one stood
      else attachments.restore({ images, documents }); // with the words, to be sent again
    };
    const form = h(
      "form.edit",
      {
        onsubmit: (event) => {
          event.preventDefault();
          void send();
        },
        onkeydown: (event) => {
          if (event.isComposing) return;
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
          else if (event.key === "Escape") end();
          else return;
          event.preventDefault();
          event.stopPropagation();
        },
      },
      attachments.element,
      field,
      h(
        "div.dialog-actions",
        {},
        h("button.button", { type: "button", onclick: end }, t("dialog.cancel")),
        h("button.button.primary", { type: "submit" }, t("turn.sendEdited")),
      ),
    );
    this.body.replaceChildren(form);
    this.tools.hidden = true;
    field.focus();
  }
}

/** What a model answered, or is answering. */
export class AssistantTurn {
  constructor(message, conversation, app) {
    this.message = message;
    this.conversation = conversation;
    this.app = app;
    const container = h("div.answer-frame");
    this.tools = h("div.tools");
    this.problem = h("div.problem", { hidden: true });
    this.element = h(
      "article.turn.assistant",
      { "aria-busy": "false" },
      h("h2.visually-hidden", {}, t("turn.model", { model: app.modelName(message.answer?.model) })),
      container,
      this.problem,
      this.tools,
    );
    this.view = createAnswerView(container, {
      onAnswerNow: () => app.attempt(conversation.answerNow(message)),
      onThinkLonger: (tokens) => app.attempt(conversation.thinkLonger(message, tokens)),
      onCopy: () => announce(t("turn.copied")),
      strings: t,
      budget: message.answer?.budget ?? null,
      mode: message.answer?.mode ?? null,
      id: message.id,
    });
    this.phase = null;
    if (!this.isRunning || message.thinking !== "" || message.content.length > 0) this.view.restore(message);
    this.showTools();
  }

  /** It leaves the page. */
  release() {
    this.view.release();
  }

  get isRunning() {
    return this.message.answer?.state === "running";
  }

  /** An event of the answer. States are told, never tokens. */
  take(name, data) {
    if (name === "title") return;
    show(this.view, name, data);
    if (name !== this.phase && ["thinking", "text", "finished"].includes(name)) {
      this.phase = name;
      announce(t(`state.${name}`));
    }
    if (name === "finished" || name === "error") this.showTools();
    if (name === "error") announce(t("state.failed", { reason: this.message.answer.error.message }));
  }

  showTools() {
    const { message, conversation, app } = this;
    this.element.setAttribute("aria-busy", String(this.isRunning));
    this.showProblem();
    this.tools.hidden = this.isRunning;
    if (this.isRunning) return;
    const again = iconButton("retry", t("turn.again"), () => this.offerAgain(again), { "aria-haspopup": "menu", "aria-expanded": "false" });
    this.tools.replaceChildren(
      ...[
        iconButton("copy", t("turn.copy"), () => copied(textOf(message))),
        again,
        branches(message, conversation, app),
        h("span.byline", {}, this.byline()),
      ].filter(Boolean),
    );
  }

  byline() {
    const { model, mode } = this.message.answer ?? {};
    return [model ? this.app.modelName(model) : null, mode ? t(`mode.${mode}`) : null, t.moment(this.message.created_at)].filter(Boolean).join(" · ");
  }

  showProblem() {
    const { state } = this.message.answer ?? {};
    const isCut = ["failed", "interrupted"].includes(state);
    this.problem.hidden = !isCut;
    if (!isCut) return;
    this.problem.replaceChildren(
      h("span", {}, state === "interrupted" ? t("turn.interrupted") : t("turn.failed")),
      h("button.button", { type: "button", onclick: () => this.again() }, icon("retry"), t("turn.tryAgain")),
    );
  }

  again(mode = null) {
    if (this.conversation.running() !== undefined) {
      toast(t("turn.wait"));
      return;
    }
    void this.app.attempt(this.conversation.again(this.message.parent_id, this.app.plan(mode)));
  }

  offerAgain(anchor) {
    const { thinks } = this.app.model();
    openMenu(anchor, t("turn.again"), [
      { icon: "retry", label: t("turn.againSame"), run: () => this.again(this.message.answer?.mode ?? null) },
      null,
      { icon: "flash", label: t("mode.flash"), detail: t("mode.flashDetail"), run: () => this.again("flash") },
      { icon: "think", label: t("mode.think"), detail: t("mode.thinkDetail"), disabled: !thinks, run: () => this.again("think") },
      { icon: "vote", label: t("mode.votes"), detail: t("mode.votesDetail", { count: this.app.votes() }), run: () => this.again("votes") },
    ]);
  }
}
