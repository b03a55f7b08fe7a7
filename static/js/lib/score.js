// The score arithmetic of journals/grading.py, in whole hundredths: no floating point, half up.

/** "93,50" or "93.5" in hundredths: 9350. Empty is null (not scored, which is not 0); nonsense is NaN. */
export function cents(text) {
  const clean = String(text ?? "").trim().replace(",", ".");
  if (clean === "") return null;
  if (!/^(\d{1,3}(\.\d{0,2})?|\.\d{1,2})$/.test(clean)) return NaN;
  const [whole, part = ""] = clean.split(".");
  const value = Number(whole) * 100 + Number(part.padEnd(2, "0"));
  return value > 10000 ? NaN : value;
}

/** The first of `steps` ({ low, high }) whose range holds the points; nothing for points that are not there. */
export function stepOf(value, steps) {
  if (value === null || Number.isNaN(value)) return undefined;
  return steps.find(({ low, high }) => low <= value && value <= high);
}

/** Sum of weight times points over 100, rounded half up, from [weight, points] pairs in hundredths. */
export function rawScore(parts) {
  const sum = parts.reduce((before, [weight, points]) => before + weight * points, 0);
  return Math.floor((sum + 5000) / 10000);
}

/** The official score: what lateness takes off never goes below the floor. All in hundredths. */
export function outcome(parts, { deduction, floor }) {
  const raw = rawScore(parts);
  const taken = Math.min(deduction, Math.max(raw - floor, 0));
  return { raw, taken, score: raw - taken };
}

/** The name of the band with the highest start not above the score, or "". */
export function bandFor(score, bands) {
  let best = null;
  for (const band of bands) if (band[0] <= score && (!best || band[0] > best[0])) best = band;
  return best ? best[1] : "";
}

/** 9350 as "93,50". */
export function shown(value, decimal = ",") {
  return `${Math.floor(value / 100)}${decimal}${String(value % 100).padStart(2, "0")}`;
}

/** 8500 as one types it: "85"; 8250: "82,50". */
export function typed(value, decimal = ",") {
  return value % 100 === 0 ? String(value / 100) : shown(value, decimal);
}
