// The canonical form of JSON that signatures are over: RFC 8785. JavaScript's own way of writing numbers and text is
// that of the RFC; what is added is the order of names, by UTF-16 units, and the refusal of what has no such form.

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${text(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return typeof value === "string" ? text(value) : plain(value);
}

function text(value) {
  if (LONE_SURROGATE.test(value)) throw new TypeError("half of a surrogate pair has no canonical form");
  return JSON.stringify(value);
}

function plain(value) {
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
  const written = JSON.stringify(value);
  if (written === undefined) throw new TypeError(`${typeof value} has no canonical form`);
  return written;
}
