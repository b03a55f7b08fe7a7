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


# What stands before a name in lists, without its points; what follows a name comes after a comma.
_BEFORE = {"dr", "drg", "drh", "ir", "drs", "dra", "prof", "h", "hj", "apt", "ns", "kh"}
# At the end of a name without a comma: "S.Pd." and "A.Md.Keb.", and few that are written in one piece.
_trailing = re.compile(r"[^\W\d_]{1,4}(\.[^\W\d_]{1,5})+\.?|Lc\.?|Ners\.?", re.IGNORECASE)
_title_like = re.compile(r"[^\W\d_][^\W\d_.()/ -]{0,7}(\.[^\W\d_.()/ -]{0,7})*\.?(\s?\([^)]{1,12}\))?")


def _abbreviates(title: str) -> bool:
    """ "S.Pd", "SE" and "MSi", but not "Siti"."""
    return "." in title or sum(letter.isupper() for letter in title) > 1 or title.lower() == "ners"


def _stands_before(word: str) -> bool:
    """ "dr." and "Drs."; without the point only what cannot be an initial or a name."""
    plain = word.strip(".").lower()
    return plain in _BEFORE and (word.endswith(".") or plain in {"prof", "dr", "ir"})


def split_name(text: str) -> tuple[str, str, str]:
    """Title before, name and title after of a name as it stands in a list: "dr. Siti Aminah, Sp.A., M.Kes."

    Only what looks like a title is taken off: "Aminah, Siti" stays a name.
    """
    name, _comma_sign, after = " ".join(text.split()).partition(",")
    titles = [part.strip() for part in after.split(",") if part.strip()]
    if not all(_title_like.fullmatch(title) and _abbreviates(title) for title in titles):
        name, titles = " ".join(text.split()).strip(" ,"), []
    words = name.split()
    ends = len(words)
    while ends > 1 and _trailing.fullmatch(words[ends - 1]):
        ends -= 1
    titles, words = words[ends:] + titles, words[:ends]
    count = 0
    while count < len(words) - 1 and _stands_before(words[count]):
        count += 1
    return " ".join(words[:count]), " ".join(words[count:]), ", ".join(titles)
