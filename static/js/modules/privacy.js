// The privacy guard of the writing page: shows what may point at somebody (lib/private.js) and offers to replace it.
// It warns and never blocks, and nothing of it leaves the device: also the way from preview to passage, in
// modules/privacy-check.js, goes by the address's #.
import { all, announce, focusOn, one } from "../lib/dom.js";
import { findPrivate, masked } from "../lib/private.js";
import { debounce } from "../lib/timing.js";
import { editorOf } from "./editor.js";

const PAUSE = 1500; // milliseconds without a key until the text is looked at
const PLACE = /^#periksa=([\w-]+)\.(\d+)$/;

/** Mounts on the element that holds the words and templates; each part gets a notice of its own when needed. */
export function privacy(root) {
  const form = root.closest("form");
  const guards = all('textarea[name^="part-"], input[name="title"]', form).map((field) => new Guard(field, root));
  const look = debounce(() => guards.forEach((guard) => guard.look()), PAUSE);
  form.addEventListener("input", look);
  form.addEventListener("rich-text:set", look);
  guards.forEach((guard) => guard.look());
  const [, name, index] = PLACE.exec(location.hash) ?? [];
  const meant = guards.find(({ field }) => field.name === `part-${name}` || field.name === name);
  if (meant) meant.lead(Number(index));
}

class Guard {
  constructor(field, root) {
    this.field = field;
    this.words = root.dataset;
    this.root = root;
    this.left = new Set(); // what the author wants to leave, on this page
    this.shown = "";
  }

  /** The places of now: offsets in the text area, or positions in the editor's document. */
  get places() {
    const tiptap = editorOf(this.field);
    if (!tiptap) return findPrivate(this.field.value);
    const places = [];
    tiptap.state.doc.descendants((node, at) => {
      if (!node.isTextblock) return true;
      for (const found of findPrivate(node.textBetween(0, node.content.size, "", "\n"))) {
        places.push({ ...found, start: at + 1 + found.start, end: at + 1 + found.end });
      }
      return false;
    });
    return places;
  }

  look() {
    const places = this.places.filter(({ text }) => !this.left.has(text));
    const now = places.map(({ kind, text }) => `${kind}:${text}`).join("\n");
    if (now === this.shown) return;
    if (places.length && !this.shown) announce(this.words.found);
    this.shown = now;
    if (!places.length) {
      this.notice?.remove();
      this.notice = null;
      return;
    }
    this.notice ??= this.make();
    one(".privacy__list", this.notice).replaceChildren(...places.map((place, index) => this.item(place, index)));
  }

  make() {
    const notice = one("template:not([data-item])", this.root).content.firstElementChild.cloneNode(true);
    this.field.closest(".field").append(notice);
    return notice;
  }

  item(place, index) {
    const item = one("template[data-item]", this.root).content.firstElementChild.cloneNode(true);
    one("[data-kind]", item).textContent = this.words[place.kind];
    one("[data-text]", item).textContent = place.text;
    const mask = one("[data-mask]", item);
    mask.textContent = this.words.replace.replace("{mask}", this.mask(place));
    mask.addEventListener("click", () => this.replace(place, index));
    one("[data-show]", item).addEventListener("click", () => this.show(place, index));
    one("[data-leave]", item).addEventListener("click", () => {
      this.left.add(place.text);
      this.goOn(index);
    });
    return item;
  }

  mask(place) {
    const { maskNik, maskNip, maskPppk, maskPhone, maskEmail } = this.words;
    return masked(place, { nik: maskNik, nip: maskNip, pppk: maskPppk, phone: maskPhone, email: maskEmail });
  }

  /** Where it stands now: the text may have moved since the list was made. */
  find({ text }, index) {
    const same = this.places.filter((place) => !this.left.has(place.text));
    return same[index]?.text === text ? same[index] : same.find((place) => place.text === text);
  }

  /** One step of the editor, in the marks that stand there: Ctrl+Z takes it back. */
  replace(place, index) {
    const found = this.find(place, index);
    const tiptap = editorOf(this.field);
    if (found && tiptap) {
      tiptap.view.dispatch(tiptap.state.tr.insertText(this.mask(found), found.start, found.end).scrollIntoView());
    } else if (found) {
      select(this.field, found);
      // The only way that leaves the browser's own undoing intact; it fires input by itself.
      if (!document.execCommand("insertText", false, this.mask(found))) {
        this.field.setRangeText(this.mask(found), found.start, found.end, "end");
        this.field.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
    announce(this.words.done);
    this.goOn(index);
  }

  /** After one is dealt with the focus goes to the next, and after the last to its part. */
  goOn(index) {
    this.look();
    const next = this.notice && (all("[data-mask]", this.notice)[index] ?? all("[data-mask]", this.notice).at(-1));
    if (next) next.focus();
    else focusOn(this.field.closest(".field"), { preventScroll: true });
  }

  show(place, index) {
    const found = this.find(place, index);
    const tiptap = editorOf(this.field);
    if (!found) return this.look();
    if (!tiptap) return select(this.field, found);
    return tiptap.chain().focus().setTextSelection({ from: found.start, to: found.end }).scrollIntoView().run();
  }

  /** From the preview: select the passage as soon as the editor stands there. */
  lead(index) {
    history.replaceState(history.state, "", location.pathname);
    let done = false;
    const go = () => {
      const place = this.places[index] ?? this.places[0];
      if (done || !place) return;
      done = true;
      this.show(place, this.places.indexOf(place));
    };
    if (editorOf(this.field) || this.field.localName === "input") return go();
    this.field.closest(".field").addEventListener("rich-text:set", go, { once: true });
    return setTimeout(go, 5000); // without the editor the text area will do
  }
}

function select(field, { start, end }) {
  field.focus();
  field.setSelectionRange(start, end);
}
