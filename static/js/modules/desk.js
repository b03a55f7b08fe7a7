// The writing desk's tools: nothing but the text on the screen, and the keyboard's shortcuts in a dialog.
import { announce, delegate, one } from "../lib/dom.js";

const root = document.documentElement;

/** Mounts on the row of tools beside the line of the state. */
export function desk(tools) {
  const form = tools.closest("form");
  const help = shortcuts();
  const calm = new Calm(one("[data-calm]", tools), tools.dataset);
  one("[data-keys-help]", tools).addEventListener("click", () => help.showModal());

  // Before the editor, which claims Enter and Esc for itself whatever else is held down.
  document.addEventListener("keydown", (event) => press(event, form, help, calm), { capture: true });
}

function press(event, form, help, calm) {
  if (event.isComposing || one("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "escape" && calm.on && !one("details[data-menu][open]")) calm.set(false);
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.repeat) return;
  if (key === "/" && !event.shiftKey) help.showModal();
  else if (key === "f" && event.shiftKey) calm.set(!calm.on);
  else if (key === "e" && event.shiftKey) one("[data-mark-passage]").click();
  else if (key === "enter" && event.shiftKey) one('[name="then"]', form).click();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function shortcuts() {
  const help = document.getElementById("write-keys");
  if (/Mac|iP(?:hone|ad)/.test(navigator.platform)) {
    for (const key of help.querySelectorAll("kbd")) if (key.textContent === "Ctrl") key.textContent = "⌘";
  }
  delegate(help, "click", "[data-close]", () => help.close());
  return help;
}

/** Everything but the text is put out of sight; the browser's full screen comes on top where it can. */
class Calm {
  constructor(button, words) {
    this.button = button;
    this.words = words;
    button.addEventListener("click", () => this.set(!this.on));
    // Esc leaves the browser's full screen without a key event.
    document.addEventListener("fullscreenchange", () => !document.fullscreenElement && this.on && this.set(false));
  }

  get on() {
    return "calm" in root.dataset;
  }

  set(on) {
    // What somebody looks at stays where it is while everything around it goes or comes.
    const anchor = document.activeElement?.closest("form.write") ? document.activeElement : null;
    const before = anchor?.getBoundingClientRect().top;
    if (on) root.dataset.calm = "";
    else delete root.dataset.calm;
    this.button.setAttribute("aria-pressed", String(on));
    if (anchor) window.scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
    announce(on ? this.words.calmOn : this.words.calmOff);
    const asked = on ? root.requestFullscreen?.() : document.fullscreenElement && document.exitFullscreen();
    asked?.catch?.(() => {}); // refused: the page alone is calm enough
  }
}
