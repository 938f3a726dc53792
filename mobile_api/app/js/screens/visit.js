// One visit: where it is, how to get in, what to do there, and what to tell the office.

import { chosen, current } from "../carers.js";
import { londonDate } from "../clock.js";
import { button, field, h, link, say } from "../dom.js";
import { day, t, time, tOr } from "../i18n.js";
import { held, marksOf } from "../rota.js";
import { heldToken } from "../token.js";
import { note, refusedEntry, task } from "../visits.js";
import { company, doorButton, readLink } from "./door.js";

export async function show(id) {
  const visit = (await held())?.visits.find((one) => one.id === id);
  if (!visit) return h("div", { class: "screen" }, h("h1", {}, t("visit_gone")), back());
  const carer = await chosen();
  const mark = (await marksOf(current()))[id];
  return h(
    "div",
    { class: "screen" },
    back(),
    h("h1", { "data-title": t("segment_contact") }, visit.person.name),
    h("p", { class: "when" }, `${day(visit.planned.start)}, ${time(visit.planned.start)} – ${time(visit.planned.end)}`),
    visit.status === "cancelled" ? h("p", { class: "banner" }, t("cancelled")) : [doorButton(current(), id, mark, await heldToken()), readLink(visit, mark)],
    place(visit),
    company(visit, carer),
    tasks(visit, mark),
    notes(id, mark),
    !mark?.left && !mark?.refused && refusal(id),
    h("p", {}, link(t("times_wrong"), `#/correct/${id}/${londonDate(visit.planned.start)}`, { id: "wrong" })),
    h("p", {}, link(t("help_open"), "#/help", { id: "help" })),
  );
}

const back = () => h("p", {}, link(`‹ ${t("menu_today")}`, "#/today", { id: "back" }));

function place(visit) {
  const [first] = visit.places;
  return h(
    "section",
    { class: "part" },
    h("p", { class: "where" }, visit.address),
    first && link(t("map"), `geo:${first.lat},${first.lon}?q=${encodeURIComponent(visit.address)}`, { class: "button plain", id: "map" }),
    visit.access_note && h("p", { class: "access" }, h("strong", {}, `${t("access")} `), visit.access_note),
  );
}

function tasks(visit, mark) {
  if (visit.tasks.length === 0) return null;
  const aspects = Map.groupBy ? Map.groupBy(visit.tasks, (one) => one.aspect) : grouped(visit.tasks);
  const part = ([aspect, members]) => [
    h("h3", {}, tOr(`aspect_${aspect.replaceAll(" ", "_")}`, aspect)),
    h("ul", { class: "tasks" }, members.map((one) => taskRow(visit.id, one, mark?.tasks?.[one.id]))),
  ];
  return h("section", { class: "part" }, h("h2", {}, t("tasks")), [...aspects].map(part));
}

function grouped(tasks) {
  const found = new Map();
  for (const one of tasks) found.set(one.aspect, [...(found.get(one.aspect) ?? []), one]);
  return found;
}

function taskRow(visit, { id, text }, done) {
  const choose = (wanted) => () => task(current(), visit, id, wanted).then((recorded) => recorded && say(t("noted")));
  const way = (wanted, words) =>
    button(words, choose(wanted), { kind: "toggle", id: `task-${id}-${wanted}`, "aria-pressed": String(done === wanted), "aria-label": `${text}: ${words}` });
  return h("li", {}, h("span", {}, text), h("span", { class: "pair" }, way(true, t("task_done")), way(false, t("task_not_done"))));
}

function notes(id, mark) {
  return h(
    "section",
    { class: "part" },
    h("h2", {}, t("notes")),
    mark?.notes && h("p", { class: "hint" }, t("notes_kept", { count: mark.notes })),
    field("note", t("note_label"), { area: true, rows: 3, maxlength: 2000 }),
    button(t("note_do"), () => send("note", (words) => words && note(current(), id, words)), { kind: "plain", id: "note-send" }),
  );
}

function refusal(id) {
  return h(
    "details",
    { id: "refusal" },
    h("summary", {}, t("refusal")),
    field("refusal-words", t("refusal_label"), { area: true, rows: 2, maxlength: 500 }),
    button(t("refusal_do"), () => send("refusal-words", (words) => refusedEntry(current(), id, words)), { kind: "plain", id: "refusal-send" }),
  );
}

async function send(from, work) {
  const input = document.getElementById(from);
  const words = input.value.trim();
  input.value = "";
  if (await work(words)) say(t("noted"));
}
