// Fills the one offline page from the device's store: the journal as last seen, an entry with its text, or the form in
// which its author goes on writing. It shows the rows of the user who was seen last, and of nobody after signing out.
import { all, make, one } from "../lib/dom.js";
import { draftsOf, readShelf, removeDraft } from "../lib/store.js";

/** `root` is the content of journals/offline/shell.html. */
export async function shell(root) {
  const who = await readShelf("who").catch(() => undefined);
  if (!who) return screen(root, "nobody");
  if (who.theme) document.documentElement.dataset.theme = who.theme;
  one(".device-bar").dataset.seen = who.user;
  const kept = await readShelf(`data:${who.user}`);
  if (!kept) return screen(root, "nothing");
  const own = (await draftsOf(who.user)).filter(({ id }) => !id.includes("#"));
  const drafts = new Map(own.map((draft) => [draft.url, draft]));
  return open(root, kept, drafts);
}

function open(root, kept, drafts) {
  const path = window.location.pathname;
  const { home, journals } = root.dataset;
  const all = kept.journals;
  if ([home, journals].includes(path) && all.length !== 1) return list(root, all);
  const journal = [home, journals].includes(path) ? all[0] : all.find(({ url }) => path.startsWith(url));
  if (!journal) return screen(root, "other");
  if (path === journal.url || [home, journals].includes(path)) return dashboard(root, journal, drafts, kept.at);
  const module = journal.modules.find(({ url }) => path.startsWith(url));
  if (module && path === module.url) return entry(root, module, drafts.get(module.draft));
  if (module && path === module.write && module.mayWrite) return write(root, journal, module, kept.user);
  const way = one("[data-way]", root);
  if (module) way.href = module.url;
  return screen(root, "other");
}

function screen(root, name) {
  for (const part of all("[data-screen]", root)) part.hidden = part.dataset.screen !== name;
  return one(`[data-screen="${name}"]`, root);
}

function headed(title, over) {
  one("[data-title]").textContent = title;
  if (over) one("[data-over]").textContent = over;
  document.title = `${title} – BerAKHLAK`;
}

function badges(root, { state }, draft) {
  const found = [];
  const shown = draft?.unsent && state === "empty" ? "draft" : state;
  const badge = one(`.badge--${shown}`, one("[data-badge-store]", root));
  if (badge) found.push(badge.cloneNode(true));
  if (draft?.unsent) found.push(one("template[data-unsent]", root).content.cloneNode(true));
  return found;
}

// --- Reading ----------------------------------------------------------------------------------------------

function list(root, journals) {
  const rows = journals.map(({ url, name }) => make("li", {}, make("a", { href: url, class: "strong" }, name)));
  one("[data-rows]", screen(root, journals.length ? "journals" : "nothing"))?.replaceChildren(...rows);
  headed(root.dataset.journalWord);
}

function dashboard(root, { name, modules }, drafts, at) {
  const page = screen(root, "journal");
  headed(name);
  one("[data-seen]", page).textContent = new Date(at).toLocaleString("id-ID", { dateStyle: "long", timeStyle: "short" });
  const rows = modules.map((module) => {
    const row = one("template[data-row]", root).content.cloneNode(true);
    one("li", row).classList.add(`entry-row--${module.state}`);
    one("[data-number]", row).textContent = module.number;
    Object.assign(one("[data-link]", row), { href: module.url, textContent: module.title });
    one("[data-badges]", row).append(...badges(root, module, drafts.get(module.draft)));
    one("[data-when]", row).textContent =
      module.state === "notopen" ? `${root.dataset.opens} ${module.opens}` : `${root.dataset.due} ${module.due}`;
    return row;
  });
  one("[data-rows]", page).replaceChildren(...rows);
}

function entry(root, module, draft) {
  const page = screen(root, "entry");
  headed(module.title, `${root.dataset.moduleWord} ${module.number}`);
  one("[data-badges]", page).append(...badges(root, module, draft));
  one("[data-when]", page).textContent = module.due;
  Object.assign(one("[data-write]", page), { href: module.write, hidden: !module.mayWrite });
  Object.assign(one("[data-lesson]", page), { href: module.module, hidden: !module.module });
  const parts = module.parts.map((part) => {
    const [format, text] = draft?.unsent ? (draft.parts[part.key] ?? []) : [part.html === undefined ? "" : "html", part.html ?? part.notation];
    const body = make("div", { class: "prose" });
    if (format === "html") body.append(...rich(text));
    else body.append(...(text ?? "").split(/\n{2,}/).map((piece) => make("p", {}, piece)));
    return text ? make("section", { class: "stack stack--tight" }, make("h2", {}, part.title), body) : "";
  });
  const text = one("[data-text]", page);
  text.replaceChildren(...parts);
  text.hidden = !text.childElementCount;
}

const KNOWN = new Set(["P", "STRONG", "EM", "UL", "OL", "LI", "BLOCKQUOTE", "H3", "BR"]);

/** Stored rich text as nodes: known elements without attributes, links to other sites and mail; the rest as text. */
function rich(html) {
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return [node.data];
    const inside = [...node.childNodes].flatMap(copy);
    if (node.tagName === "A" && /^(https?:|mailto:)/.test(node.href)) return [make("a", { href: node.href }, ...inside)];
    return KNOWN.has(node.tagName) ? [make(node.tagName, {}, ...inside)] : inside;
  };
  return [...new DOMParser().parseFromString(html, "text/html").body.childNodes].flatMap(copy);
}

// --- Writing ----------------------------------------------------------------------------------------------

async function write(root, journal, module, user) {
  const { entry: saved } = module;
  const id = `${user}:${journal.key}:${module.number}`;
  const version = saved?.version ?? 0;
  // The device has sent newer text than this copy shows: then what is written on from here is a version beside it, and
  // must not pass for a continuation of that text.
  const before = (await draftsOf(user)).find((draft) => draft.id === id);
  if (before && !before.unsent && before.base > version) await removeDraft(id);
  const form = one("template[data-form]", root).content.cloneNode(true).querySelector("form");
  Object.assign(form.dataset, {
    draft: id,
    user,
    heard: JSON.stringify(saved?.heard ?? {}),
    url: module.draft,
    previewUrl: module.url,
    versionsUrl: module.versions,
  });
  if (saved) form.dataset.begun = "1";
  if (saved?.saved) Object.assign(one("[data-status]", form), { textContent: saved.saved }).dataset.tone = "ok";
  form.action = module.write;
  one('[name="version"]', form).defaultValue = version;
  one('[name="title"]', form).defaultValue = saved?.title ?? "";
  one("[data-versions]", form).href = module.versions;
  one("[data-open-again]", form).href = module.write;
  const { login, signedIn } = root.dataset;
  one("[data-sign-in]", form).href = `${login}?next=${encodeURIComponent(`${signedIn}?next=${module.write}`)}`;
  const section = one("template[data-form]", root).content.querySelector("template[data-section]");
  one("[data-sections]", form).replaceWith(...module.parts.map((part) => filled(root, section, part)));
  headed(module.title, `${root.dataset.moduleWord} ${module.number}`);
  screen(root, "write").replaceChildren(form);
  form.dispatchEvent(new Event("htmx:load", { bubbles: true })); // app.js mounts what has come in
}

/** One part of the form, named and limited as the server would have written it. */
function filled(root, section, part) {
  const found = section.content.cloneNode(true);
  rename(found, part, root.dataset);
  one("[data-part-title]", found).textContent = part.title;
  one("[data-help]", found).append(...rich(part.help));
  one("[data-questions]", found).append(...part.questions.map((question) => make("li", {}, question)));
  one("[data-guide]", found).hidden = !part.questions.length;
  const field = one("textarea", found);
  field.defaultValue = part.notation ?? part.html ?? "";
  const box = one(".rich-text", found);
  if (part.html === undefined) delete box.dataset.html;
  else box.dataset.html = part.html;
  if (part.notation === undefined && part.html) one('input[type="hidden"]', found).defaultValue = "html";
  const count = one(".word-count", found);
  Object.assign(count.dataset, { min: part.min_words || "", max: part.max_words || "" });
  return found;
}

function rename(node, part, { least, most }) {
  const said = (text) =>
    text.replaceAll("KEY", part.key).replaceAll(least, part.min_words).replaceAll(most, part.max_words);
  for (const element of all("*", node)) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes("KEY") || value.includes(least) || value.includes(most)) element.setAttribute(name, said(value));
    }
    if (element.tagName === "TEMPLATE") rename(element.content, part, { least, most });
    else if (!element.childElementCount) element.textContent = said(element.textContent);
  }
}
