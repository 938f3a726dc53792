// Opening a rota with a finger or a face: a passkey of this phone alone, whose own secret (WebAuthn, extension prf) opens the
// sealed PIN. It works without a network, and the server learns nothing of it; the PIN goes on working beside it.

import { random, utf8 } from "./bytes.js";
import { openWith, sealWith } from "./keys.js";

const WAITS_MS = 60_000;
const COMMON = { timeout: WAITS_MS, userVerification: "required" };
const KINDS = [-7, -257].map((alg) => ({ type: "public-key", alg }));

// Whether this phone can tell its owner by itself.
export async function possible() {
  return Boolean(await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.());
}

// A new passkey that opens `pin`: what is to be kept of it, or null where the phone's passkeys hold no such secret.
export async function sealedByPasskey(pin, name) {
  const salt = random(32);
  const user = { id: random(16), name, displayName: name };
  const rp = { id: location.hostname, name: "Doorstep" };
  const authenticatorSelection = { authenticatorAttachment: "platform", residentKey: "preferred", userVerification: "required" };
  const publicKey = { ...COMMON, rp, user, challenge: random(32), pubKeyCredParams: KINDS, authenticatorSelection, extensions: { prf: {} } };
  const made = await navigator.credentials.create({ publicKey });
  if (!made.getClientExtensionResults().prf?.enabled) return null;
  const kept = { id: made.rawId, salt };
  return { ...kept, sealed: await sealWith(await keyOf(kept), pin) };
}

// The PIN that a passkey opens. Throws what the browser says where its owner was not recognised, or gave it up.
export const pinOf = async (passkey) => openWith(await keyOf(passkey), passkey.sealed);

async function keyOf({ id, salt }) {
  const publicKey = {
    ...COMMON,
    challenge: random(32),
    rpId: location.hostname,
    allowCredentials: [{ type: "public-key", id }],
    extensions: { prf: { eval: { first: salt } } },
  };
  const found = await navigator.credentials.get({ publicKey });
  const secret = found.getClientExtensionResults().prf.results.first;
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("doorstep rota") };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
