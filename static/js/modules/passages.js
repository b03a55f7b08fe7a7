// Marks the passages of a text that show a behaviour, and leads from each line of their list to its passage.
import { delegate, focusOn } from "../lib/dom.js";
import { rangeOf, readText, unitsOf } from "../lib/anchors.js";

/** Mounts on the list below an answer; what stands there is the whole of it where the browser cannot mark. */
export function passages(list) {
  const text = list.parentElement.querySelector("[data-read]");
  const read = text && readText(text);
  const rangeFor = ({ dataset: { start, quote } }) => {
    const from = unitsOf(read.text, Number(start));
    return read.text.startsWith(quote, from) ? rangeOf(read, from, from + quote.length) : null;
  };
  if (!read) return;
  for (const item of list.querySelectorAll("[data-start]")) {
    const range = rangeFor(item);
    if (range) highlight("evidence", range);
    else item.querySelector("[data-show]").hidden = true;
  }
  delegate(list, "click", "[data-show]", (event, button) => {
    focusOn(text, { preventScroll: true }); // from here on one reads, or goes on by keyboard
    showRange(rangeFor(button.closest("[data-start]")));
  });
}

/** Add a range to one of the page's highlights; nothing where the browser has none (Firefox before 140). */
export function highlight(name, range, priority = 0) {
  if (!window.Highlight || !CSS.highlights) return;
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, Object.assign(new Highlight(), { priority }));
  CSS.highlights.get(name).add(range);
}

/** Take a highlight away. */
export const unlight = (name) => window.CSS?.highlights?.delete(name);

/** Bring a passage into view and let it stand out until something else is shown. */
export function showRange(range) {
  unlight("evidence-shown");
  highlight("evidence-shown", range, 1);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const box = range.getBoundingClientRect();
  const top = window.scrollY + box.top - Math.max((window.innerHeight - box.height) / 3, 0);
  window.scrollTo({ top, behavior: calm ? "instant" : "smooth" });
}
