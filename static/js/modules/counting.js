// A bar that counts while the answer to a long form is on its way. Where a browser stops scripts meanwhile, it just runs.
import { one } from "../lib/dom.js";
import { request } from "../lib/net.js";

const PAUSE = 500; // ms

/** Mounts on includes/busy.html, which app.js shows when its form is sent. */
export function counting(busy) {
  busy.closest("form").addEventListener("submit", () => setTimeout(() => ask(busy), PAUSE));
}

async function ask(busy) {
  if (busy.hidden) return; // the visitor came back to this page
  try {
    show(busy, (await (await request(busy.dataset.url)).json()).done);
  } catch {
    // The next question may come through.
  }
  setTimeout(() => ask(busy), PAUSE);
}

function show(busy, done) {
  const total = Number(busy.dataset.total);
  const bar = one("progress", busy);
  bar.max = total;
  bar.value = done;
  const said = { done, total };
  const number = (name) => said[name].toLocaleString(document.documentElement.lang);
  one("[data-count]", busy).textContent = busy.dataset.words.replace(/{(\w+)}/g, (_whole, name) => number(name));
}
