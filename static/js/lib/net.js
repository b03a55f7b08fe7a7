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

/**
 * fetch() with the CSRF token (for anything but GET) and a time limit in milliseconds.
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
    return await fetch(url, { ...rest, method, headers: all, credentials: "same-origin", signal: limit.signal });
  } catch (error) {
    throw new NetError(limit.signal.aborted ? limit.signal.reason : "offline", error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", forward);
  }
}
