// Evidence of behaviour while writing: select a passage, say what it shows. The marks stay with their passages at each
// change; one whose passage is gone says so. The server marks only what it has saved.
import { announce, delegate, elementsOf, focusOn, one } from "../lib/dom.js";
import { anchorAt, find, passageIn, rangeOf, readText, track, unitsOf } from "../lib/anchors.js";
import { NetError, request } from "../lib/net.js";
import { debounce } from "../lib/timing.js";
import { highlight, showRange, unlight } from "./passages.js";

const PAUSE = 300;
const PATIENCE = 8000; // milliseconds until the text should have reached the server

/** Mounts on the part of the writing page that needs this script. */
export function evidence(root) {
  const words = root.dataset;
  const form = one("form.write");
  const list = one("[data-list]", root);
  const line = one("[data-said]", root);
  let marks = [];

  // --- The text ----------------------------------------------------------------------------------------

  const boxOf = (part) => one(`[name="part-${CSS.escape(part)}"]`, form)?.closest(".rich-text").querySelector(".rich-text__text");

  /** The last selection in an editor: pressing a button may take it away. */
  let selection = null;
  const remember = () => {
    const now = getSelection();
    const box = now.rangeCount && now.anchorNode && closest(now.anchorNode, ".rich-text__text");
    if (box && box.contains(now.focusNode)) selection = { box, range: now.getRangeAt(0).cloneRange() };
  };
  document.addEventListener("selectionchange", remember);
  remember();

  /** The selected passage and its anchor, or the reason why there is none. */
  function selected() {
    if (!one(".rich-text__text", form)) return { problem: words.plain };
    if (!selection?.box.isConnected || selection.range.collapsed) return { problem: words.selectFirst };
    const { problem, read, start, end } = passageIn(selection.box, selection.range);
    if (problem) return { problem: problem === "long" ? words.long : words.selectFirst };
    const anchor = anchorAt(read.text, start, end);
    const part = one("textarea", selection.box.closest(".rich-text")).name.slice("part-".length);
    return anchor ? { part, anchor } : { problem: words.twice };
  }

  // --- The marks in the text ---------------------------------------------------------------------------

  const last = new Map(); // box -> its text when the marks were last placed

  /** Where a mark stands now: tracked from the last look, or found by what stands around it. */
  function placed(mark, text, before) {
    const { quote } = mark;
    if (mark.at === undefined) {
      const at = mark.start === null ? -1 : unitsOf(text, mark.start);
      return text.startsWith(quote, at) ? at : find(text, mark);
    }
    const tracked = mark.at === null ? null : track(before, text, mark.at, mark.at + quote.length);
    return tracked ?? find(text, mark);
  }

  function look() {
    unlight("evidence");
    const reads = new Map();
    for (const mark of marks) {
      const box = boxOf(mark.part);
      if (box && !reads.has(box)) reads.set(box, readText(box));
      const read = reads.get(box);
      if (!read) continue; // written in the text area: the server knows
      mark.at = placed(mark, read.text, last.get(box) ?? read.text);
      mark.range = mark.at === null ? null : rangeOf(read, mark.at, mark.at + mark.quote.length);
      if (mark.range) {
        highlight("evidence", mark.range);
        Object.assign(mark, anchorAt(read.text, mark.at, mark.at + mark.quote.length) ?? {});
      }
      const item = one(`[data-mark="${mark.pk}"]`, list);
      const lost = one("[data-lost]", item);
      if (!mark.range && lost.hidden) announce(words.homeless);
      lost.hidden = Boolean(mark.range);
      one("[data-show]", item).hidden = !mark.range;
    }
    for (const [box, read] of reads) last.set(box, read.text);
  }
  form.addEventListener("input", debounce(look, PAUSE));
  form.addEventListener("rich-text:set", debounce(look, PAUSE));

  delegate(list, "click", "[data-show]", (event, button) => {
    look();
    const mark = marks.find(({ pk }) => pk === Number(button.closest("[data-mark]").dataset.mark));
    if (!mark?.range) return;
    boxOf(mark.part).focus({ preventScroll: true });
    showRange(mark.range);
  });

  // --- To and from the server --------------------------------------------------------------------------

  function show(told) {
    list.replaceChildren(...elementsOf(told.html));
    marks = told.marks;
    last.clear();
    unlight("evidence-shown");
    if (told.choices) one("[data-choices]", root).replaceChildren(...elementsOf(told.choices));
    look();
  }

  let asked = null;
  const load = () => (asked ??= ask().catch(() => (asked = null)));
  async function ask() {
    const answer = await request(words.url).catch(() => null);
    if (!answer?.ok || answer.redirected) {
      say(line, answer?.status === 401 ? words.signedOut : words.unlisted, "error");
      throw new Error("not listed");
    }
    say(line, "");
    show(await answer.json());
  }
  if ("some" in words || location.hash === "#bukti") load();

  /** The server can only find what it has: "" once the text has arrived there, or the reason why it has not. */
  async function unsaved() {
    const { keeper } = form;
    if (!keeper?.writer) return words.tabWrites;
    const until = performance.now() + PATIENCE;
    const out = () => !one("[data-sign-in]", form).hidden;
    await keeper.send(true);
    while (keeper.unsent && !out() && performance.now() < until) await new Promise((go) => setTimeout(go, 200));
    if (keeper.unsent) return out() ? words.signedOut : words.unsent;
    return keeper.strayed ? words.versionWaits : "";
  }

  /** Send a move; gives what went wrong, in words, or "" when the list shows the new state. */
  async function send(url, fields) {
    try {
      const reason = fields ? await unsaved() : "";
      if (reason) return reason;
      const answer = await request(url, { method: "POST", body: new URLSearchParams(fields ?? {}) });
      const told = await answer.json().catch(() => null);
      if (answer.ok && told) {
        show(told);
        selection = null;
        say(line, told.message, "ok");
        return "";
      }
      if (answer.status === 404 || told?.reason === "gone") await ask().catch(() => {});
      return answer.status === 401 ? words.signedOut : (told?.message ?? words.refused);
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      return words.noNetwork;
    }
  }

  // --- The dialog: what a passage shows, or where a mark goes ------------------------------------------------

  const dialog = markDialog(one("dialog", root), words, send);

  // One button stands beside the line of the state, one with the list; neither may take the selection away.
  delegate(document, "mousedown", "[data-mark-passage], [data-place]", (event) => event.preventDefault());
  delegate(document, "click", "[data-mark-passage]", () => {
    dialog.open(selected(), { url: words.markUrl, ready: load() });
  });
  delegate(list, "click", "[data-place]", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { mark } = link.closest("[data-mark]").dataset;
    dialog.open(selected(), { url: link.href, after: () => one(`[data-mark="${mark}"] [data-place]`, list)?.focus() });
  });

  delegate(list, "submit", "[data-unmark]", async (event, sent) => {
    event.preventDefault();
    const problem = await send(sent.action);
    if (problem) return say(line, problem, "error");
    return focusOn(one("h2", root.closest("section")));
  });
}

/** `open(chosen, { url, ready, after })`: with `ready` (the choices, on their way) it asks for a behaviour. */
function markDialog(box, words, send) {
  let now = null; // what it was opened for: an answer to an earlier one changes nothing here
  const wrong = (text) => {
    const error = one("[data-error]", box);
    error.textContent = text;
    error.hidden = !text;
  };

  async function open(chosen, { url, ready, after }) {
    if (box.open) return;
    const mine = (now = { chosen, url, after, asks: Boolean(ready), busy: false });
    one("form", box).reset();
    box.toggleAttribute("data-problem", Boolean(chosen.problem));
    box.toggleAttribute("data-moving", !ready);
    one("[data-quote]", box).textContent = chosen.problem ? "" : `“${chosen.anchor.quote}”`;
    wrong(chosen.problem ?? "");
    box.showModal();
    await ready;
    if (now !== mine || chosen.problem || !ready || one('[name="behaviour"]', box)) return;
    box.toggleAttribute("data-problem", true);
    wrong(words.unlisted);
  }

  one("form", box).addEventListener("submit", async (event) => {
    event.preventDefault();
    const mine = now;
    if (mine.busy) return undefined;
    const behaviour = one('[name="behaviour"]:checked', box)?.value;
    if (mine.asks && !behaviour) return wrong(words.choose);
    mine.busy = true;
    event.submitter?.setAttribute("aria-busy", "true");
    const { part, anchor } = mine.chosen;
    const problem = await send(mine.url, { part, ...anchor, lone: String(anchor.lone), ...(mine.asks ? { behaviour } : {}) });
    event.submitter?.removeAttribute("aria-busy");
    mine.busy = false;
    if (now !== mine || !box.open) return undefined;
    wrong(problem);
    if (problem) return undefined;
    box.close();
    mine.after?.();
    return announce(one("[data-said]", box.parentElement).textContent);
  });
  delegate(box, "click", "[data-close]", () => box.close());
  return { open };
}

const closest = (node, selector) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(selector);

function say(line, text, tone = "") {
  line.textContent = text;
  line.dataset.tone = tone;
}
