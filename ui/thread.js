// The messages of a conversation, one below the other, kept in step with its tree and with answers that are written.

import { h, icon } from "./dom.js";
import { t } from "./language.js";
import { later } from "./later.js";

// So near to the end a person reads along.
const NEAR_PX = 48;

// So long after a person's hand, a scroll may be of it: a wheel, a finger and a key go on a little.
const HAND_MS = 1000;

// What shows a message, with the libraries it needs: more than half of the page, and none of what an empty one needs.
let turns = null;

/**
 * Loads it.
 *
 * @throws {Problem} see {@link later}
 */
export async function loadTurns() {
  turns ??= await later("./turn.js", JSON.parse(document.getElementById("later").textContent));
}

/** Shows messages only after {@link loadTurns}. */
export class Thread {
  /** @param {Object} app what turns need: see `turn.js` */
  constructor(app) {
    this.app = app;
    this.turns = new Map(); // message's id → turn
    this.conversation = null;
    this.list = h("div.turns", { id: "turns" });
    this.toEnd = h(
      "button.to-end",
      { type: "button", hidden: true, "aria-label": t("thread.toEnd"), title: t("thread.toEnd"), onclick: () => this.scrollToEnd() },
      icon("down"),
    );
    this.scroller = h("div.thread", { tabindex: "-1", onscroll: () => this.onScroll() }, this.list);
    this.element = h("div.thread-frame", {}, this.scroller, this.toEnd);
    this.isAtEnd = true;
    this.last = { scrollTop: 0, scrollHeight: 0, clientHeight: 0 };
    this.handAt = -Infinity;
    for (const name of ["wheel", "touchmove", "keydown", "pointerdown", "pointermove"]) {
      this.scroller.addEventListener(name, (event) => this.onHand(event), { passive: true });
    }
    const observer = new ResizeObserver(() => {
      if (this.isAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
    });
    observer.observe(this.list);
    observer.observe(this.scroller); // the composer below it grows
  }

  /** Shows a conversation from its end. */
  show(conversation) {
    this.stopListening?.abort();
    for (const turn of this.turns.values()) turn.release();
    this.turns.clear();
    this.conversation = conversation;
    this.list.replaceChildren();
    this.stopListening = new AbortController();
    const { signal } = this.stopListening;
    const on = (name, run) => conversation.addEventListener(name, (event) => run(event.detail), { signal });
    on("changed", () => this.update());
    on("sent", () => this.scrollToEnd());
    on("answer", ({ message, name, data }) => this.turns.get(message.id)?.take(name, data));
    on("restored", ({ message }) => this.renew(message));
    on("shortened", ({ message }) => this.renew(message));
    on("ended", ({ message }) => this.turns.get(message.id)?.showTools());
    this.update();
    this.scrollToEnd();
  }

  /** The turns of the branch that is shown; those that stay are left alone, since they may be written to. */
  update() {
    const path = this.conversation.path();
    const shown = new Set(path.map(({ id }) => id));
    for (const [id, turn] of this.turns) {
      if (shown.has(id)) continue;
      turn.release();
      this.turns.delete(id);
    }
    path.forEach((message, index) => {
      const turn = this.turns.get(message.id) ?? this.make(message);
      turn.showTools();
      if (this.list.children[index] !== turn.element) this.list.insertBefore(turn.element, this.list.children[index] ?? null);
    });
    while (this.list.children.length > path.length) this.list.lastElementChild.remove();
  }

  make(message) {
    const Turn = message.role === "assistant" ? turns.AssistantTurn : turns.UserTurn;
    const turn = new Turn(message, this.conversation, this.app);
    this.turns.set(message.id, turn);
    return turn;
  }

  renew(message) {
    const old = this.turns.get(message.id);
    if (old === undefined) return;
    old.release();
    old.element.replaceWith(this.make(message).element);
  }

  lastAnswer() {
    return [...this.turns.values()].findLast(({ message }) => message.role === "assistant");
  }

  // A scroll bar may be held for long before it is moved, and its release is told by none but the next move.
  onHand({ type, buttons }) {
    if (type === "pointerdown") this.handAt = Infinity;
    else if (type !== "pointermove" || (buttons === 0 && this.handAt === Infinity)) this.handAt = performance.now();
  }

  // A browser scrolls too: up when the composer below or a text above shrinks, though but for a moment, and is told of it
  // when pictures may have moved the end away again. Only who scrolls back by hand, or far, as to what was searched for,
  // leaves the end.
  onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const isNear = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    const isByHand = performance.now() - this.handAt < HAND_MS;
    const isLaidOutAnew = scrollHeight !== this.last.scrollHeight || clientHeight !== this.last.clientHeight;
    const isFar = !isLaidOutAnew && this.last.scrollTop - scrollTop > clientHeight;
    const isBack = scrollTop < this.last.scrollTop && (isByHand || isFar);
    this.isAtEnd = isNear || (this.isAtEnd && !isBack);
    this.last = { scrollTop, scrollHeight, clientHeight };
    this.toEnd.hidden = this.isAtEnd;
    if (this.isAtEnd && !isByHand) this.scroller.scrollTop = scrollHeight;
  }

  scrollToEnd() {
    this.isAtEnd = true;
    this.toEnd.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}
