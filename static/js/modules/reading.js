// Reading feedback and receipts: what a page does once it is really in front of somebody.
import { request } from "../lib/net.js";

/**
 * Records that the feedback was opened, as soon as the page is visible. A prefetched or prerendered page
 * records nothing. Without an answer the button stays, and does the same by hand.
 */
export function feedbackRead(form) {
  const record = async () => {
    if (document.visibilityState !== "visible" || document.prerendering) return;
    document.removeEventListener("visibilitychange", record);
    try {
      const answer = await request(form.action, { method: "POST" });
      if (answer.ok) form.hidden = true;
    } catch {
      // No network: the button is still there.
    }
  };
  document.addEventListener("visibilitychange", record);
  record();
}

/** `button` opens the browser's print dialog. */
export function print(button) {
  button.addEventListener("click", () => window.print());
}
