// What comes from Word and WhatsApp, as strings; the rest of the cleaning is tried in tests/browser/test_editor.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { betterThan, isFromWord, plainToHtml, wordToHtml } from "../../static/js/lib/paste.js";

const cases = JSON.parse(readFileSync(new URL("../golden/paste.json", import.meta.url), "utf8"));

for (const { why, html, clean } of cases.word) {
  test(`word: ${why}`, () => {
    assert.ok(isFromWord(html));
    assert.equal(wordToHtml(html).trim(), clean);
  });
}
for (const { why, text, html } of cases.plain) {
  test(`plain: ${why}`, () => assert.equal(plainToHtml(text), html));
}
for (const { why, html, text, taken } of cases.better) {
  test(`better: ${why}`, () => assert.equal(betterThan(html, text) !== "", taken));
}

test("a page of any other program is not Word's", () => {
  assert.ok(!isFromWord('<p style="margin:0">kata</p>'));
});

test("a long paste takes no time", () => {
  const began = performance.now();
  for (const piece of ["*a ", "*a* ", "_", "- a\n", "> a\n", "1. a\n", "[14.05, 23/11/2026] A: a\n"]) plainToHtml(piece.repeat(5000));
  wordToHtml("<p class=Mso style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span> </span></span>a</p>".repeat(5000));
  wordToHtml("<p class=Mso><span style='mso-list:Ignore'>".repeat(2000));
  assert.ok(performance.now() - began < 3000);
});
