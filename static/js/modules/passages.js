// Marks the passages of a text that a list names, and leads from each line of the list to its passage. From a comment's
// passage a click leads back to its line.
import { all, delegate, focusOn, one } from "../lib/dom.js";
import { rangeOf, readText, unitsOf } from "../lib/anchors.js";

/** Mounts on a list beside the text; what stands there is the whole of it where the browser cannot mark. */
export function passages(list) {
  light(list);
  delegate(list, "click", "[data-show]", (event, button) => show(button.closest("[data-start]")));
  if (list.dataset.highlight !== "comment") return;
  const back = (event) => leadBack(event, list);
  document.addEventListener("click", back);
  document.addEventListener("page:left", () => document.removeEventListener("click", back), { once: true });
}

// Another page takes the place of this one, and brings its own marks.
document.addEventListener("page:left", () => window.CSS?.highlights?.clear());

/** Mark what the list names. Without a place in the text a line offers none, and says so where it can. */
export function light(list) {
  for (const item of all("[data-start]", list)) {
    const range = rangeFor(item);
    if (range) highlight(list.dataset.highlight ?? "evidence", range);
    one("[data-show]", item).hidden = !range;
    const lost = one("[data-lost]", item);
    if (lost) lost.hidden = Boolean(range);
  }
}

/** Lead from a line of a list to its passage. */
export function show(item) {
  const range = rangeFor(item);
  if (!range) return;
  focusOn(textFor(item), { preventScroll: true }); // from here on one reads, or goes on by keyboard
  showRange(range);
}

/** The text that a line is about: of the part that it names, in the nearest surroundings that have it. */
function textFor(item) {
  const { part } = item.dataset;
  const wanted = part ? `[data-prompt="${CSS.escape(part)}"] [data-read]` : "[data-read]";
  for (let around = item.parentElement; around; around = around.parentElement) {
    const found = part && around.matches(`[data-prompt="${CSS.escape(part)}"]`) ? one("[data-read]", around) : one(wanted, around);
    if (found) return found;
  }
  return null;
}

function rangeFor(item) {
  const text = textFor(item);
  if (!text) return null;
  const { start, quote } = item.dataset;
  const read = readText(text);
  const from = unitsOf(read.text, Number(start));
  return read.text.startsWith(quote, from) ? rangeOf(read, from, from + quote.length) : null;
}

/** A click on a passage, without a selection being made, leads to its line in the list. */
export function leadBack(event, list) {
  if (!event.target.closest("[data-read]") || event.target.closest("a") || !getSelection().isCollapsed) return;
  const hit = ({ left, right, top, bottom }) =>
    left <= event.clientX && event.clientX <= right && top <= event.clientY && event.clientY <= bottom;
  const item = all("[data-start]", list).find((each) => [...(rangeFor(each)?.getClientRects() ?? [])].some(hit));
  if (!item) return;
  focusOn(item, { preventScroll: true });
  scrollTo(item.getBoundingClientRect());
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
  scrollTo(range.getBoundingClientRect());
}

function scrollTo(box) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const top = window.scrollY + box.top - Math.max((window.innerHeight - box.height) / 3, 0);
  window.scrollTo({ top, behavior: calm ? "instant" : "smooth" });
}
