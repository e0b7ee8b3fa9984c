// A conversation as the page has it. Two kinds do the same: one that the server keeps, and one that nobody does.

import { api, follow } from "./api.js";
import { uuid } from "./dom.js";
import { newestLeaf, pathTo } from "./tree.js";

const idOf = (path) => encodeURIComponent(path);

/** What both have: the tree, and answers that are being followed. */
class Conversation extends EventTarget {
  constructor(id, title, messages, leaf) {
    super();
    this.id = id;
    this.title = title;
    this.messages = messages;
    this.leaf = leaf;
    this.following = new Map(); // answer's id → AbortController
    this.isLeft = false;
  }

  path() {
    return pathTo(this.messages, this.leaf);
  }

  message(id) {
    return this.messages.find((message) => message.id === id);
  }

  /** The answer on this branch that is being written, or undefined. */
  running() {
    return this.path().findLast((message) => message.answer?.state === "running");
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  add(...messages) {
    this.messages.push(...messages);
    this.leaf = messages.at(-1).id;
    this.tell("changed");
  }

  /** Follows an answer, on which `tell` gives `answer` events; the message keeps up with them. */
  async follow(message) {
    if (this.isLeft || this.following.has(message.id)) return;
    const stop = new AbortController();
    this.following.set(message.id, stop);
    let isEnded = false;
    const end = () => {
      if (isEnded || stop.signal.aborted) return;
      isEnded = true;
      this.tell("ended", { message });
    };
    const tellEvent = (name, data) => {
      take(message, name, data);
      this.tell("answer", { message, name, data });
      if (data.repeated_chars > 0) this.shorten(message, data.repeated_chars);
      if (name === "finished" || name === "error") end(); // a title may still come
      if (name === "title") this.entitle(data.title);
    };
    const isFollowed = (isLost) => this.tell("connection", { isLost });
    try {
      const isWhole = await follow(message.id, tellEvent, isFollowed, stop.signal);
      if (!isWhole) await this.lost(message);
    } catch (problem) {
      if (stop.signal.aborted) return;
      message.answer.state = "failed";
      message.answer.error = { message: problem.message, code: problem.code };
      this.tell("answer", { message, name: "error", data: { error: message.answer.error } });
    } finally {
      this.following.delete(message.id);
      end();
    }
  }

  /** Takes the end off an answer that only repeats what stands before it. */
  shorten(message, chars) {
    const last = lastText(message);
    last.text = last.text.slice(0, -chars);
    this.tell("shortened", { message });
  }

  followAll() {
    for (const message of this.messages) {
      if (message.answer?.state === "running") void this.follow(message);
    }
  }

  /** Nobody looks any more; the server goes on. */
  leave() {
    this.isLeft = true;
    for (const stop of this.following.values()) stop.abort();
  }

  rename(title) {
    this.title = title;
    this.tell("title");
  }

  /** The server has found a title. */
  entitle(title) {
    this.rename(title);
    this.tell("entitled");
  }

  stop = (message, options = {}) => api.post(`/web/answers/${idOf(message.id)}/stop`, {}, options);
  answerNow = (message) => api.post(`/web/answers/${idOf(message.id)}/answer-now`);
  thinkLonger = (message, tokens) => api.post(`/web/answers/${idOf(message.id)}/think-longer`, { tokens });
}

// What an event says, kept in the message: the view is made anew from it when a branch is left and come back to.
function take(message, name, data) {
  const answer = message.answer;
  if (name === "thinking") message.thinking += data.text;
  else if (name === "text") lastText(message).text += data.text;
  else if (name === "intervened") answer.interventions.push(data);
  else if (name === "tool") (answer.tools ??= []).push(data);
  else if (name === "finished") {
    Object.assign(answer, data);
  } else if (name === "error") {
    answer.state = "failed";
    answer.error = data.error ?? data;
  }
}

function lastText(message) {
  if (message.content.at(-1)?.type !== "text") message.content.push({ type: "text", text: "" });
  return message.content.at(-1);
}

function running(id, parent, plan) {
  return {
    id,
    parent_id: parent,
    role: "assistant",
    content: [],
    attachments: [],
    thinking: "",
    created_at: new Date().toISOString(),
    answer: { ...plan, state: "running", interventions: [], votes: [], usage: null, timings: null, error: null },
  };
}

/** One that the server keeps. */
export class StoredConversation extends Conversation {
  isTemporary = false;

  static async open(id) {
    const told = await api.get(`/web/conversations/${idOf(id)}`);
    const conversation = new StoredConversation(told.id, told.title, told.messages, told.leaf);
    conversation.pinned = told.pinned;
    conversation.archived = told.archived;
    conversation.rewindRunning();
    return conversation;
  }

  // An answer that runs is told from its first event, so what was stored of it so far is not shown twice.
  rewindRunning() {
    for (const message of this.messages) {
      if (message.answer?.state !== "running") continue;
      message.thinking = "";
      message.content = [];
      message.answer.interventions = [];
      message.answer.tools = [];
    }
  }

  /** A person's message and the answer to it. */
  async send(parent, content, attachments, plan) {
    const body = { parent_id: parent, content, attachments, answer: plan };
    const { message, answer } = await api.post(`/web/conversations/${idOf(this.id)}/messages`, body);
    const isFirst = this.messages.length === 0;
    const answering = running(answer.id, message.id, plan);
    this.add(message, answering);
    this.tell("sent", { isFirst });
    void this.follow(answering);
  }

  /** Another answer to the same message. */
  async again(parent, plan) {
    const { answer } = await api.post(`/web/conversations/${idOf(this.id)}/answers`, { parent_id: parent, answer: plan });
    const answering = running(answer.id, parent, plan);
    this.add(answering);
    void this.follow(answering);
  }

  /** Shows the branch in which a message stands. */
  async show(id) {
    this.leaf = newestLeaf(this.messages, id);
    this.tell("changed");
    await api.patch(`/web/conversations/${idOf(this.id)}`, { leaf: this.leaf });
  }

  // The server has forgotten the events of an answer, since it was started anew or the answer ended long ago.
  async lost(message) {
    const told = await api.get(`/web/conversations/${idOf(this.id)}`);
    const now = told.messages.find((other) => other.id === message.id);
    if (now === undefined) return;
    if (now.answer.state === "running") now.answer.state = "interrupted";
    Object.assign(message, now);
    this.rename(told.title);
    this.tell("restored", { message });
  }
}

/** One that is nowhere but in this tab. */
export class TemporaryConversation extends Conversation {
  isTemporary = true;

  constructor() {
    super(uuid(), "", [], null);
  }

  async send(parent, content, attachments, plan) {
    const message = {
      id: uuid(),
      parent_id: parent,
      role: "user",
      content,
      attachments,
      created_at: new Date().toISOString(),
    };
    const answering = running(await this.ask([...pathTo(this.messages, parent), message], plan), message.id, plan);
    this.add(message, answering);
    this.begin(answering);
  }

  async again(parent, plan) {
    const answering = running(await this.ask(pathTo(this.messages, parent), plan), parent, plan);
    this.add(answering);
    this.begin(answering);
  }

  begin(answering) {
    if (this.isLeft) this.stopQuietly(answering);
    else void this.follow(answering);
  }

  /** Nobody can come back to it, so nothing of it goes on. */
  leave() {
    super.leave();
    for (const message of this.messages) {
      if (message.answer?.state === "running") this.stopQuietly(message);
    }
  }

  stopQuietly(message) {
    this.stop(message, { keepalive: true }).catch(() => {}); // it may be over, and who would be told is gone
  }

  async ask(messages, plan) {
    const said = messages.map(({ role, content, attachments, thinking }) => ({ role, content, attachments, thinking }));
    const { answer } = await api.post("/web/temporary", { messages: said, answer: plan });
    return answer.id;
  }

  async show(id) {
    this.leaf = newestLeaf(this.messages, id);
    this.tell("changed");
  }

  async lost(message) {
    message.answer.state = "interrupted";
    this.tell("restored", { message });
  }
}
