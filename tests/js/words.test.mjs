// The browser counts as the server does: the same golden cases as tests/journals/test_text.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { countWords, countWordsIn, countWordsInHtml, countWordsInNotation } from "../../static/js/lib/words.js";

const cases = JSON.parse(readFileSync(new URL("../golden/words.json", import.meta.url), "utf8"));

for (const { text, words, why } of cases.plain) {
  test(`plain: ${why}`, () => assert.equal(countWords(text), words));
}
for (const { html, words, why } of cases.html) {
  test(`html: ${why}`, () => assert.equal(countWordsInHtml(html), words));
}
for (const { notation, words, why } of cases.notation) {
  test(`notation: ${why}`, () => assert.equal(countWordsInNotation(notation), words));
}

test("the format chooses the rule", () => {
  assert.equal(countWordsIn("<p>a &lt; b</p>", "html"), 2);
  assert.equal(countWordsIn("1. a", "notation"), 1);
  assert.equal(countWordsIn("1. a", "plain"), 2);
});

test("a long text is counted in one pass", () => {
  assert.equal(countWordsInHtml("<p>kata [kata](kata </p>".repeat(20000)), 40000);
  assert.equal(countWordsInNotation("[a](".repeat(20000)), 1);
});
