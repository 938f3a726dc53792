// The carer's visits: fetched when there is a network, kept sealed, read back when there is none.

import { asked, kept, keepSealed } from "./carers.js";
import { dayAfter, instant, londonDate, now, shown, shownNow } from "./clock.js";
import { ofCarer, read } from "./db.js";

const DAYS = 8;
const STAYS_MS = 8 * 3_600_000;

// {visits, etag, fetched_at}, or null where nothing was fetched yet.
export const held = kept;

// Fetches what is new, from yesterday on: a visit of the night goes on past midnight. Throws Unreachable or Refused.
export async function refresh() {
  const before = await kept();
  const headers = before?.etag ? { "If-None-Match": before.etag } : {};
  let answer;
  try {
    answer = await asked("GET", `/rota?from=${dayAfter(londonDate(shownNow()), -1)}&days=${DAYS}`, { headers });
  } catch (error) {
    if (error.status !== 304) throw error;
    return keepSealed({ ...before, fetched_at: instant(now()) }, indexOf(before.visits));
  }
  const { visits } = answer.data;
  return keepSealed({ visits, etag: answer.headers.get("ETag"), fetched_at: instant(now()) }, indexOf(visits));
}

// What stays readable while the rota is locked, so that arriving needs no PIN: ids and times, nothing about anybody.
function indexOf(visits) {
  return visits.filter((visit) => visit.status === "planned").map(({ id, planned }) => ({ id, planned }));
}

// What was recorded of each visit, by its id.
export async function marksOf(carer) {
  const rows = await read(["marks"], ({ marks }) => marks.getAll(ofCarer(carer)));
  return Object.fromEntries(rows.map((row) => [row.about, row]));
}

const inOrder = (one, other) => one.planned.start.localeCompare(other.planned.start);

export const onDay = (visits, date) => visits.filter((visit) => londonDate(visit.planned.start) === date).sort(inOrder);

// What is to be done at an instant: the visits of its day, and those from before midnight that go on.
export const onHand = (visits, marks, at) =>
  visits.filter((visit) => londonDate(visit.planned.start) === londonDate(at) || goesOn(visit, marks[visit.id], at)).sort(inOrder);

// Until its end; one that she is at for hours beyond, but not into the next day's round: there she forgot to leave.
function goesOn({ planned }, mark, at) {
  const end = new Date(planned.end);
  const until = mark?.arrived && !mark.left ? Math.max(end, shown(mark.arrived)) + STAYS_MS : end;
  return new Date(planned.start) < at && at < until;
}

// The visit to put first: the one she is at, else the next that she has not left and that was not called off.
export function nextOf(visits, marks) {
  const open = visits.filter((visit) => visit.status !== "cancelled" && !marks[visit.id]?.left && !marks[visit.id]?.refused);
  return open.find((visit) => marks[visit.id]?.arrived) ?? open[0] ?? null;
}
