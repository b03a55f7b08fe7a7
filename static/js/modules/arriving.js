// A part of a page that is fetched once somebody gets near it; until then, and where that fails, its link must do.
import { elementsOf } from "../lib/dom.js";
import { request } from "../lib/net.js";

/** Mounts on an empty element with data-url; the answer is a fragment of our own server, as JSON. */
export async function arriving(element) {
  element.setAttribute("aria-busy", "true");
  try {
    const answer = await request(element.dataset.url);
    if (!answer.ok || answer.redirected) return;
    element.replaceChildren(...elementsOf((await answer.json()).html));
  } catch {
    window.addEventListener("online", () => arriving(element), { once: true });
  } finally {
    element.removeAttribute("aria-busy");
  }
}
