// The conversations: found, opened, renamed, pinned, archived, deleted.

import { api, Problem } from "./api.js";
import { announce, h, icon, iconButton } from "./dom.js";
import { askText } from "./dialog.js";
import { t } from "./language.js";
import { openMenu } from "./menu.js";
import { bindingOf, shown, spoken } from "./shortcuts.js";
import { toast } from "./toast.js";

const PAUSE_MILLIS = 200;

export class Sidebar {
  /** @param {Object} app `newChat()`, `open(id)`, `go(view)`, `transfers` */
  constructor(app) {
    this.app = app;
    this.current = null;
    this.isArchive = false;
    this.conversations = [];
    this.next = null;
    this.leaving = new Map(); // id of what is deleted unless somebody says no → what keeps it
    this.count = 0;
    this.list = h("ul.conversations", {});
    this.message = h("p.sidebar-message", { role: "status" });
    this.more = h("button.button.quiet", { type: "button", hidden: true, onclick: () => this.load(this.next) }, t("sidebar.more"));
    this.search = h("input", {
      type: "search",
      "aria-label": t("sidebar.search"),
      placeholder: t("sidebar.search"),
      "aria-keyshortcuts": spoken("search"),
      oninput: () => this.searchSoon(),
    });
    this.archiveButton = this.navigation("archive", t("sidebar.archive"), () => this.showArchive(!this.isArchive));
    this.archiveButton.setAttribute("aria-pressed", "false");
    this.element = h(
      "nav.sidebar",
      { id: "sidebar", "aria-label": t("sidebar.label") },
      h(
        "div.sidebar-head",
        {},
        h("span.brand", {}, "Tramontane"),
        iconButton("sidebar", t("sidebar.hide"), () => app.toggleSidebar(), { "aria-keyshortcuts": spoken("sidebar") }),
      ),
      h(
        "button.button.new-chat",
        { type: "button", onclick: () => app.newChat(), "aria-keyshortcuts": spoken("newChat") },
        icon("plus"),
        h("span", {}, t("sidebar.new")),
      ),
      h("div.search", {}, icon("search"), this.search),
      h("div.conversations-frame", { tabindex: "-1" }, this.list, this.message, this.more),
      h(
        "div.sidebar-foot",
        {},
        this.archiveButton,
        this.navigation("columns", t("view.compare"), () => app.go("compare")),
        this.navigation("chart", t("view.status"), () => app.go("status")),
        this.navigation("settings", t("view.settings"), () => app.openSettings()),
      ),
    );
  }

  navigation(name, label, onclick) {
    return h("button.nav", { type: "button", onclick }, icon(name), h("span", {}, label));
  }

  searchSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      await this.load();
      announce(t("sidebar.found", { count: this.conversations.length }));
    }, PAUSE_MILLIS);
  }

  showArchive(isArchive) {
    this.isArchive = isArchive;
    this.archiveButton.setAttribute("aria-pressed", String(isArchive));
    void this.load();
  }

  /** Asks for the list, or its next part. */
  async load(after = null) {
    const turn = (this.count += 1);
    const query = new URLSearchParams({ query: this.search.value.trim(), archived: this.isArchive, limit: 50 });
    if (after !== null) query.set("after", after);
    try {
      const told = await api.get(`/web/conversations?${query}`);
      if (turn !== this.count) return; // a later one has been asked for
      this.conversations = after === null ? told.conversations : [...this.conversations, ...told.conversations];
      this.next = told.next;
      this.show();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.message.textContent = problem.isOffline ? t("error.offline") : problem.message;
    }
  }

  show() {
    const shown = this.conversations.filter(({ id }) => !this.leaving.has(id));
    const focused = document.activeElement?.closest("[data-id]")?.dataset.id;
    this.list.replaceChildren(...this.grouped(shown));
    if (focused) this.list.querySelector(`[data-id="${CSS.escape(focused)}"] a`)?.focus();
    this.more.hidden = this.next === null;
    const empty = this.search.value.trim() !== "" ? t("sidebar.nothingFound") : this.isArchive ? t("sidebar.emptyArchive") : t("sidebar.empty");
    this.message.textContent = shown.length === 0 ? empty : "";
  }

  grouped(conversations) {
    const rows = [];
    let group = null;
    for (const conversation of conversations) {
      const name = groupOf(conversation);
      if (name !== group) rows.push(h("li.group", {}, t(`group.${name}`)));
      group = name;
      rows.push(this.row(conversation));
    }
    return rows;
  }

  row(conversation) {
    const { id } = conversation;
    const title = conversation.title || t("conversation.untitled");
    const options = iconButton("more", t("conversation.options", { title }), () => this.offer(options, conversation), {
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    });
    return h(
      "li.conversation",
      { data: { id } },
      h(
        "a",
        {
          href: `#/c/${encodeURIComponent(id)}`,
          "aria-current": id === this.current ? "page" : null,
          // the address stands already where opening it failed
          onclick: ({ currentTarget }) => currentTarget.hash === location.hash && id !== this.current && void this.app.route(),
          oncontextmenu: (event) => {
            event.preventDefault();
            this.offer(options, conversation);
          },
        },
        conversation.answering ? h("span.pulse", { role: "img", "aria-label": t("conversation.answering") }) : null,
        h("bdi.conversation-title", {}, title),
        conversation.snippet ? h("small", { dir: "auto" }, conversation.snippet) : null,
      ),
      options,
    );
  }

  offer(anchor, conversation) {
    const { id, title, pinned, archived } = conversation;
    openMenu(anchor, t("conversation.options", { title: title || t("conversation.untitled") }), [
      { icon: "edit", label: t("conversation.rename"), run: () => this.rename(conversation) },
      { icon: "pin", label: pinned ? t("conversation.unpin") : t("conversation.pin"), run: () => this.change(id, { pinned: !pinned }) },
      {
        icon: "archive",
        label: archived ? t("conversation.unarchive") : t("conversation.archive"),
        run: () => this.archive(conversation),
      },
      null,
      ...this.app.transfers.offers(id, title),
      null,
      { icon: "trash", label: t("conversation.delete"), hint: shown(bindingOf("delete")), danger: true, run: () => this.remove(conversation) },
    ]);
  }

  async rename({ id, title }) {
    const name = await askText(t("conversation.rename"), t("conversation.title"), { value: title });
    if (name) await this.change(id, { title: name });
  }

  /** Gives whether it is so now. */
  async change(id, changes) {
    const changed = await this.app.attempt(api.patch(`/web/conversations/${encodeURIComponent(id)}`, changes));
    if (changed === undefined) return false;
    if (changes.title !== undefined) this.app.renamed(id, changes.title);
    await this.load();
    return true;
  }

  async archive({ id, archived, title }) {
    const isChanged = await this.change(id, { archived: !archived });
    if (archived || !isChanged) return;
    toast(t("conversation.archived", { title: title || t("conversation.untitled") }), {
      label: t("toast.undo"),
      run: () => this.change(id, { archived: false }),
    });
    if (id === this.current) this.app.newChat();
  }

  /** Gone from the list at once, from the server when nobody has said no for a while, or the page is left. */
  remove({ id, title }) {
    const name = title || t("conversation.untitled");
    const leave = () => this.erase(id, { keepalive: true });
    const keep = () => {
      removeEventListener("pagehide", leave);
      this.leaving.delete(id);
      this.show();
      announce(t("conversation.kept", { title: name }));
    };
    addEventListener("pagehide", leave, { once: true });
    const dismiss = toast(t("conversation.deleted", { title: name }), { label: t("toast.undo"), run: keep }, () => {
      if (!this.leaving.has(id)) return;
      this.leaving.set(id, () => {}); // too late
      removeEventListener("pagehide", leave);
      void this.app.attempt(this.erase(id));
    });
    this.leaving.set(id, () => {
      keep();
      dismiss();
    });
    this.show();
    if (id === this.current) this.app.newChat();
  }

  /** Who comes back to what is being deleted keeps it. */
  keep(id) {
    this.leaving.get(id)?.();
  }

  async erase(id, options) {
    try {
      await api.delete(`/web/conversations/${encodeURIComponent(id)}`, options);
    } catch (problem) {
      if (problem.status !== 404) throw problem; // deleted elsewhere meanwhile
    } finally {
      this.leaving.delete(id);
      void this.load();
    }
  }

  /** Marks the one that is shown. */
  mark(id) {
    this.current = id;
    for (const row of this.list.querySelectorAll("[data-id]")) {
      const link = row.querySelector("a");
      if (row.dataset.id === id) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }
}

const DAY_MILLIS = 86_400_000;

function groupOf({ pinned, updated_at }) {
  if (pinned) return "pinned";
  const today = new Date().setHours(0, 0, 0, 0);
  const then = new Date(updated_at).getTime();
  if (then >= today) return "today";
  if (then >= today - DAY_MILLIS) return "yesterday";
  return then >= today - 6 * DAY_MILLIS ? "week" : "older";
}
