// The app's words, in catalogues: one file of sentences a language, the same names in each.

import { shownNow } from "./clock.js";

export const LANGUAGES = { en: "English", cy: "Cymraeg" };
const LOCALES = { en: "en-GB", cy: "cy" };
const ZONE = { timeZone: "Europe/London" };

let language = "en";
let sentences = {};
let plurals = new Intl.PluralRules("en");

export async function speak(wanted) {
  language = wanted in LANGUAGES ? wanted : "en";
  const response = await fetch(new URL(`../messages/${language}.json`, import.meta.url));
  sentences = await response.json();
  plurals = new Intl.PluralRules(language);
  document.documentElement.lang = language;
}

export const spoken = () => language;
export const browserLanguage = () => (navigator.language.startsWith("cy") ? "cy" : "en");

// The sentence of a name, {parts} filled in. With `count` among them, the form for that number where there is one.
export function t(name, parts = {}) {
  const form = "count" in parts ? `${name}.${plurals.select(parts.count)}` : name;
  const sentence = sentences[form] ?? sentences[`${name}.other`] ?? sentences[name] ?? name;
  return sentence.replace(/\{(\w+)\}/g, (_, part) => parts[part] ?? "");
}

// The sentence of a name if there is one, else what is given.
export const tOr = (name, otherwise) => (name in sentences ? t(name) : otherwise);

const shown = (at, options) => new Intl.DateTimeFormat(LOCALES[language], { ...ZONE, ...options }).format(new Date(at));

export const time = (at) => shown(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const day = (at) => shown(at, { weekday: "long", day: "numeric", month: "long" });
export const shortDay = (at) => shown(at, { weekday: "short", day: "numeric", month: "short" });
export const today = () => day(shownNow());

export function money(text) {
  return new Intl.NumberFormat(LOCALES[language], { style: "currency", currency: "GBP" }).format(Number(text));
}

export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return t("minutes", { count: minutes });
  const hours = t("hours", { count: Math.floor(minutes / 60) });
  return minutes % 60 ? `${hours} ${t("minutes", { count: minutes % 60 })}` : hours;
}
