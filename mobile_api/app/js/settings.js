// How the app looks and which language it speaks: kept on this phone, for whoever uses it.

import { put, read } from "./db.js";
import { browserLanguage, speak } from "./i18n.js";

const DEFAULTS = { language: null, size: "normal", contrast: "normal" };
let settings = DEFAULTS;

export const currentSettings = () => settings;

export async function loadSettings() {
  settings = { ...DEFAULTS, ...(await read(["meta"], ({ meta }) => meta.get("settings"))) };
  await apply();
}

export async function change(changes) {
  settings = { ...settings, ...changes };
  await put("meta", settings, "settings");
  await apply();
}

async function apply() {
  document.documentElement.dataset.size = settings.size;
  document.documentElement.dataset.contrast = settings.contrast;
  await speak(settings.language ?? browserLanguage());
}
