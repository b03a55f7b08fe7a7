// Keeps what a reviewer writes: on the device at each pause, then on the server; and carries the decision there, so
// that the next entry stands without a whole page being loaded.
import { announce, askBeforeLeaving } from "../lib/dom.js";
import { csrfToken, request } from "../lib/net.js";

const KEEP = 400; // milliseconds without a key until the device keeps the text
const PAUSE = 2000; // and until the server gets it
const RETRY = 15000;

export class Saver {
  constructor(form, words) {
    this.form = form;
    this.words = words;
    this.status = document.getElementById("review-status");
    this.address = form.dataset.save;
    this.changes = 0;
    this.kept = 0;
    this.running = null;
    this.stopped = false;
    this.leaving = false;
    // Beside another stored text only the person may replace it: nothing is saved before a button is pressed.
    this.asking = form.dataset.unsaved === "ask";
    this.timers = {};
    this.life = new AbortController();
    this.listen();
    if (history.state?.inPlace) this.visit().catch(() => {}); // a page put here in place was loaded anew: for "back"
    // A refused form came back with what was typed, which no server has yet.
    if ("unsaved" in form.dataset) this.touch();
    else this.device(async ({ bringBack }) => (await bringBack(form)) && this.broughtBack());
  }

  /** Ends when another page has taken the place of this one. */
  get signal() {
    return this.life.signal;
  }

  get dirty() {
    return this.changes !== this.kept;
  }

  listen() {
    const { signal } = this;
    const when = (target, type, act) => target.addEventListener(type, act, { signal });
    when(this.form, "input", () => this.touch());
    when(this.form, "submit", (event) => this.submit(event));
    askBeforeLeaving(() => this.dirty && !this.leaving && this.hurry(), { signal });
    when(window, "online", () => this.auto());
    when(document, "visibilitychange", () => document.hidden && this.auto({ keepalive: true }));
    when(window, "pagehide", () => this.running || this.auto({ keepalive: true }));
    when(document, "page:leave", (event) => event.detail.push(this.leave()));
    when(document, "page:left", () => this.life.abort());
  }

  /** Now and not at pagehide: a page that is loaded anew must find it saved. */
  hurry() {
    this.auto({ keepalive: true });
    return true;
  }

  /** Another page is about to take the place of this one: what is not saved yet is. */
  async leave() {
    if (this.dirty && !this.leaving && !this.asking) await this.save();
  }

  /** What carries a decision and goes back; a reviewer who has begun will need it. */
  visit() {
    return import("../lib/visit.js");
  }

  /** Whoever has begun will soon want the next one. What does not come is asked for again when it is needed. */
  async lookAhead() {
    try {
      await (await this.visit()).lookAhead(this.form.dataset.ahead);
    } catch (error) {
      console.warn("ahead", error);
    }
  }

  touch() {
    this.changes += 1;
    if (this.changes === 1) this.lookAhead();
    this.in(KEEP, "keep", () => this.device(({ keep }) => keep(this.form)));
    if (this.stopped) return;
    this.say(this.words.unsaved, "");
    this.in(PAUSE, "save", () => this.auto());
  }

  /** Do it once there was nothing new for so long. */
  in(pause, name, act) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(act, pause);
  }

  say(text, tone) {
    if (this.status.textContent === text) return;
    this.status.textContent = text;
    this.status.dataset.tone = tone;
  }

  // --- The device ------------------------------------------------------------------------------------

  /** Without a store, or without the script for it, the server alone keeps the text. */
  async device(work) {
    try {
      await work(await import("./review-device.js"));
    } catch (error) {
      console.warn("device", error);
    }
  }

  broughtBack() {
    this.touch();
    announce(this.words.broughtBack);
  }

  // --- The server ------------------------------------------------------------------------------------

  /** Save what changed, unless it has to be asked for. */
  auto(options) {
    if (this.dirty && !this.asking) this.save(options);
  }

  /** Save now; calls while one is under way wait for it and save what came since. */
  async save(options = {}) {
    if (this.stopped || this.leaving) return;
    clearTimeout(this.timers.save);
    // Several may wait here for the same answer: whoever goes on first makes the others wait again.
    while (this.running) {
      await this.running;
      if (!this.dirty || this.stopped) return;
    }
    this.running = this.send(options);
    await this.running;
    this.running = null;
  }

  async send(options) {
    const upTo = this.changes;
    this.say(this.words.saving, "");
    let answer;
    let said = {};
    try {
      answer = await request(this.address, { method: "POST", body: this.body(), ...options });
      if (answer.headers.get("Content-Type")?.startsWith("application/json")) said = await answer.json();
    } catch {
      return this.again(this.words.offline);
    }
    if (answer.ok && "version" in said) {
      this.form.elements.version.value = said.version;
      if (said.partly) return this.say(said.message, "error"); // what was left out is still to be saved
      this.kept = upTo;
      if (this.dirty) return this.say(this.words.unsaved, "");
      this.say(said.message, said.lost ? "warn" : "ok");
      return this.letGo();
    }
    if (answer.status === 401 || answer.status === 403) return this.again(this.words.signedOut);
    if (answer.status === 422) return this.say(said.message ?? this.words.failed, "error");
    if (answer.status === 409) {
      this.stopped = true;
      return this.say(said.code === "stale" ? this.words.stale : (said.message ?? this.words.stale), "error");
    }
    return this.again(this.words.failed);
  }

  body(button) {
    const body = new FormData(this.form);
    // The header carries the token of this moment; the one in the form may be from before a new sign-in.
    body.delete("csrfmiddlewaretoken");
    if (button?.name) body.append(button.name, button.value);
    return body;
  }

  /** The server has it: nothing stays behind on a computer that others use. */
  letGo() {
    clearTimeout(this.timers.keep);
    return this.device(({ letGo }) => letGo(this.form));
  }

  again(text) {
    this.say(text, "error");
    this.in(RETRY, "save", () => this.auto());
  }

  // --- The buttons -----------------------------------------------------------------------------------

  submit(event) {
    clearTimeout(this.timers.save);
    event.preventDefault();
    const button = event.submitter;
    // Nothing has to be loaded anew; once saving has stopped, the server's page shows both texts.
    if (button?.matches("[data-save]") && !this.stopped) {
      this.asking = false;
      this.save();
    } else if (!this.leaving) this.decide(button);
  }

  /** Carry the decision to the server, and show the page that it answers with. */
  async decide(button) {
    this.leaving = true;
    this.form.setAttribute("aria-busy", "true");
    this.say(this.words.saving, "");
    while (this.running) await this.running; // its answer brings the version that the form must send
    try {
      const { post } = await this.visit();
      const onward = button?.value === "next";
      const refused = await post(button?.formAction ?? this.form.action, this.body(button), {
        taken: () => this.letGo(),
        onward,
      });
      if (refused) this.undecided(refused === 401 || refused === 403 ? this.words.signedOut : this.words.failed);
    } catch (error) {
      console.warn("decision", error);
      this.undecided(this.words.undecided);
    }
  }

  undecided(text) {
    this.leaving = false;
    this.form.removeAttribute("aria-busy");
    this.again(text);
  }
}
