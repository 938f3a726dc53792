// Calls to the server. Each is proved by the carer's key (DPoP, RFC 9449) with a nonce of the server's, so that neither
// a stolen token nor a wrong clock matters.

import { base64url, digest, unBase64url, utf8 } from "./bytes.js";
import { noteServerTime } from "./clock.js";
import { signed } from "./keys.js";

const BASE = "/mobile/v1";
const NONCE_MS = 200_000; // fresh for 300 s at the server
const LIMIT_MS = 30_000;

// The server could not be reached, or answered nothing whole.
export class Unreachable extends Error {}

// It answered, and not as hoped: `code` is stable, `detail` the server's own words.
export class Refused extends Error {
  constructor(status, problem, retryAfter) {
    super(problem?.detail ?? `HTTP ${status}`);
    Object.assign(this, { status, code: problem?.code ?? `http_${status}`, faults: problem?.errors ?? [], retryAfter });
  }
}

let nonce = null;
let nonceAt = { ticks: 0, wall: 0 };

async function sent(path, options) {
  const limit = AbortSignal.timeout ? { signal: AbortSignal.timeout(options.limit ?? LIMIT_MS) } : {};
  try {
    const response = await fetch(path, { cache: "no-store", credentials: "omit", ...limit, ...options });
    const fresh = response.headers.get("DPoP-Nonce");
    if (fresh) [nonce, nonceAt] = [fresh, { ticks: performance.now(), wall: Date.now() }];
    const body = new Uint8Array(await response.arrayBuffer());
    return { response, body };
  } catch (error) {
    throw new Unreachable(error.message);
  }
}

// By both clocks: one of them may stand still while the phone sleeps, the other may be set.
function nonceIsFresh() {
  const [ticks, wall] = [performance.now() - nonceAt.ticks, Date.now() - nonceAt.wall];
  return nonce !== null && ticks < NONCE_MS && wall >= 0 && wall < NONCE_MS;
}

async function freshNonce() {
  if (!nonceIsFresh()) await sent(`${BASE}/nonce`, { method: "GET" });
}

async function proof(carer, method, path, claims) {
  const head = { typ: "dpop+jwt", alg: "ES256", jwk: carer.jwk };
  const htu = location.origin + path.split("?")[0];
  const body = { jti: crypto.randomUUID(), htm: method, htu, iat: 0, nonce, ...claims };
  const text = [head, body].map((part) => base64url(utf8(JSON.stringify(part)))).join(".");
  return `${text}.${await signed(carer.key, text)}`;
}

// A phone whose key is gone proves nothing; what it signed before is taken all the same.
async function proofs(carer, method, path, claims) {
  if (!carer.key) return {};
  await freshNonce();
  return { DPoP: await proof(carer, method, path, claims) };
}

// One call of a carer's phone. `json` or `body` (bytes) is what is sent; `claims` stand in the proof; with `token` it is
// sent along. Answers {status, data, headers}, data null where the body is no JSON. Throws Unreachable.
export async function call(carer, method, path, { json, body, claims = {}, token, headers = {}, limit } = {}) {
  const bytes = json === undefined ? body : utf8(JSON.stringify(json));
  const given = token ? { ...claims, ath: await digest(utf8(token)) } : claims;
  for (let attempt = 0; ; attempt += 1) {
    const all = { ...(await proofs(carer, method, BASE + path, given)), ...headers };
    if (bytes) all["Content-Type"] ??= "application/json";
    if (token) all.Authorization = `DPoP ${token}`;
    const answer = await sent(BASE + path, { method, headers: all, body: bytes, limit });
    const stale = answer.response.headers.get("WWW-Authenticate")?.includes("use_dpop_nonce");
    if (!stale || attempt > 0) return finished(answer);
  }
}

async function finished({ response, body }) {
  const data = parsed(response, body);
  if (data?.server_time) await noteServerTime(data.server_time);
  return { status: response.status, data, headers: response.headers, body };
}

function parsed(response, body) {
  if (!response.headers.get("Content-Type")?.includes("json") || body.length === 0) return null;
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    throw new Unreachable("The answer was cut off.");
  }
}

// The same, for a call that must succeed. Throws Refused.
export async function good(carer, method, path, options) {
  const answer = await call(carer, method, path, options);
  if (answer.status >= 200 && answer.status < 300) return answer;
  if (answer.status >= 500) throw new Unreachable(`HTTP ${answer.status}`);
  throw new Refused(answer.status, answer.data, Number(answer.headers.get("Retry-After")) || 0);
}

// The keys that receipts are checked with, by their name.
export async function serverKeys() {
  const { response, body } = await sent("/schema/keys", { method: "GET" });
  if (!response.ok) throw new Unreachable(`HTTP ${response.status}`);
  return Object.fromEntries(parsed(response, body).keys.map((key) => [key.kid, unBase64url(key.x)]));
}
