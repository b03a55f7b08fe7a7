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
_WITHOUT_POINT = {"prof", "dr", "ir", "hj", "drs", "dra", "drg", "drh", "apt"}  # no initial and no name
# Degrees that many write without a point: in a name all in capitals the capitals of "BUDI" say nothing.
_AFTER = frozenset(
    ["ners", "ns", "apt", "lc", "se", "sh", "st", "sp", "ss", "sip", "skm", "spd", "spt", "stp", "sag", "ssi",
     "ssos", "skep", "skom", "ked", "skg", "skh", "mm", "ma", "mh", "mt", "mp", "mba", "msc", "phd", "mpd", "msi",
     "mag", "mkom", "mkes", "mkm", "mph", "mkep", "map", "mip", "amd", "amk", "amg", "keb", "kep", "farm"]
)  # fmt: skip
LONGEST_CAPITALS = 4
# At the end of a name without a comma: "S.Pd." and "A.Md.Keb.", and few that are written in one piece.
_trailing = re.compile(r"[^\W\d_]{1,4}(\.[^\W\d_]{1,5})+\.?|Lc\.?|Ners\.?", re.IGNORECASE)
_title_like = re.compile(
    r"[^\W\d_][^\W\d_.()/ -]{0,7}(\.[^\W\d_.()/ -]{0,7})*\.?(-[^\W\d_]{2,8}\.?)*(\s?\([^)]{1,12}\))?"
)
_number = re.compile(r"\d{1,4}\s?[.)]\s*(?=[^\W\d_])")
# "dr.Ratna", "Hj.Siti": only at the beginning, and only before a word, so that "H.M. Noor" stays.
_glued = re.compile(r"((?:drg?|drh|ir|drs|dra|prof|hj?|apt|ns)\.)(?=[^\W\d_]{2,})", re.IGNORECASE)
_loose = re.compile(r"\b([A-Z][a-z]?)\. (?=[A-Z])")
_loose_end = re.compile(r"(?<=\w )([SM])\. ([A-Z][A-Za-z]{1,4}\.)$")


def _abbreviates(title: str, capitals: bool) -> bool:
    """ "S.Pd", "SE" and "MSi", but not "Siti"; with the whole name in capitals not "BUDI" either."""
    plain = title.strip(".").lower()
    if "." in title.strip(".") or plain in _AFTER:
        return True
    several = sum(letter.isupper() for letter in title) > 1
    return title.endswith(".") or (several and not capitals and not (title.isupper() and len(title) > LONGEST_CAPITALS))


def _stands_before(word: str, count: int) -> bool:
    """ "dr." and "Drs."; without the point only what cannot be an initial or a name."""
    plain = word.replace(".", "").lower()
    return (plain in _BEFORE and (word.endswith(".") or plain in _WITHOUT_POINT)) or (count > 0 and plain == "(hc)")


def is_title(text: str) -> bool:
    """Whether a text is a title and nobody's name: "dr.", "Drs. Hj."."""
    words = text.split()
    return bool(words) and all(_stands_before(word, count) for count, word in enumerate(words))


def name_words(text: str) -> set[str]:
    """The words of a name by which two spellings of it are compared: no initials, no case, no apostrophes."""
    return set(re.findall(r"[^\W\d_]{2,}", re.sub(r"['’‘`´]", "", text).casefold()))


def split_name(text: str) -> tuple[str, str, str]:
    """Title before, name and title after of a name as it stands in a list: "1. dr. Siti Aminah, Sp.A., M.Kes."

    Only what looks like a title is taken off: "Aminah, Siti" stays a name.
    """
    whole = _number.sub("", " ".join(text.split()), count=1).strip(" ,")
    name, _comma_sign, after = whole.partition(",")
    titles = [_loose.sub(r"\1.", part.strip()) for part in after.split(",") if part.strip(" .")]
    if not all(_title_like.fullmatch(title) and _abbreviates(title, name.isupper()) for title in titles):
        name, titles = whole, []
    words = _words(_loose_end.sub(r"\1.\2", name.strip()))
    ends = len(words)
    while ends > 1 and _trailing.fullmatch(words[ends - 1]):
        ends -= 1
    titles, words = words[ends:] + titles, words[:ends]
    count = 0
    while count < len(words) - 1 and _stands_before(words[count], count):
        count += 1
    return " ".join(words[:count]), " ".join(words[count:]), ", ".join(titles)


def _words(name: str) -> list[str]:
    """The words of a name, titles before it set apart from it: "dr.Hj.Siti Aminah"."""
    words: list[str] = []
    rest = name.split()
    while rest:
        first = rest.pop(0)
        if glued := _glued.match(first):
            first = glued[1]
            rest.insert(0, glued.string[glued.end() :])
        words.append(first)
        if not _stands_before(first, len(words) - 1):
            break
    return words + rest
