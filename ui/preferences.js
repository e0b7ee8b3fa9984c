// What one person chose in this browser. Nothing of a conversation is kept here.

const PLACE = "tramontane.preferences";

const STANDARD = {
  language: null, // the browser's
  theme: "system",
  sendWith: "enter",
  sidebarOpen: true,
  mode: "think",
  budget: 0, // 0: the model decides
  model: null,
  instructions: "",
  prompts: [], // {name, text}
  votes: 5,
  shortcutsOn: true,
  shortcuts: {}, // action → binding, or null for none
};

const listeners = new Set();
let chosen = read();

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
    const sound = Object.entries(kept).filter(([name, value]) => isSound(name, value));
    return { ...STANDARD, ...Object.fromEntries(sound) };
  } catch {
    return { ...STANDARD };
  }
}

// An older or newer page, or a curious person, may have left anything.
function isSound(name, value) {
  if (!(name in STANDARD)) return false;
  const standard = STANDARD[name];
  if (standard === null) return value === null || typeof value === "string";
  if (Array.isArray(standard)) return Array.isArray(value);
  return typeof value === typeof standard && value !== null;
}

export const preferences = {
  get: (name) => chosen[name],

  set(name, value) {
    chosen = { ...chosen, [name]: value };
    try {
      localStorage.setItem(PLACE, JSON.stringify(chosen));
    } catch {
      // a browser that keeps nothing: the choice holds until the page is left
    }
    for (const listener of listeners) listener(name);
  },

  /** Tells the name of what changed, here or in another tab. */
  onChange(listener) {
    listeners.add(listener);
  },
};

addEventListener("storage", (event) => {
  if (event.key !== PLACE) return;
  chosen = read();
  for (const listener of listeners) listener(null);
});
