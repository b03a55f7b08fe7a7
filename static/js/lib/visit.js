// Goes from page to page of one area without loading everything anew: only the main part is replaced, with the
// server's own page. "page:leave" asks the modules on the page to finish (they push promises into its detail),
// "page:left" ends them, and "page:shown" lets app.js mount what has come.
//
// The page that comes next is at hand before it is asked for. It is shown at once, to be read; what would change it is
// held back until the server has said that it is the reader's, and the former page stands again if it does not.
import { announce, elementsOf, focusOn, one } from "./dom.js";
import { request } from "./net.js";

// A page that needs more than its main part is told by its address, and loaded as a whole.
const headers = { Accept: "text/html, application/json" };
const FRESH = 15 * 60 * 1000; // milliseconds: half of a lease
const here = () => location.pathname + location.search;
let shown = here();
let next = null;

/** Fetch the page that will come after this one; that it cannot be had is no trouble. */
export async function lookAhead(address) {
  next = null;
  const answer = await request(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer || answer.status !== 200 || answer.redirected) return;
  const page = parse(await answer.text());
  const stand = one("form[data-stand]", page)?.dataset.stand;
  if (stand) next = { page, stand, at: Date.now() };
}

/**
 * Send a form and show the page that answers it; the status of an answer that is no page, else undefined. With `onward`
 * the answer will probably be the page at hand.
 */
export async function post(address, body, { taken = () => {}, onward = false } = {}) {
  const ahead = onward && next && Date.now() - next.at < FRESH ? next : null;
  next = null;
  if (ahead) body.append("ahead", ahead.stand);
  const sent = request(address, { method: "POST", body, headers });
  const seen = ahead && preview(ahead.page);
  try {
    const answer = await sent;
    const refused = !answer.ok && answer.status !== 409 && answer.status !== 422;
    if (refused || !answer.ok) seen?.putBack();
    if (refused) return answer.status;
    const done = answer.ok && taken(); // nobody waits for it to see the page
    await show(answer, seen?.main);
    await done;
    return undefined;
  } catch (error) {
    seen?.putBack();
    throw error;
  }
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html");

async function show(answer, ahead) {
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) {
    const { location: address, messages } = await answer.json();
    // Somebody who has gone back meanwhile is led on as by any other page.
    if (messages === undefined || !ahead?.isConnected) location.assign(address);
    else arrive(ahead, address, messages);
    return;
  }
  const page = parse(await answer.text());
  if (!one(".workbench", page)) location.assign(answer.url);
  else {
    put(page);
    // A refusal answers at the address of its move, which is none to come back to.
    if (answer.redirected && answer.url !== location.href) go(answer.url);
    shown = here();
  }
}

function go(address) {
  history.replaceState({ inPlace: true }, "");
  history.pushState({ inPlace: true }, "", address);
}

function put(page) {
  document.dispatchEvent(new Event("page:left"));
  mount(swap(page));
}

/** Put the main part of a page into the place of the present one, and bring its beginning into view. */
function swap(page) {
  document.title = page.title;
  const main = document.adoptNode(one("#main", page));
  one("#main").replaceWith(main);
  window.scrollTo(0, 0);
  focusOn(one("h1", main), { preventScroll: true });
  announce(document.title);
  return main;
}

function mount(main) {
  main.dispatchEvent(new Event("page:shown", { bubbles: true }));
}

/** Show a page to be read only; what shows it, and what puts the former one back. */
function preview(page) {
  const former = { main: one("#main"), title: document.title, y: scrollY, focus: document.activeElement };
  const main = swap(page);
  hold(main);
  const putBack = () => {
    if (!main.isConnected) return;
    document.title = former.title;
    main.replaceWith(former.main);
    window.scrollTo(0, former.y);
    former.focus?.focus({ preventScroll: true });
  };
  return { main, putBack };
}

/** Nothing in it changes until the signal is given. The attribute `inert` would cost all its styles, twice. */
function hold(main) {
  main.held = new AbortController();
  const refuse = (event) => {
    const leaves = event.type === "keydown" && ["Tab", "Escape"].includes(event.key);
    if (!event.target.closest("[data-held]") || leaves) return;
    event.preventDefault();
    event.stopPropagation(); // the modules of the former page listen still
  };
  for (const type of ["click", "beforeinput", "keydown"]) {
    main.addEventListener(type, refuse, { capture: true, signal: main.held.signal });
  }
}

/** The page that is shown already is the reader's. */
function arrive(main, address, messages) {
  document.dispatchEvent(new Event("page:left"));
  one("[data-messages]", main).replaceChildren(...elementsOf(messages));
  main.held.abort();
  go(address);
  shown = here();
  mount(main);
}

window.addEventListener("popstate", async () => {
  if (here() === shown) return; // a place within the page
  const waits = [];
  document.dispatchEvent(new CustomEvent("page:leave", { detail: waits }));
  await Promise.allSettled(waits);
  try {
    const answer = await request(location.href, { headers });
    if (!answer.ok || answer.redirected) location.reload();
    else await show(answer);
  } catch {
    location.reload(); // the browser says what is wrong
  }
});
