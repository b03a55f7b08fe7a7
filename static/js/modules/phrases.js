// Phrases on the reviewer's bench: chosen in a dialog and inserted at the caret of a comment, or kept from one.
// The list is fetched when the dialog opens for the first time. Without this file a link leads to the page of phrases.
import { all, delegate, make, one } from "../lib/dom.js";
import { NetError, request } from "../lib/net.js";

const NAME = /\{nama\}/gi;
// How well a phrase fits: 2 for this very criterion or module, 1 for any, 0 for another, which spoils the rest.
const near = (its, ours) => (its === ours ? 2 : its ? 0 : 1);

/** Mount on the dialog; the buttons stand with the comments of the review form. */
export function phrases(dialog) {
  const words = dialog.dataset;
  const form = one("#review-form");
  const chooser = new Chooser(dialog, words);
  const visited = new WeakSet(); // where a caret is that somebody has put there
  let last = null;
  const visit = (element) => {
    if (!toolsOf(element)) return;
    visited.add(element);
    last = element;
  };
  form.addEventListener("focusin", (event) => visit(event.target));
  visit(document.activeElement);

  /** The comment that a button means: of several the one where somebody was last, or else the last one. */
  function commentOf(button) {
    const group = button.closest(".field");
    if (last && group.contains(last)) return last;
    const comment = [...group.querySelectorAll("textarea")].at(-1);
    if (!visited.has(comment)) comment.setSelectionRange(comment.value.length, comment.value.length);
    return comment;
  }

  for (const button of all("[data-phrase-insert]", form)) button.setAttribute("aria-haspopup", "dialog");
  delegate(form, "click", "[data-phrase-insert]", (event, button) => chooser.open(commentOf(button)));
  delegate(form, "click", "[data-phrase-keep]", (event, button) => keep(commentOf(button), words, chooser));
  form.addEventListener("input", ({ target }) => toolsOf(target) && say(one("[data-phrase-said]", toolsOf(target)), ""));
  form.addEventListener("keydown", (event) => {
    const pressed = event.key === ";" && event.ctrlKey && !event.altKey && !event.metaKey;
    if (!pressed || event.isComposing || !toolsOf(event.target) || !one("[data-keys-on]").checked) return;
    event.preventDefault();
    if (!event.repeat) chooser.open(event.target);
  });
}

/** What stands with a comment, or null for anything else. */
const toolsOf = (element) =>
  (element?.matches("textarea") && element.closest(".field")?.querySelector("[data-phrase-tools]")) || null;

const criterionOf = (comment) => comment.closest("[data-criterion]")?.dataset.criterion ?? "";

function say(line, text, tone = "") {
  line.textContent = text;
  line.dataset.tone = tone;
}

// --- The dialog -----------------------------------------------------------------------------------------

class Chooser {
  constructor(dialog, words) {
    this.dialog = dialog;
    this.words = words;
    this.search = one("input", dialog);
    this.list = one("[role=listbox]", dialog);
    this.line = one("[data-said]", dialog);
    this.again = one("[data-again]", dialog);
    this.known = null;
    this.shown = [];
    this.active = -1;
    this.search.addEventListener("input", () => this.known && this.show());
    this.again.addEventListener("click", () => this.bring());
    delegate(dialog, "click", "[data-close]", () => dialog.close());
    delegate(dialog, "click", "[role=option]", (event, option) => this.insert(this.shown[[...this.list.children].indexOf(option)]));
    dialog.addEventListener("keydown", (event) => this.press(event));
    dialog.addEventListener("close", () => this.place && this.goBack());
  }

  open(comment) {
    this.comment = comment;
    this.place = [comment.selectionStart, comment.selectionEnd];
    this.search.value = "";
    this.dialog.showModal();
    this.search.focus();
    if (this.known) this.show();
    else this.bring();
  }

  /** Fetch the list; without an answer say why, and offer to try again. */
  async bring() {
    if (this.asking) return;
    this.asking = true;
    this.again.hidden = true;
    say(this.line, this.words.loading);
    const problem = await this.fetch().catch((error) => {
      if (!(error instanceof NetError)) console.error("phrases", error);
      return error instanceof NetError ? this.words.offline : this.words.failed;
    });
    this.asking = false;
    if (this.known) return this.show();
    say(this.line, problem, "error");
    this.again.hidden = false;
    return undefined;
  }

  async fetch() {
    const answer = await request(this.words.url);
    if (answer.status === 401) return this.words.signedOut;
    if (!answer.ok || answer.redirected) return this.words.failed;
    this.known = (await answer.json()).phrases;
    return "";
  }

  /** Those that have every word: what is for this criterion and module first, of these the most used. */
  show() {
    const wanted = this.search.value.toLowerCase().split(/\s+/);
    const [criterion, module] = [criterionOf(this.comment), Number(this.words.number)];
    const fit = (phrase) => near(phrase.criterion, criterion) * near(phrase.module, module);
    const has = (phrase) => {
      const text = `${this.named(phrase)} ${phrase.about}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    };
    this.shown = this.known.filter(has).sort((a, b) => fit(b) - fit(a) || b.uses - a.uses);
    this.list.replaceChildren(...this.shown.map((phrase, index) => this.option(phrase, index)));
    this.list.hidden = !this.shown.length;
    this.search.setAttribute("aria-expanded", String(!this.list.hidden));
    this.mark(0);
    const none = this.known.length ? this.words.nothing : this.words.none;
    say(this.line, this.shown.length ? `${this.words.found} ${this.shown.length}` : none);
  }

  named(phrase) {
    return phrase.text.replace(NAME, () => this.words.person);
  }

  option(phrase, index) {
    const about = phrase.about ? [make("span", { class: "phrase-option__about" }, phrase.about)] : [];
    const text = make("span", { class: "phrase-option__text" }, this.named(phrase));
    return make("li", { id: `phrase-${index}`, role: "option", class: "phrase-option", "aria-selected": "false" }, text, ...about);
  }

  mark(index) {
    const options = this.list.children;
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = options.length ? (index + options.length) % options.length : -1;
    const chosen = options[this.active];
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.search.setAttribute("aria-activedescendant", chosen.id);
    else this.search.removeAttribute("aria-activedescendant");
  }

  press(event) {
    event.stopPropagation(); // the keys of the bench judge and grade
    if ((event.ctrlKey || event.metaKey) && ["s", "Enter"].includes(event.key)) event.preventDefault();
    if (event.isComposing || event.target !== this.search || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = {
      ArrowDown: () => this.mark(this.active + 1),
      ArrowUp: () => this.mark(this.active - 1),
      Enter: () => event.repeat || this.insert(this.shown[this.active]),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  /** Chromium may put the caret elsewhere when a dialog gives the focus back. */
  goBack() {
    this.comment.focus({ preventScroll: true });
    this.comment.setSelectionRange(...this.place);
  }

  insert(phrase) {
    if (!phrase) return;
    const text = fitted(this.comment, this.place, this.named(phrase));
    if (text === null) return say(this.line, this.words.tooLong, "error");
    this.dialog.close();
    this.goBack();
    insertAtCaret(this.comment, text);
    this.place = null;
    phrase.uses += 1;
    request(phrase.use, { method: "POST", keepalive: true }).catch(() => {}); // a count that is lost is no loss
    return undefined;
  }
}

/** The words with the spaces that they need at the caret; null where the field has no room for them. */
function fitted(comment, [start, end], text) {
  const before = comment.value.slice(0, start);
  const after = comment.value.slice(end);
  const whole = `${/[^\s(“"]$/.test(before) ? " " : ""}${text}${/^[\p{L}\p{N}]/u.test(after) ? " " : ""}`;
  const length = before.length + whole.length + after.length;
  return comment.maxLength >= 0 && length > comment.maxLength ? null : whole;
}

function insertAtCaret(comment, text) {
  // The browser's own command can be undone by its own key, and says "input" itself; so the bench saves it.
  if (document.execCommand("insertText", false, text)) return;
  comment.setRangeText(text, comment.selectionStart, comment.selectionEnd, "end");
  comment.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- Keeping a comment as a phrase -------------------------------------------------------------------------

/** What is selected, or else the whole comment, becomes a phrase of one's own for its criterion and module. */
async function keep(comment, words, chooser) {
  const line = one("[data-phrase-said]", toolsOf(comment));
  const selected = comment.value.slice(comment.selectionStart, comment.selectionEnd).trim();
  const text = nameless(selected || comment.value.trim(), words.person);
  if (!text) return say(line, words.empty, "error");
  if (line.dataset.busy) return undefined;
  line.dataset.busy = "true";
  say(line, words.saving);
  try {
    const body = new URLSearchParams({ text, criterion: criterionOf(comment), module: words.number });
    const answer = await request(words.addUrl, { method: "POST", body });
    const told = await answer.json().catch(() => null);
    if (answer.status !== 201 || !told) {
      const out = answer.status === 401 || (answer.status === 403 && !told);
      return say(line, out ? words.signedOut : (told?.message ?? words.refused), "error");
    }
    chooser.known?.push(told.phrase);
    return say(line, told.message, "ok");
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return say(line, words.unsent, "error");
  } finally {
    delete line.dataset.busy;
  }
}

/** The participant's name gives way to the mark that stands for any name: a phrase is about nobody. */
function nameless(text, person) {
  const plain = person.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`(^|[^\\p{L}])${plain}(?!\\p{L})`, "gu"), (whole, before) => `${before}{nama}`);
}
