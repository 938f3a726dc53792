// What a card, a fob or a tag in the home said, kept until the next arrival or departure takes it along.

import { put, read, write } from "./db.js";
import { seal, unseal } from "./keys.js";
import { tell } from "./news.js";

const KEEPS_MS = 10 * 60_000; // longer than from the door to the button, shorter than a visit
const FOB = /^\d{6,8}$/;

// Keeps the text exactly as it was read. A card's secret stands behind #, a tag's in the query.
export async function keepToken(text) {
  const method = text.includes("#") || FOB.test(text) ? "qr" : "nfc";
  await put("meta", { sealed: await seal(text), method, read_at: Date.now() }, "token"); // it opens a door: sealed
  tell();
}

export const isFobCode = (text) => FOB.test(text);

// The token that is at hand, or null: one reading proves one event, and an old one none.
export async function heldToken() {
  const token = await read(["meta"], ({ meta }) => meta.get("token"));
  if (!token) return null;
  if (Math.abs(Date.now() - token.read_at) < KEEPS_MS) return { ...token, text: await unseal(token.sealed) };
  await forgotten();
  return null;
}

const forgotten = () => write(["meta"], ({ meta }) => meta.delete("token"));

export const dropToken = () => forgotten().then(tell);
