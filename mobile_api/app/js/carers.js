// Who uses this phone: enrolling, opening and closing a carer's rota, and the token that the server wants for reading.

import { good, Refused } from "./api.js";
import { instant, now } from "./clock.js";
import { all, ofCarer, one, read, write } from "./db.js";
import { madeOnce, newSigningKey, openWith, sealWith } from "./keys.js";
import { tell } from "./news.js";
import { pinOf, sealedByPasskey } from "./passkeys.js";
import { newVault, openedBy } from "./vault.js";

const MOST_FAILURES = 5;
const TOKEN_SPARE_MS = 60_000;
const NO_ROTA = { lock: null, sealed: null, index: [], passkey: null };

// In memory alone: closing the window closes the rota.
let open = null; // {id, key, pin, token, until}

export const current = () => open?.id ?? null;
export const everyone = async () => (await all("carers")).filter((carer) => carer.device_id);
export const enrolled = async () => (await everyone()).filter((carer) => !carer.replaced);

export async function chosen() {
  const id = await read(["meta"], ({ meta }) => meta.get("chosen"));
  const carers = await enrolled();
  return carers.find((carer) => carer.id === id) ?? carers[0] ?? null;
}

export const choose = (id) => changed("meta", (meta) => meta.put(id, "chosen"));

async function changed(name, work) {
  await write([name], (stores) => work(stores[name]));
  tell();
}

async function altered(id, changes) {
  await changed("carers", async (carers) => carers.put({ ...(await carers.get(id)), ...changes }));
}

// The key is kept under its code before the call: should the answer be lost, the same call is made again with it.
async function candidate(code) {
  const waiting = (await all("carers")).find((carer) => carer.code === code);
  if (waiting) return waiting;
  const made = { id: crypto.randomUUID(), code, ...(await newSigningKey()), device_id: null, seq: 0, prev: null };
  await write(["carers"], ({ carers }) => carers.put(made));
  return made;
}

export async function enrol(code, pin, name) {
  const carer = await candidate(code.trim().toUpperCase());
  const install_id = await madeOnce("install_id", () => crypto.randomUUID());
  const device = { name, platform: "web", public_key: carer.jwk };
  const json = { code: carer.code, install_id, device, pin };
  const { data } = await good(carer, "POST", "/enrol", { json });
  const { key, lock } = await newVault(pin);
  const known = { device_id: data.device_id, carer_id: data.carer.id, name: data.carer.name, provider: data.provider.name };
  await altered(carer.id, { ...known, code: null, enrolled_at: data.server_time, lock, failures: 0, sealed: null, index: [] });
  await replaceOlder(carer.id, data.carer.id);
  await choose(carer.id);
  open = { id: carer.id, key, pin, ...tokenOf(data) };
  noteEnrolled();
  return carer.id;
}

// The same carer was set up here before: her old key goes on sending what it signed. Where it is gone, what it could not sign
// any more is signed by the new one.
async function replaceOlder(id, carer_id) {
  await write(["carers", "taps"], async ({ carers, taps }) => {
    for (const old of await carers.getAll()) {
      if (old.id === id || old.carer_id !== carer_id) continue;
      await carers.put({ ...old, ...NO_ROTA, replaced: true });
      for (const tap of old.key ? [] : await taps.getAll()) if (tap.carer === old.id) await taps.put({ ...tap, carer: id });
    }
  });
}

const tokenOf = ({ token, expires_at, server_time }) => ({
  token,
  until: performance.now() + (new Date(expires_at) - new Date(server_time)) - TOKEN_SPARE_MS,
});

// Opens a carer's rota with her PIN, offline where the rota is on the phone. Throws Refused pin_wrong or locked.
export async function unlock(id, pin) {
  const carer = await one("carers", id);
  const key = carer.lock && (await openedBy(pin, carer.lock));
  if (key) {
    open = { id, key, pin, token: null, until: 0 };
    await altered(id, { failures: 0 });
  } else if (carer.lock) {
    await failedOnce(id);
  } else {
    await unlockByServer(carer, pin);
  }
  await choose(id);
}

// Lets a finger or a face open the rota that is open now. False where this phone's passkeys cannot.
export async function addPasskey() {
  const { id, pin } = open;
  const passkey = await sealedByPasskey(pin, (await one("carers", id)).name);
  if (passkey) await altered(id, { passkey });
  return passkey !== null;
}

export async function unlockByPasskey(id) {
  const { passkey } = await one("carers", id);
  await unlock(id, await pinOf(passkey));
}

async function failedOnce(id) {
  const carer = await one("carers", id);
  const failures = carer.failures + 1;
  const wiped = failures >= MOST_FAILURES ? NO_ROTA : {};
  await altered(id, { failures, ...wiped });
  throw new Refused(403, { code: failures >= MOST_FAILURES ? "wiped" : "pin_wrong" });
}

// After sign-out or five wrong PINs nothing is left to open: the server says whether the PIN is right.
async function unlockByServer(carer, pin) {
  const { data } = await good(carer, "POST", "/session", { json: { device_id: carer.device_id, pin } });
  const { key, lock } = await newVault(pin);
  await altered(carer.id, { lock, failures: 0, sealed: null, index: [] });
  open = { id: carer.id, key, pin, ...tokenOf(data) };
}

// A token for reading calls. Throws Unreachable or Refused.
async function token(carer) {
  if (open.token && performance.now() < open.until) return open.token;
  const json = { device_id: carer.device_id, pin: open.pin };
  Object.assign(open, tokenOf((await good(carer, "POST", "/session", { json })).data));
  return open.token;
}

// A call that reads, for the carer whose rota is open; a token that the server no longer takes is renewed once.
export async function asked(method, path, options = {}) {
  const carer = await one("carers", open.id);
  try {
    return await good(carer, method, path, { ...options, token: await token(carer) });
  } catch (error) {
    if (error.code === "revoked") await altered(carer.id, NO_ROTA);
    if (error.status !== 401 || !open) throw error;
    open.until = 0;
    return good(carer, method, path, { ...options, token: await token(carer) });
  }
}

export async function keepSealed(value, index) {
  const { id, key } = open;
  await altered(id, { sealed: await sealWith(key, value), index });
}

export async function kept() {
  if (!open) return null;
  const { sealed } = await one("carers", open.id);
  return sealed ? openWith(open.key, sealed) : null;
}

// Closes the rota; it stays sealed on the phone for its carer's PIN.
export function lock() {
  open = null;
  tell();
}

// Nothing about service users stays; what was recorded and not sent does, for it is sent for every carer.
export async function signOut() {
  const id = open.id;
  open = null;
  await write(["carers", "marks", "meta"], async ({ carers, marks, meta }) => {
    await meta.delete("token");
    await carers.put({ ...(await carers.get(id)), ...NO_ROTA });
    for (const mark of await marks.getAll(ofCarer(id))) await marks.put(bare(mark));
  });
  tell();
}

// When she arrived and left, by the visit's id: enough to check out after signing in again.
function bare({ tasks, notes, ...rest }) {
  return rest;
}

const MARKS_KEPT_MS = 3 * 24 * 3_600_000;

// Marks of long ago go: what they say is with the server, or in the outbox.
export async function forgetOldMarks() {
  const oldest = instant(new Date(Date.now() - MARKS_KEPT_MS));
  await write(["marks"], async ({ marks }) => {
    for (const { carer, about, changed_at } of await marks.getAll())
      if (changed_at < oldest) await marks.delete([carer, about]);
  });
}

const TRACE = "doorstep-enrolled";

// A trace outside the database: where it stands and the database is empty, the browser threw our records away.
function noteEnrolled() {
  localStorage.setItem(TRACE, instant(now()));
}

export async function wasPurged() {
  return localStorage.getItem(TRACE) !== null && (await all("carers")).length === 0;
}
