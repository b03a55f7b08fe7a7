// The device's own store: one draft for each user, cohort and module, in IndexedDB. Another user's drafts are
// never asked for. Every function rejects when the browser has no store (private windows, a full disk).

const NAME = "berakhlak";
const DRAFTS = "drafts";
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(DRAFTS, { keyPath: "id" }).createIndex("user", "user");
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

async function run(mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    // Strict: written to the disk when it says so, also when the power goes.
    const transaction = db.transaction(DRAFTS, mode, { durability: "strict" });
    const asked = work(transaction.objectStore(DRAFTS));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** The draft kept under this id, or undefined. */
export const readDraft = (id) => run("readonly", (drafts) => drafts.get(id));

/** Keep a draft; resolves when it is on the disk. */
export const keepDraft = (draft) => run("readwrite", (drafts) => drafts.put(draft));

/** Remove a draft, which the server must have confirmed before. */
export const removeDraft = (id) => run("readwrite", (drafts) => drafts.delete(id));

/** All drafts of one user. */
export const draftsOf = (user) => run("readonly", (drafts) => drafts.index("user").getAll(user));
