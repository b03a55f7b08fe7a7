// Finds in a text what points at a person: NIK, NIP, telephone numbers, e-mail addresses. Nothing here talks to
// anybody: the text stays on the device. Rules for NIP as in berakhlak/accounts/nip.py; tests/golden/private.json.

// What people put between the groups of a number; never the end of a line.
const BETWEEN = "[ \\t\\u00a0\\u00ad\\u2000-\\u200b\\u202f\\u2060.'’\\-\\u2010-\\u2015]";
const MAYBE = `${BETWEEN}{0,3}`;
const GAP = `${BETWEEN}{1,3}`;
const DIGIT = /\d/;
const WORD = /[\p{L}\p{N}_]/u;

const digitsOf = (text) => text.replace(/\D/g, "");
const shapeOf = (text) => text.split(/\D+/).filter(Boolean).map((group) => group.length).join("-");

const EMAIL = /[\p{L}\p{N}](?:[\p{L}\p{N}._%+\\-]{0,63})@(?:[\p{L}\p{N}-]{1,63}\.){1,4}\p{L}{2,24}/gu;
const NIP = new RegExp(
  ["\\d{4}", "\\d{2}", "\\d{2}", "\\d{4}", "\\d{2}", "\\d", "\\d{3}"].join(MAYBE),
  "g",
);
const NIK = new RegExp(["\\d{2}", "\\d{2}", "\\d{2}", "\\d{2}", "\\d{4}", "\\d{4}"].join(MAYBE), "g");
const MOBILE = new RegExp(
  `(?:(?:\\+|00)?\\(?62\\)?${MAYBE}(?:\\(0\\))?0?${MAYBE}|\\(?0)(8[1235789]\\d{0,12}\\)?(?:${GAP}\\d{2,8}){0,6})`,
  "g",
);
const LANDLINE = new RegExp(
  `(?:(?:\\+|00)62${MAYBE}\\(?0?|\\(?0)(?:2[1247]|31|61|[2-79]\\d{2})\\)?${MAYBE}\\d{3,8}(?:${GAP}\\d{2,4})?`,
  "g",
);

const LABELLED = {
  nip: /(?:^|[^\p{L}])(?:NIP|NIPPPK|NI[ .]?PPPK)[^\p{L}\p{N}]{0,8}$/iu,
  nik: /(?:^|[^\p{L}])(?:NIK|(?:no(?:mor)?\.?\s*)?(?:KTP|KK|kartu keluarga))[^\p{L}\p{N}]{0,8}$/iu,
  phone: /(?:^|[^\p{L}])(?:te?le?po?n|telp?|hp|wa|whatsapp|fax|faks|hub(?:ungi)?|kontak)[^\p{L}\p{N}]{0,8}$/iu,
  paper: /(?:^|[^\p{L}])(?:no|nomor|nota|surat|sk|kode|register|perkara|seri)[^\p{L}\p{N}]{0,4}$/iu,
  money: /(?:rp|idr)[. \u00a0]{0,3}$/iu,
};

/**
 * Everything private in one paragraph of text, in its order: [{ kind, start, end, text }].
 * Kinds: "nik", "nip", "pppk", "phone", "email".
 */
export function findPrivate(text) {
  const found = [];
  let rest = text;
  for (const [pattern, judge] of RULES) {
    const mine = search(rest, pattern, judge);
    found.push(...mine);
    // What one rule has found is nothing for the next.
    const letters = mine.length ? rest.split("") : [];
    for (const { start, end } of mine) letters.fill("\n", start, end);
    if (mine.length) rest = letters.join("");
  }
  return found.map((each) => ({ ...each, text: text.slice(each.start, each.end) })).sort((a, b) => a.start - b.start);
}

function search(text, pattern, judge) {
  const found = [];
  let last = 0; // where the one before ended
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const told = judge(match, text.slice(Math.max(last, match.index - 24), match.index));
    const start = match.index + (told?.skip ?? 0);
    const end = match.index + (told?.length ?? 0);
    pattern.lastIndex = match.index + 1;
    if (!told || !alone(text, start, end, last)) continue;
    found.push({ kind: told.kind, start, end });
    last = pattern.lastIndex = end;
  }
  return found;
}

/** What to write instead: initials for an address, otherwise the word for its kind. */
export function masked({ kind, text }, words) {
  const initials = kind === "email" ? initialsOf(text) : "";
  return initials || words[kind] || words.other;
}

/** "siti.aminah@contoh.id" → "S.A." */
export function initialsOf(address) {
  const parts = address.split("@")[0].split(/[^\p{L}]+/u).filter(Boolean);
  return parts.slice(0, 4).map((part) => `${part[0].toUpperCase()}.`).join("");
}

/** Not the middle of a longer word or number: a receipt, a document's number, an amount. */
function alone(text, start, end, last) {
  const before = start > last ? text[start - 1] : "";
  const further = start - 1 > last ? text[start - 2] : "";
  if (WORD.test(before) || (/[.,\-\u2010-\u2015]/.test(before) && DIGIT.test(further))) return false;
  return !WORD.test(text[end] ?? "");
}

const whole = (kind, match) => ({ kind, length: match[0].length });

function judgeNip(match, before) {
  const digits = digitsOf(match[0]);
  const kind = kindOfNip(digits);
  if (kind) return whole(kind, match);
  return LABELLED.nip.test(before) ? whole("nip", match) : null;
}

function kindOfNip(digits) {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)].map(Number);
  const [appointed, code] = [digits.slice(8, 12), digits.slice(12, 14)].map(Number);
  if (year < 1920 || !isDay(year, month, day) || !/[12]/.test(digits[14]) || digits.endsWith("000")) return "";
  if (appointed > 2100 || appointed - year < 17) return "";
  if (code >= 1 && code <= 12) return appointed - year > 17 || code >= month ? "nip" : "";
  return code >= 21 ? "pppk" : "";
}

const isDay = (year, month, day) =>
  month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();

const PROVINCE = /^(?:1[1-9]|21|3[1-6]|5[1-3]|6[1-5]|7[1-6]|8[12]|9[1-7])/;
const NIK_SHAPES = ["16", "6-6-4", "4-4-4-4", "2-2-2-6-4", "12-4", "6-10"];

function judgeNik(match, before) {
  const digits = digitsOf(match[0]);
  if (LABELLED.nik.test(before)) return whole("nik", match);
  if (!NIK_SHAPES.includes(shapeOf(match[0])) || !PROVINCE.test(digits)) return null;
  if (digits.slice(2, 4) === "00" || digits.slice(4, 6) === "00" || digits.endsWith("0000")) return null;
  // The day of a woman's birth stands there with 40 added. 2000 was a leap year as 1900 was not: be generous.
  const day = Number(digits.slice(6, 8));
  const month = Number(digits.slice(8, 10));
  const year = 2000 + Number(digits.slice(10, 12));
  const born = day > 40 ? day - 40 : day;
  return isDay(year, month, born) || isDay(year - 100, month, born) ? whole("nik", match) : null;
}

function judgeMobile(match, before) {
  if (LABELLED.money.test(before)) return null;
  const prefix = match[0].length - match[1].length;
  const groups = [...match[1].matchAll(/(\D*)(\d+)/g)];
  let counted = 0;
  let end = 0;
  let marked = false;
  for (const [piece, gap, digits] of groups) {
    // "0812-3456-7890 2 orang": what stands after a mere space is another number.
    if (marked && !/[^\s]/.test(gap)) break;
    if (counted + digits.length > 12) break;
    if (counted && /[^\s]/.test(gap)) marked = true;
    counted += digits.length;
    end += piece.length;
  }
  if (counted < 9) return null;
  return { kind: "phone", length: prefix + end, skip: skipped(match[0].slice(0, prefix + end)) };
}

function judgeLandline(match, before) {
  const [value] = match;
  const digits = digitsOf(value).replace(/^(?:00)?62/, "0").replace(/^00/, "0");
  const area = /^0(?:2[1247]|31|61)/.test(digits) ? 3 : 4;
  const open = value.startsWith("(") && value.includes(")");
  const labelled = LABELLED.phone.test(before);
  // Without anything between them, area and number are just digits, unless somebody says what they are.
  const apart = open || /^(?:\+|00)62/.test(value) || new RegExp(`^\\(?0\\d{2,3}\\)?${GAP}\\d`).test(value);
  const local = digits.length - area;
  if (local < 5 || local > 8 || !(apart || labelled) || LABELLED.money.test(before)) return null;
  if (!open && !labelled && LABELLED.paper.test(before)) return null;
  return { kind: "phone", length: value.length, skip: skipped(value) };
}

/** An opening bracket belongs to the number only when the closing one does. */
const skipped = (value) => (value.startsWith("(") && !value.includes(")") ? 1 : 0);

function judgeEmail(match) {
  return whole("email", match);
}

const RULES = [
  [EMAIL, judgeEmail],
  [NIP, judgeNip],
  [NIK, judgeNik],
  [MOBILE, judgeMobile],
  [LANDLINE, judgeLandline],
];
