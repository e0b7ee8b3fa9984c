// Where a message is written: text, attachments, Flash or Think, how long to think. While an answer is being
// written, messages wait in a queue.

import { Attachments } from "./attachments.js";
import { CommandList, commandOf } from "./commands.js";
import { announce, freshId, h, icon, iconButton } from "./dom.js";
import { t } from "./language.js";
import { preferences } from "./preferences.js";
import { spoken } from "./shortcuts.js";

// Tokens; 0 leaves it to the model.
const BUDGETS = [0, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768];

function rename(button, label) {
  button.setAttribute("aria-label", label);
  button.title = label;
}

export class Composer {
  /**
   * @param {Object} app `model()`, `commands()`, `queue`, and what a person wants: `send(message)`, `stop()`
   */
  constructor(app) {
    this.app = app;
    this.isAnswering = false;
    this.notice = h("p.notice", { role: "alert", hidden: true });
    this.attachments = new Attachments(
      () => app.model(),
      (text) => this.warn(text),
    );
    this.field = this.makeField();
    this.commands = new CommandList(
      this.field,
      () => app.commands(),
      (command) => this.takeCommand(command),
    );
    this.waiting = h("ol.queue", { "aria-label": t("queue.list"), hidden: true });
    this.sendButton = iconButton("send", t("composer.send"), () => this.submit(), { type: "submit" });
    this.sendButton.classList.add("primary");
    this.stopButton = iconButton("stop", t("composer.stop"), () => app.stop(), { "aria-keyshortcuts": spoken("stop") });
    this.stopButton.classList.add("stop");
    this.element = this.layOut();
    this.showMode();
    this.resize();
  }

  makeField() {
    return h("textarea", {
      id: "message",
      rows: 1,
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-label": t("composer.label"),
      placeholder: t("composer.placeholder"),
      autocomplete: "off",
      oninput: () => {
        this.warn("");
        this.commands.update();
        this.resize();
      },
      onkeydown: (event) => this.onKey(event),
      onblur: () => this.commands.close(),
      onpaste: (event) => this.attachments.paste(event),
    });
  }

  layOut() {
    const picker = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-hidden": "true" });
    picker.addEventListener("change", () => {
      void this.attachments.add(picker.files);
      picker.value = "";
    });
    this.attachments.element.addEventListener("change", () => this.showButtons());
    this.attachButton = iconButton("attach", "", () => picker.click());
    const form = h(
      "form.composer",
      { onsubmit: (event) => event.preventDefault() },
      this.commands.element,
      this.waiting,
      this.notice,
      this.attachments.element,
      this.field,
      h(
        "div.composer-bar",
        {},
        this.attachButton,
        picker,
        this.modeSwitch(),
        this.budgetSlider(),
        h("span.gap"),
        this.stopButton,
        this.sendButton,
      ),
    );
    this.dropTarget(form);
    return form;
  }

  modeSwitch() {
    const choice = (mode, label, detail) => {
      const input = h("input", {
        type: "radio",
        name: "mode",
        value: mode,
        onchange: () => preferences.set("mode", mode),
      });
      return h("label.mode", { title: detail }, input, h("span", {}, icon(mode), label));
    };
    this.modes = h(
      "fieldset.modes",
      {},
      h("legend.visually-hidden", {}, t("mode.legend")),
      choice("flash", t("mode.flash"), t("mode.flashDetail")),
      choice("think", t("mode.think"), t("mode.thinkDetail")),
    );
    return this.modes;
  }

  budgetSlider() {
    const id = freshId("budget");
    const words = (at) => (BUDGETS[at] === 0 ? t("budget.auto") : t("budget.tokens", { count: BUDGETS[at] }));
    const output = h("output", { for: id });
    this.slider = h("input", { id, type: "range", min: 0, max: BUDGETS.length - 1, step: 1 });
    const show = () => {
      output.textContent = words(this.slider.value);
      this.slider.setAttribute("aria-valuetext", words(this.slider.value));
    };
    this.slider.addEventListener("input", () => {
      preferences.set("budget", BUDGETS[this.slider.value]);
      show();
    });
    this.slider.value = Math.max(0, BUDGETS.indexOf(preferences.get("budget")));
    show();
    this.budget = h("div.thinking-budget", {}, h("label", { for: id }, t("budget.label")), this.slider, output);
    return this.budget;
  }

  dropTarget(form) {
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      form.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) form.classList.remove("dropping");
    });
    addEventListener("drop", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      form.classList.remove("dropping");
      void this.attachments.add(event.dataTransfer.files);
    });
  }

  onKey(event) {
    if (event.isComposing || this.commands.onKey(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    const isMod = event.ctrlKey || event.metaKey;
    if (preferences.get("sendWith") === "enter" ? isMod : !isMod) return;
    event.preventDefault();
    this.submit();
  }

  takeCommand(command) {
    if (command.needsWords) {
      this.write(`/${command.name} `);
      return;
    }
    this.write("");
    command.run("");
  }

  /** Puts words into the field. */
  write(text) {
    this.field.value = text;
    this.resize();
    this.field.focus();
  }

  submit() {
    const text = this.field.value.trim();
    const asked = commandOf(text, this.app.commands());
    if (asked !== null) {
      this.write("");
      asked.command.run(asked.words);
      return;
    }
    if (this.attachments.isReading) {
      this.warn(t("attach.wait"));
      return;
    }
    if (text === "" && this.attachments.isEmpty) return;
    const message = { text, ...this.attachments.take() };
    this.warn("");
    this.write("");
    if (this.isAnswering) {
      this.app.queue.push(message);
      this.showQueue();
      announce(t("queue.added", { count: this.app.queue.length }));
    } else {
      void this.app.send(message);
    }
  }

  /** What the next answer is asked for. */
  plan(mode = null) {
    const model = this.app.model();
    const wanted = mode ?? preferences.get("mode");
    const plan = { model: model.id, mode: model.thinks ? wanted : wanted === "votes" ? wanted : "flash" };
    if (plan.mode !== "flash" && preferences.get("budget") > 0) plan.budget = preferences.get("budget");
    if (plan.mode === "votes") plan.votes = preferences.get("votes");
    if (preferences.get("instructions").trim() !== "") plan.system = preferences.get("instructions").trim();
    return plan;
  }

  /** A message that could not be sent stands where it was written, with why; or before those that wait, where another is being written. */
  giveBack(message, why) {
    if (this.field.value === "" && this.attachments.isEmpty) {
      this.write(message.text);
      this.attachments.restore(message);
    } else {
      this.app.queue.unshift(message);
      this.showQueue();
    }
    this.warn(why);
  }

  warn(text) {
    this.notice.textContent = text;
    this.notice.hidden = text === "";
  }

  /** An answer began or ended; behind one that went wrong the queue waits for the person. */
  answering(isAnswering, hasFailed = false) {
    this.isAnswering = isAnswering;
    this.showButtons();
    if (isAnswering || hasFailed || this.app.queue.length === 0) return;
    const next = this.app.queue.shift();
    this.showQueue();
    void this.app.send(next);
  }

  showButtons() {
    this.stopButton.hidden = !this.isAnswering;
    rename(this.sendButton, this.isAnswering ? t("composer.queue") : t("composer.send"));
  }

  showQueue() {
    const { queue } = this.app;
    this.waiting.hidden = queue.length === 0;
    this.waiting.replaceChildren(
      ...queue.map((message) => {
        const drop = () => {
          queue.splice(queue.indexOf(message), 1);
          this.showQueue();
          this.field.focus();
        };
        // what stands in the field waits in its place
        const edit = () => {
          if (this.attachments.isReading) {
            this.warn(t("attach.wait"));
            return;
          }
          const text = this.field.value.trim();
          const isDraft = text !== "" || !this.attachments.isEmpty;
          queue.splice(queue.indexOf(message), 1, ...(isDraft ? [{ text, ...this.attachments.take() }] : []));
          this.showQueue();
          this.attachments.restore(message);
          this.write(message.text);
        };
        return h(
          "li",
          {},
          h("span.queue-text", { dir: "auto" }, message.text || t("attach.list")),
          iconButton("edit", t("queue.edit"), edit),
          iconButton("close", t("queue.remove"), drop),
        );
      }),
    );
  }

  /** Mode and budget as they are chosen, and as the model can. */
  showMode() {
    const { thinks, sees, name } = this.app.model();
    const mode = thinks ? preferences.get("mode") : "flash";
    for (const input of this.modes.querySelectorAll("input")) {
      input.checked = input.value === mode;
      input.disabled = input.value === "think" && !thinks;
      if (input.value === "think") input.parentElement.title = thinks ? t("mode.thinkDetail") : t("mode.cannotThink", { model: name });
    }
    this.budget.hidden = mode !== "think";
    rename(this.attachButton, sees ? t("composer.attach") : t("composer.attachTexts"));
    this.showButtons();
  }

  /** As high as its text, up to the limit of the style sheet. */
  resize() {
    // empty, it reads as the page does, and so does what stands in its place
    if (this.field.value === "") this.field.removeAttribute("dir");
    else this.field.dir = "auto";
    this.field.style.height = "auto";
    if (this.field.scrollHeight > 0) this.field.style.height = `${this.field.scrollHeight}px`;
  }
}
