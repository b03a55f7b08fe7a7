// The reviewer's bench: levels and points kept together, the running score, and the keyboard; review-saver.js keeps
// what is written and carries the decision. Without these files the same form works with its buttons.
import { all, announce, delegate, jsonBlock, make, one } from "../lib/dom.js";
import { bandFor, cents, outcome, rawScore, shown, stepOf, typed } from "../lib/score.js";
import { Saver } from "./review-saver.js";

const OFF = "review-keys-off";

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);

/** Mount on the review form. */
export function review(form) {
  const words = jsonBlock("review-words");
  const rules = jsonBlock("review-rules");
  const criteria = all("[data-criterion]", form).map((element) => new Criterion(element, words));
  const show = () => showTotal(form, criteria, rules, words);
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
  growLines(form);
  const saver = new Saver(form, words);
  keyboard(form, criteria, saver.signal);
  // Selected words are what the script for comments waits for.
  const need = () => getSelection().isCollapsed || document.dispatchEvent(new Event("page:needed"));
  document.addEventListener("selectionchange", need, { signal: saver.signal });
}

// --- One criterion: a level is a range of points, so each follows the other ---------------------------

class Criterion {
  constructor(element, words) {
    this.element = element;
    this.words = words;
    this.weight = cents(element.dataset.weight);
    this.radios = all('input[type="radio"]', element);
    this.steps = this.radios.map((radio) => ({
      radio,
      low: cents(radio.dataset.low),
      high: cents(radio.dataset.high),
    }));
    this.points = one(".points input", element);
    this.range = one("[data-range]", element);
    for (const radio of this.radios) radio.addEventListener("change", () => this.choose(radio));
    this.points.addEventListener("input", () => this.follow());
    this.showRange();
  }

  /** Hundredths, null while not scored, NaN for what no level has. */
  get value() {
    const value = cents(this.points.value);
    if (value === null || Number.isNaN(value)) return value;
    return this.levelOf(value) ? value : NaN;
  }

  levelOf(value) {
    return stepOf(value, this.steps)?.radio;
  }

  choose(radio) {
    radio.checked = true;
    const value = cents(this.points.value);
    if (value === null || this.levelOf(value) !== radio) {
      this.points.value = typed(cents(radio.dataset.points), this.words.decimal);
    }
    this.showRange();
  }

  follow() {
    const value = cents(this.points.value);
    const level = this.levelOf(value);
    for (const radio of this.radios) radio.checked = radio === level;
    this.showRange();
  }

  showRange() {
    const wrong = Number.isNaN(this.value);
    const level = this.radios.find((radio) => radio.checked);
    const part = (text) => typed(cents(text), this.words.decimal);
    this.points.toggleAttribute("aria-invalid", false);
    if (wrong) this.points.setAttribute("aria-invalid", "true");
    this.range.textContent = wrong
      ? this.words.outside
      : level
        ? fill(this.words.range, { low: part(level.dataset.low), high: part(level.dataset.high) })
        : "";
  }

  /** Choose by the digit on the key; false when there is no such level. */
  press(digit) {
    const radio = this.radios.find((each) => each.dataset.key === digit);
    if (!radio) return false;
    this.choose(radio);
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  focus() {
    const radio = this.radios.find((each) => each.checked) ?? this.radios[0];
    radio.focus({ preventScroll: true });
    reveal(this.element);
  }
}

/** Scroll only the pane of the bench, so that the text beside it, or behind it on a phone, stays where one reads. */
function reveal(element) {
  const pane = element.closest(".workbench__judge");
  const { overflowY, position } = getComputedStyle(pane);
  if (!/auto|scroll/.test(overflowY)) return element.scrollIntoView({ block: "nearest" });
  const [inner, outer] = [element.getBoundingClientRect(), pane.getBoundingClientRect()];
  const slides = position === "fixed"; // on its way up it lies below the bar still
  const bottom = (slides ? outer.bottom : Math.min(outer.bottom, one(".workbench__bar").getBoundingClientRect().top)) - 8;
  if (inner.top < outer.top || inner.height > bottom - outer.top) pane.scrollTop += inner.top - outer.top - 8;
  else if (inner.bottom > bottom) pane.scrollTop += inner.bottom - bottom;
  if (slides) return undefined;
  // The end of the pane may lie below the window while that stands at its top.
  const rest = element.getBoundingClientRect().bottom - bottom;
  if (rest > 0 && inner.height <= bottom - outer.top) scrollBy(0, rest);
  return undefined;
}

function showTotal(form, criteria, rules, words) {
  const parts = criteria.map((each) => [each.weight, each.value]);
  const known = parts.filter(([, points]) => points !== null && !Number.isNaN(points));
  const complete = known.length === parts.length && parts.length > 0;
  const result = complete ? outcome(known, rules) : null;
  const score = result ? result.score : known.length ? rawScore(known) : null;
  one("[data-total]", form).classList.toggle("total--partial", !result);
  one("[data-score]", form).textContent = score === null ? "–" : shown(score, words.decimal);
  one("[data-scored]", form).textContent = fill(words.scored, { scored: known.length, total: parts.length });
  one("[data-band]", form).textContent = result
    ? bandFor(result.score, rules.bands) || "–"
    : known.length
      ? fill(words.soFar, { scored: known.length, total: parts.length })
      : words.none;
  one("[data-taken]", form).textContent = result ? lateness(result, rules, words) : "";
}

/** What lateness does to the score, in the words of journals/services/working.py; "" when it was on time. */
function lateness({ raw, taken, score }, { deduction }, { late, decimal }) {
  const line = late.marked ?? (taken === deduction ? late.taken : taken ? late.floored : late.spared);
  const below = raw - deduction;
  const said = { raw: shown(raw, decimal), below: (below < 0 ? "−" : "") + shown(Math.abs(below), decimal), score: shown(score, decimal) };
  return line ? fill(line, said) : "";
}

/** One empty row is enough where more can be added. */
function growLines(form) {
  const box = one("[data-lines]", form);
  if (!box) return;
  const list = one(".lines", box);
  const rows = () => all("textarea", list);
  for (const row of rows().filter((each) => !each.value.trim()).slice(1)) row.closest("li").remove();
  delegate(box.closest(".send-back"), "click", "[data-add-line]", () => {
    const number = rows().length;
    const label = `${box.dataset.label} ${number + 1}`;
    const row = make("textarea", { id: `id_items_${number}`, name: "items", rows: 2, maxlength: 1000, "aria-label": label });
    list.append(make("li", {}, row));
    row.focus();
  });
}

// --- The keyboard -----------------------------------------------------------------------------------

const isText = (element) =>
  element instanceof HTMLTextAreaElement ||
  element instanceof HTMLSelectElement ||
  (element instanceof HTMLInputElement && !["radio", "checkbox", "button", "submit"].includes(element.type));

function keyboard(form, criteria, signal) {
  const help = one("#keys-help");
  const useKeys = one("[data-keys-on]", help);
  useKeys.checked = remembered();
  useKeys.addEventListener("change", () => remember(useKeys.checked));
  delegate(document, "click", "[data-keys-help]", () => help.showModal(), { signal });
  delegate(help, "click", "[data-close]", () => help.close());

  let active = Math.max(0, criteria.findIndex((each) => each.value === null));
  const go = (index) => {
    active = Math.min(Math.max(index, 0), criteria.length - 1);
    criteria[active].focus();
  };
  const mark = () => criteria.forEach((each, index) => each.element.toggleAttribute("data-active", index === active));
  mark();
  form.addEventListener("focusin", (event) => {
    const index = criteria.findIndex((each) => each.element.contains(event.target));
    if (index >= 0) active = index;
    mark();
  });
  const open = (field) => {
    if (!field) return;
    const box = field.closest("details");
    if (box) box.open = true;
    field.focus({ preventScroll: true });
    reveal(field);
  };
  const letters = {
    j: () => go(active + 1),
    k: () => go(active - 1),
    p: () => {
      open(criteria[active].points);
      criteria[active].points.select();
    },
    n: () => open(one("textarea", criteria[active].element)),
    c: () => open(form.elements.comment),
    i: () => open(one(".lines li:last-child textarea", form)),
    r: () => open(one("[data-return]", form)),
    s: () => form.requestSubmit(one("[data-aside]", form)),
    b: () => one("a[data-shows]:not([aria-current])")?.click(),
    d: () => open(one("button[data-open]", form)),
    "?": () => help.showModal(),
  };

  const pressed = (event) => {
    // While the next page is shown before the answer has come, this one is not there to be changed.
    if (event.defaultPrevented || event.isComposing || help.open || !form.isConnected) return;
    if (event.key === "Enter" && event.target === criteria[active]?.points && !event.ctrlKey && !event.metaKey) {
      event.preventDefault(); // otherwise the number's Enter would send the form
      go(active + 1);
      return;
    }
    if (!useKeys.checked) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) return withControl(event, form);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && form.contains(event.target)) go(active);
    if (isText(event.target)) return;
    if (/^[1-9]$/.test(event.key)) {
      if (event.repeat) return; // a key that is held down judges one criterion, not all of them
      if (!criteria[active].press(event.key)) return;
      event.preventDefault();
      announce(`${one("legend .criterion__name", criteria[active].element).textContent}: ${event.key}`);
      go(active + 1);
    } else if (letters[event.key]) {
      event.preventDefault();
      if (!event.repeat || "jk".includes(event.key)) letters[event.key]();
    }
  };
  document.addEventListener("keydown", pressed, { signal });
}

function withControl(event, form) {
  const returning = event.target.closest(".send-back") && one("[data-return]", form);
  const press = { enter: returning || one("[data-primary]", form), s: one("[data-save]", form) }[event.key.toLowerCase()];
  if (!press) return;
  event.preventDefault();
  if (!event.repeat) form.requestSubmit(press);
}

function remembered() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

function remember(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Without storage the switch holds for this page.
  }
}
