// Opens the dialog named by data-dialog instead of following the link to the confirm page.
import { delegate, one } from "../lib/dom.js";

/** `opener` is a link to a confirm page (or a button) with data-dialog="id of a <dialog>". */
export function dialog(opener) {
  const box = document.getElementById(opener.dataset.dialog);
  if (!box) throw new Error(`no dialog "${opener.dataset.dialog}"`);
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (event) => {
    // A new tab was asked for: the confirm page is a page like any other.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    box.showModal();
    one("[data-close]", box)?.focus();
  });
  delegate(box, "click", "[data-close]", () => box.close());
  box.addEventListener("click", (event) => {
    if (event.target === box && outside(event, box)) box.close();
  });
}

function outside(event, box) {
  const edge = box.getBoundingClientRect();
  return (
    event.clientX < edge.left || event.clientX > edge.right || event.clientY < edge.top || event.clientY > edge.bottom
  );
}
