// Signing out of a device that others may use too: first what is unsent goes to the server, then everything of this
// user leaves the device. Where something could not be sent, its author decides. Loaded when "sign out" is pressed.
import { all, make, one } from "../lib/dom.js";
import { moduleOf, sendAll } from "../lib/courier.js";
import { csrfToken, NetError, request } from "../lib/net.js";
import { answersOf, commentsOf, forget, messagesOf, putShelf, reviewsOf, shelfUnder } from "../lib/store.js";

/** `form` posts to the sign-out address; its dialog stands in includes/sign_out.html. */
export async function leave(form) {
  const { user } = form.dataset;
  const box = document.getElementById("sign-out");
  const button = one("button", form);
  button.setAttribute("aria-busy", "true");
  let sent;
  try {
    sent = await sendAll(user);
  } catch (error) {
    console.warn("sign-out", error); // no store on this device: nothing of the text can be on it
    form.submit();
    return;
  }
  button.removeAttribute("aria-busy");
  const comments = (await shelfUnder(commentsOf(user))).map((comment) => ({ comment, outcome: "comment" }));
  const reviews = (await shelfUnder(reviewsOf(user))).map((review) => ({ review, outcome: "comment" }));
  const answers = (await shelfUnder(answersOf(user))).map(() => ({ answers: true, outcome: "comment" }));
  const remarks = (await shelfUnder(messagesOf(user))).map(({ texts }) => ({ remark: texts.text, outcome: "comment" }));
  const drafts = sent.found.filter(({ outcome }) => outcome !== "sent" && outcome !== "beside");
  const unsent = [...drafts, ...comments, ...reviews, ...answers, ...remarks];
  if (!unsent.length) {
    await goes(form, box, user, sent.release, false);
    return;
  }
  warn(box, unsent);
  await answer(form, box, user, sent.release);
}

/** Name what is unsent and why; nothing is chosen beforehand. */
function warn(box, unsent) {
  const line = ({ draft, comment, review, answers, remark, message }) => {
    if (remark) return make("li", {}, `${box.dataset.remarkWord}: ${remark}`);
    if (answers) return make("li", {}, box.dataset.answersWord);
    if (review) return make("li", {}, `${box.dataset.reviewWord} ${review.name}`);
    if (comment) return make("li", {}, `${box.dataset.commentWord} “${comment.quote}”: ${comment.typed}`);
    const name = `${box.dataset.moduleWord} ${moduleOf(draft)}${draft.title ? ` – ${draft.title}` : ""}`;
    return make("li", {}, message ? `${name}. ${message}` : name);
  };
  one("[data-unsent]", box).replaceChildren(...unsent.map(line));
  for (const part of all("[data-texts]", box)) part.hidden = false;
  const outcomes = unsent.map(({ outcome }) => outcome);
  const why = ["signed-out", "refused", "offline"].find((each) => outcomes.includes(each)) ?? "comment";
  for (const words of all("[data-why]", box)) words.hidden = words.dataset.why !== why;
}

/** Show the dialog until its user has decided. */
function answer(form, box, user, release) {
  const choices = one("form", box);
  choices.reset();
  one("[data-choose]", box).hidden = true;
  if (!box.open) box.showModal();
  one("[data-again]", box).focus();
  return new Promise((resolve) => {
    const done = new AbortController();
    const ends = async (act) => {
      done.abort();
      await act();
      resolve();
    };
    const on = (target, type, act) => target.addEventListener(type, act, { signal: done.signal });
    on(box, "close", () => ends(release));
    on(one("[data-stay]", box), "click", () => box.close());
    on(one("[data-again]", box), "click", () => ends(() => (release(), leave(form))));
    on(choices, "submit", (event) => {
      event.preventDefault();
      const texts = one("[data-texts]", box);
      const choice = texts.hidden ? "delete" : new FormData(choices).get("unsent");
      if (choice) ends(() => goes(form, box, user, release, choice === "keep"));
      else one("[data-choose]", box).hidden = false;
    });
  });
}

/** Sign out, and only then wipe the device. */
async function goes(form, box, user, release, keepUnsent) {
  document.documentElement.dataset.leaving = "";
  try {
    const body = new FormData(form);
    body.set("csrfmiddlewaretoken", csrfToken());
    const headers = { Accept: "text/html" };
    const said = await request(form.action, { method: "POST", body, headers, redirect: "manual" });
    if (said.type !== "opaqueredirect") return form.submit(); // a refusal speaks for itself
  } catch (error) {
    if (!(error instanceof NetError)) throw error;
    return withoutNetwork(form, box, user, release, keepUnsent);
  }
  await forget(user, { keepUnsent });
  return gone(form, user);
}

/** All tabs of this user leave their pages, which are no longer anybody's. */
function gone(form, user) {
  new BroadcastChannel("session").postMessage({ kind: "signed-out", user });
  window.location.replace(form.dataset.next);
}

/** The server cannot hear it yet. The service worker signs out before any page is loaded again. */
async function withoutNetwork(form, box, user, release, keepUnsent) {
  if (!navigator.serviceWorker?.controller || !box.open) {
    delete document.documentElement.dataset.leaving;
    if (box.open) return answer(form, box, user, release);
    for (const part of all("[data-texts]", box)) part.hidden = true;
    for (const words of all("[data-why]", box)) words.hidden = words.dataset.why !== "offline";
    return answer(form, box, user, release);
  }
  await forget(user, { keepUnsent });
  await putShelf({ key: "leaving", url: form.action, token: csrfToken() });
  navigator.serviceWorker.controller.postMessage({ kind: "leaving" });
  return gone(form, user);
}
