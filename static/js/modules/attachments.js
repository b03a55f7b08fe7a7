// Evidence below the text: files are chosen, dropped or pasted, made smaller on the device, sent one after the other,
// and sent again after a lost connection. The server knows each upload by a key of ours, so that none arrives twice.
import { announce, askBeforeLeaving, delegate, elementsOf, focusOn, make, one } from "../lib/dom.js";
import { NetError, backOff, csrfToken, randomName, request } from "../lib/net.js";
import { debounce } from "../lib/timing.js";

const LARGEST = 10 * 1024 * 1024;
const LONG_SIDE = 2560; // what the server keeps; more is only sent to be thrown away
const SHRINK_FROM = 1024 * 1024;
const QUALITY = 0.85;
const PAUSE = 800;
const STEP = 10; // per cent that are said in words; the bar moves smoothly
const PICTURES = ["image/jpeg", "image/png", "image/webp"];

/** Mounts on the part of the writing page that needs this script. */
export function attachments(root) {
  const words = root.dataset;
  const queue = one("[data-queue]", root);
  const list = one("[data-list]", root);
  const uploads = new Set();
  let running = null;

  // --- Where files come from -------------------------------------------------------------------------

  const input = one('input[type="file"]', root);
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  const section = root.closest("section");
  const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // a file that misses the place must not open in place of this page
    root.toggleAttribute("data-over", section.contains(event.target));
    event.dataTransfer.dropEffect = section.contains(event.target) ? "copy" : "none";
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || root.removeAttribute("data-over"));
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    root.removeAttribute("data-over");
    event.preventDefault();
    if (section.contains(event.target)) add(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    const elsewhere = event.target.closest?.("input, textarea, [contenteditable]");
    if (!files?.length || (elsewhere && !section.contains(elsewhere))) return;
    event.preventDefault();
    add(files);
  });
  window.addEventListener("online", () => uploads.forEach((upload) => upload.timer && again(upload)));
  askBeforeLeaving(() => [...uploads].some(({ waiting }) => waiting));

  function add(files) {
    for (const file of files) uploads.add(newUpload(file));
    next();
  }

  function newUpload(file) {
    const name = file.name && file.name !== "image.png" ? file.name : `${words.pasted}.${file.type.split("/")[1]}`;
    const bar = make("progress", { class: "meter", max: 100, value: 0, "aria-label": fill(words.bar, name) });
    const said = make("p", { class: "status-line" }, words.waiting);
    const retry = make("button", { type: "button", class: "btn btn--small", hidden: true }, words.retry);
    const stop = make("button", { type: "button", class: "btn btn--small btn--quiet" }, words.cancel);
    const about = make("p", { class: "attachment__name" }, make("strong", {}, name));
    const moves = make("p", { class: "attachment__moves" }, retry, stop);
    const item = make("li", { class: "attachment", "data-upload": true }, about, bar, said, moves);
    const upload = { file, name, key: randomName(), item, bar, said, retry, stop, failures: 0, waiting: true };
    retry.addEventListener("click", () => {
      upload.failures = 0;
      again(upload);
    });
    stop.addEventListener("click", () => drop(upload));
    queue.append(item);
    return upload;
  }

  function drop(upload) {
    upload.dropped = true;
    upload.waiting = false;
    clearTimeout(upload.timer);
    upload.request?.abort();
    uploads.delete(upload);
    const held = upload.item.contains(document.activeElement);
    upload.item.remove();
    if (held) input.focus();
    next();
  }

  // --- Sending: one at a time, so that a weak line finishes something ---------------------------------

  async function next() {
    if (running) return;
    const upload = [...uploads].find(({ waiting, timer }) => waiting && !timer);
    if (!upload) return;
    running = upload;
    try {
      upload.body ??= await shrunk(upload);
      if (upload.body.size > LARGEST) refuse(upload, words.large);
      else if (!upload.dropped) answered(upload, await send(upload));
    } catch (error) {
      if (error !== LOST) throw error;
      lost(upload);
    } finally {
      running = null;
      next();
    }
  }

  /** A picture no larger than the server keeps it; the browser turns it as it was held. */
  async function shrunk({ file, said }) {
    if (!PICTURES.includes(file.type)) return file;
    say(said, words.shrinking);
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size < SHRINK_FROM) return file;
      const canvas = make("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      const pen = canvas.getContext("2d");
      pen.fillStyle = "white"; // what shows through becomes white, as on the server
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const small = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
      return small && small.size < file.size ? small : file;
    } catch {
      return file; // the server says what is wrong with it
    }
  }

  /** fetch() tells nothing about progress. Resolves with status and answer; rejects with LOST. */
  function send(upload) {
    return new Promise((resolve, reject) => {
      const body = new FormData();
      body.set("key", upload.key);
      body.set("file", upload.body, upload.name);
      const sent = new XMLHttpRequest();
      upload.request = sent;
      let step = -1;
      sent.upload.addEventListener("progress", ({ loaded, total }) => {
        const percent = Math.floor((loaded / total) * 100);
        upload.bar.value = percent;
        if (Math.floor(percent / STEP) === step) return;
        step = Math.floor(percent / STEP);
        say(upload.said, fill(words.sending, step * STEP));
      });
      sent.upload.addEventListener("load", () => {
        upload.bar.removeAttribute("value");
        upload.stop.hidden = true; // it is there: from now on it can be removed, and no longer be stopped
        say(upload.said, words.checking);
      });
      sent.addEventListener("load", () => resolve({ status: sent.status, said: parsed(sent.responseText) }));
      for (const kind of ["error", "timeout", "abort"]) sent.addEventListener(kind, () => reject(LOST));
      sent.open("POST", words.url);
      sent.setRequestHeader("Accept", "application/json");
      sent.setRequestHeader("X-CSRFToken", csrfToken());
      sent.send(body);
    });
  }

  function answered(upload, { status, said }) {
    if (status === 201 && said) return done(upload, said);
    if (status === 401 || (status === 403 && !said)) return hold(upload, words.signedOut);
    if (status >= 500 || status === 0 || status === 429) return lost(upload);
    return refuse(upload, said?.message ?? words.refused);
  }

  function done(upload, { key, html }) {
    uploads.delete(upload);
    upload.item.remove();
    if (!document.getElementById(`lampiran-${key}`)) list.append(...elementsOf(html));
    announce(fill(words.added, upload.name));
  }

  /** The line broke: it is sent again by itself, later each time. */
  function lost(upload) {
    if (upload.dropped) return;
    upload.failures += 1;
    hold(upload, words.lost);
    upload.waiting = true;
    upload.timer = setTimeout(() => again(upload), backOff(upload.failures));
  }

  function again(upload) {
    clearTimeout(upload.timer);
    upload.timer = 0;
    upload.waiting = true;
    upload.retry.hidden = true;
    say(upload.said, words.waiting);
    next();
  }

  function hold(upload, text) {
    upload.waiting = false;
    upload.bar.value = 0;
    upload.retry.hidden = upload.stop.hidden = false;
    say(upload.said, text, "error");
    announce(`${upload.name}: ${text}`);
  }

  function refuse(upload, text) {
    hold(upload, text);
    upload.bar.hidden = true;
    upload.retry.hidden = true;
    upload.stop.textContent = words.close;
  }

  // --- What is attached already ------------------------------------------------------------------------

  const listed = one("[data-list-said]", root);
  async function load() {
    say(listed, words.loading);
    try {
      const answer = await request(words.listUrl);
      if (!answer.ok) throw new NetError("refused");
      list.prepend(...elementsOf((await answer.json()).html));
      say(listed, "");
    } catch {
      say(listed, words.unlisted, "error");
      window.addEventListener("online", load, { once: true });
    }
  }
  if ("some" in words) load();

  const savers = new WeakMap();
  delegate(root, "input", "[data-describe]", (event, form) => {
    if (!savers.has(form)) savers.set(form, debounce(() => save(form), PAUSE));
    say(one("[data-said]", form), words.unsaved);
    savers.get(form)();
  });
  delegate(root, "change", "[data-describe]", (event, form) => savers.get(form)?.flush());
  delegate(root, "submit", "[data-describe]", (event, form) => {
    event.preventDefault();
    save(form);
  });

  async function save(form, failures = 0) {
    const line = one("[data-said]", form);
    const body = new FormData(form);
    const text = JSON.stringify([...body]);
    form.sent = text;
    try {
      const answer = await request(form.action, { method: "POST", body, keepalive: true });
      const said = parsed(await answer.text());
      if (form.sent !== text) return;
      if (answer.ok && said) return say(line, said.message, "ok");
      if (answer.status === 401) return say(line, words.signedOut, "error");
      if (answer.status < 500) return say(line, said?.message ?? words.refused, "error");
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
    }
    say(line, words.unsent, "error");
    setTimeout(() => form.sent === text && save(form, failures + 1), backOff(failures + 1));
  }

  delegate(root, "submit", "[data-remove]", async (event, form) => {
    event.preventDefault();
    const item = form.closest("[data-attachment]");
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await request(form.action, { method: "POST", body: new FormData(form) });
      const said = parsed(await answer.text());
      if (answer.ok || answer.status === 404) {
        item.remove();
        focusOn(one("h2", section));
        announce(said?.message ?? "");
      } else say(one("[data-said]", item), said?.message ?? words.refused, "error");
    } catch (error) {
      if (!(error instanceof NetError)) throw error;
      say(one("[data-said]", item), words.lost, "error");
    } finally {
      form.removeAttribute("aria-busy");
    }
  });
}

const LOST = new Error("the connection was lost");

const fill = (text, value) => text.replace("{}", value);

function say(line, text, tone = "") {
  if (line.textContent !== text) line.textContent = text;
  line.dataset.tone = tone;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
