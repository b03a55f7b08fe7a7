// The running score must be the official one: the same sums as journals/grading.py, to the hundredth.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { bandFor, cents, outcome, rawScore, shown, stepOf, typed } from "../../static/js/lib/score.js";

test("points are read with comma or point; empty is not 0", () => {
  assert.equal(cents("93,50"), 9350);
  assert.equal(cents(" 93.5 "), 9350);
  assert.equal(cents("100"), 10000);
  assert.equal(cents("0"), 0);
  assert.equal(cents(""), null);
  for (const wrong of ["100,01", "-1", "abc", "8,5,5", "1.000", "85,123", "1e1"]) assert.ok(Number.isNaN(cents(wrong)), wrong);
});

test("the sums agree with Python's", () => {
  const cases = JSON.parse(readFileSync(new URL("../golden/scores.json", import.meta.url)));
  assert.ok(cases.length > 100);
  for (const { parts, deduction, floor, raw, score } of cases) {
    const pairs = parts.map(([weight, points]) => [cents(weight), cents(points)]);
    assert.equal(rawScore(pairs), cents(raw), JSON.stringify(parts));
    assert.equal(outcome(pairs, { deduction: cents(deduction), floor: cents(floor) }).score, cents(score));
  }
});

test("bands go by their start", () => {
  const bands = [[9001, "Sangat Memuaskan"], [8001, "Memuaskan"], [0, "Tidak Memuaskan"]];
  assert.equal(bandFor(9000, bands), "Memuaskan");
  assert.equal(bandFor(9001, bands), "Sangat Memuaskan");
  assert.equal(bandFor(50, []), "");
});

test("amounts are written the Indonesian way", () => {
  assert.deepEqual([shown(9350), shown(5), typed(8500), typed(8250)], ["93,50", "0,05", "85", "82,50"]);
});

test("no points are in no level: NULL is not 0", () => {
  const steps = [{ low: 0, high: 7000, name: "low" }, { low: 7001, high: 10000, name: "high" }];
  assert.equal(stepOf(null, steps), undefined);
  assert.equal(stepOf(NaN, steps), undefined);
  assert.equal(stepOf(0, steps).name, "low");
  assert.equal(stepOf(7001, steps).name, "high");
  assert.equal(stepOf(7000.5, steps), undefined);
});
