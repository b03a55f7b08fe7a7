"""PDFs by typst. Data goes in as JSON, never as markup, so that nothing that somebody typed is ever run."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import segno
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates" / "print"
ARCHIVAL = ("a-2a", "ua-1")
# The fonts of the templates, which typst carries inside.
FONTS = ("Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern Math")
BOX = "\N{WHITE SQUARE}"
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
            return "".join(sign for sign in text if sign >= " " or sign in "\n\t")
        # Joiners and selectors of variants mean nothing beside a box.
        return _loose.sub(BOX, "".join(self._sign(sign) for sign in unicodedata.normalize("NFC", text)))

    def _sign(self, sign: str) -> str:
        if sign in "\n\t" or (unicodedata.category(sign) not in ("Cc", "Cs") and _is_printable(sign)):
            return sign
        if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Mn"):
            return ""  # invisible by itself: joiners and the like around what is missing
        self.missing[sign] = self.missing.get(sign, 0) + 1
        return BOX

    def notes(self) -> list[str]:
        """For each missing character its number, name and how often it stood there."""
        return [
            f"U+{ord(sign):04X} {unicodedata.name(sign, '')} × {count}" for sign, count in sorted(self.missing.items())
        ]


@lru_cache(maxsize=50_000)
def _is_printable(sign: str) -> bool:
    """Whether one of the fonts has it; asked of typst itself, a few milliseconds for each new character."""
    import typst

    fonts = ", ".join(f'"{font}"' for font in FONTS)
    probe = f'#set document(title: "x")\n#set text(font: ({fonts}))\n#sys.inputs.sign'.encode()
    try:
        typst.compile(probe, ignore_system_fonts=True, sys_inputs={"sign": sign}, pdf_standards=["a-2a"])
    except typst.TypstError:
        return False
    return True
