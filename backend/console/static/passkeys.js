// Passkeys. A form that says data-passkey asks the browser for one, takes the answer into its fields, and is sent as
// any other form. Without this script, or where the browser knows no passkeys, such forms stay hidden.

const FRESH_MS = 280_000; // the challenge in the page is good for 300 seconds

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (credential) => ({ ...credential, id: bytes(credential.id) });

async function created(options) {
  const { response } = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: withBytes(options.user),
      excludeCredentials: options.excludeCredentials.map(withBytes),
    },
  });
  return {
    client_data_json: text(response.clientDataJSON),
    attestation_object: text(response.attestationObject),
  };
}

async function asserted(options) {
  const credential = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge) },
  });
  return {
    credential_id: text(credential.rawId),
    client_data_json: text(credential.response.clientDataJSON),
    authenticator_data: text(credential.response.authenticatorData),
    signature: text(credential.response.signature),
  };
}

function inWords(error) {
  if (error.name === "InvalidStateError") return "This device has a passkey for you already.";
  if (error.name === "NotAllowedError") return "No passkey was given. Try again, or go on without one.";
  return "Your browser cannot use a passkey here.";
}

function put(form, answer) {
  for (const [name, value] of Object.entries(answer)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: `${form.dataset.prefix ?? ""}${name}`, value });
    form.append(field);
  }
}

async function send(form, problem) {
  if (performance.now() > FRESH_MS) {
    problem.textContent = "This page was open for too long. Load it again, then try again.";
    return;
  }
  const button = form.querySelector("button");
  button.disabled = true;
  problem.textContent = "";
  try {
    const options = JSON.parse(form.dataset.options);
    put(form, await (form.dataset.passkey === "create" ? created(options) : asserted(options)));
    form.submit();
  } catch (error) {
    problem.textContent = inWords(error);
    button.disabled = false;
  }
}

const fits = (id) => location.hostname === id || location.hostname.endsWith(`.${id}`);

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const elsewhere = form.previousElementSibling;
    const here = fits(elsewhere.dataset.passkeyElsewhere);
    (here ? form : elsewhere).hidden = false;
    const problem = form.querySelector("[data-passkey-problem]");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form, problem);
    });
  }
}
