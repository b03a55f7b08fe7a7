// The service worker; the server writes `about` in front of it (berakhlak/install.py). Files of the program come from
// its cache, pages from the network. A page that cannot be reached is replaced by one neutral page that the device's
// own store fills. No page that was made for somebody is ever put into a cache.
const CACHE = `app-${about.version}`;
const PATIENCE = 10000; // milliseconds that a page may take
const DAY = 24 * 3600 * 1000;
const anyway = { ignoreVary: true, ignoreSearch: true };
let nobodyLeaves = false; // true once it is known that no sign-out waits for the network

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(tidy().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith(about.static)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
});
self.addEventListener("message", (event) => {
  const { kind, urls, alone } = event.data;
  if (kind === "keep") event.waitUntil(keep(urls));
  if (kind === "take over") event.waitUntil(takeOver(alone));
  if (kind === "leaving") nobodyLeaves = false;
});

// --- The program's own files ------------------------------------------------------------------------------

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(about.files);
  await anonymous(cache, about.shell);
}

/** Old files go when no page that was made for them can be open any more. */
async function tidy() {
  if ((await self.clients.matchAll({ includeUncontrolled: true })).length > 1) return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

async function takeOver(alone) {
  const open = await self.clients.matchAll({ includeUncontrolled: true, type: "window" });
  if (!alone || open.length <= 1) await self.skipWaiting();
}

async function file(request) {
  // A hashed name never changes its meaning; a developer's file does.
  const kept = await caches.match(request, anyway);
  if (kept && about.hashed) return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.status === 200) (await caches.open(CACHE)).put(request, fresh.clone());
    return fresh;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

// --- Pages ------------------------------------------------------------------------------------------------

async function page(request, url) {
  try {
    await signOutFirst();
    const answer = await Promise.race([fetch(request), late()]);
    const gateway = answer.status >= 502 && answer.status <= 504;
    return (gateway && (await instead(url))) || answer;
  } catch (error) {
    return (await instead(url)) ?? Response.error();
  }
}

const late = () => new Promise((resolve, reject) => setTimeout(() => reject(new Error("late")), PATIENCE));

/** A page of the curriculum as anybody may read it, or else the neutral page. */
async function instead(url) {
  return (await caches.match(url.pathname, anyway)) ?? caches.match(about.shell, anyway);
}

/** Fetch as nobody in particular: without cookies the server cannot write anybody's name into it. */
async function anonymous(cache, url) {
  const answer = await fetch(url, { credentials: "omit", cache: "no-store" });
  if (answer.status === 200 && !answer.redirected) await cache.put(url, answer);
  else if (url === about.shell) throw new Error(`the offline page answers ${answer.status}`);
}

/** The lessons, each once a day, and what is only needed for writing. */
async function keep(urls) {
  const cache = await caches.open(CACHE);
  for (const url of about.later) if (!(await cache.match(url, anyway))) await cache.add(url);
  for (const url of urls) {
    const kept = await cache.match(url, anyway);
    if (!kept || Date.now() - Date.parse(kept.headers.get("date")) > DAY) await anonymous(cache, url);
  }
}

// --- Signing out without a network ------------------------------------------------------------------------

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Somebody signed out here while the server could not hear it: it hears it before it shows anything. */
async function signOutFirst() {
  if (nobodyLeaves) return;
  const db = await asked(indexedDB.open("berakhlak")).catch(() => null);
  if (!db) return;
  try {
    if (!db.objectStoreNames.contains("shelf")) return;
    const row = await asked(db.transaction("shelf").objectStore("shelf").get("leaving"));
    if (row) {
      const body = new URLSearchParams({ csrfmiddlewaretoken: row.token });
      await fetch(row.url, { method: "POST", body, redirect: "manual" });
      await asked(db.transaction("shelf", "readwrite").objectStore("shelf").delete("leaving"));
    }
    nobodyLeaves = true;
  } finally {
    db.close();
  }
}
