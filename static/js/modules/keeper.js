// Keeps what somebody writes: each pause goes to the device first and then to the server. The line under the form
// says where the text is, and nothing is let go before the server has confirmed it.
import { announce, all, askBeforeLeaving, one, onSaveKey } from "../lib/dom.js";
import { NetError, backOff, randomName, request } from "../lib/net.js";
import { asMessage, keepDraft, keepNewest, readDraft, sendAsides } from "../lib/store.js";
import { getRichText, isTouched, setRichText } from "./editor.js";

const PAUSE = 400; // milliseconds without a key until the device keeps the text
const SEND = 1500; // and until the server gets it
const LONGEST = 8000; // somebody who never pauses is kept this often
// Room for the numbers of a page that is still sending as it goes: of two texts under one number the server takes one.
const GAP = 16;
const YIELD = 2000; // how long another tab has to hand the pen over

/** Mounts on the writing form; without this module the form posts like any other. */
export async function keeper(form) {
  const keep = (form.keeper = new Keeper(form)); // modules/evidence.js waits for it to have sent
  await keep.start();
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.fields = all('textarea[name^="part-"]', form);
    this.title = one('[name="title"]', form);
    this.version = one('[name="version"]', form);
    this.id = form.dataset.draft; // user:cohort:module
    this.user = form.dataset.user;
    this.record = null; // what the device keeps: text, base version, device, number of the message, unsent or not
    this.edits = 0; // of this page
    this.kept = 0; // how many of them the device has
    this.sending = null;
    this.failures = 0;
    this.writer = false; // this tab holds the pen
    this.leaving = false;
    this.stored = true; // false once the device's store has failed
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(`draft:${this.id}`) : null;
  }

  async start() {
    const { form } = this;
    form.addEventListener("input", () => this.edited());
    form.addEventListener("submit", (event) => this.submitted(event));
    onSaveKey(() => one("[data-save]", form).click());
    one("[data-retry]", form).addEventListener("click", () => this.send(true));
    one("[data-take]").addEventListener("click", () => this.ask());
    this.channel?.addEventListener("message", (event) => this.heard(event.data));
    window.addEventListener("online", () => this.send(true));
    window.addEventListener("focus", () => this.failures && this.send(true));
    document.addEventListener("visibilitychange", () => document.hidden && this.hurry());
    window.addEventListener("pagehide", () => this.hurry());
    askBeforeLeaving(() => !this.leaving && this.writer && this.unsent && !(this.stored && this.kept === this.edits));
    // A refused text that came back, or one typed while this script was on its way: no server has it yet.
    const refused = one("[data-status]", form).dataset.tone === "error";
    if (refused || [this.title, ...this.fields].some(isTouched)) this.edits = 1;
    await this.queue();
  }

  // --- One pen for all tabs: whoever holds the lock writes, the others follow -----------------------

  queue() {
    const name = `draft:${this.id}`;
    if (!navigator.locks) return this.write();
    return new Promise((resolve) => {
      const options = this.stealing ? { steal: true } : {};
      this.stealing = false;
      navigator.locks
        .request(name, options, async () => {
          await this.write();
          resolve();
          await new Promise((release) => (this.release = release));
        })
        .catch((error) => {
          if (error.name !== "AbortError") throw error;
          this.follow(); // the pen was taken
          this.queue();
        });
      // Whether another tab writes is known at once; waiting for its pen may take hours.
      navigator.locks.query().then(({ held }) => {
        const taken = held.some((lock) => lock.name === name);
        if (taken && !this.writer) this.follow();
        if (taken && !this.writer) this.channel?.postMessage({ kind: "hello" });
        resolve();
      });
    });
  }

  follow() {
    this.writer = false;
    // What this tab has not kept yet would vanish under the other tab's text.
    if (this.edits !== this.kept) this.setAside(this.letter()).then(() => this.sendAsides());
    this.kept = this.edits;
    // What the device has is no longer this page's alone: with the pen it comes back from there.
    if (this.stored) this.edits = this.kept = 0;
    for (const part of all("[data-writes]", this.form)) {
      part.inert = true;
      // The caret would stay for a moment, and what is typed there go nowhere.
      if (part.contains(document.activeElement)) document.activeElement.blur();
    }
    one("[data-other-tab]").hidden = false;
  }

  async write() {
    this.writer = true;
    this.step = GAP;
    const heard = JSON.parse(this.words.heard || "{}");
    let found = await this.fromDevice();
    const arrived = found?.unsent && found.sequence <= (heard[found.client]?.[0] ?? -1);
    if (arrived) found.unsent = false;
    if (found?.unsent && this.edits !== this.kept) {
      await this.setAside({ ...found, id: `${this.id}#${found.client}` });
      found = undefined;
    }
    // What stands beside the draft must not be replaced by what is written from now on: that gets a new name.
    if (found?.strayed && !found.unsent) found = undefined;
    // The server took a message while this page was on its way: the page is older than its own device's text.
    const seen = Math.max(heard[found?.client]?.[0] ?? 0, this.followed ?? 0);
    const outdated = found && !found.unsent && found.sequence > seen;
    if (outdated) found = undefined;
    this.record = { ...this.letter(), id: this.id, unsent: false, sequence: Math.max(found?.sequence ?? 0, seen) };
    if (found) this.record.client = found.client;
    if (arrived) await this.put(); // the server has it: the device lets the text go
    if (outdated && this.edits === this.kept && (await this.put())) return this.again(true);
    for (const part of all("[data-writes]", this.form)) part.inert = false;
    one("[data-other-tab]").hidden = true;
    if (found?.unsent) this.restore(found);
    else if (this.edits) await this.keep(); // typed before the store had answered
    // What is on the page goes first: it becomes the draft, and what was set aside the version beside it.
    this.send(true).then(() => this.sendAsides());
    return undefined;
  }

  /** What the form holds, as the first message of a device that nobody has heard of. */
  letter() {
    const client = randomName();
    const whose = { id: `${this.id}#${client}`, user: this.user, url: this.words.url };
    return { ...whose, client, sequence: 1, unsent: true, ...this.read() };
  }

  /** Two texts meet on this page: one stays in the form, the other on the device by itself. */
  async setAside(text) {
    try {
      await keepDraft(text);
    } catch {
      this.stored = false;
    }
  }

  async sendAsides() {
    try {
      if (await sendAsides(this.user, this.id)) one("[data-other-version]").hidden = false;
    } catch (error) {
      // It stays on the device, and goes out the next time this page is opened.
      if (!(error instanceof NetError) && this.stored) console.warn("aside", error);
    }
  }

  restore(found) {
    this.record = { ...found, url: this.words.url };
    this.show(found);
    this.say(this.words.device, "");
    announce(this.words.restored);
  }

  ask() {
    this.channel?.postMessage({ kind: "yield" });
    // A tab that the system has put to sleep answers nothing: then the pen is taken from it.
    setTimeout(() => {
      if (this.writer) return;
      this.stealing = true;
      this.queue();
    }, YIELD);
  }

  async heard({ kind, text, status, tone, sequence, unsent }) {
    if (this.writer && kind === "hello") this.tell();
    if (this.writer && kind === "yield") {
      await this.keep();
      this.tell();
      this.follow();
      this.release?.();
      this.queue();
    }
    // A page that was loaded later than the writing one may have a newer text from the server: that one stays.
    if (!this.writer && kind === "text" && (unsent || text.base >= this.base)) {
      this.followed = sequence;
      this.show(text);
      this.say(status, tone);
    }
  }

  tell() {
    const line = one("[data-status]", this.form);
    const said = { kind: "text", text: this.read(), status: line.textContent, tone: line.dataset.tone };
    const { sequence = 0 } = this.record ?? {};
    if (this.writer) this.channel?.postMessage({ ...said, sequence, unsent: this.unsent });
  }

  // --- The text in the form --------------------------------------------------------------------------

  /** The version of the server's draft on which the text in the form was written. */
  get base() {
    return Number(this.version.value);
  }

  read() {
    const parts = {};
    for (const field of this.fields) {
      const { value, format } = getRichText(field);
      parts[field.name.slice("part-".length)] = [format, value];
    }
    return { base: this.base, title: this.title.value, parts };
  }

  /** A text never comes without its base: with another one it would pass for a text that its author has not seen. */
  show({ base, title, parts }) {
    this.version.value = base;
    this.title.value = title;
    for (const field of this.fields) {
      const part = parts[field.name.slice("part-".length)];
      if (part) setRichText(field, { format: part[0], value: part[1] });
    }
  }

  // --- To the device ---------------------------------------------------------------------------------

  get unsent() {
    return this.edits !== this.kept || Boolean(this.record?.unsent);
  }

  async fromDevice() {
    try {
      return await readDraft(this.id);
    } catch {
      this.stored = false;
      return undefined;
    }
  }

  edited() {
    this.edits += 1;
    if (!this.failures) this.say(this.words.unsaved, "");
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.keep(), PAUSE);
    this.since ??= performance.now();
    if (performance.now() - this.since > LONGEST) this.keep();
  }

  /** Keep what the form holds now; resolves when the device has it, or has failed to. */
  async keep() {
    clearTimeout(this.pause);
    if (!this.writer || !this.record || this.edits === this.kept) return;
    const upTo = this.edits;
    this.since = undefined;
    Object.assign(this.record, this.read(), { sequence: this.record.sequence + this.step, unsent: true });
    this.step = 1;
    await this.put();
    this.kept = upTo;
    if (this.failures) this.say(this.words.waiting, "error");
    else if (this.edits === upTo) this.say(this.stored ? this.words.device : this.words.saving, "");
    this.tell();
    clearTimeout(this.next);
    this.next = setTimeout(() => this.send(), SEND);
  }

  async put() {
    // What the server has needs no copy here: on a shared computer nothing stays behind.
    const { title, parts, ...rest } = this.record;
    try {
      await keepNewest(rest.unsent ? { ...rest, title, parts } : rest);
      this.stored = true;
    } catch {
      this.stored = false;
    }
    return this.stored;
  }

  /** The page is going: whatever it holds goes to the device and out at once. */
  async hurry() {
    await this.keep();
    if (this.record?.unsent && !this.leaving) this.send(true, { keepalive: true });
  }

  // --- To the server ---------------------------------------------------------------------------------

  /** Send what is unsent. One message at a time; what came meanwhile follows. */
  async send(now = false, options = {}) {
    if (now) await this.keep();
    if (!this.writer || !this.record?.unsent) return;
    clearTimeout(this.next);
    while (this.sending) await this.sending;
    if (!this.record.unsent) return;
    this.sending = this.deliver(options).finally(() => (this.sending = null));
    await this.sending;
  }

  async deliver(options) {
    const { sequence } = this.record;
    const sent = asMessage(this.record);
    // A browser sends at most 64 KB for a page that is gone.
    if (sent.body.length > 60000) delete options.keepalive;
    try {
      const answer = await request(this.words.url, { ...sent, ...options });
      const isJson = !answer.redirected && answer.headers.get("content-type")?.startsWith("application/json");
      await this.answered(answer.status, isJson ? await answer.json() : null, sequence);
    } catch (error) {
      if (!(error instanceof NetError) && !(error instanceof SyntaxError)) throw error;
      this.failed(this.words.waiting);
    }
  }

  async answered(status, said, sequence) {
    if (status === 200 && said) return this.confirmed(sequence, said.version, said.status);
    if (status === 409 && ["stale", "state"].includes(said?.reason)) return this.beside(sequence);
    if (status === 409 && said?.reason === "settled") return this.settled(sequence);
    if ((status === 409 || status === 422) && said?.message) return this.failed(said.message, "", false);
    if (status === 401) return this.failed(this.words.signedOut, "sign-in");
    if (status === 403) return this.failed(this.words.cookie, "open-again");
    return this.failed(this.words.waiting);
  }

  /** The server has this message as the draft. */
  async confirmed(sequence, version, text) {
    this.calm();
    this.version.value = this.record.base = Math.max(version, this.base);
    if (this.record.sequence !== sequence) return this.again();
    this.record.unsent = false;
    await this.put();
    if (!this.unsent) this.say(text, "ok"); // not of what was typed meanwhile
    this.tell();
    // For the copy that the offline pages show: modules/shelf.js.
    this.form.dispatchEvent(new CustomEvent("draft:confirmed", { bubbles: true, detail: { ...this.record, said: text } }));
    return undefined;
  }

  /** The server keeps this message beside the draft, until its author has chosen. */
  async beside(sequence) {
    this.calm();
    this.strayed = this.record.strayed = true;
    one("[data-other-version]").hidden = false;
    if (this.record.sequence !== sequence) return this.again();
    this.record.unsent = false;
    await this.put();
    this.say(this.words.otherVersion, "error");
    return undefined;
  }

  /** Its author has chosen elsewhere meanwhile; only what was written since is new. */
  async settled(sequence) {
    if (this.record.sequence !== sequence) return this.again();
    this.record.unsent = false;
    await this.put();
    return this.again(true);
  }

  again(anew = false) {
    clearTimeout(this.next);
    this.leaving ||= anew;
    if (anew) return window.location.reload();
    this.next = setTimeout(() => this.send(), SEND);
  }

  calm() {
    this.failures = 0;
    for (const offer of ["retry", "sign-in", "open-again"]) one(`[data-${offer}]`, this.form).hidden = true;
  }

  failed(text, offer = "", retry = true) {
    this.failures += 1;
    this.say(text, "error");
    one("[data-retry]", this.form).hidden = false;
    for (const link of ["sign-in", "open-again"]) one(`[data-${link}]`, this.form).hidden = link !== offer;
    this.tell();
    clearTimeout(this.next);
    if (retry) this.next = setTimeout(() => this.send(), backOff(this.failures));
  }

  say(text, tone) {
    const line = one("[data-status]", this.form);
    if (line.textContent !== text) line.textContent = text;
    line.dataset.tone = tone;
  }

  // --- The buttons -----------------------------------------------------------------------------------

  async submitted(event) {
    const then = event.submitter?.name === "then";
    if (event.submitter?.hasAttribute("data-plain")) return;
    event.preventDefault();
    this.form.setAttribute("aria-busy", "true");
    // Pressing "save" on an untouched page means "make sure it is there".
    if (!this.unsent && !this.strayed && !this.words.begun) this.edits += 1;
    await this.send(true);
    this.form.removeAttribute("aria-busy");
    if (!then || this.unsent || !this.writer) return;
    this.leaving = true;
    window.location.assign(this.strayed ? this.words.versionsUrl : this.words.previewUrl);
  }
}
