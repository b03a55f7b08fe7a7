"""What one cell says: its text without what nobody sees, a number with its label, a name and a number in one."""

import re
import unicodedata

from berakhlak.tables import Cell, plain

# Signs that nobody sees (also those that end no line), and how a text file keeps a number as text: ="1986…".
_unseen = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff" + "".join(map(chr, [*range(9), *range(14, 32), 127])))
_as_text = re.compile(r'="([^"]*)"')
_nothing = re.compile(r"[-\u2010-\u2015._/]+")
# "NIP", "NI PPPK", "NIPPPK.", "NIP/NI PPPK:", "NIP/NRP", and what stands between it and the number.
_said = (
    r"(?:(?:N\.?I\.?P\.?|NI\.?)[\s./]*(?:NI\.?\s*)?(?:PPPK|P3K)|(?:NRP\s*/\s*)?N\.?I\.?P\.?(?:\s*/\s*NRP)?)"
    r"(?![A-Za-z])[\s.:\-\u2013]*"
)
_label = re.compile(_said, re.IGNORECASE)
_label_behind = re.compile(rf"\b{_said}\Z", re.IGNORECASE)
_number_behind = re.compile(r"(?<![0-9])((?:[0-9][ .]?){18})[\s)]*\Z")
_point_nought = re.compile(r"\A((?:[0-9][ .]?){17}[0-9])\.0+\Z")
_error = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)|Err:[0-9]{3}", re.IGNORECASE)
_digit = re.compile(r"[0-9]")
_power = re.compile(r"[0-9]E\+?[0-9]+", re.IGNORECASE)  # "2E+17"
_numbering = re.compile(r"\A[0-9]{1,4}\s?[.)]\s*")
LONGEST_BOTH = 300  # of a cell with name and number


def tidy(cell: Cell) -> Cell:
    """The cell without what says nothing: signs that nobody sees, a dash for "none"."""
    if not isinstance(cell, str):
        return cell
    text = cell.translate(_unseen).strip()
    if kept := _as_text.fullmatch(text):
        text = kept[1].strip()
    return "" if _nothing.fullmatch(text) else text


def is_error(cell: Cell) -> bool:
    """ "#N/A" and its like: a formula that found nothing."""
    return isinstance(cell, str) and cell.startswith(("#", "Err:")) and _error.fullmatch(cell) is not None


def nip_in(text: str) -> str:
    """The number without its label ("NIP. 1986…"), in plain digits."""
    return _point_nought.sub(r"\1", _label.sub("", unicodedata.normalize("NFKC", text).strip(), count=1))


def begins_with_label(text: str) -> bool:
    """ "NIP. 1986…", as it stands under a signature."""
    return _label.match(text) is not None


def both_in(cell: Cell) -> tuple[str, str] | None:
    """Name and NIP out of one cell, as many tables have them."""
    text = " ".join(plain(cell)[:LONGEST_BOTH].split())
    found = _number_behind.search(text)
    if found is None:
        return None
    name = _label_behind.sub("", text[: found.start()].rstrip(" (")).rstrip(" ,/;|(")
    name = _numbering.sub("", name, count=1)
    return (name, found[1]) if name and not re.search(r"\d", name) else None


def has_number(cell: Cell) -> bool:
    """Whether a cell holds something like a NIP or an address, whatever is wrong with it, and no mere count."""
    text = plain(cell)
    return "@" in text or len(_digit.findall(text, 0, LONGEST_BOTH)) >= 5 or _power.fullmatch(text) is not None
