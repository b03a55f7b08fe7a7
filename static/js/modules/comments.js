// The reviewer's comments on passages: select words, press the button or "k", write. The server's answer replaces the
// lists beside the text. What is being typed is kept on the device until the server has it.
import { all, announce, delegate, elementsOf, focusOn, make, one } from "../lib/dom.js";
import { passageIn, points } from "../lib/anchors.js";
import { NetError, request } from "../lib/net.js";
import { commentsOf, putShelf, removeShelf, shelfUnder } from "../lib/store.js";
import { debounce } from "../lib/timing.js";
import { leadBack, light, show, unlight } from "./passages.js";

const PAUSE = 200;

/** Mounts on instructor/_comment_dialog.html. */
export function comments(root) {
  const words = root.dataset;
  const device = deviceOf(words.user, words.entry);
  const lists = () => all("[data-comments]");
  let unsaved = []; // as the device had it at the last look

  /** The words selected in one of the texts that may be commented on, or else null. */
  function selected() {
    const now = getSelection();
    if (!now.rangeCount || now.isCollapsed) return null;
    const range = now.getRangeAt(0);
    for (const list of lists()) {
      const text = one("[data-read]", list.closest("[data-prompt]"));
      const passage = range.intersectsNode(text) ? passageIn(text, range) : { problem: "empty" };
      if (passage.problem !== "empty") return { part: list.dataset.comments, text, range, ...passage };
    }
    return null;
  }

  const life = new AbortController(); // ends when another page takes the place of this one
  const { signal } = life;
  document.addEventListener("page:left", () => life.abort(), { signal });
  const dialog = commentDialog(root, { device, refresh, offer, signal });

  function write() {
    const found = selected();
    if (!found) return;
    const { part, problem, read, start, end } = found;
    if (problem) dialog.open({ quote: "" }, words.long);
    else open({ url: words.url, part, start: points(read.text.slice(0, start)), quote: read.text.slice(start, end) });
  }

  /** What this device has kept of the same comment is gone on with, and not written over. */
  const open = (row) => dialog.open({ ...row, typed: unsaved.find(({ key }) => key === device.keyOf(row))?.typed });

  // --- The button at the selection, and the key ------------------------------------------------------------

  const button = one("[data-comment-here]", root);
  const place = debounce(() => {
    const found = !dialog.isOpen && selected();
    button.hidden = !found;
    if (found) standAt(button, found);
  }, PAUSE);
  document.addEventListener("selectionchange", place, { signal });
  addEventListener("resize", place, { signal });
  place(); // somebody may have selected before this script came
  button.addEventListener("mousedown", (event) => event.preventDefault()); // it must not take the selection away
  button.addEventListener("click", write);
  document.addEventListener(
    "keydown",
    (event) => {
      // Beside the text "k" goes to another criterion, as review.js has it; so it is heard before.
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
      const elsewhere = event.target.closest?.("input, textarea, select, dialog, .workbench__judge");
      if (event.key !== "k" || !plain || elsewhere || event.repeat || !keysAreOn() || !selected()) return;
      event.preventDefault();
      write();
    },
    { capture: true, signal },
  );

  // --- The lists -------------------------------------------------------------------------------------------

  /** Show the server's lists in place of those that stand there. */
  function refresh(html) {
    for (const fresh of elementsOf(html)) one(`[data-comments="${CSS.escape(fresh.dataset.comments)}"]`)?.replaceWith(fresh);
    unlight("comment");
    unlight("evidence-shown");
    for (const list of all('[data-highlight="comment"]')) light(list);
  }
  const lightAll = () => lists().forEach(light);
  lightAll();
  document.addEventListener("htmx:load", lightAll, { signal }); // the text may come later, in place of its changes

  const inList = (element) => element.closest("[data-comments] [data-note]");
  delegate(document, "click", "[data-show]", (event, pressed) => inList(pressed) && show(inList(pressed)), { signal });
  document.addEventListener("click", (event) => lists().forEach((list) => leadBack(event, list)), { signal });
  const editing = (event, link) => {
    const item = inList(link);
    if (!item || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { note, quote, text, part } = item.dataset;
    open({ url: link.href, removal: link.dataset.removeUrl, note, quote, text, part });
  };
  delegate(document, "click", "[data-edit]", editing, { signal });

  // --- What this device still holds ------------------------------------------------------------------------

  /** Offer what was typed and not saved: by a browser that was killed, or in a dialog that was closed. */
  async function offer() {
    const box = one("[data-unsaved-comments]");
    unsaved = await device.all();
    const line = (row) => {
      const goOn = make("button", { type: "button", class: "btn btn--small" }, words.goOn);
      const drop = make("button", { type: "button", class: "btn btn--small btn--quiet" }, words.discard);
      goOn.addEventListener("click", () => dialog.open(row));
      drop.addEventListener("click", async () => {
        await device.remove(row);
        await offer();
        focusOn(one("#main"), { preventScroll: true });
      });
      const about = make("span", { class: "soft" }, ` (“${row.quote}”)`);
      return make("li", {}, make("p", {}, row.typed, about), make("div", { class: "cluster" }, goOn, drop));
    };
    one("[data-list]", box).replaceChildren(...unsaved.map(line));
    box.hidden = !unsaved.length;
  }
  offer();
}

/** The rows of one user and entry in the device's store; where the browser has none, nothing is kept. */
function deviceOf(user, entry) {
  const under = commentsOf(user, entry);
  const keyOf = ({ note, part, start, quote }) => under + (note ? `note:${note}` : `${part}:${start}:${points(quote)}`);
  const quietly = (promise) => promise.catch((error) => console.warn("comments", error));
  return {
    keyOf,
    all: async () => (await quietly(shelfUnder(under))) ?? [],
    keep: (row) => quietly(putShelf({ ...row, key: keyOf(row), user })),
    remove: (row) => quietly(removeShelf(keyOf(row))),
  };
}

/** `open(row, problem)`: a passage, or a comment (`note`) to be changed; `typed` is what the device has kept of it. */
function commentDialog(root, { device, refresh, offer, signal }) {
  const words = root.dataset;
  const box = one("dialog", root);
  const field = one("textarea", box);
  const removal = one("[data-remove]", box);
  let now = null;

  const wrong = (text) => {
    const error = one("[data-error]", box);
    error.textContent = text;
    error.hidden = !text;
    field.toggleAttribute("aria-invalid", false);
    if (text) field.setAttribute("aria-invalid", "true");
  };
  const keep = debounce((row) => device.keep(row), PAUSE);
  field.addEventListener("input", () => {
    now.typed = field.value;
    if (field.value.trim() && field.value !== now.text) keep({ ...now, busy: undefined });
    else {
      keep.cancel();
      device.remove(now);
    }
  });
  addEventListener("pagehide", () => keep.flush(), { signal });
  document.addEventListener("visibilitychange", () => document.hidden && keep.flush(), { signal });

  function open(row, problem = "") {
    if (box.open) return;
    one("[data-comment-here]", root).hidden = true;
    now = { ...row };
    one("[data-quote]", box).textContent = row.quote ? `“${row.quote}”` : "";
    field.value = row.typed ?? row.text ?? "";
    field.closest(".field").hidden = Boolean(problem);
    wrong(problem);
    removal.hidden = !row.removal;
    one('[type="submit"]', box).hidden = Boolean(problem);
    box.showModal();
    if (!problem) field.focus();
  }

  /** Send a move; the dialog closes when the server has done it, and says why it has not. */
  async function send(url, fields, done) {
    if (now.busy) return;
    now.busy = true;
    const mine = now;
    const problem = await ask(url, fields, mine).catch((error) => {
      if (!(error instanceof NetError)) throw error;
      return words.noNetwork;
    });
    mine.busy = false;
    if (now !== mine || !box.open) return void offer();
    wrong(problem);
    if (problem) field.focus();
    else {
      now = null;
      box.close();
      done();
    }
  }

  /** Gives what went wrong, in words, or "" when the lists show the new state. */
  async function ask(url, fields, row) {
    const answer = await request(url, { method: "POST", body: new URLSearchParams(fields) });
    const told = await answer.json().catch(() => null);
    if (answer.status === 401) return words.signedOut;
    if (answer.status === 404) return words.gone;
    if (!answer.ok || !told || answer.redirected) return told?.message ?? words.refused;
    keep.cancel();
    await device.remove(row);
    refresh(told.html);
    announce(told.message);
    return "";
  }

  const save = () => {
    const { part, start, quote, note, url } = now;
    if (!field.value.trim()) return wrong(words.empty);
    const place = note ? {} : { part, start, quote, submission: words.submission };
    return send(url, { ...place, text: field.value }, () => {
      getSelection().removeAllRanges();
      if (note) one(`[data-note="${note}"] [data-edit]`)?.focus({ preventScroll: true });
    });
  };
  one("form", box).addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  removal.addEventListener("click", () => {
    const { part } = now;
    send(now.removal, {}, () => focusOn(one(`[data-prompt="${CSS.escape(part)}"] [data-read]`), { preventScroll: true }));
  });
  delegate(box, "click", "[data-close]", () => box.close());
  box.addEventListener("close", async () => {
    await keep.flush();
    await offer();
  });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the keys of the bench are not meant here
    const control = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (!control || !["Enter", "s"].includes(event.key) || event.repeat) return;
    event.preventDefault();
    save();
  });

  return {
    open,
    get isOpen() {
      return box.open;
    },
  };
}

/** Just below the end of a selection, no further left or right than the text goes. */
function standAt(button, { range, text }) {
  const ends = [...range.getClientRects()].filter(({ width }) => width);
  const { right, bottom } = ends.at(-1) ?? range.getBoundingClientRect();
  const origin = button.offsetParent?.getBoundingClientRect() ?? { left: 0, top: 0 };
  const edge = text.getBoundingClientRect();
  const left = Math.max(edge.left, Math.min(right - button.offsetWidth / 2, edge.right - button.offsetWidth));
  button.style.left = `${left - origin.left}px`;
  button.style.top = `${bottom + 10 - origin.top}px`;
}

/** The switch for shortcuts in instructor/_keys.html counts here too. */
const keysAreOn = () => one("[data-keys-on]")?.checked ?? true;
