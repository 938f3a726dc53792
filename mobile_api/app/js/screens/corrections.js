// What the carer, or her manager, says was otherwise, and what was decided about it.

import { button, field, h, link, say } from "../dom.js";
import { shortDay, t, time } from "../i18n.js";
import { decided, object, sendLetters, takeBack, waitingLetters, withdraw } from "../letters.js";
import { loaded } from "../loaded.js";
import { unseal } from "../keys.js";

const corrections = loaded(async () => {
  await sendLetters();
  return decided();
});

export async function show() {
  const { data, problem } = corrections.state();
  const waiting = await waitingLetters();
  return h(
    "div",
    { class: "screen" },
    h("p", {}, link(`‹ ${t("menu_hours")}`, "#/hours", { id: "back" })),
    h("h1", {}, t("corrections")),
    problem && h("p", { class: "banner", role: "alert" }, problem.code ? problem.message : t("hours_need_network")),
    waiting.length > 0 && h("section", { class: "part" }, h("h2", {}, t("letters_waiting")), h("ul", { class: "items" }, await Promise.all(waiting.map(letterRow)))),
    data?.length === 0 && waiting.length === 0 && h("p", { class: "card" }, t("corrections_none")),
    data?.map(card),
    h("p", { class: "fresh" }, button(t("refresh"), corrections.again, { kind: "small", id: "corrections-again" })),
  );
}

async function letterRow(letter) {
  const { signed } = await unseal(letter.sealed);
  return h(
    "li",
    {},
    t(`reason_${signed.reason_code}`),
    h("span", { class: "hint" }, proposedWords(signed.proposed)),
    letter.refused && h("p", { class: "problem" }, letter.refused),
    letter.refused && button(t("letter_withdraw"), () => withdraw(letter.id), { kind: "small", id: `withdraw-${letter.id}` }),
  );
}

function proposedWords({ start, end }) {
  const day = shortDay(start ?? end);
  if (start && end) return t("proposed_both", { day, start: time(start), end: time(end) });
  return start ? t("proposed_start", { day, start: time(start) }) : t("proposed_end", { day, end: time(end) });
}

function card(one) {
  const last = one.decisions.at(-1);
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t(`reason_${one.reason_code}`)),
    h("p", { class: "when" }, proposedWords(one.proposed)),
    one.note && h("p", {}, one.note),
    h("p", { class: "hint" }, t(`by_${one.proposed_by}`)),
    h("p", {}, h("strong", {}, t(one.open && last?.decision !== "objected" ? "decision_open" : `decision_${last.decision}`)), last?.reason && ` ${last.reason}`),
    one.proposed_by === "manager" && !["objected", "withdrawn"].includes(last?.decision) && objection(one),
    one.proposed_by === "carer" && one.open && button(t("take_back"), () => sent(takeBack(one.id)), { kind: "small", id: `take-back-${one.id}` }),
  );
}

function objection({ id }) {
  return h(
    "details",
    { id: `objection-${id}` },
    h("summary", {}, t("object")),
    field(`why-${id}`, t("object_why"), { area: true, rows: 2, maxlength: 500 }),
    button(t("object_do"), () => sent(object(id, document.getElementById(`why-${id}`).value.trim())), { kind: "plain", id: `object-${id}` }),
  );
}

async function sent(answer) {
  try {
    await answer;
    say(t("noted"));
    corrections.again();
  } catch (error) {
    say(error.code ? error.message : t("hours_need_network"));
  }
}

