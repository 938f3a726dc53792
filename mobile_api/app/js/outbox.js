// Handing in what is signed. An event leaves the phone's store only in the transaction that stores its receipt; whatever
// the server or the network does before, it is sent again, and the server answers a second copy with the first receipt.

import { call, Refused, Unreachable } from "./api.js";
import { digest, utf8 } from "./bytes.js";
import { clockId, instant, monotonicMs, now } from "./clock.js";
import { all, ofCarer, one, read, write } from "./db.js";
import { canonical } from "./jcs.js";
import { unseal } from "./keys.js";
import { alone } from "./locks.js";
import { tell } from "./news.js";
import { isSigned } from "./receipts.js";

const MOST = 100;
const SEND_LIMIT_MS = 60_000;
const WAITS_MS = [5_000, 15_000, 60_000, 300_000];

export const sending = { failed: null, failures: 0, timer: 0 };

// How many events of all carers have no receipt yet, those not signed yet included.
export const unsent = () =>
  read(["taps", "outbox"], async ({ taps, outbox }) => (await taps.count()) + (await outbox.count()));

export const isUnsent = (id) =>
  read(["taps", "outbox"], async ({ taps, outbox }) => [...(await taps.getAll()), ...(await outbox.getAll())].some((row) => row.id === id));

const waiting = new Map();

// Hands in all that is signed of one carer, once no other tab is doing it. However often it is asked for while it waits
// for its turn, it has one.
export function flush(carer) {
  if (!waiting.has(carer)) {
    const turn = alone(`flush:${carer}`, () => {
      waiting.delete(carer);
      return handIn(carer);
    });
    waiting.set(carer, turn);
  }
  return waiting.get(carer);
}

async function handIn(id) {
  const carer = await one("carers", id);
  if (!carer?.device_id) return;
  try {
    for (let rows = await next(id); rows.length > 0; rows = await next(id)) await send(carer, rows);
    Object.assign(sending, { failed: null, failures: 0 });
  } catch (error) {
    failed(error, id);
  } finally {
    tell();
  }
}

const next = (carer) => read(["outbox"], ({ outbox }) => outbox.getAll(ofCarer(carer), MOST));

function failed(error, carer) {
  sending.failed = error instanceof Unreachable ? "unreachable" : (error.code ?? error.message);
  const wait = (error.retryAfter ?? 0) * 1000 || WAITS_MS[Math.min(sending.failures, WAITS_MS.length - 1)];
  sending.failures += 1;
  clearTimeout(sending.timer);
  sending.timer = setTimeout(() => flush(carer), wait);
}

async function send(carer, rows) {
  const events = await Promise.all(rows.map((row) => unseal(row.sealed)));
  const answer = await call(carer, "POST", "/events", await request(carer, events));
  if (answer.status === 400 || answer.status === 413) return halved(carer, rows, events);
  if (answer.status !== 200 || !answer.data) {
    if (answer.status >= 500 || answer.status === 200) throw new Unreachable(`HTTP ${answer.status}`);
    throw new Refused(answer.status, answer.data, Number(answer.headers.get("Retry-After")));
  }
  return keep(rows, answer.data);
}

async function request(carer, events) {
  const sent_at = instant(now());
  const envelope = { device_id: carer.device_id, sent_at, clock_id: clockId, sent_monotonic_ms: monotonicMs(), events };
  const body = utf8(JSON.stringify(envelope));
  return { body, claims: { sent_at, body_sha256: await digest(body) }, limit: SEND_LIMIT_MS };
}

// The whole call was no batch to the server: find the event that is at fault, and hand that one in as bytes.
async function halved(carer, rows, events) {
  if (rows.length > 1) {
    const middle = Math.ceil(rows.length / 2);
    await send(carer, rows.slice(0, middle));
    return send(carer, rows.slice(middle));
  }
  const answer = await call(carer, "POST", "/events/raw", { body: utf8(JSON.stringify(events[0])), limit: SEND_LIMIT_MS });
  if (answer.status !== 200 || !answer.data) throw new Unreachable(`HTTP ${answer.status}`);
  const outcome = { outcome: "quarantined", code: "kept_unread" };
  return letGo(rows, answer.data, [outcome]);
}

async function keep(rows, answer) {
  const mine = rows.every((row, index) => answer.batch[index]?.event_id === row.id);
  if (!mine || !(await isSigned(answer.batch, answer.batch_signature))) throw new Unreachable("No receipt for these events.");
  await letGo(rows, answer, answer.results);
}

async function letGo(rows, { batch, batch_signature }, results) {
  const receipt = { at: instant(now()), text: canonical(batch), ...batch_signature };
  await write(["outbox", "receipts", "outcomes"], async ({ outbox, receipts, outcomes }) => {
    await receipts.add(receipt);
    for (const [index, row] of rows.entries()) {
      await outbox.delete([row.carer, row.seq]);
      const { outcome, code } = results[index];
      const { carer, id, kind, occurred_at } = row;
      if (code) await outcomes.put({ carer, id, kind, occurred_at, outcome, code });
    }
  });
  tell();
}

// Hands in what every carer of this phone has, whoever is signed in.
export async function flushEverybody() {
  clearTimeout(sending.timer);
  await Promise.all((await all("carers")).map((carer) => flush(carer.id)));
}
