// Tells this tab and the others that something kept on the phone has changed.

const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("doorstep") : null;
const listeners = new Set();

export function tell() {
  channel?.postMessage("changed");
  for (const listener of listeners) listener();
}

export function whenChanged(listener) {
  listeners.add(listener);
}

channel?.addEventListener("message", () => {
  for (const listener of listeners) listener();
});
