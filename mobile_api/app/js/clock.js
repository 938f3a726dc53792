// The phone's own clocks, as they stand, right or wrong: the server measures how far they are off.

import { read, put } from "./db.js";

export const clockId = crypto.randomUUID(); // one per page load
export const monotonicMs = () => Math.round(performance.now());
export const now = () => new Date();
export const instant = (date) => date.toISOString().replace("Z", "+00:00");

const WRONG_MS = 120_000; // the same two minutes that the server allows
let aheadMs = 0;

// How far the server's clock is ahead of this phone's, from its last answer; only what is shown is corrected by it.
export async function noteServerTime(text) {
  aheadMs = new Date(text).getTime() - Date.now();
  await put("meta", aheadMs, "server_ahead_ms");
}

export async function recallServerTime() {
  aheadMs = (await read(["meta"], ({ meta }) => meta.get("server_ahead_ms"))) ?? 0;
}

export const clockIsWrong = () => Math.abs(aheadMs) > WRONG_MS;
export const shownNow = () => shown(Date.now());

// An instant of this phone's clock as it is shown: put right where the clock is wrong.
export const shown = (at) => new Date(new Date(at).getTime() + (clockIsWrong() ? aheadMs : 0));

const LONDON = { timeZone: "Europe/London" };
const dateParts = new Intl.DateTimeFormat("en-CA", { ...LONDON, year: "numeric", month: "2-digit", day: "2-digit" });

export const londonDate = (at) => dateParts.format(new Date(at));

const clockParts = new Intl.DateTimeFormat("en-CA", { ...LONDON, dateStyle: "short", timeStyle: "medium", hourCycle: "h23" });

// How far London's clocks are ahead of UTC at an instant, in milliseconds.
function londonAhead(at) {
  const text = clockParts.format(new Date(at)).replace(", ", "T");
  return Date.parse(`${text}Z`) - Math.floor(at / 1000) * 1000;
}

// The instant at which London's clocks show a time (HH:MM) of a day (YYYY-MM-DD): in the hour that comes twice, the first.
export function londonInstant(date, time) {
  const shown = Date.parse(`${date}T${time}:00Z`);
  const [before, after] = [londonAhead(shown - 12 * 3_600_000), londonAhead(shown + 12 * 3_600_000)];
  const first = shown - Math.max(before, after);
  return new Date(londonAhead(first) === Math.max(before, after) ? first : shown - Math.min(before, after));
}

export const dayAfter = (date, days = 1) => new Date(Date.parse(`${date}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
