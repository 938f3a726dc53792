// The day: the next visit first, with the one big button.

import { chosen, current } from "../carers.js";
import { londonDate, shown, shownNow } from "../clock.js";
import { button, h, link, say } from "../dom.js";
import { day, dayOf, shortDay, t, time } from "../i18n.js";
import { held, marksOf, nextOf, onDay, onHand, refresh } from "../rota.js";
import { heldToken } from "../token.js";
import { helpState } from "./help.js";
import { company, doorButton, readLink, unplannedPart } from "./door.js";

export async function show() {
  const [carer, rota, marks] = [await chosen(), await held(), await marksOf(current())];
  const token = await heldToken();
  const visits = onHand(rota?.visits ?? [], marks, shownNow());
  const next = nextOf(visits, marks);
  return h(
    "div",
    { class: "screen" },
    h("h1", {}, day(shownNow())),
    await helpState(),
    next ? nextCard(next, marks[next.id], carer, token) : nothingNext(rota, visits),
    visits.length > 0 && list(visits.filter((visit) => visit !== next), marks),
    unplannedPart(current(), marks.unplanned, false),
    later(rota),
    h("p", {}, link(t("help_open"), "#/help", { id: "help" })),
    freshness(rota),
  );
}

function nextCard(visit, mark, carer, token) {
  return h(
    "section",
    { class: mark?.arrived ? "card next at" : "card next", "aria-labelledby": "next-title" },
    h("p", { class: "when" }, `${time(visit.planned.start)} – ${time(visit.planned.end)}`),
    h("h2", { id: "next-title" }, visit.person.name),
    h("p", { class: "where" }, visit.address),
    visit.access_note && h("p", { class: "access" }, h("strong", {}, `${t("access")} `), visit.access_note),
    company(visit, carer),
    doorButton(current(), visit.id, mark, token),
    readLink(visit, mark),
    link(t("open_visit"), `#/visit/${visit.id}`, { class: "button plain", id: "open-visit" }),
  );
}

function nothingNext(rota, visits) {
  if (!rota) return h("p", { class: "card" }, t("no_rota"));
  return h("p", { class: "card" }, t(visits.length > 0 ? "all_done" : "no_visits"));
}

function list(visits, marks) {
  return h("ul", { class: "visits", "aria-label": t("todays_visits") }, visits.map((visit) => row(visit, marks[visit.id])));
}

function row(visit, mark) {
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#/visit/${visit.id}`, id: `row-${visit.id}` },
      h("span", { class: "row-time" }, `${time(visit.planned.start)} – ${time(visit.planned.end)}`),
      h("span", { class: "row-name" }, visit.person.name),
      h("span", { class: "row-state" }, stateOf(visit, mark)),
    ),
  );
}

function stateOf(visit, mark) {
  if (visit.status === "cancelled") return t("cancelled");
  if (mark?.refused) return t("refused_at", { time: time(shown(mark.refused)) });
  if (mark?.left) return t("done_from_to", { from: mark.arrived ? time(shown(mark.arrived)) : "–", to: time(shown(mark.left)) });
  return mark?.arrived ? t("arrived_at", { time: time(shown(mark.arrived)) }) : "";
}

function later(rota) {
  const now = londonDate(shownNow());
  const dates = [...new Set((rota?.visits ?? []).map((visit) => londonDate(visit.planned.start)))].filter((date) => date > now).sort();
  if (dates.length === 0) return null;
  const part = (date) => [h("h3", {}, dayOf(date)), list(onDay(rota.visits, date), {})];
  return h("details", { id: "later" }, h("summary", {}, t("later_days")), dates.map(part));
}

function freshness(rota) {
  const words = rota && t("rota_from", { day: shortDay(shown(rota.fetched_at)), time: time(shown(rota.fetched_at)) });
  return h("p", { class: "fresh" }, words, " ", button(t("refresh"), fetchAgain, { kind: "small", id: "refresh" }));
}

async function fetchAgain() {
  try {
    await refresh();
    say(t("rota_fresh"));
  } catch (error) {
    say(error.code ? error.message : t("error_unreachable"));
  }
}
