// Mounts behaviour on [data-module="name …"]: on load, and on every fragment htmx brings in.
// The paths must stay literal: the static file storage rewrites literal imports to hashed names.
// What every page can do stands here too: menus that close, notices that can be put away, forms that go once,
// text that can be copied, a theme that changes at once, and an error summary that takes the focus.
import { all, announce, delegate, focusOn, one } from "./lib/dom.js";
import { backOff, csrfToken } from "./lib/net.js";

// What is mounted again and again, and need not be asked for twice.
const atOnce = {};
const modules = {
  "sign-out": () => signOut,
  device: async () => (await idle(), (await import("./modules/device.js")).device),
  shell: async () => (await import("./modules/shell.js")).shell,
  "error-summary": () => errorSummary,
  review: async () => (atOnce.review = (await import("./modules/review.js")).review),
  keeper: async () => (await import("./modules/keeper.js")).keeper,
  "feedback-read": async () => (await import("./modules/reading.js")).feedbackRead,
  activation: async () => (await import("./modules/activation.js")).activation,
  counting: async () => (await import("./modules/counting.js")).counting,
  answers: async () => (await import("./modules/answers.js")).answers,
  answered: async () => (await idle(), (await import("./modules/answers.js")).answered),
  print: async () => (await import("./modules/reading.js")).print,
  dialog: async () => (await import("./modules/dialog.js")).dialog,
  "privacy-check": async () => (await import("./modules/privacy-check.js")).privacyCheck,
  privacy: async () => (await import("./modules/privacy.js")).privacy,
  round: async () => (await import("./modules/round.js")).round,
  views: async () => (await import("./modules/round.js")).views,
  evidence: async () => (await import("./modules/evidence.js")).evidence,
  sheet: async () => (await idle(), await narrow(), (await import("./modules/sheet.js")).sheet),
  phrases: async () => (await import("./modules/phrases.js")).phrases,
  comments: async () => (await idle(), (await import("./modules/comments.js")).comments),
  passages: async () => (await idle(), (await import("./modules/passages.js")).passages),
  arriving: async () => (element) =>
    whenSeen(element, async () => (await import("./modules/arriving.js")).arriving(element)),
  companion: async () => (await import("./modules/companion.js")).companion,
  desk: async () => (await import("./modules/desk.js")).desk,
  editor: async () => (await import("./modules/editor.js")).editor,
  attachments: async () => (element) =>
    whenSeen(element, async () => (await import("./modules/attachments.js")).attachments(element)),
  "word-count": async () => (await import("./modules/editor.js")).wordCount,
};

/** Once the page stands: what may wait must not compete with what its reader came for. */
function idle() {
  return new Promise((resolve) => {
    const soon = () => (window.requestIdleCallback ? requestIdleCallback(resolve, { timeout: 2000 }) : setTimeout(resolve, 200));
    if (document.readyState === "complete") soon();
    else window.addEventListener("load", soon, { once: true });
  });
}

/** Once there is room for one column only, which may be never. */
function narrow() {
  const column = matchMedia("(max-width: 63.99rem)"); // as review.css has it
  return new Promise((resolve) => {
    if (column.matches) resolve();
    else column.addEventListener("change", resolve, { once: true });
  });
}

async function mountOne(element, name) {
  const load = modules[name];
  if (!load) throw new Error(`no module named "${name}"`);
  const mount = atOnce[name] ?? (await load());
  if (element.isConnected) mount(element); // the page may have been left while the file was on its way
}

/** Whether a module did not come for want of a network, which the browser has already told the console. */
const isMissing = (error) => /module/.test(error.message);

const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin", "page:needed"];
const RETRY = 10000; // milliseconds

/**
 * Mount [data-later="name"] at the first sign of somebody being there, so that a page is ready to write on without
 * it; at once when the address leads to a place in the page. A button that was pressed too early is pressed again.
 */
function mountLater(root) {
  let waiting = all("[data-later]", root);
  let early = null;
  const press = (event) => (early = event.target.closest?.("[data-tool]") ?? early);
  const listen = () => {
    document.addEventListener("click", press);
    for (const sign of SIGNS) document.addEventListener(sign, begin, { passive: true });
  };
  const begin = async () => {
    for (const sign of SIGNS) document.removeEventListener(sign, begin);
    const mounted = await Promise.allSettled(waiting.map((element) => mountOne(element, element.dataset.later)));
    document.removeEventListener("click", press);
    waiting = waiting.filter((_element, index) => mounted[index].status === "rejected");
    for (const { reason } of mounted) {
      if (reason && !isMissing(reason)) console.error("data-later", reason);
    }
    if (waiting.length) setTimeout(listen, RETRY);
    early?.click();
    early = null;
  };
  if (!waiting.length) return;
  listen();
  if (location.hash) begin();
}

/** What stands far down the page is not fetched before somebody gets near it. */
function whenSeen(element, mount) {
  const watch = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      watch.disconnect();
      mount().catch((error) => console.error(element.dataset.module, error));
    },
    { rootMargin: "100px" },
  );
  watch.observe(element);
}

/** Mount what the page needs from the start; what did not come is asked for again. */
function mountNow(element, name, failures = 0) {
  mountOne(element, name).catch((error) => {
    if (!isMissing(error)) console.error(`data-module="${name}"`, error);
    else setTimeout(() => element.isConnected && mountNow(element, name, failures + 1), backOff(failures + 1));
  });
}

/** Mount everything below `root`, each element once; one failure never stops the others. */
export function mountAll(root) {
  const found = [...root.querySelectorAll("[data-module]")];
  if (root.matches?.("[data-module]")) found.unshift(root);
  for (const element of found) {
    const done = (element.mounted ??= new Set());
    for (const name of element.dataset.module.split(/\s+/).filter(Boolean)) {
      if (done.has(name)) continue;
      done.add(name);
      mountNow(element, name);
    }
  }
}

// --- Every page ---------------------------------------------------------------------------------------

const DOUBLE_CLICK = 1000;

function closeMenus(except) {
  for (const menu of all("details[data-menu][open]")) {
    if (menu !== except) menu.open = false;
  }
}

function menus(root) {
  root.addEventListener("click", (event) => {
    closeMenus(event.target instanceof Element ? event.target.closest("details[data-menu]") : null);
  });
  root.addEventListener("keydown", (event) => {
    const open = one("details[data-menu][open]");
    if (event.key !== "Escape" || !open) return;
    const inside = open.contains(document.activeElement);
    open.open = false;
    if (inside) one("summary", open).focus();
  });
}

function dismissals(root) {
  delegate(root, "click", "[data-dismiss]", (event, button) => {
    button.closest("[data-dismissible]").remove();
    focusOn(one("#main"), { preventScroll: true });
  });
}

function sentOnce(root) {
  // The button stays enabled: a disabled one loses the focus and its value. The server is idempotent anyway.
  root.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) return;
    const last = Number(form.dataset.sentAt ?? -Infinity);
    if (event.timeStamp - last < DOUBLE_CLICK) event.preventDefault();
    else form.dataset.sentAt = event.timeStamp;
    const busy = one("[data-busy]", form); // what the visitor reads while a long answer is on its way
    if (busy) busy.hidden = false;
  });
  window.addEventListener("pageshow", () => all("[data-busy]").forEach((busy) => (busy.hidden = true)));
}

function copies(root) {
  delegate(root, "click", "[data-copy]", async (event, button) => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      announce(button.dataset.copied);
      button.dataset.done = "";
    } catch {
      // Without permission the text is at least selected, ready for the visitor's own copy command.
      getSelection().selectAllChildren(source);
    }
  });
}

function themes(root) {
  delegate(root, "submit", "form[data-theme-form]", async (event, form) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    const body = new FormData(form);
    body.set("theme", button.value);
    body.set("csrfmiddlewaretoken", csrfToken());
    if (button.value) document.documentElement.dataset.theme = button.value;
    else delete document.documentElement.dataset.theme;
    const scheme = one('meta[name="color-scheme"]');
    if (scheme) scheme.content = button.value || "light dark";
    for (const other of all('[data-theme-form] button[name="theme"]')) {
      other.setAttribute("aria-pressed", String(other.value === button.value));
    }
    try {
      await fetch(form.action, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
    } catch {
      // Shown but not kept: the next page comes in the old theme, which loses nothing.
    }
  });
}

/** After a refusal the address is that of the move, which answers no GET: reloading must lead to a page. */
function ownAddress(root) {
  const address = one("[data-address]", root)?.dataset.address;
  if (address && location.pathname !== new URL(address, location.href).pathname) {
    history.replaceState(history.state, "", address);
  }
}

/** Everything above, once for the document. */
function page(root) {
  menus(root);
  dismissals(root);
  sentOnce(root);
  copies(root);
  themes(root);
  ownAddress(root);
}

/** Focus the summary, and lead each of its links to label and control together. */
function errorSummary(element) {
  focusOn(element);
  delegate(element, "click", "a[href^='#']", (event, link) => {
    const control = document.getElementById(link.hash.slice(1));
    if (!control) return;
    event.preventDefault();
    const group = control.closest("fieldset, .field") ?? control;
    group.scrollIntoView({ block: "start" });
    // An editor may stand in front of its textarea: it hears the event and takes the focus itself.
    if (control.dispatchEvent(new CustomEvent("face:focus", { bubbles: true, cancelable: true }))) {
      control.focus({ preventScroll: true });
    }
  });
}

/** Before the session ends, the text goes to the server and the device is cleared; the form alone does neither. */
function signOut(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await (await import("./modules/sign-out.js")).leave(form);
    } catch (error) {
      console.warn("sign-out", error);
      form.submit();
    }
  });
}

// --- Start ---------------------------------------------------------------------------------------------

document.documentElement.classList.add("js");
page(document);
mountAll(document.documentElement);
mountLater(document);

document.addEventListener("htmx:load", (event) => mountAll(event.target));
document.addEventListener("page:shown", ({ target }) => (mountAll(target), mountLater(target)));
document.addEventListener("htmx:configRequest", (event) => {
  // Read now and not at load: signing in again in another tab changes the token.
  event.detail.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.target.removeAttribute("aria-busy"));
