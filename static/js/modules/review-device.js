// What a reviewer has typed and no server has confirmed, on the device: it comes back after a browser that was killed.
import { all, make, one } from "../lib/dom.js";
import { commentsOf, putShelf, readShelf, removeShelf, shelfUnder } from "../lib/store.js";

// What the page itself brings: it must not come back from an older one.
const OWN = ["csrfmiddlewaretoken", "version", "submission", "filter"];

const textOf = (form) =>
  [...new FormData(form)].filter(([name, value]) => !OWN.includes(name) && !name.startsWith("label_") && value.trim());

const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Keep what the form holds. */
export function keep(form) {
  const { kept: key, user } = form.dataset;
  const { version, submission } = form.elements;
  const name = one("h1").textContent.trim(); // for whoever is asked about it when signing out
  return putShelf({ key, user, name, version: version.value, submission: submission.value, text: textOf(form) });
}

/** The server has what the form holds. */
export const letGo = (form) => removeShelf(form.dataset.kept);

/**
 * Put a kept text back into the form; true when it stands there and has to be saved. One that was written before the
 * server got another is shown beside the form.
 */
export async function bringBack(form) {
  const { kept: key, user } = form.dataset;
  // The script for comments waits for a sign of somebody being there; words that are kept nowhere else are one.
  if ((await shelfUnder(commentsOf(user, key.split(":")[2]))).length) document.dispatchEvent(new Event("page:needed"));
  const row = await readShelf(key);
  if (!row) return false;
  const { version, submission } = form.elements;
  if (isSame(row.text, textOf(form))) {
    await removeShelf(key);
    return false;
  }
  if (row.submission === submission.value && row.version === version.value) {
    fill(form, row.text);
    return true;
  }
  showBeside(form, row.text);
  return false;
}

function fill(form, text) {
  const values = Object.fromEntries(text);
  const items = text.filter(([name]) => name === "items").map(([, value]) => value);
  const rows = () => all('textarea[name="items"]', form);
  while (rows().length && rows().length < items.length) one("[data-add-line]", form).click();
  rows().forEach((row, index) => (row.value = items[index] ?? ""));
  for (const field of all("textarea, input:not([type=hidden])", form)) {
    if (field.type === "radio") field.checked = field.value === values[field.name];
    else if (field.name !== "items") field.value = values[field.name] ?? "";
    const box = field.value && field.type !== "radio" && field.closest("details");
    if (box) box.open = true;
    if (field.closest(".points")) field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** Two texts: the one of this device can be copied, and leaves when its author says so. */
function showBeside(form, text) {
  const box = one("[data-device-text]");
  const label = (name) => form.elements[`label_${name}`]?.value ?? one(`label[for="id_${name}"]`, form)?.textContent ?? "";
  const shown = text.filter(([name]) => !name.startsWith("level_"));
  const rows = shown.map(([name, value]) => make("div", {}, make("dt", {}, label(name)), make("dd", {}, value)));
  one("dl", box).replaceChildren(...rows);
  one("button", box).addEventListener("click", async () => {
    await removeShelf(form.dataset.kept);
    box.hidden = true;
  });
  box.hidden = false;
}
