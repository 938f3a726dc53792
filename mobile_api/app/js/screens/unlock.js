// Opening a carer's rota. Recording does not wait for it: the next visit can be begun and ended from here, by its time.

import { choose, chosen, enrolled, unlock, unlockByPasskey } from "../carers.js";
import { shownNow } from "../clock.js";
import { button, field, h, link, draw } from "../dom.js";
import { t, tOr, time } from "../i18n.js";
import { marksOf, nextOf, onHand } from "../rota.js";
import { heldToken } from "../token.js";
import { doorButton, unplannedPart } from "./door.js";

let problem = null;
let checking = false;

export async function show() {
  const [carer, carers] = [await chosen(), await enrolled()];
  return h(
    "div",
    { class: "screen" },
    h("h1", { "data-title": t("unlock_do") }, t("unlock_title", { name: carer.name })),
    pinForm(carer),
    carers.length > 1 && others(carers.filter((one) => one.id !== carer.id)),
    h("p", {}, link(t("enrol_another"), "#/enrol")),
    await withoutOpening(carer),
  );
}

function pinForm(carer) {
  return h(
    "form",
    { noValidate: true, class: "part", onsubmit: (event) => submit(event, carer) },
    field("unlock-pin", t("pin"), { type: "password", inputmode: "numeric", maxlength: 8, autocomplete: "current-password", problem }),
    button(t("unlock_do"), null, { kind: "big", type: "submit", id: "unlock", disabled: checking }),
    carer.passkey && button(t("passkey_open"), () => byPasskey(carer), { kind: "plain", id: "unlock-passkey" }),
  );
}

async function byPasskey(carer) {
  problem = null;
  try {
    await unlockByPasskey(carer.id);
    document.dispatchEvent(new Event("doorstep:opened"));
  } catch (error) {
    problem = tOr(`error_${error.code}`, t("passkey_failed")); // a browser's own error has a number for a code
  }
  draw();
}

async function submit(event, carer) {
  event.preventDefault();
  if (checking) return;
  const pin = () => document.getElementById("unlock-pin"); // it may be drawn anew meanwhile
  [checking, problem] = [true, null];
  document.getElementById("unlock").disabled = true;
  try {
    await unlock(carer.id, pin().value.trim());
    document.dispatchEvent(new Event("doorstep:opened"));
  } catch (error) {
    problem = tOr(`error_${error.code}`, t("error_unreachable_pin"));
    pin().value = "";
  }
  checking = false;
  draw();
}

function others(carers) {
  const entry = (carer) => button(carer.name, () => choose(carer.id), { kind: "plain", id: `carer-${carer.id}` });
  return h("section", { class: "part" }, h("h2", {}, t("someone_else")), carers.map(entry));
}

async function withoutOpening(carer) {
  const marks = await marksOf(carer.id);
  const visit = nextOf(onHand(carer.index ?? [], marks, shownNow()), marks);
  return h(
    "section",
    { class: "part" },
    h("h2", {}, t("without_opening")),
    visit && h("div", { class: "card" }, h("p", { class: "when" }, `${time(visit.planned.start)} – ${time(visit.planned.end)}`), doorButton(carer.id, visit.id, marks[visit.id], await heldToken())),
    unplannedPart(carer.id, marks.unplanned, !visit),
  );
}
