// After enrolling: what the phone is asked for, and why.

import { button, h, link } from "../dom.js";
import { t } from "../i18n.js";
import { reading } from "../position.js";

export async function show() {
  navigator.storage?.persist?.();
  return h(
    "div",
    { class: "screen" },
    h("h1", {}, t("welcome_title")),
    h("p", {}, t("welcome_position")),
    button(t("welcome_allow"), allow, { id: "allow", kind: "big" }),
    h("p", {}, t("welcome_install")),
    h("p", {}, link(t("welcome_go"), "#/today", { class: "button plain", id: "go" })),
  );
}

async function allow() {
  reading(); // asks for the permission; what it finds is not kept
  location.hash = "#/today";
}
