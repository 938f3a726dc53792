// What waits to be sent, and what the office has to look at.

import { enrolled } from "../carers.js";
import { shown } from "../clock.js";
import { all } from "../db.js";
import { button, h, link } from "../dom.js";
import { shortDay, t, time, tOr } from "../i18n.js";
import { flushEverybody, sending } from "../outbox.js";

export async function show() {
  const carers = Object.fromEntries((await enrolled()).map((carer) => [carer.id, carer.name]));
  const waiting = [...(await all("outbox")), ...(await all("taps"))];
  const outcomes = (await all("outcomes")).sort((one, other) => other.occurred_at.localeCompare(one.occurred_at));
  return h(
    "div",
    { class: "screen" },
    h("p", {}, link(`‹ ${t("menu_today")}`, "#/today", { id: "back" })),
    h("h1", {}, t("unsent_title")),
    waiting.length === 0 ? h("p", { class: "card" }, t("unsent_none")) : pending(waiting, carers),
    sending.failed && waiting.length > 0 && h("p", { class: "hint" }, tOr(`error_${sending.failed}`, t("error_server", { code: sending.failed }))),
    outcomes.length > 0 && looked(outcomes),
  );
}

function pending(rows, carers) {
  return [
    h("p", {}, t("unsent_words")),
    button(t("send_now"), flushEverybody, { kind: "big", id: "send-now" }),
    h("ul", { class: "items" }, rows.map((row) => h("li", {}, itemWords(row), h("span", { class: "hint" }, carers[row.carer] ?? "")))),
  ];
}

const itemWords = ({ kind, occurred_at }) => `${t(`kind_${kind}`)}, ${shortDay(shown(occurred_at))} ${time(shown(occurred_at))}`;

function looked(outcomes) {
  const item = (row) => h("li", {}, itemWords(row), h("span", { class: "hint" }, tOr(`outcome_${row.code}`, row.code)));
  return [h("h2", {}, t("outcomes_title")), h("p", {}, t("outcomes_words")), h("ul", { class: "items" }, outcomes.map(item))];
}
