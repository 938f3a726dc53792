// Keeps the app itself on the phone, so that it opens without a network. `VERSION` is the digest of all its files: any
// change makes a new cache, filled whole before it is used. What the API answers never comes through here.

const VERSION = "{{version}}";
const FILES = {{files}};
const CACHE = `doorstep-app-${VERSION}`;
const VERSIONED = /^\/app\/[0-9a-f]{16}\//;

self.addEventListener("install", (event) => {
  event.waitUntil(fill());
});

// A file of this version is what its address says, so the browser's own copy will do. The page has no version in its
// address: one of another version, served while the service is being renewed, would not find its files here.
async function fill() {
  const [page, ...files] = FILES;
  const fresh = await fetch(page, { cache: "reload" });
  if (!fresh.ok || !(await fresh.clone().text()).includes(`/${VERSION}/`)) throw new Error("The page is of another version.");
  const cache = await caches.open(CACHE);
  await cache.addAll(files);
  await cache.put(page, fresh);
}

self.addEventListener("activate", (event) => event.waitUntil(forgetOthers().then(() => self.clients.claim())));

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== self.location.origin) return;
  if (mode === "navigate") event.respondWith(shell(event.request, pathname));
  else if (VERSIONED.test(pathname)) event.respondWith(kept(pathname, event.request));
});

// Background Sync, where there is one, only wakes an open page: signing and sending are the page's.
self.addEventListener("sync", (event) => event.waitUntil(wakePages()));

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("doorstep-app-") && name !== CACHE).map((name) => caches.delete(name)));
}

// The worker of /app/ and that of /at are renewed apart, and the newer one forgets the older one's files: then the newer
// ones will do. An address has its version in it, and the page is put into a cache last, so what is found is whole.
async function kept(path, request) {
  return (await caches.match(path, { cacheName: CACHE })) ?? (await caches.match(path)) ?? fetch(request);
}

async function shell(request, pathname) {
  if (pathname !== "/app/" && pathname !== "/at") return fetch(request); // /at: a tag in a home was opened
  return kept("/app/", request);
}

async function wakePages() {
  for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage("flush");
}
