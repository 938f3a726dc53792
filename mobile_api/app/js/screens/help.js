// A discreet call for help: the office is alerted, and the phone says where it is, and whether they know of it yet.

import { current } from "../carers.js";
import { now, shown } from "../clock.js";
import { button, h, link } from "../dom.js";
import { t, time } from "../i18n.js";
import { isUnsent } from "../outbox.js";
import { marksOf } from "../rota.js";
import { help } from "../visits.js";

const TOLD_FOR_MS = 12 * 3_600_000;

export async function show() {
  return h(
    "div",
    { class: "screen" },
    h("p", {}, link(t("back"), "#/today", { id: "back" })),
    h("h1", {}, t("help_title")),
    await helpState(),
    h("p", {}, t("help_words")),
    button(t("help_do"), send, { kind: "huge leaving", id: "help-send" }),
    link(t("help_999"), "tel:999", { class: "button plain", id: "call-999" }),
  );
}

const send = async () => help(current(), await whereSheIs());

// The visit that she arrived at and has not left, if there is one.
async function whereSheIs() {
  const marks = Object.values(await marksOf(current()));
  return marks.find((mark) => mark.arrived && !mark.left && mark.about !== "unplanned")?.about ?? null;
}

// Whether the office knows of her call: only a receipt says that it does. Nothing if she did not call of late.
export async function helpState() {
  const { help: mark } = await marksOf(current());
  if (!mark || now() - new Date(mark.called_at) > TOLD_FOR_MS) return null;
  const at = { time: time(shown(mark.called_at)) };
  if (!(await isUnsent(mark.event_id))) return h("p", { class: "banner calm", id: "help-state", role: "status" }, t("help_told", at));
  return h("p", { class: "banner", id: "help-state", role: "alert" }, t("help_not_told", at));
}
