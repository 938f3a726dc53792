// The first use: the manager's code, a PIN of one's own.

import { enrol, enrolled, wasPurged } from "../carers.js";
import { button, field, h, link, draw } from "../dom.js";
import { t, tOr } from "../i18n.js";

let problem = {};

export async function show(code = "") {
  const others = (await enrolled()).length > 0;
  return h(
    "form",
    { class: "screen", noValidate: true, onsubmit: submit },
    h("h1", {}, t("enrol_title")),
    (await wasPurged()) && h("p", { class: "banner loud", role: "alert" }, t("purged")),
    h("p", {}, t("enrol_words")),
    problem.all && h("p", { class: "problem", role: "alert", id: "enrol-problem" }, problem.all),
    field("code", t("enrol_code"), { value: decodeURIComponent(code), hint: t("enrol_code_hint"), autocomplete: "off", autocapitalize: "characters", spellcheck: "false", problem: problem.code }),
    field("pin", t("pin"), { ...PIN, hint: t("pin_hint"), problem: problem.pin }),
    field("pin-again", t("pin_again"), { ...PIN, problem: problem.again }),
    field("phone", t("phone_name"), { value: t("phone_name_default"), maxlength: 60 }),
    button(t("enrol_do"), null, { kind: "big", type: "submit", id: "enrol" }),
    others && h("p", {}, link(t("back"), "#/today")),
  );
}

const PIN = { type: "password", inputmode: "numeric", maxlength: 8, autocomplete: "new-password" };

async function submit(event) {
  event.preventDefault();
  const value = (name) => document.getElementById(name).value.trim();
  problem = faults(value);
  if (Object.keys(problem).length === 0) await send(value);
  draw();
}

function faults(value) {
  const found = {};
  if (!value("code")) found.code = t("enrol_code_missing");
  if (!/^\d{4,8}$/.test(value("pin"))) found.pin = t("pin_wrong_form");
  else if (value("pin") !== value("pin-again")) found.again = t("pin_differs");
  return found;
}

async function send(value) {
  const doing = document.getElementById("enrol");
  doing.disabled = true;
  try {
    await enrol(value("code"), value("pin"), value("phone") || t("phone_name_default"));
    location.hash = "#/welcome";
    document.dispatchEvent(new Event("doorstep:opened"));
  } catch (error) {
    problem = { all: tOr(`error_${error.code}`, error.code ? error.message : t("error_unreachable")) };
  }
}
