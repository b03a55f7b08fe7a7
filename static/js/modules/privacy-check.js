// The privacy guard of the preview: says what may point at somebody, with the way to each place on the writing page.
// It never blocks, and nothing of it leaves the device; modules/privacy.js is its other half.
import { all, one } from "../lib/dom.js";
import { findPrivate } from "../lib/private.js";

/** Mounts on the hidden notice before the form that hands in; looks at the text as the instructor will see it. */
export function privacyCheck(notice) {
  const words = notice.dataset;
  const list = one(".privacy__list", notice);
  const parts = all(".sheet [data-prompt]").map((part) => [part.dataset.prompt, one("h2", part), all(".prose :is(p, h3)", part)]);
  const title = one(".sheet__title");
  if (title) parts.unshift(["title", { textContent: words.title }, [title]]);
  for (const [key, heading, blocks] of parts) {
    const found = blocks.flatMap((block) => findPrivate(textOf(block)));
    found.forEach((each, index) => {
      const item = one("template", notice).content.cloneNode(true);
      const kind = words[each.kind];
      const where = words.in.replace("{kind}", kind).replace("{part}", heading.textContent);
      one("[data-kind]", item).textContent = where;
      for (const place of all("[data-text], [data-again]", item)) place.textContent = each.text;
      one("[data-fix]", item).href = `${words.writeUrl}#periksa=${key}.${index}`;
      list.append(item);
    });
  }
  notice.hidden = !list.children.length;
}

/** As the editor counts it: a line break is one character. */
function textOf(block) {
  return [...block.childNodes]
    .map((node) => (node.nodeName === "BR" ? "\n" : node.nodeType === Node.TEXT_NODE ? node.data : textOf(node)))
    .join("");
}
