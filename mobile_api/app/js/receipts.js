// A receipt is what lets an event go: the server's list of what it holds, signed with its key (Ed25519).

import { serverKeys } from "./api.js";
import { unBase64url, utf8 } from "./bytes.js";
import { londonDate } from "./clock.js";
import { all, put, read } from "./db.js";
import { canonical } from "./jcs.js";

// Whether `batch` was signed by the server. A browser that knows no Ed25519 takes the server's word, over TLS.
export async function isSigned(batch, { kid, signature }) {
  let key;
  try {
    key = await crypto.subtle.importKey("raw", await keyNamed(kid), "Ed25519", false, ["verify"]);
  } catch (error) {
    if (error.name === "NotSupportedError") return true;
    throw error;
  }
  return crypto.subtle.verify("Ed25519", key, unBase64url(signature), utf8(canonical(batch)));
}

async function keyNamed(kid) {
  const held = (await read(["meta"], ({ meta }) => meta.get("server_keys"))) ?? {};
  if (held[kid]) return held[kid];
  const fresh = { ...held, ...(await serverKeys()) };
  await put("meta", fresh, "server_keys");
  if (!fresh[kid]) throw new Error(`The server does not publish its key ${kid}.`);
  return fresh[kid];
}

// A carer's receipts: all on this phone but those of the others who enrolled on it.
export async function receiptsOf(carer) {
  const others = (await all("carers")).filter(({ id, device_id }) => id !== carer && device_id).map(({ device_id }) => device_id);
  return (await all("receipts")).filter(({ text }) => !others.includes(JSON.parse(text)[0]?.device_id));
}

// They as a file for whoever holds them against the server's records one day: what was signed, and the signatures.
export function receiptsFile(receipts, now) {
  const signed = receipts.map(({ text, kid, signature }) => ({ text, kid, signature }));
  return new File([JSON.stringify(signed)], `doorstep-receipts_${londonDate(now)}.json`, { type: "application/json" });
}
