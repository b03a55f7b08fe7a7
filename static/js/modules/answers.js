// What a participant answers to the things to improve stays on the device from the first letter until it is handed in:
// one row of the shelf for each return. Signing out asks what becomes of it.
import { all } from "../lib/dom.js";
import { answersOf, changeShelf, sweepShelf } from "../lib/store.js";

const leaving = () => "leaving" in document.documentElement.dataset;

/** Mounts on participant/_answers.html. */
export function answers(box) {
  const { user, entry, review, form, typed } = box.dataset;
  const key = answersOf(user) + review;
  const fields = all("textarea", box);
  const waiting = new Map();
  let running = false;

  /** Keep what has changed; what changes meanwhile goes with the next round. */
  const keep = async () => {
    if (running || leaving()) return;
    running = true;
    try {
      while (waiting.size) {
        const texts = Object.fromEntries(waiting);
        waiting.clear();
        await changeShelf(key, (old) => row(old, texts));
      }
    } catch (error) {
      console.warn("answers", error); // no store on this device: the page itself still holds them
    }
    running = false;
  };
  // `forms`: the keys of the forms that may hand this in, so that the receipt knows what to clear away.
  const row = (old, texts) => ({
    ...old,
    key,
    user,
    entry,
    texts: { ...old?.texts, ...texts },
    forms: [...new Set([...(old?.forms ?? []), form])],
  });
  const note = (field) => waiting.set(field.name, field.value);

  /** What was typed before this script came, or came back with a refused form, is newer than what the device holds. */
  const restore = (texts) => {
    for (const field of fields) {
      const stored = texts[field.name];
      if (stored === undefined || stored === field.value) continue;
      // Two different texts: both are kept.
      field.value = field.value === field.defaultValue ? stored : [stored, field.value].join("\n");
      note(field);
    }
  };

  box.addEventListener("input", ({ target }) => {
    note(target);
    keep();
  });
  let found;
  changeShelf(key, (old) => {
    found = old;
    return old && row(old, {});
  })
    .then(() => {
      if (found && typed === undefined) restore(found.texts);
      for (const field of fields) {
        if (field.value && (typed !== undefined || field.value !== field.defaultValue)) note(field);
      }
      keep();
      // What was typed for an earlier return of this entry was handed in, wherever that was.
      return sweepShelf((each) => each.entry === entry && each.user === user && each.key !== key);
    })
    .catch((error) => console.warn("answers", error));
}

/** Mounts on the receipt: what was handed in with that form leaves the device. */
export function answered(mark) {
  sweepShelf(({ forms }) => forms?.includes(mark.dataset.form)).catch(() => {});
}
