"""PDFs by typst. Data goes in as JSON, never as markup, so that nothing that somebody typed is ever run."""

import json
from datetime import datetime
from io import BytesIO
from typing import Any

import segno
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates" / "print"


def typeset(template: str, data: dict[str, Any], *, at: datetime) -> bytes:
    """The PDF of `templates/print/<template>` for this data; the same bytes for the same data and time."""
    # The library is 84 MB on disk; a process that prints nothing does not load it.
    import typst

    path = TEMPLATES / template
    return typst.compile(
        path,
        root=TEMPLATES,
        font_paths=[],
        ignore_system_fonts=True,  # otherwise the same book would look different on another machine
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )


def qr(text: str) -> str:
    """A QR code as an SVG, black on white with its quiet zone; it fits any size."""
    out = BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", xmldecl=False, nl=False, light="#fff", omitsize=True)
    return out.getvalue().decode()
