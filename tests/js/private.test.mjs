// What the privacy guard finds, and what it leaves in peace.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { findPrivate, initialsOf, masked } from "../../static/js/lib/private.js";

const cases = JSON.parse(readFileSync(new URL("../golden/private.json", import.meta.url), "utf8"));

for (const { text, kind, part, why } of cases.found) {
  test(`found: ${why}`, () => {
    const start = text.indexOf(part);
    assert.deepEqual(findPrivate(text), [{ kind, start, end: start + part.length, text: part }]);
  });
}
for (const { text, parts } of cases.several) {
  test(`several: ${text}`, () => assert.deepEqual(findPrivate(text).map((each) => each.text), parts));
}
for (const { text, why } of cases.clean) {
  test(`left in peace: ${why}`, () => assert.deepEqual(findPrivate(text), []));
}
for (const { text, initials } of cases.initials) {
  test(`initials: ${text}`, () => assert.equal(initialsOf(text), initials));
}

test("what is masked is found no more", () => {
  const words = { nik: "[NIK]", nip: "[NIP]", pppk: "[NI PPPK]", phone: "[nomor]", email: "[surel]" };
  for (const { text } of cases.found) {
    const [found] = findPrivate(text);
    const after = text.slice(0, found.start) + masked(found, words) + text.slice(found.end);
    assert.deepEqual(findPrivate(after), []);
  }
});

test("a long text takes no time", () => {
  const began = performance.now();
  for (const piece of ["0812-", "a.b", "19860926 ", "(0", "a@", "62 0 "]) findPrivate(piece.repeat(10000));
  assert.ok(performance.now() - began < 2000);
});
