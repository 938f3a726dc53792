// A discreet call for help: the office is alerted, and the phone says where it is.

import { current } from "../carers.js";
import { button, h, link, say } from "../dom.js";
import { t } from "../i18n.js";
import { marksOf } from "../rota.js";
import { help } from "../visits.js";

export async function show() {
  return h(
    "div",
    { class: "screen" },
    h("p", {}, link(t("back"), "#/today", { id: "back" })),
    h("h1", {}, t("help_title")),
    h("p", {}, t("help_words")),
    button(t("help_do"), send, { kind: "huge leaving", id: "help-send" }),
  );
}

async function send() {
  await help(current(), await whereSheIs());
  say(t("noted"));
  location.hash = "#/today";
}

// The visit that she arrived at and has not left, if there is one.
async function whereSheIs() {
  const marks = Object.values(await marksOf(current()));
  return marks.find((mark) => mark.arrived && !mark.left && mark.about !== "unplanned")?.about ?? null;
}
