// A slip of paper carries its code behind "#", which never reaches a server's log: it goes into the field from here.
import { one } from "../lib/dom.js";

/** Mounts on the form of account/activation.html. */
export function activation(form) {
  const code = location.hash.slice(1);
  if (!code) return;
  // Not left behind in the address bar of a phone that others use too.
  history.replaceState(history.state, "", location.pathname);
  one("[name=kode]", form).value = code;
  one("[type=submit]", form).focus();
}
