// Brings unsent drafts to the server from pages that are not their writing page. It takes each draft's pen (see
// keeper.js), so that it never sends while somebody writes; the text that the server has leaves the device.
import { NetError, request } from "./net.js";
import { asMessage, draftsOf, letGo, readDraft } from "./store.js";

const PATIENCE = 4000; // how long a tab that writes has to hand its pen over

/** What became of a draft: "sent", "beside" (kept as another version), "signed-out", "refused" or "offline". */
async function deliver(draft) {
  try {
    const answer = await request(draft.url, asMessage(draft));
    const isJson = !answer.redirected && answer.headers.get("content-type")?.startsWith("application/json");
    const said = isJson ? await answer.json() : {};
    if ((answer.status === 200 || answer.status === 409) && "version" in said) {
      await letGo(draft, answer.status === 409);
      return { outcome: answer.status === 200 ? "sent" : "beside", version: said.version };
    }
    if (answer.status === 401 || answer.redirected) return { outcome: "signed-out" };
    return { outcome: answer.status < 500 ? "refused" : "offline", message: said.message };
  } catch (error) {
    if (!(error instanceof NetError) && !(error instanceof SyntaxError)) throw error;
    return { outcome: "offline" };
  }
}

/** The number of the module that a draft's id names: user:cohort:module, and #device for one set aside. */
export const moduleOf = ({ id }) => Number(id.split("#")[0].split(":")[2]);

/** Send what nobody is writing just now, but for the drafts in `except`; gives what became of each. */
export async function sendIdle(user, except = []) {
  const found = [];
  for (const { id, unsent } of await draftsOf(user)) {
    if (!unsent || except.includes(id)) continue;
    const work = async (pen) => {
      const draft = pen && (await readDraft(id)); // as it is now that nobody writes
      if (draft?.unsent) found.push({ draft, ...(await deliver(draft)) });
    };
    if (navigator.locks) await navigator.locks.request(penOf(id), { ifAvailable: true }, work);
    else await work(true);
  }
  return found;
}

const penOf = (id) => `draft:${id.split("#")[0]}`;

/** Take over the pens of all tabs in which this user writes: what they hold goes to the device first. */
export async function takePens(user) {
  if (!navigator.locks) return () => {};
  const held = (await navigator.locks.query()).held.filter(({ name }) => name.startsWith(`draft:${user}:`));
  let release;
  const until = new Promise((resolve) => (release = resolve));
  const taken = held.map(({ name }) => {
    const channel = new BroadcastChannel(name);
    channel.postMessage({ kind: "yield" });
    channel.close();
    // A tab that the system has put to sleep keeps its pen. Its text goes out all the same: under the number that the
    // tab would send it with, and the server knows a number that it has dealt with.
    const options = { signal: AbortSignal.timeout(PATIENCE) };
    return new Promise((resolve) => {
      navigator.locks.request(name, options, () => (resolve(), until)).catch(resolve);
    });
  });
  await Promise.all(taken);
  return release;
}

/**
 * Send everything of this user, also what is being written now. Gives what became of each draft, and `release`, which
 * gives the tabs their pens back: until then nobody writes on.
 */
export async function sendAll(user) {
  const release = await takePens(user);
  const found = [];
  for (const draft of await draftsOf(user)) {
    if (draft.unsent) found.push({ draft, ...(await deliver(draft)) });
  }
  return { found, release };
}
