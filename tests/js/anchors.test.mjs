// The browser finds a passage where the server does: the same golden cases as tests/journals/test_anchors.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { anchorAt, find, track, unitsOf } from "../../static/js/lib/anchors.js";

const cases = JSON.parse(readFileSync(new URL("../golden/anchors.json", import.meta.url), "utf8"));

/** The text without its marks, and where they stood. */
function marked(text) {
  const [before, quote, after] = text.split(/[«»]/);
  if (quote === undefined) return { text, start: null, end: null };
  return { text: before + quote + after, start: before.length, end: before.length + quote.length };
}

test("finds a passage again by what stands around it, or no other", () => {
  for (const { why, text, edited } of cases.found) {
    const at = marked(text);
    const anchor = anchorAt(at.text, at.start, at.end);
    assert.ok(anchor, why);
    assert.equal(find(marked(edited).text, anchor), marked(edited).start, why);
  }
});

test("follows a passage through a change that did not touch it", () => {
  for (const { why, text, edited } of cases.tracked) {
    const at = marked(text);
    assert.equal(track(at.text, marked(edited).text, at.start, at.end), marked(edited).start, why);
  }
});

test("keeps what stands around it", () => {
  for (const { why, text, none, prefix, suffix, lone } of cases.anchors) {
    const at = marked(text);
    const quote = at.text.slice(at.start, at.end);
    assert.deepEqual(anchorAt(at.text, at.start, at.end), none ? null : { quote, prefix, suffix, lone }, why);
  }
});

test("characters in UTF-16 units", () => {
  assert.deepEqual([0, 1, 2, 3].map((characters) => unitsOf("a😀b", characters)), [0, 1, 3, 4]);
});
