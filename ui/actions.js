// What shortcuts and `/` commands do.

import { promptCommands } from "./commands.js";
import { t } from "./language.js";
import { preferences } from "./preferences.js";

/** By the names of shortcuts, see shortcuts.js. */
export function actions(app) {
  return {
    newChat: () => app.newChat(),
    search: () => app.toggleSidebar(true),
    sidebar: () => app.toggleSidebar(),
    settings: () => app.openSettings(),
    shortcuts: () => app.openSettings("shortcuts"),
    copyAnswer: () => app.chat.copyAnswer(),
    copyCode: () => app.chat.copyCode(),
    delete: () => app.deleteCurrent(),
    temporary: () => app.toggleTemporary(),
    models: () => app.offerModels(),
    focusInput: () => app.chat.composer.field.focus(),
    stop: () => app.chat.stop(),
    toggleThink: () => app.toggleThink(),
    answerNow: () => app.chat.answerNow(),
  };
}

/** What `/` offers; words behind a command go to it. */
export function commands(app) {
  const { composer } = app.chat;
  // one that takes words has a place for them
  const command = (name, run, needsWords = false) => ({ name, detail: t(`command.${name}`), run, needsWords, takesWords: run.length > 0 });
  const write = (words) => words && composer.write(words);
  const mode = (wanted) => (words) => {
    if (preferences.get("mode") !== wanted) app.toggleThink();
    composer.write(words);
  };
  return [
    command("flash", mode("flash")),
    command("think", mode("think")),
    command("new", (words) => {
      app.newChat();
      write(words);
    }),
    command("temporary", (words) => {
      if (!app.chat.conversation.isTemporary) app.toggleTemporary();
      write(words);
    }),
    command("again", () => app.chat.again()),
    command("model", () => app.offerModels()),
    command("rename", (words) => words && app.sidebar.change(app.chat.conversation.id, { title: words }), true),
    command("compare", (words) => app.go("compare", words)),
    command("status", () => app.go("status")),
    command("export", () => app.transfers.save(app.chat.conversation.id, app.chat.conversation.title, "markdown")),
    command("settings", () => app.openSettings()),
    command("shortcuts", () => app.openSettings("shortcuts")),
    ...promptCommands((text) => composer.write(text)),
  ];
}
