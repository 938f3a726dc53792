// Bytes, base64url without padding (RFC 4648, 5) and SHA-256.

export const utf8 = (text) => new TextEncoder().encode(text);
export const unUtf8 = (bytes) => new TextDecoder().decode(bytes);

export function base64url(buffer) {
  let letters = "";
  for (const byte of new Uint8Array(buffer)) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function unBase64url(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
export const salt = () => base64url(random(16));
export const digest = async (bytes) => base64url(await crypto.subtle.digest("SHA-256", bytes));
