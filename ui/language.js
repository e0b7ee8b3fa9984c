// What people read: one flat file of JSON a language. A text has places, `{name}`; one that counts has a form for each
// plural category of its language (Unicode's, as Intl knows them), chosen by the value `count`.

export const LANGUAGES = [
  ["en", "English"],
  ["fr", "Français"],
  ["de", "Deutsch"],
  ["es", "Español"],
  ["it", "Italiano"],
  ["ar", "العربية"],
  ["ru", "Русский"],
  ["zh", "简体中文"],
  ["ja", "日本語"],
];

const RIGHT_TO_LEFT = new Set(["ar"]);

let texts = {};
let language = "en";
let region = "en"; // in which numbers, times and dates are written
let plurals = new Intl.PluralRules("en");
let numbers = new Intl.NumberFormat("en");

/** The text of a key. */
export function t(key, values = {}) {
  const text = texts[key];
  if (text === undefined) return key;
  const form = typeof text === "string" ? text : (text[plurals.select(values.count)] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (place, name) => {
    const value = values[name];
    if (value === undefined) return place;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

t.number = (value, digits = 0) => value.toLocaleString(region, { maximumFractionDigits: digits });

/** `23 s`, `2 m 5 s`, never torn apart; below ten seconds with a decimal. */
t.seconds = (seconds) => {
  const unit = (value, name, digits) =>
    value.toLocaleString(region, { style: "unit", unit: name, unitDisplay: "narrow", maximumFractionDigits: digits }).replace(/(\d)([a-z])/i, "$1\u00a0$2");
  if (seconds < 60) return unit(seconds, "second", seconds < 10 ? 1 : 0);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${unit(minutes, "minute", 0)} ${unit(Math.floor(seconds % 60), "second", 0)}`;
  return `${unit(Math.floor(minutes / 60), "hour", 0)} ${unit(minutes % 60, "minute", 0)}`;
};

t.bytes = (bytes) => {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return value.toLocaleString(region, {
    style: "unit",
    unit: units[step],
    unitDisplay: "short",
    maximumFractionDigits: value < 10 && step > 0 ? 1 : 0,
  });
};

t.percent = (share) => share.toLocaleString(region, { style: "percent" });

/** A moment as people say it: today's by the clock, others by the day. */
t.moment = (moment) => {
  const then = new Date(moment);
  const isToday = then.toDateString() === new Date().toDateString();
  return then.toLocaleString(region, isToday ? { timeStyle: "short" } : { dateStyle: "medium" });
};

t.language = () => language;

const languageOf = (tag) => tag.toLowerCase().split("-")[0];

/** Some browsers name locales that are none, such as `en-US@posix`. */
function isUnderstood(tag) {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/** What the browser asks for, where there is it. */
export function preferredLanguage() {
  const known = new Set(LANGUAGES.map(([code]) => code));
  const wanted = navigator.languages.map(languageOf);
  return wanted.find((code) => known.has(code)) ?? "en";
}

export async function useLanguage(code) {
  const answer = await fetch(new URL(`./languages/${code}.json`, import.meta.url));
  texts = await answer.json();
  language = code;
  region = navigator.languages.find((tag) => languageOf(tag) === code && isUnderstood(tag)) ?? code;
  plurals = new Intl.PluralRules(code);
  numbers = new Intl.NumberFormat(region);
  document.documentElement.lang = code;
  document.documentElement.dir = RIGHT_TO_LEFT.has(code) ? "rtl" : "ltr";
}
