// Cleans what comes from Word, Google Docs and WhatsApp before the editor reads it. The functions on strings are
// pure (tests/golden/paste.json); only tidyPaste needs a browser. The server cleans everything again.
import { unstyled } from "./dom.js";

// --- Word: its lists are paragraphs with a mark, and its markup is full of remarks ---------------------------

const PARAGRAPH = /<p\b([^>]*)>([\s\S]*?)<\/p>/gi;
const LEVEL = /mso-list:\s*l\d+\s+level(\d+)/i;
const MARK = /(?:<!(?:--)?\[if !supportLists\](?:--)?>([\s\S]*?)<!(?:--)?\[endif\](?:--)?>)|(<span[^>]*mso-list:\s*ignore[^>]*>(?:[^<]|<(?!\/?span)[^>]*>|<span[^>]*>[^<]*<\/span>)*<\/span>)/i;

/** True for what Word and Outlook put on the clipboard. */
export const isFromWord = (html) => /class=["']?Mso|mso-|urn:schemas-microsoft-com:office/i.test(html);

/** Word's paragraphs with marks as real lists, without its remarks, empty paragraphs and settings. */
export function wordToHtml(html) {
  const listed = html.replace(PARAGRAPH, (whole, attributes, inside) => {
    const level = LEVEL.exec(attributes)?.[1];
    if (!level) return whole;
    const mark = MARK.exec(inside);
    const kind = /^[\s\u00a0]*(?:\d+|[a-z]{1,4})[.)]/i.test(wordsOf(mark?.[1] ?? mark?.[2] ?? "")) ? "ol" : "ul";
    return `<word-item data-level="${level}" data-kind="${kind}">${inside.replace(MARK, "")}</word-item>`;
  });
  return lists(listed)
    .replace(/<(style|xml|title|o:p|head)\b[^>]*>[\s\S]*?<\/\1>/gi, (whole, name) => (/o:p/i.test(name) ? wordsOf(whole).trim() : ""))
    .replace(/<!--[\s\S]*?-->|<!\[[^\]]*\]>|<\/?(?:meta|link|[a-z]+:[a-z]+|html|body)\b[^>]*>/gi, "")
    .replace(/(?:&nbsp;|\u00a0|[ \t\r\n])+/g, " ")
    .replace(/<p\b[^>]*>(?:\s|<\/?(?:span|b|i|u|strong|em|br)\b[^>]*>)*<\/p>/gi, "");
}

function lists(html) {
  const run = /(?:<word-item[^>]*>[\s\S]*?<\/word-item>\s*)+/g;
  return html.replace(run, (items) => {
    const open = []; // kinds of the lists that are open, outermost first
    let made = "";
    for (const [, level, kind, inside] of items.matchAll(/<word-item data-level="(\d+)" data-kind="(..)">([\s\S]*?)<\/word-item>/g)) {
      const depth = Math.min(Number(level), open.length + 1);
      while (open.length > depth) made += `</li></${open.pop()}>`;
      if (open.length === depth && open[depth - 1] !== kind) made += `</li></${open.pop()}>`;
      if (open.length < depth) made += `<${open[open.push(kind) - 1]}>`;
      else made += "</li>";
      made += `<li><p>${inside.trim()}</p>`;
    }
    while (open.length) made += `</li></${open.pop()}>`;
    return made;
  });
}

const wordsOf = (html) => html.replace(/<[^>]*>/g, "").replace(/&nbsp;/g, "\u00a0");

// --- Plain text, as WhatsApp gives it: stamps before each message, stars and underscores, lists ----------------

const DATE = "\\d{1,4}[/.-]\\d{1,2}[/.-]\\d{2,4}";
const TIME = "\\d{1,2}[.:]\\d{2}(?:[.:]\\d{2})?(?:[ \\u202f]?[AP]M)?";
// "[14.05, 23/11/2026] Siti: " on the web, "[23/11/26 14.05.33] Siti: " and "23/11/26 14.05 - Siti: " from phones.
const STAMP = new RegExp(
  `^\\u200e?(?:\\[(?:${TIME},? ${DATE}|${DATE},? ${TIME})\\] ?|${DATE},? ${TIME} - )(?:([^:\\n]{1,60}): ?)?`,
  "i",
);
const LEFT_OUT = /^\u200e?(?:<.{3,40}(?:tidak disertakan|omitted)>|\S+ (?:tidak disertakan|omitted)|(?:Anda menghapus pesan ini|Pesan ini (?:telah )?dihapus|This message was deleted)\.?)$/i;
const EDITED = /\s*\u200e?<(?:Pesan ini diedit|This message was edited)>$/i;
const BULLET = /^[ \t]*(?:[-–•·▪◦*] |[•·▪◦]\t?)[ \t]*(?=\S)/u;
const NUMBER = /^[ \t]*(\d{1,3})[.)][ \t]+(?=\S)/;
const QUOTE = /^> ?(?=\S)/;
const MARKS = /(?<before>^|[^\p{L}\p{N}*_~])(?<mark>\*\*|\*|_|~)(?=\S)(?<inside>[^\n]*?[^\s\\])\k<mark>(?![\p{L}\p{N}*_~])/u;
const TAGS = { "**": "strong", "*": "strong", _: "em", "~": "" };

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/**
 * Plain text as HTML when it holds something that can be said better: a chat's stamps, *bold*, _italic_, lists.
 * Otherwise "", and the editor goes on as it would.
 */
export function plainToHtml(text) {
  const lines = unstamped(text.split(/\r\n?|\n/)).filter((line) => line.trim());
  const blocks = [];
  for (const line of lines) blocks.push(blockOf(line, blocks.at(-1)));
  const html = joined(blocks);
  const asItWould = text.split(/\r\n?|\n/).filter((line) => line.trim()).map((line) => `<p>${escaped(line.trim())}</p>`);
  return html === asItWould.join("") ? "" : html;
}

/** A chat's lines without stamps. Who spoke is told by initials, and only where more than one did. */
function unstamped(lines) {
  const heads = lines.map((line) => STAMP.exec(line));
  const names = new Set(heads.filter((head) => head?.[1]).map((head) => head[1].trim()));
  return lines.map((line, index) => {
    const head = heads[index];
    const said = (head ? line.slice(head[0].length) : line).replace(EDITED, "");
    if (LEFT_OUT.test(said)) return "";
    if (!head?.[1] || names.size < 2 || !said.trim()) return said;
    return `${initials(head[1])}: ${said}`;
  });
}

function initials(name) {
  const letters = name.split(/[^\p{L}]+/u).filter(Boolean).slice(0, 3).map((word) => `${word[0].toUpperCase()}.`);
  return letters.join("") || "N.N.";
}

function blockOf(line, before) {
  if (BULLET.test(line)) return ["ul", line.replace(BULLET, "")];
  const number = Number(NUMBER.exec(line)?.[1] ?? 0);
  // A list of ours begins with 1: one that goes on from elsewhere keeps its numbers as text.
  if (number && number === (before?.[0] === "ol" ? before[2] + 1 : 1)) return ["ol", line.replace(NUMBER, ""), number];
  if (QUOTE.test(line)) return ["blockquote", line.replace(QUOTE, "")];
  return ["p", line];
}

function joined(blocks) {
  let html = "";
  blocks.forEach(([kind, text], index) => {
    const inside = `<p>${marked(escaped(text.trim()))}</p>`;
    if (kind === "p") html += inside;
    else {
      if (blocks[index - 1]?.[0] !== kind) html += `<${kind}>`;
      html += kind === "blockquote" ? inside : `<li>${inside}</li>`;
      if (blocks[index + 1]?.[0] !== kind) html += `</${kind}>`;
    }
  });
  return html;
}

function marked(text) {
  let done = "";
  let rest = text.replace(/```([^`]+)```/g, "$1");
  for (let found = MARKS.exec(rest); found; found = MARKS.exec(rest)) {
    const { before, mark, inside } = found.groups;
    const tag = TAGS[mark];
    done += rest.slice(0, found.index) + before + (tag ? `<${tag}>${marked(inside)}</${tag}>` : marked(inside));
    rest = rest.slice(found.index + found[0].length);
  }
  return done + rest;
}

/** What the clipboard's plain text is worth as HTML, when the clipboard has no better HTML itself; else "". */
export function betterThan(html, text) {
  if (html.includes("data-pm-slice")) return ""; // from the editor itself
  const chat = /data-pre-plain-text|class="[^"]*\b(?:selectable-text|copyable-text)\b/.test(html);
  if (html.trim() && !(STAMP.test(text) || (chat && MARKS.test(text)))) return "";
  return plainToHtml(text);
}

// --- In the browser: whatever is left becomes the few elements that we know ------------------------------------

// Word and Google Docs say bold and italic by style attributes, which our content security policy keeps from
// the parser (Google even wraps everything in a <b> that its style makes normal). Read them as text instead.
const STYLED = { strong: /font-weight:(bold|[6-9]00)/, em: /font-style:italic/ };
const HIDDEN = /mso-list:ignore|mso-hide:all|mso-element:(?:comment|footnote)|display:none/;
const BLOCKS = "p, h3, ul, ol, li, blockquote, div, table";

/** The HTML of the clipboard with nothing but structure, marks and the addresses of links. */
export function tidyPaste(html) {
  const clean = isFromWord(html) ? wordToHtml(html) : html;
  const { body } = new DOMParser().parseFromString(unstyled(clean), "text/html");
  for (const element of body.querySelectorAll("script, style, del, head, title")) element.remove();
  for (const element of body.querySelectorAll("h1, h2, h4, h5, h6")) rename(element, "h3");
  for (const picture of body.querySelectorAll("img")) {
    // WhatsApp draws its emoji as pictures.
    picture.replaceWith(/^\p{Extended_Pictographic}/u.test(picture.alt) ? picture.alt : "");
  }
  for (const element of body.querySelectorAll("[data-style]")) styled(element);
  for (const element of body.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) if (name !== "href") element.removeAttribute(name);
  }
  for (const line of body.querySelectorAll("br")) {
    const beside = [line.previousElementSibling, line.nextElementSibling];
    if (beside.some((element) => element?.matches(BLOCKS))) line.remove();
  }
  for (const block of body.querySelectorAll("p, h3, li")) if (!block.textContent.trim()) block.remove();
  mergeLists(body);
  return body.innerHTML;
}

function styled(element) {
  const style = element.dataset.style.replace(/\s/g, "").toLowerCase();
  if (HIDDEN.test(style)) element.remove();
  else if (/^(b|strong)$/i.test(element.localName) && /font-weight:(normal|400)/.test(style)) rename(element, "span");
  else if (element.localName === "span") {
    for (const [name, pattern] of Object.entries(STYLED)) {
      if (!pattern.test(style)) continue;
      const mark = document.createElement(name);
      mark.append(...element.childNodes);
      element.append(mark);
    }
  }
}

/** Word in the browser puts each item into a list of its own. */
function mergeLists(body) {
  for (const box of body.querySelectorAll("div")) {
    if (box.children.length === 1 && box.firstElementChild.matches("ul, ol") && box.textContent === box.firstElementChild.textContent) {
      box.replaceWith(box.firstElementChild);
    }
  }
  for (const list of body.querySelectorAll("ul, ol")) {
    const before = list.previousElementSibling;
    const apart = list.previousSibling !== before && list.previousSibling?.textContent.trim();
    if (before?.localName !== list.localName || apart) continue;
    list.prepend(...before.childNodes);
    before.remove();
  }
}

function rename(element, name) {
  const other = document.createElement(name);
  other.append(...element.childNodes);
  element.replaceWith(other);
}
