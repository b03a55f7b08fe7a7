"""PDFs by typst. Data goes in as JSON, never as markup, so that nothing that somebody typed is ever run."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segno
from django.conf import settings
from django.utils.translation import gettext as _

from berakhlak.hyphenation import SOFT_HYPHEN

TEMPLATES = settings.BASE_DIR / "templates" / "print"
ARCHIVAL = ("a-2a", "ua-1")
# The fonts of the templates, which typst carries inside.
FONTS = ("Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern Math")
BOX = "\N{WHITE SQUARE}"
SELECTORS = "\ufe0e\ufe0f"  # of variants: nothing is lost without them
LATIN_ENDS = "\u0250"
MOST_ASKED = 300  # different characters that are missing, in one PDF; each costs some milliseconds
MOST_NOTES = 40
# Latin and boxes only: a mark must not be parted from its letter, and other writing systems break by themselves.
_run = f"[!-~\u00a1-\u024f{BOX}]"
_endless = re.compile(rf"(?<!\S)(?!https?://){_run}{{40,}}")
_parts = re.compile(r"\S{1,12}")
_loose = re.compile(f"[\u200d\ufe0e\ufe0f]*{BOX}[\u200d\ufe0e\ufe0f]*")


def typeset(
    template: str,
    data: Mapping[str, Any],
    *,
    at: datetime,
    files: Mapping[str, bytes] | None = None,
    standards: Iterable[Any] = (),
) -> bytes:
    """The PDF of `templates/print/<template>`; the same bytes for the same data, files and time.

    `files` lie beside the template under their names.
    """
    # The library is 84 MB on disk; a process that prints nothing does not load it.
    import typst

    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "main.typ").write_bytes((TEMPLATES / template).read_bytes())
        (place / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        for name, content in (files or {}).items():
            (place / name).write_bytes(content)
        return typst.compile(
            place / "main.typ",
            root=place,
            ignore_system_fonts=True,  # otherwise the same book would look different on another machine
            pdf_standards=list(standards),
            timestamp=int(at.timestamp()),
        )


def qr(text: str) -> str:
    """A QR code as an SVG, black on white with its quiet zone; it fits any size."""
    out = BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", xmldecl=False, nl=False, light="#fff", omitsize=True)
    return out.getvalue().decode()


class Printable:
    """Texts with a box in place of each character that no font has, and which ones those were.

    An archival PDF with such a character cannot be made at all.
    """

    def __init__(self) -> None:
        self.missing: dict[str, int] = {}

    def text(self, text: str) -> str:
        """The text as it can be printed."""
        if text.isascii():
            return _breakable("".join(sign for sign in text if sign >= " " or sign in "\n\t"))
        clusters = _clusters(unicodedata.normalize("NFC", text.replace("\ufeff", "")))
        # Joiners and selectors of variants mean nothing beside a box.
        return _breakable(_loose.sub(BOX, "".join(map(self._cluster, clusters))))

    def _cluster(self, cluster: str) -> str:
        """A sign with its marks, where one font has them together; otherwise without the marks."""
        if len(cluster) == 1 or not (self._may_ask(cluster) and _is_printable(cluster)):
            for mark in cluster[1:]:
                if mark not in SELECTORS:
                    self.missing[mark] = self.missing.get(mark, 0) + 1
            return self._sign(cluster[0])
        return cluster

    def _may_ask(self, signs: str) -> bool:
        """Whether so few were missing that looking for more is worth its time."""
        return len(self.missing) < MOST_ASKED or signs < LATIN_ENDS

    def _sign(self, sign: str) -> str:
        visible = unicodedata.category(sign) not in ("Cc", "Cs")
        if sign in "\n\t" or (visible and self._may_ask(sign) and _is_printable(sign)):
            return sign
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Mn"):
            return ""  # invisible by itself: joiners and the like around what is missing
        self.missing[sign] = self.missing.get(sign, 0) + 1
        return BOX

    def notes(self) -> list[str]:
        """For each missing character its number, name and how often it stood there; how many more there were."""
        found = [
            f"U+{ord(sign):04X} {unicodedata.name(sign, '')} × {count}" for sign, count in sorted(self.missing.items())
        ]
        more = len(found) - MOST_NOTES
        return found if more <= 0 else [*found[:MOST_NOTES], _("and %(count)d other characters") % {"count": more}]


def _clusters(text: str) -> Iterator[str]:
    """Each sign with the marks behind it: a font draws them together, or not at all."""
    begin = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or text[begin] < " " or not unicodedata.category(text[place]).startswith("M"):
            yield text[begin:place]
            begin = place


def _breakable(text: str) -> str:
    """Runs without a space may break: they would leave the paper. An address breaks at its own signs."""
    return _endless.sub(lambda run: SOFT_HYPHEN.join(_parts.findall(run[0])), text)


@lru_cache(maxsize=50_000)
def _is_printable(sign: str) -> bool:
    """Whether one of the fonts has it; asked of typst itself, a few milliseconds for each new character."""
    import typst

    fonts = ", ".join(f'"{font}"' for font in FONTS)
    shown = "#sys.inputs.sign #strong(sys.inputs.sign) #emph(sys.inputs.sign)"
    probe = f'#set document(title: "x")\n#set text(font: ({fonts}))\n{shown}'.encode()
    try:
        typst.compile(probe, ignore_system_fonts=True, sys_inputs={"sign": sign}, pdf_standards=["a-2a"])
    except typst.TypstError:
        return False
    return True
