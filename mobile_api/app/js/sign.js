// What was recorded becomes signed events, in the order in which it was recorded. One tab at a time continues a carer's
// chain; the event, its place in the chain and the end of its tap are one transaction.

import { digest, salt, utf8 } from "./bytes.js";
import { one, read, write } from "./db.js";
import { canonical } from "./jcs.js";
import { seal, signed as signature, unseal } from "./keys.js";
import { alone } from "./locks.js";
import { flush } from "./outbox.js";

export async function signAll(carer) {
  await alone(`chain:${carer}`, async () => {
    for (let tap = await oldest(carer); tap; tap = await oldest(carer)) await sign(tap);
  });
  await flush(carer);
}

const oldest = (carer) =>
  read(["taps"], async ({ taps }) => (await taps.getAll()).find((tap) => tap.carer === carer));

async function sign(tap) {
  const carer = await one("carers", tap.carer);
  if (!carer.key) throw Object.assign(new Error("The key is gone."), { code: "key_lost" });
  const event = await eventOf(tap, carer);
  const text = canonical(event.signed);
  const whole = { ...event, signature: await signature(carer.key, text) };
  const row = await rowOf(tap, whole);
  const prev = await digest(utf8(text));
  await write(["taps", "outbox", "carers"], async ({ taps, outbox, carers }) => {
    const latest = await carers.get(tap.carer);
    if (latest.seq !== carer.seq) throw new DOMException("Another tab continued the chain.", "AbortError");
    await outbox.add(row);
    await carers.put({ ...latest, seq: event.signed.seq, prev });
    await taps.delete(tap.n);
  });
}

async function eventOf(tap, carer) {
  const said = await unseal(tap.sealed);
  const fix = said.fix && { salt: salt(), ...said.fix };
  const payload = { salt: salt(), ...(TAKE_NONE.has(tap.kind) && { no_fix: "not_collected" }), ...said.payload };
  const signed = {
    type: "doorstep-event-1",
    id: tap.id,
    device_id: carer.device_id,
    seq: carer.seq + 1,
    prev: carer.prev ?? (await digest(utf8(carer.device_id))),
    kind: tap.kind,
    visit_id: tap.visit_id,
    occurred_at: tap.occurred_at,
    clock_id: tap.clock_id,
    monotonic_ms: tap.monotonic_ms,
    method: tap.method,
    fix_hash: fix && (await digest(utf8(canonical(fix)))),
    payload_hash: await digest(utf8(canonical(payload))),
  };
  return { signed, fix, payload };
}

// Events that never take a position say so; of the others it follows in an event of its own.
const TAKE_NONE = new Set(["task_done", "task_refused", "note", "activity_start", "activity_end"]);

// Kept sealed, as it was when it was recorded.
async function rowOf({ carer, id, kind, occurred_at }, event) {
  return { carer, seq: event.signed.seq, id, kind, occurred_at, sealed: await seal(event) };
}
