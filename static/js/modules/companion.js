// What the module teaches, within reach while writing: beside the text, or in a drawer where there is one column.
import { one } from "../lib/dom.js";
import { request } from "../lib/net.js";

/** Mounts on the panel beside the text; the drawer and its button stand elsewhere on the page. */
export function companion(panel) {
  const content = one("[data-module-content]", panel);
  const drawer = document.getElementById("module-drawer");
  let asked = null;
  const load = () => (asked ??= bring(content, panel.dataset).catch(() => (asked = null)));
  panel.addEventListener("toggle", () => panel.open && load());
  // In one column the panel is not shown: nothing is fetched before somebody opens the drawer.
  if (panel.open && panel.getClientRects().length) load();
  drawer.addEventListener("close", () => panel.append(content));
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer || event.target.closest("[data-close]")) drawer.close();
  });
  one("[data-open-module]").addEventListener("click", () => {
    drawer.append(content);
    drawer.showModal();
    load();
  });
}

/** The fragment of our own server into the panel; the link to the module's page stays below it. */
async function bring(content, words) {
  content.setAttribute("aria-busy", "true");
  try {
    const answer = await request(words.url, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) throw new Error(`status ${answer.status}`);
    const { body } = new DOMParser().parseFromString(await answer.text(), "text/html");
    one("[data-said]", content)?.remove();
    content.prepend(...body.childNodes);
  } catch (error) {
    if (!one("[data-said]", content)) {
      const said = document.createElement("p");
      said.dataset.said = "";
      said.setAttribute("role", "status");
      said.textContent = words.failed;
      content.prepend(said);
    }
    throw error;
  } finally {
    content.removeAttribute("aria-busy");
  }
}
