// Replaces the text area of a rich text field by an editor (Tiptap, from the installed django-prose-editor).
// The text area stays the form's field: each edit is written into it and fires its input event.
import { unstyled } from "../lib/dom.js";
import { countWordsIn } from "../lib/words.js";

const fields = new WeakMap(); // textarea → field

/** Mounts on the field's wrapper. Without the library, or while somebody is typing, the text area stays. */
export async function editor(root) {
  const textarea = root.querySelector("textarea");
  const format = root.querySelector(`input[type="hidden"]`);
  if (!textarea || !format) throw new Error("editor needs a textarea and its format");
  // What was typed before this script arrived counts as typed: the editor must not take its place.
  const known = textarea.defaultValue;
  const field = { root, textarea, format, html: root.dataset.html, known, tiptap: null, lib: null };
  fields.set(textarea, field);
  if (field.html === undefined || textarea.disabled || textarea.readOnly) return;
  // A variable, so that the static file storage leaves it alone: the server already wrote the hashed address.
  const address = root.dataset.src;
  try {
    field.lib = await import(address);
  } catch {
    return; // no network, or a browser too old: the notation works everywhere
  }
  start(field);
  textarea.addEventListener("blur", () => start(field));
}

/** What a rich text field holds now: { value, format }. */
export function getRichText(textarea) {
  return { value: textarea.value, format: fields.get(textarea)?.format.value ?? "notation" };
}

/** Whether somebody has changed this field, of a rich text or not, since the page came. */
export const isTouched = (field) => field.value !== (fields.get(field)?.known ?? field.defaultValue);

/** The editor in front of this text area, or null while people write in the text area itself. */
export const editorOf = (textarea) => fields.get(textarea)?.tiptap ?? null;

/** Put a kept draft back, in the format it was kept in. Fires no input event. */
export function setRichText(textarea, { value, format }) {
  const field = fields.get(textarea);
  if (!field) throw new Error("not a rich text field");
  if (format === "html" && field.tiptap) {
    field.tiptap.commands.setContent(value, { emitUpdate: false });
    write(field);
  } else {
    if (field.tiptap) stop(field);
    textarea.value = value;
    field.format.value = format;
    // The browser cannot read the notation, so only HTML may go on into the editor.
    field.html = format === "html" ? value : undefined;
    field.known = textarea.value;
    start(field);
  }
  textarea.dispatchEvent(new CustomEvent("rich-text:set", { bubbles: true }));
}

function start(field) {
  const { root, textarea, format, lib } = field;
  const untouched = textarea.value === field.known;
  if (!lib || field.tiptap || field.html === undefined || !untouched || document.activeElement === textarea) return;
  const kept = { value: textarea.value, format: format.value, id: textarea.id };
  const parts = root.querySelector(".rich-text__parts").content.cloneNode(true);
  const frame = document.createElement("div");
  frame.className = "rich-text__frame";
  const bar = parts.querySelector(".rich-text__toolbar");
  frame.append(bar);
  textarea.before(frame);
  frame.addEventListener("focusin", () => loadCleaner().catch(() => {}), { once: true });
  const openLink = linkDialog(field, parts.querySelector("dialog"));
  try {
    field.tiptap = new lib.Editor({
      element: frame,
      injectCSS: false, // css/editor.css has what is needed, so no inline style
      extensions: extensions(lib, openLink),
      content: field.html,
      editorProps: {
        attributes: attributes(textarea),
        handlePaste: paste,
        // Asked before handlePaste, so perhaps before there is a cleaner; and for what is dropped.
        transformPastedHTML: (html) => (cleaner ? cleaner.tidyPaste(html) : unstyled(html)),
      },
      onUpdate: () => {
        write(field);
        textarea.dispatchEvent(new Event("input", { bubbles: true }));
      },
    });
    // Links and labels that lead to the text area now lead to the editor.
    textarea.removeAttribute("id");
    textarea.hidden = true;
    root.classList.add("rich-text--editor");
    toolbar(field, bar, openLink);
    write(field);
    field.stop = labels(textarea, field, kept.id, frame);
    field.known = textarea.value;
  } catch (error) {
    console.error("rich text editor", error);
    field.tiptap?.destroy();
    frame.remove();
    Object.assign(field, { tiptap: null, html: undefined });
    restore(field, kept);
  }
  root.dispatchEvent(new CustomEvent("rich-text:set", { bubbles: true }));
}

function stop(field) {
  const id = field.tiptap.view.dom.id;
  field.stop();
  field.tiptap.destroy();
  field.tiptap = null;
  restore(field, { value: field.textarea.value, format: field.format.value, id });
}

function restore({ root, textarea, format }, kept) {
  textarea.value = kept.value;
  format.value = kept.format;
  if (kept.id) textarea.id = kept.id;
  textarea.hidden = false;
  root.classList.remove("rich-text--editor");
}

function write({ tiptap, textarea, format }) {
  textarea.value = tiptap.isEmpty ? "" : tiptap.getHTML();
  format.value = "html";
}

function attributes(textarea) {
  const label = textarea.labels?.[0];
  if (label) label.id ||= `${textarea.id}_label`;
  const found = {
    id: textarea.id,
    class: "rich-text__text prose",
    role: "textbox",
    "aria-multiline": "true",
    spellcheck: "true",
  };
  if (textarea.lang) found.lang = textarea.lang;
  if (label) found["aria-labelledby"] = label.id;
  else if (textarea.getAttribute("aria-label")) found["aria-label"] = textarea.getAttribute("aria-label");
  for (const name of ["aria-describedby", "aria-invalid", "aria-required", "lang"]) {
    if (textarea.hasAttribute(name)) found[name] = textarea.getAttribute(name);
  }
  return found;
}

function labels(textarea, field, id, frame) {
  const label = id && document.querySelector(`label[for="${CSS.escape(id)}"]`);
  const focus = () => field.tiptap.commands.focus();
  label?.addEventListener("click", focus);
  return () => {
    label?.removeEventListener("click", focus);
    frame.remove();
  };
}

// --- What can be written: the same document as journals/canonical.py, so that saving changes nothing ---

/** Tiptap's extensions from the library; `openLink` answers Ctrl+K. */
function extensions(lib, openLink) {
  return [
    lib.Document,
    lib.Paragraph,
    lib.Text,
    // Pasted stars and underscores are lib/paste.js's: one star is bold in WhatsApp.
    lib.Bold.extend({ addPasteRules: () => [] }),
    lib.Italic.extend({ addPasteRules: () => [] }),
    lib.HardBreak,
    lib.History,
    lib.Heading.configure({ levels: [3] }),
    lib.BulletList,
    // The library turns the "1. " rule and attributes of its own on and off; our lists are plain.
    lib.OrderedList.extend({
      addAttributes: () => ({}),
      addNodeView: null,
      addInputRules() {
        return [lib.wrappingInputRule({ find: /^1[.)]\s$/, type: this.type })];
      },
    }),
    lib.ListItem.extend({ content: "paragraph (paragraph | bulletList | orderedList)*" }),
    lib.Blockquote.extend({ content: "(paragraph | heading | bulletList | orderedList)+" }),
    lib.Link.extend({
      addKeyboardShortcuts: () => ({
        "Mod-k": () => {
          openLink();
          return true;
        },
      }),
    }).configure({
      openOnClick: false,
      autolink: false,
      linkOnPaste: true,
      enableTarget: false,
      protocols: ["http", "https", "mailto"],
      defaultProtocol: "https",
      isAllowedUri: (address) => Boolean(webAddress(address)),
      HTMLAttributes: { target: null, rel: null, class: null },
    }),
  ];
}

// --- Pasting: lib/paste.js cleans it, and comes when somebody begins to write ---

let cleaner = null;

async function loadCleaner() {
  cleaner ??= await import("../lib/paste.js");
}

function paste(view, event) {
  const html = event.clipboardData?.getData("text/html") ?? "";
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cleaner && html) {
    // Without the network the text comes plain, rather than as Word means it.
    loadCleaner().then(() => view.pasteHTML(cleaner.betterThan(html, text) || html), () => view.pasteText(text));
    return true;
  }
  const better = cleaner?.betterThan(html, text);
  if (better) view.pasteHTML(better);
  return Boolean(better);
}

/** The http, https or mailto address meant by what was typed, or "". */
export function webAddress(typed) {
  const text = typed.trim();
  if (/\s/.test(text)) return "";
  if (/^https?:\/\/[^/?#\\]/i.test(text) || /^mailto:[^\s?]+@\S/i.test(text)) return text;
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(text)) return `mailto:${text}`;
  if (/^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+(:\d+)?([/?#].*)?$/u.test(text)) return `https://${text}`;
  return "";
}

// --- Toolbar and link dialog; their markup comes from the server, in its language ---

const COMMANDS = {
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  heading: (chain) => chain.toggleHeading({ level: 3 }),
  bulletList: (chain) => chain.toggleBulletList(),
  orderedList: (chain) => chain.toggleOrderedList(),
  blockquote: (chain) => chain.toggleBlockquote(),
  undo: (chain) => chain.undo(),
  redo: (chain) => chain.redo(),
};

/** One Tab stop; arrow keys move inside (the toolbar pattern of the ARIA practices). */
function toolbar(field, bar, openLink) {
  const { tiptap } = field;
  const buttons = [...bar.querySelectorAll("button")];
  const rove = (to) => buttons.forEach((button) => (button.tabIndex = button === to ? 0 : -1));
  rove(buttons[0]);
  bar.setAttribute("aria-controls", tiptap.view.dom.id);

  // Keeps the selection, and on phones the keyboard.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    rove(button);
    // "Select all" reaches beyond the text, where a quotation cannot be undone.
    const { selection, doc } = tiptap.state;
    if (selection.$from.depth === 0) tiptap.commands.setTextSelection({ from: 0, to: doc.content.size });
    if (button.dataset.command === "link") openLink();
    else COMMANDS[button.dataset.command](tiptap.chain().focus()).run();
  });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    rove(next);
    next.focus();
  });

  const show = () => {
    for (const button of buttons) {
      const { command } = button.dataset;
      if (command === "undo" || command === "redo") {
        button.setAttribute("aria-disabled", String(!tiptap.can()[command]()));
      } else {
        button.setAttribute("aria-pressed", String(tiptap.isActive(command)));
      }
    }
  };
  tiptap.on("transaction", show);
  show();
}

/** Returns the function that opens the dialog for the link at the cursor or over the selection. */
function linkDialog(field, dialog) {
  const input = dialog.querySelector("input");
  const error = dialog.querySelector(".field__error");
  const remove = dialog.querySelector('[value="remove"]');

  const close = () => {
    dialog.close();
    dialog.remove();
    field.tiptap.commands.focus();
  };
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const href = webAddress(input.value);
    error.textContent = href ? "" : error.dataset.text;
    input.setAttribute("aria-invalid", String(!href));
    if (!href) {
      input.focus();
      return;
    }
    close();
    const { tiptap } = field;
    if (tiptap.state.selection.empty && !tiptap.isActive("link")) {
      tiptap.chain().focus().insertContent({ type: "text", text: input.value.trim(), marks: [{ type: "link", attrs: { href } }] }).run();
    } else {
      tiptap.chain().focus().extendMarkRange("link").setLink({ href }).run();
    }
  });
  remove.addEventListener("click", () => {
    close();
    field.tiptap.chain().focus().extendMarkRange("link").unsetLink().run();
  });
  dialog.querySelector('[value="cancel"]').addEventListener("click", close);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });

  return () => {
    // At the end of the document: a form cannot stand inside the page's own form.
    document.body.append(dialog);
    input.value = field.tiptap.getAttributes("link").href ?? "";
    input.removeAttribute("aria-invalid");
    error.textContent = "";
    remove.hidden = !field.tiptap.isActive("link");
    dialog.showModal();
    input.focus();
    input.select();
  };
}

// --- Word counter: for eyes at once, for ears after a pause. Works without the editor, too ---

const PAUSE = 1000; // milliseconds

/** Mounts on the field's wrapper: a textarea, an optional <name>-format input and the .word-count paragraph. */
export function wordCount(root) {
  const textarea = root.querySelector("textarea");
  const format = root.querySelector(`input[type="hidden"]`);
  const counter = root.querySelector(".word-count");
  const live = root.querySelector(".word-count__live");
  if (!textarea || !counter) throw new Error("word-count needs a textarea and a .word-count");
  const low = Number(counter.dataset.min);
  const high = Number(counter.dataset.max);
  let waiting = 0;

  const update = () => {
    const words = countWordsIn(textarea.value, format ? format.value : "plain");
    const state = low && words < low ? "below" : high && words > high ? "above" : "within";
    const distance = state === "below" ? low - words : words - high;
    counter.querySelector(".word-count__text").textContent = counter.dataset.text.replace("{count}", words);
    for (const part of counter.querySelectorAll(".word-count__state")) {
      part.hidden = part.dataset.state !== state;
      const said = part.querySelector("[data-text]");
      said.textContent = said.dataset.text.replace("{count}", distance);
    }
    if (low || high) counter.dataset.state = state;
  };
  const speak = () => {
    const said = [...counter.children].filter((part) => !part.hidden).map((part) => part.textContent.trim());
    if (live) live.textContent = said.join(", ");
  };

  root.addEventListener("input", () => {
    update();
    clearTimeout(waiting);
    waiting = setTimeout(speak, PAUSE);
  });
  root.addEventListener("rich-text:set", update);
  window.addEventListener("pageshow", update);
  update();
}
