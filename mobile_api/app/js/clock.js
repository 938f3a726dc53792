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
export const shownNow = () => new Date(Date.now() + (clockIsWrong() ? aheadMs : 0));

const LONDON = { timeZone: "Europe/London" };
const dateParts = new Intl.DateTimeFormat("en-CA", { ...LONDON, year: "numeric", month: "2-digit", day: "2-digit" });

export const londonDate = (at) => dateParts.format(new Date(at));
