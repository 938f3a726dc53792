// The app's words, in catalogues: one file of sentences a language, the same names in each.

import { londonDate } from "./clock.js";

export const LANGUAGES = { en: "English", cy: "Cymraeg" };
// Few browsers know Welsh plurals and names of days, so both are ours.
const PLURALS = {
  en: (count) => (count === 1 ? "one" : "other"),
  cy: (count) => ({ 0: "zero", 1: "one", 2: "two", 3: "few", 6: "many" })[count] ?? "other",
};

let language = "en";
let sentences = {};

export async function speak(wanted) {
  language = wanted in LANGUAGES ? wanted : "en";
  const response = await fetch(new URL(`../messages/${language}.json`, import.meta.url));
  sentences = await response.json();
  document.documentElement.lang = language;
}

export const spoken = () => language;
export const browserLanguage = () => (navigator.language.startsWith("cy") ? "cy" : "en");

// The sentence of a name, {parts} filled in. With `count` among them, the form for that number where there is one.
export function t(name, parts = {}) {
  const form = "count" in parts ? `${name}.${PLURALS[language](parts.count)}` : name;
  const sentence = sentences[form] ?? sentences[`${name}.other`] ?? sentences[name] ?? name;
  return sentence.replace(/\{(\w+)\}/g, (_, part) => parts[part] ?? "");
}

// The sentence of a name if there is one, else what is given.
export const tOr = (name, otherwise) => (name in sentences ? t(name) : otherwise);

const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const pounds = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

export const time = (at) => clock.format(new Date(at));
export const day = (at) => dayOf(londonDate(at));
export const shortDay = (at) => shortDayOf(londonDate(at));
export const money = (text) => pounds.format(Number(text));

// The day of a London date, YYYY-MM-DD, in full and in short.
export const dayOf = (date) => named(date, "weekday", "month");
export const shortDayOf = (date) => named(date, "short_weekday", "short_month");

function named(date, weekday, month) {
  const noon = new Date(`${date}T12:00:00Z`);
  return [t(`${weekday}_${noon.getUTCDay()}`), noon.getUTCDate(), t(`${month}_${noon.getUTCMonth() + 1}`)].join(" ");
}

export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("minutes", { count: minutes });
  const hours = t("hours", { count: Math.floor(minutes / 60) });
  return minutes % 60 ? `${hours} ${t("minutes", { count: minutes % 60 })}` : hours;
}
