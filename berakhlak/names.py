"""How a person's name is written. Case is kept as typed: "dr." is a physician, "Dr." a doctorate."""

import re

_comma = re.compile(r"\s*,[\s,]*")


def full_name(title_before: str | None, name: str, title_after: str | None) -> str:
    """ "Dr. Ir. Siti Aminah, S.T., M.Si.": a comma before and between the titles that follow the name."""
    shown = " ".join(name.split())
    if not shown:
        return ""
    before = " ".join((title_before or "").strip(" ,").split())
    after = _comma.sub(", ", " ".join((title_after or "").strip(" ,").split()))
    return (f"{before} " if before else "") + shown + (f", {after}" if after else "")
