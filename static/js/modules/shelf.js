// Keeps on the device what its user needs without a network, and brings what was written without one to the server.
// One user's journal at a time: whoever else signs in here clears it away.
import { all, one } from "../lib/dom.js";
import { NetError, request } from "../lib/net.js";
import { sendIdle } from "../lib/courier.js";
import { changeShelf, clearShelf, draftsOf, putShelf, readShelf } from "../lib/store.js";

const FRESH = 5 * 60 * 1000;
const ASK_AGAIN = 60 * 1000;

/** `bar` is includes/device.html on a page of somebody who keeps a journal. */
export async function shelf(bar) {
  const { user } = bar.dataset;
  await clearShelf(user);
  if (leaving()) return;
  const { theme } = document.documentElement.dataset;
  await putShelf({ key: "who", user, theme });
  document.addEventListener("draft:confirmed", ({ detail }) => confirmed(user, detail));
  window.addEventListener("online", () => send(bar));
  await Promise.all([worker(bar), send(bar).then(() => look(bar))]);
}

const leaving = () => "leaving" in document.documentElement.dataset;
const key = (user) => `data:${user}`;

// --- The service worker -----------------------------------------------------------------------------------

async function worker(bar) {
  if (!navigator.serviceWorker) return;
  try {
    const found = await navigator.serviceWorker.register(bar.dataset.worker, { updateViaCache: "none" });
    // This page is new already; if it is the only one, no old page needs the old worker.
    found.waiting?.postMessage({ kind: "take over", alone: true });
  } catch (error) {
    console.warn("service worker", error); // without it everything works, while there is a network
  }
}

async function lessons(journals) {
  if (!navigator.serviceWorker || navigator.connection?.saveData) return;
  const { active } = await navigator.serviceWorker.ready;
  const urls = journals.flatMap(({ modules }) => modules.map(({ module }) => module)).filter(Boolean);
  active.postMessage({ kind: "keep", urls: [...new Set(urls)] });
}

// --- The journal ------------------------------------------------------------------------------------------

/** Ask the server for the journal, unless it was asked a moment ago. */
async function look(bar) {
  const { user, journal } = bar.dataset;
  const kept = await readShelf(key(user));
  const isWriting = all("[data-draft]").length > 0;
  if (kept && !isWriting && Date.now() - kept.at < FRESH && !window.location.pathname.startsWith("/jurnal/")) return;
  try {
    const answer = await request(journal, { headers: kept?.etag ? { "If-None-Match": kept.etag } : {} });
    if (answer.status === 304) {
      await changeShelf(key(user), (old) => old && { ...old, at: Date.now() });
      await lessons(kept.journals);
      return;
    }
    if (!answer.ok || answer.redirected) return;
    const etag = answer.headers.get("ETag");
    const said = await answer.json();
    if (said.user !== user || leaving()) return;
    await changeShelf(key(user), (old) => ({ key: key(user), user, etag, at: Date.now(), journals: merged(old, said) }));
    await lessons(said.journals);
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
  }
}

/** While the answer was on its way, this device may have sent a newer text: that stays. */
function merged(old, said) {
  const known = new Map();
  for (const module of old?.journals.flatMap(({ modules }) => modules) ?? []) known.set(module.draft, module);
  for (const { modules } of said.journals) {
    for (const module of modules) {
      const before = known.get(module.draft);
      if ((before?.entry?.version ?? 0) <= (module.entry?.version ?? 0)) continue;
      module.entry = before.entry;
      module.parts = before.parts;
    }
  }
  return said.journals;
}

/** The server has this text of the writing page: the copy follows at once, so that nobody goes on from an older one. */
function confirmed(user, { url, base, client, sequence, title, parts, said }) {
  if (leaving()) return undefined;
  return changeShelf(key(user), (row) => {
    const module = row?.journals.flatMap(({ modules }) => modules).find(({ draft }) => draft === url);
    if (!module) return undefined;
    const heard = { ...module.entry?.heard, [client]: [sequence, base] };
    module.entry = { version: base, title, heard, saved: said };
    if (module.state === "empty") module.state = "draft";
    for (const part of module.parts) {
      const [format, text] = parts[part.key] ?? [];
      if (format === "html") Object.assign(part, { html: text, notation: undefined });
      else if (format) Object.assign(part, { html: undefined, notation: text });
    }
    return row;
  }).catch(() => {});
}

// --- What was written without a network -------------------------------------------------------------------

async function send(bar) {
  const { user } = bar.dataset;
  if (leaving()) return;
  const found = await sendIdle(user, all("[data-draft]").map((form) => form.dataset.draft));
  if (found.some(({ outcome }) => outcome === "sent" || outcome === "beside")) one('[data-line="sent"]', bar).hidden = false;
  const here = all("[data-draft]").map((form) => form.dataset.draft);
  const rest = (await draftsOf(user)).filter(({ id, unsent }) => unsent && !here.includes(id.split("#")[0]));
  if (rest.length) setTimeout(() => send(bar), ASK_AGAIN);
}
