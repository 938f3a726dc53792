// The one big button: I have arrived, I am leaving. Used wherever a visit is shown.

import { shown } from "../clock.js";
import { answer, button, draw, field, h, link, say } from "../dom.js";
import { t, time } from "../i18n.js";
import { SETTLES_MS } from "../record.js";
import { dropToken } from "../token.js";
import { arrive, arriveUnplanned, leave, leaveUnplanned } from "../visits.js";

let settledAt = 0;

// A finger that taps twice must not arrive and leave at once: after each tap the button rests for a moment.
const resting = () => performance.now() < settledAt;

function rest() {
  settledAt = performance.now() + SETTLES_MS;
  setTimeout(() => draw(), SETTLES_MS + 20);
}

async function tapped(event, work, words, token) {
  if (resting()) return;
  answer(event, t("recording"));
  rest();
  const recorded = await work();
  if (recorded && token) await dropToken();
  say(t(recorded ? words : "already"));
}

export function doorButton(carer, visit, mark, token) {
  if (mark?.refused) return h("p", { class: "done" }, t("refused_at", { time: time(shown(mark.refused)) }));
  if (mark?.left) return h("p", { class: "done" }, t("done_from_to", { from: mark.arrived ? time(shown(mark.arrived)) : "–", to: time(shown(mark.left)) }));
  const at = mark?.arrived;
  const [words, work, said] = at
    ? [t("leave"), () => leave(carer, visit, token), "left_said"]
    : [t("arrive"), () => arrive(carer, visit, token), "arrived_said"];
  return h(
    "div",
    { class: "door" },
    at && h("p", { class: "here" }, t("arrived_at", { time: time(shown(at)) })),
    token && h("p", { class: "hint" }, t("token_held", { time: time(shown(token.read_at)) })),
    button(words, (event) => tapped(event, work, said, token), { kind: at ? "huge leaving" : "huge", id: `door-${visit}`, "aria-disabled": resting() ? "true" : null }),
    at && h("p", { class: "hint", id: "check-out-hint" }, t("check_out_hint")),
  );
}

// A visit that is not on the list: someone asked her to go at once, or the rota is not here.
export function unplannedPart(carer, mark, open) {
  if (mark?.arrived) return h("div", { class: "card" }, h("p", { class: "here" }, t("unplanned_arrived_at", { time: time(shown(mark.arrived)) })), unplannedLeave(carer, mark));
  return h(
    "details",
    { id: "unplanned", open },
    h("summary", {}, t("unplanned")),
    field("unplanned-words", t("unplanned_who"), { hint: t("unplanned_hint"), maxlength: 500 }),
    button(t("unplanned_arrive"), (event) => tapped(event, () => arriveUnplanned(carer, words()), "arrived_said"), { kind: "big", id: "unplanned-arrive", "aria-disabled": resting() ? "true" : null }),
  );
}

function words() {
  const input = document.getElementById("unplanned-words");
  const given = input.value.trim() || t("unplanned_nothing_said");
  input.value = "";
  return given;
}

function unplannedLeave(carer, mark) {
  const work = () => leaveUnplanned(carer, mark.check_in_id);
  return button(t("leave"), (event) => tapped(event, work, "left_said"), { kind: "huge leaving", id: "unplanned-leave", "aria-disabled": resting() ? "true" : null });
}

// How to show that one is there: where something hangs in the home, it can be read before each tap.
export function readLink(visit, mark) {
  if (mark?.left || mark?.refused || !visit.methods.some((method) => method === "qr" || method === "nfc")) return null;
  return link(t("read_tag"), `#/scan/${visit.id}`, { class: "button plain", id: "scan" });
}

// Who else comes to a visit of several carers.
export function company(visit, carer) {
  const names = visit.carers.filter((name) => name !== carer.name);
  return names.length > 0 ? h("p", {}, t("with", { names: names.join(", ") })) : null;
}
