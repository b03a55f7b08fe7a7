// Goes from page to page of one area without loading everything anew: only the main part is replaced, with the
// server's own page. "page:leave" asks the modules on the page to finish (they push promises into its detail),
// "page:left" ends them, and "page:shown" lets app.js mount what has come.
import { announce, focusOn, one } from "./dom.js";
import { request } from "./net.js";

// A page that needs more than its main part is told by its address, and loaded as a whole.
const headers = { Accept: "text/html, application/json" };
const here = () => location.pathname + location.search;
let shown = here();

/** Send a form and show the page that answers it; the status of an answer that is no page, else undefined. */
export async function post(address, body, taken = () => {}) {
  const answer = await request(address, { method: "POST", body, headers });
  if (!answer.ok && answer.status !== 409 && answer.status !== 422) return answer.status;
  if (answer.ok) await taken();
  await show(answer);
  return undefined;
}

async function show(answer) {
  if (answer.headers.get("Content-Type")?.startsWith("application/json")) {
    location.assign((await answer.json()).location);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!one(".workbench", page)) location.assign(answer.url);
  else {
    put(page);
    // A refusal answers at the address of its move, which is none to come back to.
    if (answer.redirected && answer.url !== location.href) {
      history.replaceState({ inPlace: true }, "");
      history.pushState({ inPlace: true }, "", answer.url);
    }
    shown = here();
  }
}

function put(page) {
  document.dispatchEvent(new Event("page:left"));
  document.title = page.title;
  const main = document.adoptNode(one("#main", page));
  one("#main").replaceWith(main);
  window.scrollTo(0, 0);
  main.dispatchEvent(new Event("page:shown", { bubbles: true }));
  if (!main.contains(document.activeElement)) focusOn(one("h1", main), { preventScroll: true });
  announce(document.title);
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
