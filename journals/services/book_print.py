"""From the data of a journal book to its PDF: rich text as a tree, photos as JPEG, every character printable."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from berakhlak import pictures
from berakhlak.hyphenation import hyphenated
from berakhlak.typeset import ARCHIVAL, Printable, qr, typeset
from journals.models import Attachment

SIDE, QUALITY = 1400, 82  # of a photo in print: sharp on half a page, and small
MARKS = {"strong": "b", "em": "i"}


def printed(content: Mapping[str, Any], *, code: str, address: str, issued: str, at: datetime) -> bytes:
    """The PDF: tagged, archival, the same bytes for the same content, code and time."""
    ink = Printable()
    files: dict[str, bytes] = {}
    keys = [attached["key"] for module in content["modules"] for attached in module.get("attachments", [])]
    stored = {attachment.key: attachment for attachment in Attachment.objects.filter(key__in=keys)}
    modules = [_module(module, ink, files, stored) for module in content["modules"]]
    data = {
        "code": code,
        "address": address,
        "qr": qr(address),
        "issued": issued,
        "cohort": _inked(content["cohort"], ink),
        "person": _inked(content["person"], ink),
        "modules": modules,
        "values": _inked(content["values"], ink),
        "result": _inked(content["result"], ink),
        "notes": ink.notes(),
    }
    return typeset("book.typ", data, at=at, files=files, standards=ARCHIVAL)


def _inked(said: Any, ink: Printable) -> Any:
    """The same data with every text in it as it can be printed."""
    if isinstance(said, str):
        return ink.text(said)
    if isinstance(said, Mapping):
        return {name: _inked(value, ink) for name, value in said.items()}
    return [_inked(value, ink) for value in said] if isinstance(said, list) else said


def _module(
    module: Mapping[str, Any], ink: Printable, files: dict[str, bytes], stored: Mapping[str, Attachment]
) -> dict[str, Any]:
    said: dict[str, Any] = _inked({name: module[name] for name in ("number", "title", "submission")}, ink)
    if module["submission"] is None:
        return {**said, "answers": [], "photos": [], "documents": []}
    said["own_title"] = ink.text(module["own_title"])
    said["answers"] = [
        {
            "title": ink.text(answer["title"]),
            "help": tree_of(answer.get("help", ""), ink),
            "questions": [hyphenated(ink.text(question)) for question in answer.get("questions", ())],
            "blocks": tree_of(answer["html"], ink),
            "evidence": [
                {name: ink.text(shown[name]) for name in ("value", "behaviour", "quote")}
                for shown in answer["evidence"]
            ],
        }
        for answer in module["answers"]
    ]
    photos, documents = [], []
    for attached in module["attachments"]:
        if attached["kind"] != "image":
            documents.append({"name": ink.text(attached["name"]), "sha256": attached["sha256"]})
            continue
        caption = ink.text(attached["caption"] or attached["name"])
        if (picture := _photo(stored.get(attached["key"]), attached["sha256"])) is None:
            said_of_it = _("%(caption)s (this photo cannot be read any more)") % {"caption": caption}
            documents.append({"name": said_of_it, "sha256": attached["sha256"]})
        else:
            files[f"{attached['key']}.jpg"] = picture
            photos.append(
                {"file": f"{attached['key']}.jpg", "caption": caption, "alt": ink.text(attached["alt"]) or caption}
            )
    return said | {"photos": photos, "documents": documents, "review": _review(module["review"], ink)}


def _review(review: Mapping[str, Any] | None, ink: Printable) -> dict[str, Any] | None:
    if review is None:
        return None
    said = _inked({**review, "comment": [line for line in review["comment"].splitlines() if line.strip()]}, ink)
    return said | {"comment": [hyphenated(line) for line in said["comment"]]}


def _photo(attachment: Attachment | None, sha256: str) -> bytes | None:
    """The stored picture as a JPEG; None when the store no longer has what was handed in."""
    try:
        if attachment is None:
            return None
        with attachment.file.open("rb") as file:
            raw = file.read()
        if hashlib.sha256(raw).hexdigest() != sha256:
            return None
        with Image.open(BytesIO(raw)) as picture:
            picture.load()
            picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
            out = BytesIO()
            pictures.on_white(picture.convert("RGBA")).save(out, "JPEG", quality=QUALITY, optimize=True)
            return out.getvalue()
    except OSError:
        return None


def tree_of(html: str, ink: Printable) -> list[dict[str, Any]]:
    """Canonical HTML as nested blocks: {"kind", "blocks"} and, for text, {"kind", "runs"}."""
    reader = _Reader(ink)
    reader.feed(html)
    reader.close()
    return reader.root["blocks"]


class _Reader(HTMLParser):
    """Reads what `richtext.clean` writes, and nothing else is stored."""

    def __init__(self, ink: Printable) -> None:
        super().__init__(convert_charrefs=True)
        self.ink = ink
        self.root: dict[str, Any] = {"kind": "root", "blocks": []}
        self.open = [self.root]
        self.marks: list[str] = []
        self.href = ""

    def handle_starttag(self, tag: str, attrs) -> None:
        if tag in MARKS:
            self.marks.append(MARKS[tag])
        elif tag == "a":
            self.href = dict(attrs).get("href") or ""
        elif tag == "br":
            self._runs().append({"br": True})
        else:
            block: dict[str, Any] = {"kind": tag, "blocks": [], "runs": []}
            self.open[-1]["blocks"].append(block)
            self.open.append(block)

    def handle_endtag(self, tag: str) -> None:
        if tag in MARKS:
            self.marks.remove(MARKS[tag])
        elif tag == "a":
            self.href = ""
        elif tag != "br" and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open[1:] or not data:
            return
        run: dict[str, Any] = {"t": hyphenated(self.ink.text(data))}
        run |= dict.fromkeys(self.marks, True)
        if self.href:
            run["href"] = self.href
        self._runs().append(run)

    def _runs(self) -> list[dict[str, Any]]:
        return self.open[-1].setdefault("runs", [])
