// On a phone the assessment is a sheet: it slides up over the text by the button in the bar and goes down again, and
// neither loses its place. Without this file it stands below the text; beside it, where there is room for both.
import { one } from "../lib/dom.js";

const NARROW = matchMedia("(max-width: 63.99rem)"); // as review.css has it

/** Mounts on the bar of the bench. */
export function sheet(bar) {
  const form = bar.closest("form");
  const button = one("[data-sheet-button]", bar);
  const pane = document.getElementById(button.getAttribute("aria-controls"));
  const life = new AbortController();
  const listen = (target, type, act, options) => target.addEventListener(type, act, { signal: life.signal, ...options });
  const isOpen = () => form.dataset.sheet === "open";

  /** The pane stays in reach of the keyboard while it is down: whatever gets the focus in it opens it. */
  function put(state) {
    form.dataset.sheet = state;
    button.setAttribute("aria-expanded", String(state === "open"));
  }

  function close() {
    put("closed");
    button.focus({ preventScroll: true });
  }

  listen(button, "click", () => (isOpen() ? close() : (put("open"), pane.focus({ preventScroll: true }))));
  listen(pane, "focusin", () => isOpen() || put("open"));
  const pressed = (event) => {
    if (event.key !== "Escape" || event.isComposing || !NARROW.matches || !isOpen()) return;
    if (one("dialog[open], details[data-menu][open]")) return; // theirs
    event.preventDefault(); // the bench would lead back to its criterion
    close();
  };
  listen(document, "keydown", pressed, { capture: true });
  // Styles of all that is in the form depend on it: set only where it is needed.
  const measure = () => NARROW.matches && form.style.setProperty("--bar", `${bar.offsetHeight}px`);
  const sized = new ResizeObserver(measure);
  sized.observe(bar);
  listen(document, "page:left", () => (sized.disconnect(), life.abort()));

  // Somebody who has begun to judge before this file came goes on where they are.
  const { top } = pane.getBoundingClientRect();
  const begun = pane.contains(document.activeElement) || location.hash === `#${pane.id}` || top < innerHeight / 2;
  measure();
  put(begun && NARROW.matches ? "open" : "ready");
  if (isOpen()) pane.scrollTop = pane.getBoundingClientRect().top - top;
  one("[data-to-rubric]", bar).hidden = true;
  button.hidden = false;
}
