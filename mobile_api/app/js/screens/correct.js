// Saying that a recorded time is not what happened. It is signed here and may be sent much later.

import { dayAfter, instant, londonInstant } from "../clock.js";
import { button, draw, field, h, link, options, say } from "../dom.js";
import { dayOf, t } from "../i18n.js";
import { propose, sendLetters } from "../letters.js";

const VISIT_REASONS = ["forgot_check_out", "forgot_check_in", "phone_failed", "no_signal", "wrong_clock", "wrong_visit", "recorded_late", "other"];
const DAY_REASONS = ["travel", "waiting", "break", "training", "supervision", "meeting", "handover", "sleep_in", "awake", "home"];

let problem = {};

// `about` is a visit's id, or "day".
export async function show(about, date, start = "", end = "") {
  const reasons = about === "day" ? DAY_REASONS : VISIT_REASONS;
  return h(
    "form",
    { class: "screen", noValidate: true, onsubmit: (event) => submit(event, about, date) },
    h("p", {}, link(t("back"), "#/hours", { id: "back" })),
    h("h1", {}, t(about === "day" ? "correct_day" : "correct_visit")),
    h("p", { class: "when" }, dayOf(date)),
    field("correct-start", t("correct_start"), { type: "time", value: start, problem: problem.start }),
    field("correct-end", t("correct_end"), { type: "time", value: end, problem: problem.end }),
    options("correct-reason", t(about === "day" ? "correct_what" : "correct_why"), Object.fromEntries(reasons.map((one) => [one, t(`reason_${one}`)]))),
    field("correct-words", t("correct_words"), { area: true, rows: 3, maxlength: 2000 }),
    button(t("correct_do"), null, { kind: "big", type: "submit", id: "correct" }),
  );
}

async function submit(event, about, date) {
  event.preventDefault();
  const value = (name) => document.getElementById(`correct-${name}`).value.trim();
  const times = [value("start"), value("end")];
  problem = faults(about, times);
  if (Object.keys(problem).length > 0) return draw();
  const [start, end] = instants(date, ...times);
  const of = about === "day" ? { day: date } : { visit_id: about };
  await propose({ ...of, start, end, reason_code: document.querySelector("[name=correct-reason]:checked").value, words: value("words") });
  say(t("correct_said"));
  location.hash = "#/corrections";
  sendLetters().catch(() => {}); // without a network it waits in its list
}

function faults(about, [start, end]) {
  if (about === "day") return { ...(!start && { start: t("correct_needs_time") }), ...(!end && { end: t("correct_needs_time") }) };
  return start || end ? {} : { start: t("correct_needs_one") };
}

// An end before its start is after midnight.
function instants(date, start, end) {
  const until = start && end && end < start ? dayAfter(date) : date;
  return [start && instant(londonInstant(date, start)), end && instant(londonInstant(until, end))].map((one) => one || null);
}
