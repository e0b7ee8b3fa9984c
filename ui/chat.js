// The chat: one conversation, its thread and its composer. It is what turns, composer and shortcuts ask.

import { Problem } from "./api.js";
import { Composer } from "./composer.js";
import { StoredConversation, TemporaryConversation } from "./conversation.js";
import { announce, copyText, h, uuid } from "./dom.js";
import { t } from "./language.js";
import { preferences } from "./preferences.js";
import { loadTurns, Thread } from "./thread.js";
import { toast } from "./toast.js";
import { textOf } from "./tree.js";

const EXAMPLES = ["example.trip", "example.proof", "example.code"];

/** Behind such an answer nothing is sent that was written before it went wrong. */
const wentWrong = (message) => ["failed", "interrupted"].includes(message?.answer?.state);

export class Chat extends EventTarget {
  /** @param {Object} frame `models`, `commands()` */
  constructor(frame) {
    super();
    this.frame = frame;
    this.queues = new Map(); // conversation's id → messages that wait for an answer's end
    this.thread = new Thread(this);
    this.composer = new Composer(this);
    this.connection = h("p.connection", { role: "status", hidden: true });
    this.welcome = h(
      "div.welcome",
      {},
      h("h2", {}, t("welcome.title")),
      h("p.welcome-temporary", { hidden: true }, t("temporary.explained")),
      h(
        "div.examples",
        {},
        EXAMPLES.map((example) => h("button.button", { type: "button", onclick: () => this.composer.write(t(example)) }, t(example))),
      ),
    );
    this.smallPrint = h("p.small-print");
    this.element = h("div.chat", {}, this.connection, this.thread.element, this.welcome, h("div.composer-frame", {}, this.composer.element, this.smallPrint));
    addEventListener("pagehide", ({ persisted }) => {
      if (!persisted && this.conversation.isTemporary) this.conversation.leave();
    });
    addEventListener("beforeunload", (event) => {
      if ([...this.queues.values()].some((queue) => queue.length > 0)) event.preventDefault();
    });
    this.begin();
  }

  /** A conversation that has no message yet. */
  begin(isTemporary = false) {
    this.use(isTemporary || !this.frame.keeps ? new TemporaryConversation() : new StoredConversation(uuid(), "", [], null));
  }

  /** Opens a stored one, unless another was used before it came. */
  async open(id) {
    const opening = {};
    this.opening = opening;
    const [conversation] = await Promise.all([StoredConversation.open(id), loadTurns()]);
    if (this.opening !== opening) return;
    this.use(conversation);
    conversation.followAll();
  }

  use(conversation) {
    this.opening = null;
    this.stopListening?.abort();
    this.stopListening = new AbortController();
    this.conversation?.leave();
    if (this.conversation?.isTemporary) this.queues.delete(this.conversation.id);
    this.conversation = conversation;
    this.element.classList.toggle("temporary", conversation.isTemporary);
    this.welcome.querySelector(".welcome-temporary").hidden = !conversation.isTemporary;
    const { signal } = this.stopListening;
    const on = (name, run) => conversation.addEventListener(name, (event) => run(event.detail), { signal });
    on("changed", () => this.showState());
    on("ended", ({ message }) => this.ended(message));
    on("connection", ({ isLost }) => this.showConnection(isLost));
    on("title", () => this.tell("title"));
    on("entitled", () => this.tell("entitled"));
    on("sent", ({ isFirst }) => this.tell("sent", { isFirst }));
    this.connection.hidden = true;
    this.thread.show(conversation);
    this.composer.showQueue();
    this.showState(wentWrong(conversation.path().at(-1)));
    this.tell("title");
  }

  /** What the chosen model can, and where what is written goes. */
  showModel() {
    this.composer.showMode();
    this.smallPrint.textContent = t(this.model().isRemote ? "composer.smallPrintRemote" : "composer.smallPrint");
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** @param {boolean} holdsQueue whether what waits goes on waiting */
  showState(holdsQueue = true) {
    const isEmpty = this.conversation.messages.length === 0;
    this.element.classList.toggle("empty", isEmpty);
    this.welcome.hidden = !isEmpty;
    this.composer.answering(this.conversation.running() !== undefined, holdsQueue);
  }

  ended(message) {
    this.showConnection(false);
    this.tell("ended");
    if (this.conversation.running() !== undefined) return;
    const isShown = this.conversation.path().includes(message); // what waits was written for its branch
    this.composer.answering(false, wentWrong(message) || !isShown);
    if (message.answer.unsaved) toast(t("store.unsaved"));
  }

  /** What waits for the end of an answer of this conversation. */
  get queue() {
    const { id } = this.conversation;
    if (!this.queues.has(id)) this.queues.set(id, []);
    return this.queues.get(id);
  }

  showConnection(isLost) {
    if (this.connection.hidden !== isLost) return;
    this.connection.textContent = isLost ? t("connection.lost") : t("connection.back");
    this.connection.hidden = !isLost;
    if (!isLost) announce(t("connection.back"));
  }

  // What turns and the composer ask.

  model = () => this.frame.models.current();
  modelName = (id) => this.frame.models.nameOf(id);
  commands = () => this.frame.commands();
  plan = (mode = null) => this.composer.plan(mode);
  votes = () => preferences.get("votes");
  turn = (id) => this.thread.turns.get(id);

  async send({ text, images, documents }) {
    const content = text === "" ? images : [...images, { type: "text", text }];
    const { conversation } = this;
    const parent = conversation.leaf;
    this.composer.answering(true);
    try {
      await loadTurns();
      await conversation.send(parent, content, documents, this.plan());
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      const why = problem.isOffline ? t("error.offline") : problem.message;
      if (conversation === this.conversation) {
        this.composer.answering(false, true);
        this.composer.giveBack({ text, images, documents }, why);
      } else {
        this.queues.get(conversation.id).unshift({ text, images, documents });
        toast(why);
      }
    }
  }

  stop() {
    const running = this.conversation.running();
    if (running !== undefined) void this.attempt(this.conversation.stop(running));
  }

  answerNow() {
    const running = this.conversation.running();
    if (running !== undefined) void this.attempt(this.conversation.answerNow(running));
  }

  again() {
    const turn = this.thread.lastAnswer();
    turn?.again(turn.message.answer?.mode ?? null);
  }

  /** Does what may fail, and says why it did. */
  async attempt(promise) {
    try {
      return await promise;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      toast(problem.isOffline ? t("error.offline") : problem.message);
      return undefined;
    }
  }

  async copyAnswer() {
    const message = this.thread.lastAnswer()?.message;
    if (message !== undefined) await this.copy(textOf(message));
  }

  /** The last block of code of the last answer. */
  async copyCode() {
    const message = this.thread.lastAnswer()?.message;
    const blocks = [...textOf(message ?? { content: "" }).matchAll(/^(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^\1/gm)];
    if (blocks.length === 0) announce(t("turn.noCode"));
    else await this.copy(blocks.at(-1)[2]);
  }

  async copy(text) {
    toast((await copyText(text)) ? t("turn.copied") : t("turn.copyFailed"));
  }
}
