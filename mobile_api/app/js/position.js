// Where the phone is: asked once when a carer arrives and once when she leaves, and never in between.

import { instant } from "./clock.js";

const EXACT = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 0 };
const ROUGH = { enableHighAccuracy: false, timeout: 10_000, maximumAge: 60_000 };
const REASONS = { 1: "denied", 2: "unavailable", 3: "timed_out" };

// {fix} or {fix: null, no_fix}: an exact position within 15 seconds, then a rough one, then the reason why there is none.
export async function reading() {
  if (!("geolocation" in navigator)) return { fix: null, no_fix: "unavailable" };
  const exact = await asked(EXACT);
  if (exact.fix || exact.no_fix === "denied") return exact;
  const rough = await asked(ROUGH);
  return rough.fix ? rough : exact;
}

function asked(options) {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      (position) => resolve({ fix: fixOf(position) }),
      (error) => resolve({ fix: null, no_fix: REASONS[error.code] ?? "unavailable" }),
      options,
    );
  });
}

// The accuracy is the radius that holds the phone in 95 of 100 cases. A browser cannot tell a mocked position.
function fixOf({ coords, timestamp }) {
  const { latitude: lat, longitude: lon, accuracy: accuracy_m } = coords;
  return { lat, lon, accuracy_m, taken_at: instant(new Date(timestamp)), mocked: false };
}
