// A carer's rota at rest. It is sealed with a key of its own, which is itself kept only sealed: under a key derived from
// her PIN, and under the installation's key around that, so that a copy of the disk is not enough to try PINs on.

import { base64url, random, unBase64url, utf8 } from "./bytes.js";
import { openWith, seal, sealWith, unseal } from "./keys.js";

const ROUNDS = 600_000; // PBKDF2 with HMAC-SHA-256, as OWASP advises; kept beside the salt, so that it can grow
const AES = { name: "AES-GCM", length: 256 };

async function pinKey(pin, { salt, rounds }) {
  const known = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, known, AES, false, ["encrypt", "decrypt"]);
}

const usable = (raw) => crypto.subtle.importKey("raw", unBase64url(raw), AES, false, ["encrypt", "decrypt"]);

// A new key for a rota and the lock that a PIN opens.
export async function newVault(pin) {
  const raw = base64url(random(32));
  const how = { salt: random(16), rounds: ROUNDS };
  const lock = { ...how, wrapped: await seal(await sealWith(await pinKey(pin, how), raw).then(portable)) };
  return { key: await usable(raw), lock };
}

// The rota's key, or null if the PIN is not the one.
export async function openedBy(pin, lock) {
  const inner = await unseal(lock.wrapped);
  try {
    return await usable(await openWith(await pinKey(pin, lock), unPortable(inner)));
  } catch (error) {
    if (error.name === "OperationError") return null;
    throw error;
  }
}

const portable = ({ iv, data }) => ({ iv: base64url(iv), data: base64url(data) });
const unPortable = ({ iv, data }) => ({ iv: unBase64url(iv), data: unBase64url(data) });
