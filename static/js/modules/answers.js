// What is typed into a form that is sent once stays on the device from the first letter until it is sent: answers to the
// things to improve, one row of the shelf for each return, and the message of a conversation. Signing out asks what
// becomes of it.
import { all } from "../lib/dom.js";
import { answersOf, changeShelf, sweepShelf } from "../lib/store.js";

const leaving = () => "leaving" in document.documentElement.dataset;

/** Mounts on participant/_answers.html, and on the form of journals/talk.html, which names its row (`kept`). */
export function answers(box) {
  const { user, entry, review, form, typed, kept } = box.dataset;
  const key = kept ?? answersOf(user) + review;
  // Forms that the server has, where the page that answers one is the page itself.
  const sent = box.dataset.sent?.split(" ") ?? [];
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
  const row = (old, changed) => {
    const texts = { ...old?.texts, ...changed };
    if (!Object.values(texts).some((text) => text.trim())) return null;
    return { ...old, key, user, entry, texts, forms: [...new Set([...(old?.forms ?? []), form])] };
  };
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
    if (old?.forms.some((each) => sent.includes(each))) return null;
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
      return review && sweepShelf((each) => each.entry === entry && each.user === user && each.key !== key);
    })
    .catch((error) => console.warn("answers", error));
}

/** Mounts on the receipt: what was handed in with that form leaves the device. */
export function answered(mark) {
  sweepShelf(({ forms }) => forms?.includes(mark.dataset.form)).catch(() => {});
}
