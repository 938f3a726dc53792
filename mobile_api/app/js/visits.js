// What a carer records at a visit. Each answers the event's id, or null if the same was recorded already.

import { record } from "./record.js";

const proved = (token) => (token ? { method: token.method, payload: { token: token.text } } : {});

export const arrive = (carer, visit_id, token) =>
  record(carer, { kind: "check_in", visit_id, ...proved(token) }, visit_id, (mark, tap) =>
    mark.arrived ? null : { ...mark, arrived: tap.occurred_at, check_in_id: tap.id },
  );

export const leave = (carer, visit_id, token) =>
  record(carer, { kind: "check_out", visit_id, ...proved(token) }, visit_id, (mark, tap) =>
    mark.left ? null : { ...mark, left: tap.occurred_at },
  );

// A visit that nobody planned: its own id on this phone, null to the server, which knows it by its check-in.
export const arriveUnplanned = (carer, words) =>
  record(carer, { kind: "check_in", payload: { words } }, "unplanned", (mark, tap) =>
    mark.arrived ? null : { arrived: tap.occurred_at, check_in_id: tap.id },
  );

export const leaveUnplanned = (carer, check_in_id) =>
  record(carer, { kind: "check_out", payload: { check_in_id } }, "unplanned", (mark) =>
    mark.check_in_id === check_in_id ? {} : null,
  );

export const task = (carer, visit_id, task_id, done) =>
  record(carer, { kind: done ? "task_done" : "task_refused", visit_id, payload: { task_id } }, visit_id, (mark) =>
    mark.tasks?.[task_id] === done ? null : { ...mark, tasks: { ...mark.tasks, [task_id]: done } },
  );

export const note = (carer, visit_id, words) =>
  record(carer, { kind: "note", visit_id, payload: { words } }, visit_id, (mark) => ({ ...mark, notes: (mark.notes ?? 0) + 1 }));

export const refusedEntry = (carer, visit_id, words) =>
  record(carer, { kind: "refused_entry", visit_id, payload: words ? { words } : {} }, visit_id, (mark, tap) =>
    mark.refused ? null : { ...mark, refused: tap.occurred_at },
  );

export const help = (carer, visit_id) =>
  record(carer, { kind: "help", visit_id }, "help", (mark, tap) => ({ event_id: tap.id, called_at: tap.occurred_at }));
