// Time besides visits: training, breaks, waiting, a sleep-in.

import { begin, end, KINDS } from "../activities.js";
import { current } from "../carers.js";
import { shown } from "../clock.js";
import { answer, button, draw, h, say } from "../dom.js";
import { t, time } from "../i18n.js";
import { marksOf } from "../rota.js";

export async function show() {
  const { activity, awake } = await marksOf(current());
  const asleep = activity?.activity === "sleep_in";
  return h(
    "div",
    { class: "screen" },
    h("h1", {}, t("menu_activities")),
    activity?.activity ? running(activity) : h("p", {}, t("activities_words")),
    awake?.activity && running(awake),
    asleep && !awake?.activity && starter("awake", "big"),
    !activity?.activity && h("div", { class: "starters" }, KINDS.map((kind) => starter(kind, "plain"))),
  );
}

function running({ activity, since }) {
  return h(
    "section",
    { class: "card at" },
    h("h2", {}, t(`activity_${activity}`)),
    h("p", { class: "here" }, t("activity_since", { time: time(shown(since)) })),
    button(t("activity_end"), (event) => tapped(event, end, activity), { kind: "huge leaving", id: `end-${activity}` }),
  );
}

const starter = (kind, look) =>
  button(t(`activity_${kind}`), (event) => tapped(event, begin, kind), { kind: look, id: `begin-${kind}` });

async function tapped(event, work, activity) {
  answer(event, t("recording"));
  const recorded = await work(current(), activity);
  say(t(recorded ? "noted" : "already"));
  draw();
}
