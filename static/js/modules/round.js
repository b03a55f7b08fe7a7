// A later round on the bench: what was to be improved is closed and opened without loading the page anew, and text and
// changes stand in each other's place. Without this file the same buttons and links do it with a page each.
import { all, announce, delegate, elementsOf, one } from "../lib/dom.js";
import { request } from "../lib/net.js";

/** Mounts on instructor/_round.html. */
export function round(box) {
  delegate(box, "click", "[data-item]", (event, button) => {
    event.preventDefault();
    move(box, button);
  });
}

async function move(box, button) {
  const said = one("[data-said]", box);
  const refuse = (message) => {
    said.textContent = message;
    said.hidden = false;
    announce(message);
  };
  if (button.getAttribute("aria-busy")) return;
  button.setAttribute("aria-busy", "true");
  said.hidden = true;
  try {
    const answer = await request(button.formAction, { method: "POST" });
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const { html, message } = isJson ? await answer.json() : {};
    if (html) {
      one("[data-items]", box).replaceChildren(...elementsOf(html));
      one(`[data-item="${button.dataset.item}"]`, box)?.focus({ preventScroll: true });
      announce(message);
    } else {
      refuse(message ?? (answer.status < 500 ? box.dataset.signedOut : box.dataset.failed));
    }
  } catch {
    refuse(box.dataset.failed);
  }
  button.removeAttribute("aria-busy");
}

/** Mounts on instructor/_views.html. What is shown first is fetched once; the bench beside it stays as it is. */
export function views(nav) {
  const place = (name) => one(`[data-view="${name}"]`);
  delegate(nav, "click", "a[data-shows]", async (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const shown = place(link.dataset.shows);
    if (!shown.children.length && !(await fill(shown, link))) return;
    for (const each of all("a[data-shows]", nav)) {
      each.toggleAttribute("aria-current", false);
      place(each.dataset.shows).hidden = each !== link;
    }
    link.setAttribute("aria-current", "page");
    history.replaceState(history.state, "", link.href);
    announce(link.textContent);
  });
}

/** Bring what another address shows; false where the browser goes there itself, or cannot. */
async function fill(shown, link) {
  let answer;
  try {
    answer = await request(link.href, { headers: { Accept: "text/html" } });
  } catch {
    announce(link.closest("nav").dataset.failed);
    return false;
  }
  const found = answer.ok && !answer.redirected ? elementsOf(await answer.text()) : [];
  const part = found.map((each) => one(`[data-view="${link.dataset.shows}"]`, each)).find(Boolean);
  if (!part) {
    location.assign(link.href); // signed out, or another page by now
    return false;
  }
  shown.replaceChildren(...part.children);
  shown.dispatchEvent(new Event("htmx:load", { bubbles: true })); // app.js mounts what has come in
  return true;
}
