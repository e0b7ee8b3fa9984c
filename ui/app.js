// The page: frame, addresses, shortcuts. Everything is constructed here, in reading order.

import { actions, commands } from "./actions.js";
import { api, onKeyNeeded, Problem } from "./api.js";
import { Chat } from "./chat.js";
import { askText, dialogIsOpen } from "./dialog.js";
import { announce, h, icon, iconButton } from "./dom.js";
import { preferredLanguage, t, useLanguage } from "./language.js";
import { close as closeMenu, openMenu } from "./menu.js";
import { Models } from "./models.js";
import { preferences } from "./preferences.js";
import { actionOf, spoken } from "./shortcuts.js";
import { Sidebar } from "./sidebar.js";
import { later } from "./later.js";
import { loadTurns } from "./thread.js";
import { toast } from "./toast.js";
import { Transfers } from "./transfers.js";

const NARROW = matchMedia("(max-width: 52rem)");

class App {
  /** @param {Object} config what `/web/config` told */
  constructor(models, config) {
    this.models = models;
    this.keeps = config.features?.conversations !== false;
    this.views = new Map(); // name → view, made when first shown
    this.words = ""; // for the next view
    this.chat = new Chat(this);
    this.sidebar = new Sidebar(this);
    this.transfers = new Transfers(this.attempt, () => this.sidebar.load());
    this.title = h("h1", { tabindex: "-1" }, "Tramontane");
    this.modelButton = h(
      "button.button.model-button",
      { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-keyshortcuts": spoken("models"), onclick: () => this.offerModels() },
    );
    this.temporaryButton = iconButton("ghost", t("temporary.toggle"), () => this.toggleTemporary(), {
      "aria-pressed": "false",
      "aria-keyshortcuts": spoken("temporary"),
    });
    this.optionsButton = iconButton("more", t("conversation.menu"), () => this.offerOptions(), { "aria-haspopup": "menu", "aria-expanded": "false" });
    this.opener = iconButton("menu", t("sidebar.show"), () => this.toggleSidebar(), { "aria-controls": "sidebar", "aria-expanded": "false" });
    this.stage = h("div.stage");
    this.main = h(
      "main",
      { id: "main" },
      h("header.top", {}, this.opener, this.title, h("span.gap"), this.modelButton, this.temporaryButton, this.optionsButton),
      this.stage,
    );
    this.veil = h("div.veil", { onclick: () => this.toggleSidebar(false) });
    this.chat.addEventListener("title", () => this.showTitle());
    this.chat.addEventListener("sent", ({ detail: { isFirst } }) => this.sent(isFirst));
    for (const name of ["ended", "entitled"]) this.chat.addEventListener(name, () => this.keeps && this.sidebar.load());
  }

  start() {
    const skip = h("a.skip", { href: "#main", onclick: (event) => this.skip(event) }, t("frame.skip"));
    document.getElementById("frame").replaceChildren(skip, this.sidebar.element, this.veil, this.main);
    document.getElementById("toasts").setAttribute("aria-label", t("toast.label"));
    addEventListener("hashchange", () => this.route());
    document.addEventListener("keydown", (event) => this.onKey(event));
    preferences.onChange(() => this.showPreferences());
    NARROW.addEventListener("change", () => this.showSidebar(!NARROW.matches && preferences.get("sidebarOpen")));
    this.showPreferences();
    this.showSidebar(!NARROW.matches && preferences.get("sidebarOpen"));
    if (this.keeps) void this.sidebar.load();
    else this.sidebar.message.textContent = t("store.none");
    return this.route();
  }

  skip(event) {
    event.preventDefault();
    if (this.shownView) this.title.focus();
    else this.chat.composer.field.focus();
  }

  // Addresses.

  async route() {
    closeMenu(false);
    const { hash } = location;
    const [, name = "", id = ""] = hash.split("/");
    if (name === "c" && id !== "") await this.openConversation(decodeURIComponent(id));
    else if (name === "status" || name === "compare") await this.openView(name);
    else if (this.chat.conversation.messages.length > 0 && !this.chat.conversation.isTemporary) this.chat.begin();
    if (location.hash !== hash) return; // somebody went on meanwhile
    if (name !== "status" && name !== "compare") this.showStage(null, this.chat.element);
  }

  async openConversation(id) {
    const { hash } = location;
    this.sidebar.keep(id);
    if (this.chat.conversation.id !== id) {
      try {
        await this.chat.open(id);
        if (location.hash !== hash) return; // somebody went on meanwhile
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        if (location.hash !== hash) return;
        const isGone = problem.status === 404 && problem.code !== "outdated";
        toast(isGone ? t("conversation.gone") : problem.isOffline ? t("error.offline") : problem.message);
        this.chat.begin();
        if (isGone) history.replaceState(null, "", "#/"); // else a reload may find it
      }
    }
    this.closeDrawer();
    this.showStage(null, this.chat.element);
    if (NARROW.matches) this.title.focus();
    else this.chat.composer.field.focus();
  }

  async openView(name) {
    if (!this.views.has(name)) {
      const { hash } = location;
      const module = await this.attempt(later(`./${name}.js`));
      if (location.hash !== hash) return; // somebody went on meanwhile
      if (module === undefined) {
        if (this.stage.firstChild === null) this.showStage(null, this.chat.element);
        return;
      }
      this.views.set(name, name === "status" ? new module.StatusView() : new module.CompareView(this.chat));
    }
    const view = this.views.get(name);
    this.closeDrawer();
    this.showStage(name, view.element);
    this.title.focus();
    view.show(this.words);
    this.words = "";
  }

  showStage(name, element) {
    if (this.shownView !== name) this.views.get(this.shownView)?.hide();
    this.shownView = name;
    if (this.stage.firstChild !== element) this.stage.replaceChildren(element);
    this.temporaryButton.hidden = name !== null || !this.keeps;
    this.showTitle();
    this.chat.composer.resize();
    this.sidebar.mark(name === null ? this.chat.conversation.id : null);
  }

  /** @param {string} words for it to begin with */
  go(name, words = "") {
    this.words = words;
    if (location.hash === `#/${name}`) void this.openView(name);
    else location.hash = `#/${name}`;
  }

  showTitle() {
    const { conversation } = this.chat;
    const name = this.shownView ? t(`view.${this.shownView}`) : conversation.isTemporary ? t("temporary.title") : conversation.title || t("conversation.new");
    this.title.replaceChildren(h("bdi", {}, name));
    document.title = `${name} – Tramontane`;
    this.temporaryButton.setAttribute("aria-pressed", String(conversation.isTemporary));
    this.optionsButton.hidden = this.shownView !== null || conversation.isTemporary || conversation.messages.length === 0;
  }

  // Conversations.

  newChat() {
    this.chat.begin();
    this.leaveAddress();
  }

  toggleTemporary() {
    this.chat.begin(!this.chat.conversation.isTemporary);
    announce(this.chat.conversation.isTemporary ? t("temporary.on") : t("temporary.off"));
    this.leaveAddress();
  }

  leaveAddress() {
    if (location.hash.length > 2) history.pushState(null, "", "#/");
    this.closeDrawer();
    this.showStage(null, this.chat.element);
    this.chat.composer.field.focus();
  }

  sent(isFirst) {
    if (isFirst) history.replaceState(null, "", `#/c/${this.chat.conversation.id}`);
    if (this.keeps) void this.sidebar.load().then(() => this.sidebar.mark(this.chat.conversation.id));
    this.showTitle();
  }

  renamed(id, title) {
    if (id === this.chat.conversation.id) this.chat.conversation.rename(title);
  }

  current() {
    const { id, title } = this.chat.conversation;
    return { id, title, ...this.sidebar.conversations.find((other) => other.id === id) };
  }

  attempt = (promise) => this.chat.attempt(promise);

  commands = () => commands(this);

  offerOptions() {
    this.sidebar.offer(this.optionsButton, this.current());
  }

  // Models, modes, settings.

  offerModels() {
    openMenu(
      this.modelButton,
      t("model.choose"),
      this.models.choices(({ id, name }) => {
        preferences.set("model", id);
        announce(t("model.chosen", { name }));
      }),
    );
  }

  toggleThink() {
    if (!this.models.current().thinks) return;
    preferences.set("mode", preferences.get("mode") === "think" ? "flash" : "think");
    announce(t("mode.chosen", { mode: t(`mode.${preferences.get("mode")}`) }));
  }

  async openSettings(page) {
    const settings = await this.attempt(later("./settings.js"));
    settings?.openSettings(this, page);
  }

  async setLanguage(code) {
    preferences.set("language", code);
    await useLanguage(code);
    location.reload(); // every text of the page is another
  }

  showPreferences() {
    const theme = preferences.get("theme");
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    const { name } = this.models.current();
    this.modelButton.replaceChildren(h("bdi", {}, name), icon("forward"));
    this.modelButton.setAttribute("aria-label", t("model.button", { name }));
    this.chat.showModel();
  }

  // The sidebar: beside the page where there is room, over it where there is none.

  toggleSidebar(wanted = !this.sidebarIsOpen) {
    if (!NARROW.matches) preferences.set("sidebarOpen", wanted);
    this.showSidebar(wanted);
    if (wanted) this.sidebar.search.focus();
    else this.opener.focus();
  }

  closeDrawer() {
    if (NARROW.matches) this.showSidebar(false);
  }

  showSidebar(isOpen) {
    this.sidebarIsOpen = isOpen;
    document.documentElement.classList.toggle("sidebar-open", isOpen);
    this.sidebar.element.inert = !isOpen;
    this.main.inert = isOpen && NARROW.matches;
    this.opener.hidden = isOpen && !NARROW.matches;
    this.opener.setAttribute("aria-expanded", String(isOpen));
  }

  // Shortcuts.

  onKey(event) {
    if (event.defaultPrevented || dialogIsOpen()) return;
    if (event.key === "Escape" && this.sidebarIsOpen && NARROW.matches) {
      this.toggleSidebar(false);
      return;
    }
    const action = actionOf(event);
    if (action === null) return;
    if (action === "stop" && this.chat.conversation.running() === undefined) return;
    event.preventDefault();
    void actions(this)[action]();
  }

  deleteCurrent() {
    const { conversation } = this.chat;
    if (conversation.isTemporary) this.newChat();
    else if (conversation.messages.length > 0) this.sidebar.remove(this.current());
  }
}

/** Asks for the key that the server wants; several requests at once ask one time. */
let asking = null;
function askForKey(problem) {
  asking ??= writtenKey(problem.message).finally(() => {
    asking = null;
  });
  return asking;
}

/** A header carries no other signs than these. */
async function writtenKey(why) {
  const given = await askText(t("key.title"), t("key.label"), { type: "password", hint: `${t("key.hint")} ${why}`, action: t("key.use") });
  if (!given) return null;
  return /^[\x20-\x7e]+$/.test(given) ? given : writtenKey(t("key.signs"));
}

async function main() {
  const theme = preferences.get("theme");
  if (theme !== "system") document.documentElement.dataset.theme = theme;
  if (location.hash.startsWith("#/c/")) loadTurns().catch(() => {}); // told when the conversation is opened
  const models = new Models();
  const speaking = useLanguage(preferences.get("language") ?? preferredLanguage());
  onKeyNeeded((problem) => speaking.then(() => askForKey(problem)));
  let failure = null;
  let config = {};
  try {
    [config] = await Promise.all([api.get("/web/config"), models.load(), speaking]);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    failure = problem;
  }
  await speaking;
  const app = new App(models, config);
  await app.start();
  if (failure !== null) app.chat.composer.warn(failure.isOffline ? t("error.offline") : failure.message);
  else if (config.store?.state === "failed") app.chat.composer.warn(t("store.failed", { reason: config.store.error?.message ?? "" }));
  if (!NARROW.matches) app.chat.composer.field.focus();
  document.documentElement.dataset.ready = "";
  performance.mark("ready");
  loadTurns().catch(() => {}); // told when there is a message
}

await main();
