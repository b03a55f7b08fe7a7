// Mounts behaviour on [data-module="name …"]: on load, and on every fragment htmx brings in.
// The paths must stay literal: the static file storage rewrites literal imports to hashed names.
import { csrfToken } from "./lib/net.js";
import { errorSummary, page } from "./modules/page.js";

const modules = {
  "error-summary": () => errorSummary,
  review: async () => (await import("./modules/review.js")).review,
  "draft-form": async () => (await import("./modules/draft-form.js")).draftForm,
  "feedback-read": async () => (await import("./modules/reading.js")).feedbackRead,
  print: async () => (await import("./modules/reading.js")).print,
  dialog: async () => (await import("./modules/dialog.js")).dialog,
  editor: async () => (await import("./modules/editor.js")).editor,
  "word-count": async () => (await import("./modules/editor.js")).wordCount,
};

async function mountOne(element, name) {
  const load = modules[name];
  if (!load) throw new Error(`no module named "${name}"`);
  const mount = await load();
  mount(element);
}

/** Mount everything below `root`, each element once; one failure never stops the others. */
export function mountAll(root) {
  const found = [...root.querySelectorAll("[data-module]")];
  if (root.matches?.("[data-module]")) found.unshift(root);
  for (const element of found) {
    const done = (element.mounted ??= new Set());
    for (const name of element.dataset.module.split(/\s+/).filter(Boolean)) {
      if (done.has(name)) continue;
      done.add(name);
      mountOne(element, name).catch((error) => console.error(`data-module="${name}"`, error));
    }
  }
}

document.documentElement.classList.add("js");
page(document);
mountAll(document.documentElement);

document.addEventListener("htmx:load", (event) => mountAll(event.target));
document.addEventListener("htmx:configRequest", (event) => {
  // Read now and not at load: signing in again in another tab changes the token.
  event.detail.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => event.target.removeAttribute("aria-busy"));
