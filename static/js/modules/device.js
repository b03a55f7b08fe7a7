// The line above every page: no network, a server that does not answer, a newer version. What cannot work without a
// network is switched off and says so. Mounted when the page is idle, like all that may wait.
import { all, one } from "../lib/dom.js";
import { request } from "../lib/net.js";

const ASK_AGAIN = 15000;
// What goes on without a network: writing, signing out (which asks), and dialogs that only close.
const WORKS = '[data-module~="keeper"], [data-module~="sign-out"], [method="dialog"]';

/** `bar` is includes/device.html. */
export function device(bar) {
  network(bar);
  newer(bar);
  session(bar);
  if (bar.dataset.user && window.indexedDB) keep(bar).catch(withoutStore);
}

/** Who keeps no journal has nothing on the shelf; what somebody else left there goes all the same. */
async function keep(bar) {
  if (bar.dataset.journal) await (await import("./shelf.js")).shelf(bar);
  else await (await import("../lib/store.js")).clearShelf(bar.dataset.user);
}

/** A private window or a full disk keeps nothing; the writing page says so itself. Nor comes a script offline. */
function withoutStore(error) {
  if (!(error instanceof DOMException) && !/module/.test(error.message)) throw error;
}

/** Show or hide one line. */
function line(bar, name, shown) {
  const found = one(`[data-line="${name}"]`, bar);
  if (found.hidden === shown) found.hidden = !shown;
}

// --- The network ------------------------------------------------------------------------------------------

function network(bar) {
  let asking = 0;
  const silent = () => {
    line(bar, "unreachable", navigator.onLine);
    clearTimeout(asking);
    asking = setTimeout(() => request(bar.dataset.health, { timeout: 10000 }).catch(() => {}), ASK_AGAIN);
  };
  const answered = () => {
    clearTimeout(asking);
    line(bar, "unreachable", false);
  };
  const changed = () => {
    line(bar, "offline", !navigator.onLine);
    if (!navigator.onLine) line(bar, "unreachable", false);
    for (const part of needing(bar)) block(part, !navigator.onLine, bar.dataset.why);
  };
  document.addEventListener("net:silence", silent);
  document.addEventListener("net:answer", answered);
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  document.addEventListener("htmx:load", () => navigator.onLine || changed());
  for (const type of ["submit", "click"]) {
    document.addEventListener(type, (event) => refuse(event, bar), { capture: true });
  }
  changed();
}

/** The buttons, file fields and links that lead nowhere without a network. */
function needing(bar) {
  const buttons = all('form[method="post"] button[type="submit"]').filter((button) => !button.form.matches(WORKS));
  const writing = all('[data-module~="keeper"] button[name="then"]');
  const signIn = all(`a[href^="${bar.dataset.login}"]`);
  return [...buttons, ...writing, ...signIn, ...all('input[type="file"]')];
}

function block(part, blocked, why) {
  // Not `disabled`: what the keyboard cannot reach cannot explain itself.
  if (blocked) {
    part.setAttribute("aria-disabled", "true");
    part.dataset.blocked ??= part.title;
    part.title = why;
  } else if (part.dataset.blocked !== undefined) {
    part.removeAttribute("aria-disabled");
    part.title = part.dataset.blocked;
    if (!part.title) part.removeAttribute("title");
    delete part.dataset.blocked;
  }
}

function refuse(event, bar) {
  if (navigator.onLine) return;
  const part = event.type === "submit" ? event.submitter : event.target.closest?.("[data-blocked]");
  if (part?.dataset.blocked === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  bar.scrollIntoView({ block: "nearest" });
}

// --- A newer version --------------------------------------------------------------------------------------

function newer(bar) {
  document.addEventListener("net:answer", ({ detail }) => {
    if (!detail || detail === bar.dataset.version) return;
    line(bar, "newer", true); // only an offer: somebody may be in the middle of a sentence
    navigator.serviceWorker?.getRegistration().then((found) => found?.update());
  });
  one("[data-reload]", bar).addEventListener("click", async () => {
    const waiting = (await navigator.serviceWorker?.getRegistration())?.waiting;
    const user = bar.dataset.user ?? bar.dataset.seen;
    // What was typed in this second goes to the device first; another tab of the same user hands over and takes back.
    if (user) await (await import("../lib/courier.js")).takePens(user);
    if (waiting) {
      const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve));
      waiting.postMessage({ kind: "take over" });
      await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, 2000))]);
    }
    window.location.reload();
  });
}

// --- Who is signed in -------------------------------------------------------------------------------------

function session(bar) {
  // Whoever signs in now may be somebody else: from here on the offline pages wait for a page of that person.
  document.addEventListener("submit", ({ target }) => {
    if (new URL(target.action).pathname !== bar.dataset.login) return;
    import("../lib/store.js").then(({ removeShelf }) => removeShelf("who")).catch(() => {});
  });
  if (!("BroadcastChannel" in window)) return;
  new BroadcastChannel("session").addEventListener("message", ({ data }) => {
    if (data.kind !== "signed-out" || data.user !== (bar.dataset.user ?? bar.dataset.seen)) return;
    if ("leaving" in document.documentElement.dataset) return; // the tab that said so
    document.documentElement.dataset.leaving = "";
    window.location.replace("/");
  });
}
