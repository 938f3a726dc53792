// How the app looks, the language it speaks, and leaving this phone to somebody else.

import { addPasskey, chosen, current, enrolled, signOut } from "../carers.js";
import { now } from "../clock.js";
import { button, choice, h, hand, link, say, draw } from "../dom.js";
import { LANGUAGES, spoken, t } from "../i18n.js";
import { possible } from "../passkeys.js";
import { receiptsFile, receiptsOf } from "../receipts.js";
import { change, currentSettings } from "../settings.js";

export async function show() {
  const { size, contrast } = currentSettings();
  return h(
    "div",
    { class: "screen" },
    h("h1", {}, t("menu_settings")),
    choice("language", t("language"), LANGUAGES, spoken(), (language) => set({ language })),
    choice("size", t("size"), { normal: t("size_normal"), large: t("size_large"), largest: t("size_largest") }, size, (size) => set({ size })),
    choice("contrast", t("contrast"), { normal: t("contrast_normal"), high: t("contrast_high") }, contrast, (contrast) => set({ contrast })),
    await storage(),
    current() !== null && (await passkey()),
    current() !== null && (await receipts()),
    h("section", { class: "part" }, h("h2", {}, t("this_phone")), await people(), h("p", {}, link(t("enrol_another"), "#/enrol"))),
    current() !== null && button(t("sign_out"), leavePhone, { kind: "plain", id: "sign-out" }),
    current() !== null && h("p", { class: "hint" }, t("sign_out_hint")),
  );
}

async function set(changes) {
  await change(changes);
  draw();
  say(t("settings_kept"));
}

async function storage() {
  const kept = await navigator.storage?.persisted?.();
  if (kept) return h("p", { class: "hint" }, t("storage_kept"));
  return h("section", { class: "part" }, h("p", { class: "hint" }, t("storage_not_kept")), button(t("storage_ask"), ask, { kind: "small", id: "persist" }));
}

async function ask() {
  const kept = await navigator.storage?.persist?.();
  say(t(kept ? "storage_kept" : "storage_not_kept"));
  draw();
}

async function passkey() {
  if ((await chosen()).passkey) return h("p", { class: "hint" }, t("passkey_kept"));
  if (!(await possible())) return null;
  return h("section", { class: "part" }, h("p", { class: "hint" }, t("passkey_words")), button(t("passkey_add"), add, { kind: "small", id: "passkey" }));
}

async function add() {
  try {
    say(t((await addPasskey()) ? "passkey_kept" : "passkey_cannot"));
  } catch {
    say(t("passkey_failed"));
  }
  draw();
}

async function receipts() {
  const held = await receiptsOf(current());
  const words = h("p", { class: "hint" }, t(held.length === 0 ? "receipts_none" : "receipts_words"));
  const save = held.length > 0 && button(t("receipts_save"), () => hand(receiptsFile(held, now())), { kind: "small", id: "receipts" });
  return h("section", { class: "part" }, h("h2", {}, t("receipts_title")), words, save);
}

async function people() {
  return h("ul", { class: "items" }, (await enrolled()).map((carer) => h("li", {}, carer.name, h("span", { class: "hint" }, carer.provider))));
}

async function leavePhone() {
  await signOut();
  location.hash = "#/today";
  say(t("signed_out"));
}
