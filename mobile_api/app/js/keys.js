// Keys that cannot leave the phone: each carer's P-256 key that signs, and the installation's key that seals what is
// kept here. WebCrypto never hands out their secret halves, neither to this app nor to whoever runs code in it.

import { base64url, random, unUtf8, utf8 } from "./bytes.js";
import { read, write } from "./db.js";

const SIGNING = { name: "ECDSA", namedCurve: "P-256" };
const ES256 = { name: "ECDSA", hash: "SHA-256" };

export async function newSigningKey() {
  const pair = await crypto.subtle.generateKey(SIGNING, false, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { key: pair.privateKey, jwk: { kty, crv, x, y } };
}

// r and s, 32 bytes each, as base64url
export const signed = async (key, text) => base64url(await crypto.subtle.sign(ES256, key, utf8(text)));

let sealing = null;

async function sealingKey() {
  sealing ??= await madeOnce("seal", () =>
    crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
  );
  return sealing;
}

// Something kept under a name in `meta`, made by whichever tab is first.
export async function madeOnce(name, make) {
  const held = await read(["meta"], ({ meta }) => meta.get(name));
  if (held !== undefined) return held;
  const made = await make();
  return write(["meta"], async ({ meta }) => {
    const first = await meta.get(name);
    if (first !== undefined) return first;
    await meta.put(made, name);
    return made;
  });
}

export async function sealWith(key, value) {
  const iv = random(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, utf8(JSON.stringify(value)));
  return { iv, data };
}

export async function openWith(key, { iv, data }) {
  return JSON.parse(unUtf8(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data)));
}

export const seal = async (value) => sealWith(await sealingKey(), value);
export const unseal = async (sealed) => openWith(await sealingKey(), sealed);
