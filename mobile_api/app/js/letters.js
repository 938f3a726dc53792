// Corrections: signed here and now, sent when there is a network and the carer has opened her rota.

import { digest, salt, utf8 } from "./bytes.js";
import { asked, current } from "./carers.js";
import { instant, now } from "./clock.js";
import { all, one, put, write } from "./db.js";
import { canonical } from "./jcs.js";
import { seal, signed as signature, unseal } from "./keys.js";
import { alone } from "./locks.js";
import { tell } from "./news.js";

// Proposes other times for a visit or, with `day`, that time on a day was an activity. `start` and `end` are instants or
// null; `words` may be empty. Answers once it is on disk.
export async function propose({ visit_id, day, start, end, reason_code, words }) {
  const carer = await one("carers", current());
  const note = words ? { salt: salt(), text: words } : null;
  const letter = {
    type: "doorstep-correction-1",
    id: crypto.randomUUID(),
    device_id: carer.device_id,
    ...(day ? { day } : { visit_id }),
    proposed: { start, end },
    reason_code,
    note_hash: note && (await digest(utf8(canonical(note)))),
  };
  const whole = { signed: letter, signature: await signature(carer.key, canonical(letter)), note };
  await put("letters", { id: letter.id, carer: carer.id, written_at: instant(now()), sealed: await seal(whole) });
  tell();
  return letter.id;
}

export const waitingLetters = async () => (await all("letters")).filter((letter) => letter.carer === current());

// Sends what waits of the carer whose rota is open. A letter that the server refuses for good stays, with the reason.
export function sendLetters() {
  return alone("letters", async () => {
    for (const letter of await waitingLetters()) await send(letter);
  });
}

async function send(letter) {
  try {
    await asked("POST", "/corrections", { json: await unseal(letter.sealed) });
    await write(["letters"], ({ letters }) => letters.delete(letter.id));
  } catch (error) {
    if (!error.code || error.status === 401) throw error;
    await put("letters", { ...letter, refused: error.faults[0]?.detail ?? error.message });
  }
  tell();
}

export const withdraw = (id) => write(["letters"], ({ letters }) => letters.delete(id)).then(tell);

export const decided = async () => (await asked("GET", "/corrections")).data.corrections;

export const takeBack = (id) => asked("POST", `/corrections/${id}/withdrawal`, { json: {} });

export const object = (id, reason) =>
  asked("POST", `/corrections/${id}/objection`, { json: reason ? { reason } : {} });
