// Counting words. journals/text.py follows the same rule; tests/golden/words.json binds both.
// A word is a run of characters without a space that holds at least one letter or digit of any script.
// An em dash always separates; characters without width are as if they were not there; markup counts nothing.

// Spelt out, because JavaScript and Python disagree about \s.
const BETWEEN =
  /[\t\n\v\f\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2014\u2015]+/u;
const WIDTHLESS = /[\u00ad\u200b\u2060\ufeff]/gu;
const MEANINGFUL = /[\p{L}\p{N}]/u;

/** Words in plain text. */
export function countWords(text) {
  return text.replace(WIDTHLESS, "").split(BETWEEN).filter((piece) => MEANINGFUL.test(piece)).length;
}

const BREAKS = /<\/?(?:p|h3|ul|ol|li|blockquote|br)(?:\s[^>]*)?\/?>/g;
const TAG = /<[^>]*>/g;
const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(lt|gt|amp|quot|nbsp));/g;
const NAMED = { lt: "<", gt: ">", amp: "&", quot: '"', nbsp: "\u00a0" };

function decode(text) {
  return text.replace(ENTITY, (whole, decimal, hexadecimal, name) => {
    if (name) return NAMED[name];
    const code = decimal ? parseInt(decimal, 10) : parseInt(hexadecimal, 16);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}

/** Words in HTML as the editor and the server write it. */
export function countWordsInHtml(html) {
  return countWords(decode(html.replace(BREAKS, "\n").replace(TAG, "")));
}

// List numbers, and the addresses of links, are the only markup of the notation that holds letters or digits.
const LIST_NUMBER = /^((?:[ \t>]|[-+*][ \t])*)\d{1,9}[.)](?=[ \t])/;
const LIST_FIRST = /^(?:[ \t>]|[-+*][ \t])*1[.)][ \t]/;
const LINK_END = /([^\\])\]\((?:<[^<>\n]*>|[^\s()<>]+)\)/g;

/** Words in the notation of the plain text area: as near as needed while typing; the server's count decides. */
export function countWordsInNotation(text) {
  let inList = false;
  const lines = text.split(/\r\n|\r|\n/).map((line) => {
    const first = LIST_FIRST.test(line);
    if (first || (inList && LIST_NUMBER.test(line))) {
      inList = true;
      return line.replace(LIST_NUMBER, "$1");
    }
    if (line.trim() && !/^[ \t>]/.test(line)) inList = false;
    return line;
  });
  return countWords(decode(lines.join("\n").replace(LINK_END, "$1]")));
}

/** Words of a field's value in its format: "html", "notation" or "plain". */
export function countWordsIn(value, format) {
  if (format === "html") return countWordsInHtml(value);
  return format === "notation" ? countWordsInNotation(value) : countWords(value);
}
