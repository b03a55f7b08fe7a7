// Requests to our own server, with the token, a time limit and an error that says what happened.

/** The CSRF token of this moment, from the cookie. */
export function csrfToken() {
  const found = /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie);
  return found ? decodeURIComponent(found[1]) : "";
}

/** No answer came: `kind` is "offline", "timeout" or "aborted". An answer with any status is not an error. */
export class NetError extends Error {
  constructor(kind, cause) {
    super(`no answer: ${kind}`, { cause });
    this.name = "NetError";
    this.kind = kind;
  }
}

// Who wants to know whether the server can be reached, and which version it is, listens here: modules/device.js.
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/**
 * fetch() with the CSRF token (for anything but GET) and a time limit in milliseconds, for the whole answer.
 * Resolves with the Response whatever its status; rejects with NetError.
 */
export async function request(url, { method = "GET", headers = {}, timeout = 20000, signal, ...rest } = {}) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort("timeout"), timeout);
  const forward = () => limit.abort("aborted");
  if (signal?.aborted) forward();
  signal?.addEventListener("abort", forward, { once: true });
  const all = { Accept: "application/json", ...headers };
  if (method !== "GET") all["X-CSRFToken"] = csrfToken();
  try {
    const asked = { ...rest, method, headers: all, credentials: "same-origin", signal: limit.signal };
    const answer = await fetch(url, asked);
    tell("net:answer", answer.headers.get("App-Version"));
    // The limit holds for the body as well: one that breaks off or never comes is no answer.
    await answer.clone().arrayBuffer();
    return answer;
  } catch (error) {
    if (limit.signal.reason !== "aborted") tell("net:silence");
    throw new NetError(limit.signal.aborted ? limit.signal.reason : "offline", error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
  }
}

const FIRST_RETRY = 2000;
const SLOWEST = 60000;

/** Milliseconds until the next try after so many failures: doubled each time, and not the same on all devices. */
export const backOff = (failures) => Math.min(FIRST_RETRY * 2 ** (failures - 1), SLOWEST) * (0.75 + Math.random() / 2);

/** A name that nothing else has and that says nothing about anybody. */
export function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
