// Passages that stay with their words while a text is edited, or have no place: never another passage. The same rules as
// journals/anchors.py, which says why; tests/golden/anchors.json binds both. The server counts places in characters
// (code points), strings here in UTF-16 units: `unitsOf` leads from one to the other.

export const AROUND = 32;
export const NEAR = 16;
export const LONGEST = 1000;

// Spelt out, because JavaScript and Python disagree about \s.
const SPACE = /[\t\n\v\f\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
// What journals/canonical.py takes out of a text before it is saved.
const UNREADABLE =
  /[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]/;
const CLUSTER = /\P{M}\p{M}*|\p{M}+/gu; // a letter with its accents
const BREAKING = new Set(["P", "H3", "UL", "OL", "LI", "BLOCKQUOTE", "BR"]);

/** How many characters (code points) a text has. */
export const points = (text) => [...text].length;
const last = (text, number) => [...text].slice(-number).join("");
const first = (text, number) => [...text].slice(0, number).join("");

/** How many UTF-16 units the first so many characters of a text take. */
export const unitsOf = (text, characters) => first(text, characters).length;

/**
 * What one reads below an element, with any run of spaces, line ends and paragraph ends as one space, composed as the
 * server composes it; and for each UTF-16 unit of it the text node and from where to where it stands there.
 */
export function readText(root) {
  const read = { text: "", places: [] };
  let space = null; // where a space would stand, once something follows it
  const gap = (...place) => read.text && (space ??= place);
  const put = (unit, ...place) => {
    if (SPACE.test(unit)) return gap(...place);
    if (space) {
      read.text += " ";
      read.places.push(space);
      space = null;
    }
    read.text += unit;
    read.places.push(place);
    return undefined;
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const { data } = node;
      const pieces = data === data.normalize("NFC") ? [[data, 0]] : [...data.matchAll(CLUSTER)].map(({ 0: all, index }) => [all, index]);
      for (const [piece, from] of pieces) {
        const composed = piece.normalize("NFC");
        for (let at = 0; at < composed.length; at += 1) {
          if (UNREADABLE.test(composed[at])) continue;
          if (composed === piece) put(composed[at], node, from + at, from + at + 1);
          else put(composed[at], node, from, from + piece.length);
        }
      }
      return;
    }
    const breaks = BREAKING.has(node.nodeName);
    const edge = () => read.places.length && gap(read.places.at(-1)[0], read.places.at(-1)[2], read.places.at(-1)[2]);
    if (breaks) edge();
    for (const child of node.childNodes) walk(child);
    if (breaks) edge();
  };
  walk(root);
  return read;
}

/** The range of the document between two places (UTF-16) of what was read. */
export function rangeOf({ places }, start, end) {
  const range = document.createRange();
  range.setStart(places[start][0], places[start][1]);
  range.setEnd(places[end - 1][0], places[end - 1][2]);
  return range;
}

/** From where to where (UTF-16) a range of the document selects in what was read; null where it selects no word. */
export function placeOf(read, range) {
  const inside = read.places.map(([node, from, to], at) => {
    if (read.text[at] === " ") return false; // which may stand for the end of a paragraph
    return range.comparePoint(node, from) >= 0 && range.comparePoint(node, to) <= 0;
  });
  const start = inside.indexOf(true);
  return start < 0 ? null : { start, end: inside.lastIndexOf(true) + 1 };
}

/**
 * What a range of the document selects of the text below an element: `{ read, start, end }` (UTF-16), or the `problem`
 * with it: "empty" where it selects no word, "long".
 */
export function passageIn(box, range) {
  const read = readText(box);
  const place = placeOf(read, range);
  if (!place || !/[\p{L}\p{N}]/u.test(read.text.slice(place.start, place.end))) return { problem: "empty" };
  return points(read.text.slice(place.start, place.end)) > LONGEST ? { problem: "long" } : { read, ...place };
}

/** The anchor of a place (UTF-16); null where it could not be told from another, and where there is no word. */
export function anchorAt(text, start, end) {
  const quote = text.slice(start, end);
  if (!/[\p{L}\p{N}]/u.test(quote)) return null;
  const [prefix, suffix] = [last(text.slice(0, start), AROUND), first(text.slice(end), AROUND)];
  const anchor = { quote, prefix, suffix, lone: text.indexOf(quote) === text.lastIndexOf(quote) };
  return find(text, anchor) === start ? anchor : null;
}

const isBefore = (text, start, kept, near) =>
  points(kept) >= near ? text.slice(0, start).endsWith(last(kept, near)) : text.slice(0, start) === kept;
const isAfter = (text, end, kept, near) =>
  points(kept) >= near ? text.startsWith(first(kept, near), end) : text.slice(end) === kept;

/** Where (UTF-16) the passage stands in a text, by what stands around it; null where it needs a new place. */
export function find(text, { quote, prefix, suffix, lone }) {
  const near = lone ? NEAR : AROUND;
  let found = null;
  for (let at = quote ? text.indexOf(quote) : -1; at >= 0; at = text.indexOf(quote, at + 1)) {
    if (!isBefore(text, at, prefix, near) || !isAfter(text, at + quote.length, suffix, near)) continue;
    if (found !== null) return null;
    found = at;
  }
  return found;
}

const count = (text, quote) => text.split(quote).length - 1;

/** Where (UTF-16) a passage begins after a change; null where the change may have touched it. */
export function track(before, after, start, end) {
  const quote = before.slice(start, end);
  if (count(before, quote) > count(after, quote)) return null;
  if (after.length >= end && before.startsWith(after.slice(0, end))) return start;
  const moved = after.length - (before.length - start);
  return moved >= 0 && after.endsWith(before.slice(start)) ? moved : null;
}
