// Saves the draft without leaving the page, so that no failure can take the text away: whatever the
// network or the server says, the text stays in its fields until the server has confirmed it.
import { announce, one } from "../lib/dom.js";
import { NetError, request } from "../lib/net.js";

/** Mounts on the writing form; without this module the form posts like any other. */
export function draftForm(form) {
  const state = { form, edits: 0, saved: 0, busy: false, again: null, wanted: "", leaving: false };
  form.addEventListener("input", () => edited(state));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(state, event.submitter?.name === "then" ? event.submitter.value : "");
  });
  one("[data-retry]", form).addEventListener("click", () => save(state, state.wanted));
  const gone = new AbortController();
  const { signal } = gone;
  const mine = (handle) => (event) => (form.isConnected ? handle(event) : gone.abort());
  window.addEventListener("online", mine(() => !one("[data-retry]", form).hidden && save(state, state.wanted)), { signal });
  window.addEventListener("beforeunload", mine((event) => {
    if (state.leaving || (state.edits === state.saved && !state.busy)) return;
    event.preventDefault();
    event.returnValue = ""; // Chrome 109 and Safari ask only with this
  }), { signal });
  // A page that brings a refused text back holds what no server has yet.
  if (one("[data-status]", form).dataset.tone === "error") state.edits = 1;
}

function edited(state) {
  state.edits += 1;
  // A failure stays in sight until a save succeeds.
  if (!state.busy && one("[data-retry]", state.form).hidden) say(state, state.form.dataset.unsaved, "");
}

function say({ form }, text, tone) {
  const line = one("[data-status]", form);
  if (line.textContent !== text) line.textContent = text;
  line.dataset.tone = tone;
}

/** `offer` names the link, beside trying again, that may help. */
function failed(state, text, offer = "") {
  say(state, text, "error");
  one("[data-retry]", state.form).hidden = false;
  for (const link of ["sign-in", "open-again"]) one(`[data-${link}]`, state.form).hidden = link !== offer;
}

async function save(state, then) {
  const { form } = state;
  if (state.busy) {
    state.again = then || state.again || ""; // what was asked for meanwhile follows
    return;
  }
  state.busy = true;
  state.wanted = then; // trying again leads where this was to lead
  const sent = state.edits;
  const body = new FormData(form);
  // The header carries the token of this moment; the one in the form may be from before a new sign-in.
  body.delete("csrfmiddlewaretoken");
  if (then) body.set("then", then);
  say(state, form.dataset.saving, "");
  form.setAttribute("aria-busy", "true");
  try {
    await settled(state, sent, then, await request(form.action, { method: "POST", body }));
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    failed(state, form.dataset.offline);
    state.again = null;
  } finally {
    state.busy = false;
    form.removeAttribute("aria-busy");
  }
  if (state.again !== null) {
    const next = state.again;
    state.again = null;
    save(state, next);
  }
}

async function settled(state, sent, then, answer) {
  const { form } = state;
  // A redirect means that something in between answered for the application: nothing is confirmed.
  const isJson = !answer.redirected && answer.headers.get("content-type")?.startsWith("application/json");
  if (answer.ok && isJson) return confirmed(state, sent, then, await answer.json());
  if ((answer.status === 409 || answer.status === 422) && isJson) {
    // What was typed since is not in the answer, so it has to be sent before the page may change.
    if (state.edits !== sent) state.again = then;
    else swap(state, (await answer.json()).html);
    return undefined;
  }
  state.again = null;
  if (answer.status === 401) return failed(state, form.dataset.signedOut, "sign-in");
  // Most likely the cookie with the token is gone; opening any page of ours brings a new one.
  if (answer.status === 403) return failed(state, form.dataset.cookie, "open-again");
  return failed(state, answer.status >= 500 || answer.ok ? form.dataset.broken : form.dataset.refused);
}

function confirmed(state, sent, then, { version, status, next }) {
  const { form } = state;
  one('[name="version"]', form).value = version;
  state.saved = sent;
  for (const offer of ["retry", "sign-in", "open-again"]) one(`[data-${offer}]`, form).hidden = true;
  if (state.edits !== sent) {
    if (then) state.again = then;
    else say(state, form.dataset.unsaved, "");
    return;
  }
  say(state, status, "ok");
  if (!then) return;
  state.leaving = true;
  window.location.assign(next);
}

/** Show what the server sent instead of the form: the same text with its errors, or both versions. */
function swap(state, html) {
  const place = state.form.closest("[data-swap]");
  place.innerHTML = html;
  place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true })); // app.js mounts what is new
  announce(one("[role='alert']", place)?.textContent.trim() ?? "");
}
