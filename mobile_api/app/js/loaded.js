// What a screen reads from the server, in memory alone: shown as it was while a newer answer is on its way.

import { current } from "./carers.js";
import { draw } from "./dom.js";

const FRESH_MS = 60_000;

// `fetch` answers the data; `state()` answers {data, problem, busy} at once and asks for what is missing or old.
export function loaded(fetch) {
  let held = { carer: null };

  async function load(mine) {
    mine.busy = true;
    try {
      Object.assign(mine, { data: await fetch(), problem: null });
    } catch (error) {
      mine.problem = error;
    }
    Object.assign(mine, { busy: false, at: performance.now() });
    draw();
  }

  return {
    state() {
      if (held.carer !== current()) held = { carer: current(), at: -Infinity };
      if (!held.busy && performance.now() - held.at > FRESH_MS) load(held);
      return held;
    },
    again() {
      held.at = -Infinity;
      draw();
    },
  };
}
