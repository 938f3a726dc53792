// Time besides visits: each kind is begun and ended by a tap. Waking work during a sleep-in runs beside it.

import { record } from "./record.js";

export const KINDS = ["travel", "break", "waiting", "training", "supervision", "meeting", "handover", "sleep_in", "home"];

const markOf = (kind) => (kind === "awake" ? "awake" : "activity");

export const begin = (carer, activity) =>
  record(carer, { kind: "activity_start", payload: { activity } }, markOf(activity), (mark, tap) =>
    mark.activity ? null : { activity, since: tap.occurred_at },
  );

export const end = (carer, activity) =>
  record(carer, { kind: "activity_end", payload: { activity } }, markOf(activity), (mark) =>
    mark.activity === activity ? {} : null,
  );
