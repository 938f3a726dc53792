// Building pages. Text always goes in as text, never as markup.

export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) put(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function put(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name in element && typeof value !== "string") element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

// Asks the frame to draw the screen again.
export const draw = () => document.dispatchEvent(new Event("doorstep:draw"));

// A field with its label and, if there is one, a hint and what is wrong with it.
export function field(id, label, { hint, problem, type = "text", value = "", area = false, ...more } = {}) {
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ") || null;
  const given = { id, name: id, "aria-describedby": described, "aria-invalid": problem ? "true" : null, ...more };
  const input = area ? h("textarea", given) : h("input", { type, ...given });
  input.value = value;
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    hint && h("p", { id: `${id}-hint`, class: "hint" }, hint),
    problem && h("p", { id: `${id}-problem`, class: "problem" }, problem),
    input,
  );
}

export function choice(id, label, options, value, onchange) {
  const select = h(
    "select",
    { id, name: id, onchange: () => onchange?.(select.value) },
    Object.entries(options).map(([key, words]) => h("option", { value: key, selected: key === value }, words)),
  );
  return h("div", { class: "field" }, h("label", { for: id }, label), select);
}

// A question with few answers, all of them in sight; the first is taken if nobody chooses.
export function options(name, question, answers) {
  const answer = ([value, words], index) => {
    const input = h("input", { type: "radio", name, id: `${name}-${value}`, checked: index === 0 });
    input.value = value;
    return h("label", { for: input.id }, input, h("span", {}, words));
  };
  return h("fieldset", { class: "field options" }, h("legend", {}, question), Object.entries(answers).map(answer));
}

export const button = (words, onclick, { kind = "", ...more } = {}) =>
  h("button", { type: "button", class: `button ${kind}`.trim(), onclick, ...more }, words);

// What a tap is answered with at once, before anything is on disk: the next drawing says what came of it.
export function answer({ currentTarget }, words) {
  currentTarget.setAttribute("aria-disabled", "true");
  currentTarget.textContent = words;
}

export const link = (words, to, more = {}) => h("a", { href: to, ...more }, words);

// Gives somebody a file: to send on where the phone can, else to keep among what was downloaded.
export async function hand(file) {
  if (navigator.canShare?.({ files: [file] })) return navigator.share({ files: [file] }).catch(unlessClosed);
  const address = URL.createObjectURL(file);
  h("a", { href: address, download: file.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // once the browser has read it
}

function unlessClosed(error) {
  if (error.name !== "AbortError") throw error;
}

// A sentence read out to those who cannot see what changed, and shown for a moment to those who can.
export function say(words) {
  const said = document.getElementById("said");
  said.textContent = words;
  said.className = "said";
  clearTimeout(said.hiding);
  said.hiding = setTimeout(() => (said.className = "hidden"), 4_000);
}

// Draws the same screen anew without taking what was being typed, what was unfolded, or the place of the keyboard.
export function redraw(root, page) {
  const typed = [...root.querySelectorAll("input, textarea, select")].map(({ id, value, checked }) => ({ id, value, checked }));
  const unfolded = [...root.querySelectorAll("details")].map(({ id, open }) => ({ id, open }));
  const focused = root.contains(document.activeElement) ? document.activeElement.id : "";
  root.replaceChildren(page);
  for (const { id, ...state } of [...typed, ...unfolded]) {
    const again = id && document.getElementById(id);
    if (again) Object.assign(again, state);
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}
