"""Which rows of a list are people. Between them stand headings again, groups and sums; after them, signatures."""

import re
import unicodedata
from dataclasses import dataclass

from berakhlak.tables import Cell, plain
from journals.roster.columns import Layout, field_of, is_count

LOGINS = ("nip", "email")
# A line of its own above the people of a group; so many rows of headings may stand between them.
_group_line = re.compile(r"(?:kelompok|kel\.)\s*\S.{0,30}", re.IGNORECASE)
GROUP_ABOVE = 3
A_FEW = 2  # cells of a row of signatures; a row of the list has more
# Signs that nobody sees, and how a text file keeps a number as text: ="1986…".
_unseen = str.maketrans("", "", "\u00ad\u200b\u2060\ufeff")
_as_text = re.compile(r'="([^"]*)"')
_nothing = re.compile(r"[-\u2010-\u2015._/]+")
_label = re.compile(r"N\.?I\.?P\.?(?:\s*PPPK)?(?![A-Za-z])[\s.:]*", re.IGNORECASE)
_name_and_nip = re.compile(r"(\D+?)[\s,/]*(?:NI?P(?: ?PPPK)?\b[.: ]*)?((?:[0-9][ .]?){18})", re.IGNORECASE)

Fields = dict[str, Cell]


@dataclass
class Sifted:
    """The rows of people, as their number and their cells by field, and those that are none, as number and text."""

    people: list[tuple[int, Fields]]
    left_out: list[tuple[int, str]]


def sift(rows: list[list[Cell]], layout: Layout) -> Sifted:
    """Look through all rows."""
    sifted = Sifted([], [])
    rows = [[tidy(cell) for cell in row] for row in rows]
    fields = [{name: row[at] for name, at in layout.columns.items() if at < len(row)} for row in rows]
    whole = [index for index in range(layout.first, len(rows)) if _is_whole(fields[index])]
    last = whole[-1] if whole else len(rows)  # nobody has a number: then that is what is wrong
    group, gap = "", False
    for index in range(max(0, layout.first - GROUP_ABOVE), len(rows)):
        filled = [plain(cell) for cell in rows[index] if cell != ""]
        if len(filled) == 1 and "group" not in layout.columns and _group_line.fullmatch(filled[0]):
            group = filled[0]
        elif index < layout.first:
            continue
        elif not filled:
            gap = gap or index > last
        # After the last person come sums and signatures: a word alone is nobody there, and a problem before.
        elif (index <= last or len(filled) > (A_FEW if gap else 1)) and _is_person(rows[index], fields[index]):
            sifted.people.append((index + 1, {"group": group, **fields[index]}))
        else:
            sifted.left_out.append((index + 1, " · ".join(filled)[:120]))
    return sifted


def tidy(cell: Cell) -> Cell:
    """The cell without what says nothing: signs that nobody sees, a dash for "none"."""
    if not isinstance(cell, str):
        return cell
    text = cell.translate(_unseen).strip()
    if kept := _as_text.fullmatch(text):
        text = kept[1].strip()
    return "" if _nothing.fullmatch(text) else text


def nip_in(text: str) -> str:
    """The number without its label ("NIP. 1986…"), in plain digits."""
    return _label.sub("", unicodedata.normalize("NFKC", text), count=1)


def both_in(text: str) -> tuple[str, str] | None:
    """Name and NIP out of one cell, as many tables have them."""
    found = _name_and_nip.fullmatch(text)
    return (found[1], found[2]) if found and not _label.fullmatch(found[1]) else None


def _is_whole(fields: Fields) -> bool:
    """Somebody with a name and a number or address: surely a person, and no signature."""
    name = str(fields.get("name", ""))
    if both_in(name):
        return True
    has_name = "name" not in fields or (any(char.isalpha() for char in name) and not _label.match(name))
    return has_name and any(re.search(r"[0-9@]", str(fields.get(login, ""))) for login in LOGINS)


def _is_person(row: list[Cell], fields: Fields) -> bool:
    """Whether a row means somebody, whatever is wrong with it."""
    if is_count(row) or _is_heading(fields):
        return False
    if any(fields.get(login, "") != "" for login in LOGINS):
        return True
    name = fields.get("name", "")
    if not isinstance(name, str):
        return not isinstance(name, int | float)  # a sum; a date is a name that a spreadsheet has spoilt
    return bool(name) and (both_in(name) is not None or not _label.match(name))


def _is_heading(fields: Fields) -> bool:
    """The headings once more, as on each page of a printed list or above each group."""
    texts = {name: str(fields.get(name, "")) for name in ("name", *LOGINS)}
    plain = [name for name, text in texts.items() if text and not re.search(r"[0-9@]", text)]
    return sum(field_of(texts[name]) == name for name in plain) > 1
