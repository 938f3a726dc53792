// What the carer did, in plain words, and what it pays, day by day; how the pay period stands.

import { asked } from "../carers.js";
import { dayAfter, londonDate, shownNow } from "../clock.js";
import { button, h, link, say } from "../dom.js";
import { dayOf, duration, money, shortDay, shortDayOf, t, time, tOr } from "../i18n.js";
import { loaded } from "../loaded.js";
import { held } from "../rota.js";

const DAYS_BACK = 13;

const days = loaded(async () => {
  const to = londonDate(shownNow());
  return (await asked("GET", `/days?from=${dayAfter(to, -DAYS_BACK)}&to=${to}`)).data;
});

export async function show() {
  const { data, problem } = days.state();
  const names = await knownNames();
  return h(
    "div",
    { class: "screen" },
    h("h1", {}, t("menu_hours")),
    problem && h("p", { class: "banner", role: "alert" }, problem.code ? problem.message : t("hours_need_network")),
    !data && !problem && h("p", {}, t("loading")),
    data?.pay_periods.map(period),
    data && data.days.length === 0 && h("p", { class: "card" }, t("hours_none")),
    data?.days.toReversed().map((one) => ledger(one, names)),
    h("p", {}, link(t("corrections"), "#/corrections", { class: "button plain", id: "corrections" })),
    h("p", { class: "fresh" }, button(t("refresh"), days.again, { kind: "small", id: "hours-again" })),
  );
}

// Names are known of the visits that are still on the rota; of older ones nothing about anybody is on this phone.
async function knownNames() {
  return Object.fromEntries(((await held())?.visits ?? []).map((visit) => [visit.id, visit.person.name]));
}

function period(one) {
  const dates = { from: shortDayOf(one.start), to: shortDayOf(one.end) };
  return h(
    "section",
    { class: one.compliant === false ? "card short" : "card" },
    h("h2", {}, t("period", dates)),
    one.tested ? tested(one) : h("p", {}, t("period_untested")),
    h("p", {}, button(t("pay_record"), () => payRecord(one.start), { kind: "plain", id: `record-${one.employment}` })),
  );
}

function tested(one) {
  const figures = { hourly: one.hourly_equivalent && money(one.hourly_equivalent), required: money(one.required_hourly), short: money(one.shortfall) };
  const outcome = one.compliant ? "period_enough" : "period_short";
  return [
    one.hourly_equivalent && h("p", { class: "figure" }, t("period_hourly", figures)),
    h("p", {}, t(Number(one.counted_minutes) === 0 ? "period_nothing" : outcome, figures)),
    h("p", { class: "hint" }, t(`period_basis_${one.basis}`)),
  ];
}

async function payRecord(start) {
  try {
    const { body } = await asked("GET", `/pay-record?period=${start}`);
    const address = URL.createObjectURL(new Blob([body], { type: "application/pdf" }));
    h("a", { href: address, download: `pay-record-${start}.pdf` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    say(error.code ? error.message : t("hours_need_network"));
  }
}

function ledger(one, names) {
  return h(
    "section",
    { class: "part", "aria-labelledby": `day-${one.date}` },
    h("h2", { id: `day-${one.date}` }, dayOf(one.date)),
    h("p", { class: "figure" }, t("day_total", { counted: duration(one.totals.counted) }), one.pay_total && ` ${t("day_pay", { pay: money(one.pay_total) })}`),
    h("ol", { class: "ledger" }, one.segments.map((segment) => line(segment, one, names))),
    one.flags.some(({ flag }) => flag === "possible_loss") && h("p", { class: "problem" }, t("possible_loss")),
  );
}

function line(segment, one, names) {
  const { kind, start, end, seconds, visit } = segment;
  const what = said(segment, names);
  return h(
    "li",
    { class: kind === "unresolved" ? "open" : "" },
    h("span", { class: "row-time" }, `${begins(start, one.date)} – ${time(end)}`),
    h("span", {}, `${what}, ${duration(seconds)}: `, h("strong", {}, t(standing(segment, one.pay)))),
    explain(segment),
  );
}

// A day may go on after midnight: what begins on another date says so.
const begins = (start, date) => (londonDate(start) === date ? time(start) : `${shortDay(start)}, ${time(start)}`);

function said({ kind, visit, seconds }, names) {
  if (kind === "unresolved" && seconds === 0) return t("segment_one_end");
  return kind === "contact" && names[visit] ? t("segment_visit_with", { name: names[visit] }) : tOr(`segment_${kind}`, kind);
}

// Paid, by a line of the day's pay for this kind of work; where nobody knows the pay, whether the law counts it.
function standing({ kind, counted }, pay) {
  if (kind === "unresolved") return "standing_unresolved";
  if (pay?.some((line) => line.work === kind || (kind === "sleep_in" && line.kind === "sleep_in_allowance"))) return "standing_paid";
  if (!counted) return "standing_not_counted";
  return pay ? "standing_unpaid" : "standing_counted";
}

function explain({ kind, start, end, visit }) {
  const date = londonDate(start);
  const times = `${time(start)}/${time(end)}`;
  if (kind === "unresolved" && !visit) return link(t("explain"), `#/correct/day/${date}/${times}`, { id: `explain-${start}` });
  if (visit) return link(t("times_wrong"), `#/correct/${visit}/${date}/${times}`, { id: `wrong-${start}`, "aria-label": `${t("times_wrong")}, ${times}` });
  return null;
}
