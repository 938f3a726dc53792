// Reading the card, the fob or the tag in the home: with the camera where the browser can, else by typing or tapping.

import { button, draw, field, h, link } from "../dom.js";
import { t } from "../i18n.js";
import { isFobCode, keepToken } from "../token.js";

const LOOKS_MS = 250;
const camera = { video: null, problem: null };
let problem = null;

export async function show(visit) {
  const back = `#/visit/${visit}`;
  return h(
    "div",
    { class: "screen" },
    h("p", {}, link(t("back"), back, { id: "back" })),
    h("h1", {}, t("scan_title")),
    "BarcodeDetector" in globalThis && cameraPart(back),
    h("p", { class: "card" }, t("scan_outside")),
    codeForm(back),
  );
}

function cameraPart(back) {
  const start = button(t("scan_camera"), () => look(back), { kind: "big", id: "camera" });
  return h("div", {}, camera.problem && h("p", { class: "problem" }, camera.problem), camera.video ?? start);
}

// Looks through the camera until a code is seen or the screen is left.
async function look(back) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    camera.video = h("video", { muted: true, playsInline: true, autoplay: true, "aria-label": t("scan_seeing") });
    camera.video.srcObject = stream;
    camera.problem = null;
    draw();
    await found(back);
  } catch {
    camera.problem = t("scan_no_camera");
    stop();
    draw();
  }
}

async function found(back) {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  while (location.hash.startsWith("#/scan/")) {
    await new Promise((resolve) => setTimeout(resolve, LOOKS_MS));
    const [code] = camera.video.readyState > 1 ? await detector.detect(camera.video) : [];
    if (!code) continue;
    await keepToken(code.rawValue);
    location.hash = back;
  }
  stop();
}

function stop() {
  for (const track of camera.video?.srcObject?.getTracks() ?? []) track.stop();
  camera.video = null;
}

function codeForm(back) {
  return h(
    "form",
    { class: "part", noValidate: true, onsubmit: (event) => submit(event, back) },
    field("fob", t("scan_code"), { inputmode: "numeric", maxlength: 8, autocomplete: "off", problem }),
    button(t("scan_code_do"), null, { kind: "plain", type: "submit", id: "fob-do" }),
  );
}

async function submit(event, back) {
  event.preventDefault();
  const text = document.getElementById("fob").value.trim();
  problem = isFobCode(text) ? null : t("scan_code_wrong");
  if (problem) return draw();
  await keepToken(text);
  location.hash = back;
}
