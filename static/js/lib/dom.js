// Small helpers around the document.

/** First element below `root` that matches, or null. */
export const one = (selector, root = document) => root.querySelector(selector);

/** All elements below `root` that match, as an array. */
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Listen on `root` for events of the elements that match, now or later. */
export function delegate(root, type, selector, handle, options) {
  root.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element && event.target.closest(selector);
      if (element) handle(event, element);
    },
    options,
  );
}

/** Build an element: make("p", { class: "soft", hidden: true }, "text", otherElement). Text stays text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Call `save` on Ctrl+S, wherever the focus is; the browser never saves the page itself. */
export function onSaveKey(save) {
  document.addEventListener("keydown", (event) => {
    const control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (!control || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    if (!event.repeat) save();
  });
}

/** Ask before the page is left for as long as `loses()` says that something would be lost. */
export function askBeforeLeaving(loses, options) {
  const ask = (event) => {
    if (!loses()) return;
    event.preventDefault();
    event.returnValue = ""; // Chrome 109 and Safari ask only with this
  };
  window.addEventListener("beforeunload", ask, options);
}

/** Move the focus to something that is not focusable by itself, and leave no trace in the tab order. */
export function focusOn(element, options) {
  if (!element.hasAttribute("tabindex")) {
    element.setAttribute("tabindex", "-1");
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }
  element.focus(options);
}

let live;

/** Say something to screen readers only. An emptied region lets the same sentence be heard twice. */
export function announce(text) {
  if (!live) {
    live = make("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
    document.body.append(live);
  }
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 100);
}

/** The value of a JSON block written by Django's json_script. */
export function jsonBlock(id) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent) : null;
}

/** HTML whose style and event attributes are mere data: our content security policy reports them to every parser. */
export const unstyled = (html) =>
  html.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/(["'\s])(style|on\w+)\s*=/gi, "$1data-$2="));

/** Elements from a fragment of our own server, whose templates escape what people wrote. */
export const elementsOf = (html) => [...new DOMParser().parseFromString(html, "text/html").body.children];
