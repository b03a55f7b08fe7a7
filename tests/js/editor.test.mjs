// What a person means by an address in the link dialog.
import assert from "node:assert/strict";
import test from "node:test";

import { webAddress } from "../../static/js/modules/editor.js";

const meant = {
  "https://a.id": "https://a.id",
  " http://a.id/x?y#z ": "http://a.id/x?y#z",
  "www.bps.go.id": "https://www.bps.go.id",
  "bps.go.id/a(b)": "https://bps.go.id/a(b)",
  "localhost.lan:8000/x": "https://localhost.lan:8000/x",
  "nama@instansi.go.id": "mailto:nama@instansi.go.id",
  "mailto:a@b.id?subject=x": "mailto:a@b.id?subject=x",
  "": "",
  "kata": "",
  "dua kata.id": "",
  "javascript:alert(1)": "",
  "JAVASCRIPT:alert(1)": "",
  "data:text/html,x": "",
  "//evil.example": "",
  "/akun/": "",
  "https:///x": "",
  "https:\\\\evil.example": "",
  "ftp://a.id": "",
  "mailto:": "",
};
for (const [typed, address] of Object.entries(meant)) {
  test(`address: ${typed}`, () => assert.equal(webAddress(typed), address));
}
