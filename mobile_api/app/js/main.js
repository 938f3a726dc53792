// The frame around every screen: which one is shown, the header, the menu, and when to send what waits.

import { chosen, current, enrolled, everyone, forgetOldMarks, lock, wasPurged } from "./carers.js";
import { clockIsWrong, recallServerTime, shown as shownTime } from "./clock.js";
import { h, link, redraw, say } from "./dom.js";
import { t, time } from "./i18n.js";
import { sendLetters } from "./letters.js";
import { whenChanged } from "./news.js";
import { flushEverybody, sending, unsent } from "./outbox.js";
import { notKept, notSigned } from "./record.js";
import { refresh } from "./rota.js";
import { keepToken } from "./token.js";
import { loadSettings } from "./settings.js";
import { signAll } from "./sign.js";
import * as activities from "./screens/activities.js";
import * as correct from "./screens/correct.js";
import * as corrections from "./screens/corrections.js";
import * as enrol from "./screens/enrol.js";
import * as help from "./screens/help.js";
import * as hours from "./screens/hours.js";
import * as scan from "./screens/scan.js";
import * as settings from "./screens/settings.js";
import * as today from "./screens/today.js";
import * as unlock from "./screens/unlock.js";
import * as unsentItems from "./screens/unsent.js";
import * as visit from "./screens/visit.js";
import * as welcome from "./screens/welcome.js";

const SCREENS = { activities, correct, corrections, enrol, help, hours, scan, settings, today, unsent: unsentItems, visit, welcome };
const WITHOUT_ROTA = new Set(["enrol", "settings", "unsent"]); // these show nothing about anybody
const MENU = ["today", "activities", "hours", "settings"];
const CLOSES_MS = 30 * 60_000; // a rota left open out of sight closes itself
const STALE_MS = 5 * 60_000;
const TAKES_OVER_MS = 3_000;

const root = document.getElementById("app");
let shown = "";
let hiddenAt = null;
let refreshedAt = -Infinity;

function route() {
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  if (name.startsWith("enrol=")) return { name: "enrol", rest: [name.slice("enrol=".length)] };
  return { name: name in SCREENS ? name : "today", rest };
}

async function screen() {
  const { name, rest } = route();
  if (name === "enrol") return { name, module: enrol, rest };
  if ((await enrolled()).length === 0 && name !== "settings") return { name: "enrol", module: enrol, rest: [] };
  if (current() === null && !WITHOUT_ROTA.has(name)) return { name: "unlock", module: unlock, rest };
  return { name, module: SCREENS[name], rest };
}

let drawing = null;
let again = false;
let pressed = false;

// One drawing at a time; what changes meanwhile is drawn after it. And none while a finger or a key is down: a button
// that is replaced between down and up would never hear of the tap.
function draw() {
  if (drawing || pressed) {
    again = true;
    return drawing;
  }
  again = false;
  drawing = drawn().finally(() => {
    drawing = null;
    if (again) draw();
  });
  return drawing;
}

function press() {
  pressed = true;
}

function release({ type, target }) {
  if (!pressed || (type === "blur" && target !== window)) return;
  pressed = false;
  if (again) setTimeout(draw, 0); // after the click that the release makes
}

function watchFingers() {
  for (const down of ["pointerdown", "keydown"]) addEventListener(down, press, { capture: true, passive: true });
  for (const up of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(up, release, { capture: true, passive: true });
}

async function drawn() {
  const { name, module, rest } = await screen();
  const page = h("div", { class: "frame" }, await header(), h("main", { id: "main", tabIndex: -1, "data-path": [name, ...rest].join("/") }, await module.show(...rest)), menu(name));
  const title = page.querySelector("h1");
  Object.assign(title ?? {}, { id: "title", tabIndex: -1 }); // so that it takes the keyboard, and keeps it when drawn anew
  const here = [name, ...rest].join("/");
  if (here === shown) return redraw(root, page);
  root.replaceChildren(page);
  return arrived(here, title);
}

function arrived(here, title) {
  const first = shown === "";
  shown = here;
  document.title = title ? `${title.dataset.title ?? title.textContent} – Doorstep` : "Doorstep"; // browsers keep it: nobody's name
  scrollTo(0, 0);
  if (!first) title?.focus();
}

async function header() {
  const carer = await chosen();
  const open = current() !== null;
  return h(
    "header",
    {},
    h("div", { class: "bar" }, h("span", { class: "brand" }, "Doorstep"), carer && h("span", { class: "who" }, carer.name), open && lockButton()),
    notKept() && h("p", { class: "banner loud", id: "not-kept", role: "alert" }, t("not_kept", { time: time(shownTime(notKept())) })),
    await waitingBanner(),
    clockIsWrong() && h("p", { class: "banner" }, t("clock_wrong")),
  );
}

function lockButton() {
  return h("button", { type: "button", id: "lock", class: "quiet", onclick: lock }, t("lock"));
}

async function waitingBanner() {
  const count = await unsent();
  if (count === 0) return null;
  const loud = sending.failed || !navigator.onLine;
  return link(t(loud ? "unsent" : "sending", { count }), "#/unsent", { id: "unsent", class: loud ? "banner loud" : "banner calm" });
}

function menu(name) {
  if (current() === null) return null;
  const entry = (to) => link(t(`menu_${to}`), `#/${to}`, { id: `menu-${to}`, class: "entry", "aria-current": to === name ? "page" : null });
  return h("nav", { "aria-label": t("menu") }, MENU.map(entry));
}

// Signs what was recorded, sends what was signed, and looks for a newer rota.
async function catchUp() {
  for (const carer of await everyone()) signAll(carer.id).catch(notSigned).finally(draw);
  if (current() === null) return;
  sendLetters().catch(() => {}); // they wait in their list
  if (performance.now() - refreshedAt < STALE_MS) return;
  refreshedAt = performance.now();
  await refresh().then(draw, notRefreshed);
}

function opened() {
  refreshedAt = -Infinity;
  catchUp();
}

function notRefreshed(error) {
  refreshedAt = -Infinity;
  if (error.code === "revoked" || error.code === "locked") say(t(`error_${error.code}`));
}

function visibility() {
  if (document.visibilityState === "hidden") {
    hiddenAt = performance.now();
    return;
  }
  if (hiddenAt !== null && performance.now() - hiddenAt > CLOSES_MS) {
    lock();
    renew();
  }
  catchUp();
  draw();
}

// The phone's own camera or reader opened the address on a card or a tag: it goes along with the next tap.
async function tagOpened() {
  await keepToken(location.href);
  history.replaceState(null, "", "/app/");
}

async function keepApp() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/app/sw.js");
  navigator.serviceWorker.register("/app/sw.js", { scope: "/at" }); // so that tags open the app without a network
  navigator.serviceWorker.addEventListener("message", ({ data }) => data === "flush" && flushEverybody());
  const ready = await navigator.serviceWorker.ready;
  await ready.sync?.register("flush").catch(() => {});
}

// A newer version that is there whole takes the place of this one. What was recorded is in the database, not in the page.
function takeOver(registration) {
  if (!registration?.waiting) return null;
  const taken = new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", () => resolve(location.reload()), { once: true });
  });
  registration.waiting.postMessage("take over");
  return taken;
}

// When it is opened, before it asks for anything: browsers do not let the newer worker begin while the page still loads
// through the older one. If it cannot within a moment, this version goes on, and the next opening tries again.
async function renewed() {
  const taken = takeOver(await navigator.serviceWorker?.getRegistration("/app/"));
  if (taken) await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, TAKES_OVER_MS))]);
}

// An app that is never closed looks for a newer version when it closed the rota itself: then nobody is typing.
async function renew() {
  const registration = await navigator.serviceWorker?.getRegistration("/app/");
  if (!registration) return;
  takeOver(registration);
  await registration.update().catch(() => {}); // without a network, later
}

async function begin() {
  await Promise.all([loadSettings(), recallServerTime()]);
  whenChanged(draw);
  watchFingers();
  addEventListener("hashchange", draw);
  addEventListener("online", () => catchUp().then(draw));
  addEventListener("offline", draw);
  document.addEventListener("visibilitychange", visibility);
  document.addEventListener("doorstep:draw", draw);
  document.addEventListener("doorstep:opened", opened);
  if (location.pathname === "/at") await tagOpened();
  await renewed();
  if (await wasPurged()) location.hash = "#/enrol";
  await draw();
  document.documentElement.dataset.ready = "yes";
  await forgetOldMarks();
  catchUp();
  keepApp();
}

begin();
