// The device's own store, in IndexedDB: "drafts" holds one draft for each user, cohort and module; "shelf" what the
// offline pages need: {key: "who"}, the user who was seen last, and {key: "data:<user>"}, that user's own journal; and
// {key: "comment:<user>:<entry>:…"}, a reviewer's comment that is being typed; {key: "review:<user>:<entry>"}, a review
// that no server has yet; {key: "answers:<user>:<review>"}, what was typed for the things to improve and is not handed
// in yet; {key: "message:<user>:<entry>"}, a message of a conversation that is not sent yet.
// Another user's rows are never asked for. Every function rejects when the browser has no store (private windows, a
// full disk).

import { request } from "./net.js";

const NAME = "berakhlak";
const VERSION = 2;
const DRAFTS = "drafts";
const SHELF = "shelf";
const COMMENT = "comment:";
const REVIEW = "review:"; // as the review page names it
const ANSWERS = "answers:";
const MESSAGE = "message:"; // as the page of the conversation names it
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      const names = asked.result.objectStoreNames;
      if (!names.contains(DRAFTS)) asked.result.createObjectStore(DRAFTS, { keyPath: "id" }).createIndex("user", "user");
      if (!names.contains(SHELF)) asked.result.createObjectStore(SHELF, { keyPath: "key" });
    };
    asked.onsuccess = () => {
      // Another tab with a newer program may want to change the store: make room, and open anew when needed.
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = undefined;
      };
      resolve(asked.result);
    };
    asked.onerror = asked.onblocked = () => {
      opened = undefined;
      reject(asked.error ?? new Error("the store is blocked"));
    };
  });
  return opened;
}

async function run(mode, work, store = DRAFTS) {
  const db = await open();
  return new Promise((resolve, reject) => {
    // Strict: written to the disk when it says so, also when the power goes.
    const transaction = db.transaction(store, mode, { durability: "strict" });
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** The draft kept under this id, or undefined. */
export const readDraft = (id) => run("readonly", (drafts) => drafts.get(id));

/** Keep a draft; resolves when it is on the disk. */
export const keepDraft = (draft) => run("readwrite", (drafts) => drafts.put(draft));

/** Keep a draft unless the store has a newer message of the same device: another tab has gone on meanwhile. */
export const keepNewest = (draft) =>
  run("readwrite", (drafts) => {
    const asked = drafts.get(draft.id);
    asked.onsuccess = () => {
      const found = asked.result;
      if (!found || found.client !== draft.client || found.sequence <= draft.sequence) drafts.put(draft);
    };
    return asked;
  });

/** Remove a draft, which the server must have confirmed before. */
export const removeDraft = (id) => run("readwrite", (drafts) => drafts.delete(id));

/** All drafts of one user. */
export const draftsOf = (user) => run("readonly", (drafts) => drafts.index("user").getAll(user));

/**
 * The server has this draft, as the draft or beside it: its text leaves the device, unless somebody has gone on writing
 * since it was sent. Its number stays, so that a page which the server wrote before knows that it is older.
 */
export const letGo = ({ id, sequence }, strayed) =>
  run("readwrite", (drafts) => {
    const asked = drafts.get(id);
    asked.onsuccess = () => {
      if (asked.result?.sequence !== sequence) return;
      if (id.includes("#")) drafts.delete(id); // set aside: no page waits for it
      else {
        const { title, parts, ...rest } = asked.result;
        drafts.put({ ...rest, unsent: false, strayed });
      }
    };
  });

/** A row of the shelf, or undefined. */
export const readShelf = (key) => run("readonly", (shelf) => shelf.get(key), SHELF);

/** All rows of the shelf whose keys begin so. */
export const shelfUnder = (start) =>
  run("readonly", (shelf) => shelf.getAll(IDBKeyRange.bound(start, `${start}\uffff`)), SHELF);

/** Put a row on the shelf. */
export const putShelf = (row) => run("readwrite", (shelf) => shelf.put(row), SHELF);

/** Take a row off the shelf. */
export const removeShelf = (key) => run("readwrite", (shelf) => shelf.delete(key), SHELF);

/** Change a row of the shelf in one step: `change` gets the row, or undefined, and gives the new one; null takes it off. */
export const changeShelf = (key, change) =>
  run(
    "readwrite",
    (shelf) => {
      const asked = shelf.get(key);
      asked.onsuccess = () => {
        const row = change(asked.result);
        if (row) shelf.put(row);
        else if (row === null) shelf.delete(key);
      };
    },
    SHELF,
  );

/** Take off the shelf what `isGone` says of a row. */
export const sweepShelf = (isGone) =>
  run(
    "readwrite",
    (shelf) => {
      const asked = shelf.getAll();
      asked.onsuccess = () => {
        for (const row of asked.result) if (isGone(row)) shelf.delete(row.key);
      };
    },
    SHELF,
  );

/** Typed and no server has it: a comment on a passage, a review, answers to things to improve, a message. */
const isUnsent = ({ key }) => [COMMENT, REVIEW, ANSWERS, MESSAGE].some((start) => key.startsWith(start));

/** Everybody's journals leave the shelf, or everybody's but this user's. Unsent texts stay with their authors. */
export const clearShelf = (except = "") => sweepShelf((row) => !isUnsent(row) && (!except || row.user !== except));

/** How the keys of a user's comments begin that are typed and not saved: of all entries, or of one. */
export const commentsOf = (user, entry = "") => `${COMMENT}${user}:${entry}${entry && ":"}`;

/** How the keys of a user's reviews begin. */
export const reviewsOf = (user) => `${REVIEW}${user}:`;

/** How the keys of a user's answers begin. */
export const answersOf = (user) => `${ANSWERS}${user}:`;

/** How the keys of a user's messages begin. */
export const messagesOf = (user) => `${MESSAGE}${user}:`;

/** Nothing of this user stays on the device, except unsent texts where `keepUnsent` says so. */
export async function forget(user, { keepUnsent = false } = {}) {
  await run("readwrite", (drafts) => {
    const asked = drafts.index("user").getAll(user);
    asked.onsuccess = () => {
      for (const draft of asked.result) if (!draft.unsent || !keepUnsent) drafts.delete(draft.id);
    };
  });
  await clearShelf();
  await sweepShelf((row) => isUnsent(row) && row.user === user && !keepUnsent);
}

// The number of the message format below; a server that does not know it says so, and the text stays here.
const FORMAT = 1;

/** A kept draft as a request to its address. */
export function asMessage({ user, client, sequence, base, title, parts }) {
  const body = JSON.stringify({ format: FORMAT, user, client, sequence, version: base, title, parts });
  return { method: "POST", body, headers: { "Content-Type": "application/json" } };
}

/** Send the texts that were set aside for this entry; true when one stands beside the draft now. */
export async function sendAsides(user, id) {
  let beside = false;
  const kept = await draftsOf(user);
  for (const aside of kept.filter((draft) => draft.id.startsWith(`${id}#`))) {
    const answer = await request(aside.url, asMessage(aside));
    const said = answer.status === 200 || answer.status === 409 ? await answer.json() : {};
    if (!("version" in said)) continue;
    await removeDraft(aside.id);
    beside ||= answer.status === 409;
  }
  return beside;
}
