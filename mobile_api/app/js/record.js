// Recording what a carer does. It asks for nothing: no network, no token, no PIN, no position. One transaction looks at
// what was recorded before, notes what is recorded now and is on disk; then it is shown. Signing and sending follow.

import { clockId, instant, monotonicMs, now } from "./clock.js";
import { write } from "./db.js";
import { seal } from "./keys.js";
import { tell } from "./news.js";
import { sending } from "./outbox.js";
import { reading } from "./position.js";
import { signAll } from "./sign.js";

export const SETTLES_MS = 2_000;
const DOOR = new Set(["check_in", "check_out"]);
const KEEPS_POSITION = new Set(["check_in", "check_out", "refused_entry", "help"]);

let notKeptAt = null;

// When the phone could not store what a carer tapped last, by its own clock; null if it could.
export const notKept = () => notKeptAt;

// Records one event of a carer. `about` names its mark (a visit's id, "activity", ...); `step(mark)` answers the mark as
// it is afterwards, or null where the same was recorded before: a second tap, or another tab. Returns the event's id,
// null if nothing was recorded.
export async function record(carer, event, about = null, step = (mark) => mark) {
  const { payload = {}, fix = null, ...said } = event;
  const tap = {
    carer,
    id: crypto.randomUUID(),
    visit_id: null,
    method: "gps",
    ...said,
    occurred_at: instant(now()),
    clock_id: clockId,
    monotonic_ms: monotonicMs(),
  };
  const recorded = await kept(tap, { payload, fix }, about, step);
  if (!recorded) return null;
  tell();
  follow(tap);
  return tap.id;
}

// A phone without room, or whose browser fails, must not look as if it had taken the tap: the header says so.
async function kept(tap, secret, about, step) {
  try {
    tap.sealed = await seal(secret); // words and places are for the office, not for whoever finds the phone
    const recorded = await write(["taps", "marks"], (stores) => noted(stores, tap, about, step));
    if (tap.kind !== "fix") notKeptAt = null;
    return recorded;
  } catch (error) {
    if (tap.kind !== "fix") notKeptAt = tap.occurred_at;
    tell();
    throw error;
  }
}

async function noted({ taps, marks }, tap, about, step) {
  if (DOOR.has(tap.kind) && (await tooSoon(marks, tap))) return false;
  if (about !== null) {
    const held = await marks.get([tap.carer, about]);
    const next = step(held ?? {}, tap);
    if (next === null) return false;
    await marks.put({ ...next, carer: tap.carer, about, changed_at: tap.occurred_at });
  }
  await taps.add(tap);
  return true;
}

// A second tap within two seconds of arriving or leaving is the first one again, even where the button has changed.
async function tooSoon(marks, { carer, occurred_at }) {
  const last = await marks.get([carer, "door"]);
  const since = new Date(occurred_at) - new Date(last?.changed_at ?? 0);
  if (since >= 0 && since < SETTLES_MS) return true;
  await marks.put({ carer, about: "door", changed_at: occurred_at });
  return false;
}

function follow(tap) {
  signAll(tap.carer).catch(notSigned).finally(tell);
  if (KEEPS_POSITION.has(tap.kind)) place(tap);
}

// What cannot be signed now stays recorded, and is loudly among what is not sent.
export function notSigned(error) {
  sending.failed = error.code ?? error.message;
}

// The position comes when it comes, as an event of its own; that there is none is said the same way.
async function place(tap) {
  const { fix, no_fix } = await reading();
  const payload = { event_id: tap.id, ...(no_fix && { no_fix }) };
  await record(tap.carer, { kind: "fix", visit_id: tap.visit_id, fix, payload });
}
