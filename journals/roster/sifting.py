"""Which rows of a list are people. Between them stand headings again, groups and sums; after them, signatures."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from berakhlak.accounts.nip import normalise_nip
from berakhlak.tables import Cell, plain
from journals.roster import lines
from journals.roster.cells import begins_with_label, both_in, has_number, nip_in, tidy
from journals.roster.columns import LOGINS, Layout

ABOVE = 6  # rows above the people in which the line of their group may stand: headings, counts, an empty one
A_FEW = 2  # cells of a row of signatures; a row of the list has more
SHOWN = 120  # signs of a row that is left out
EXAMPLE_NIP, EXAMPLE_EMAIL = "198609262015052901", "ratna@contoh.go.id"  # of the person in the template

Fields = dict[str, Cell]


@dataclass
class Row:
    """A row of somebody: its number as a spreadsheet counts it, its cells by field, and what makes it doubtful."""

    number: int
    cells: Fields
    problems: dict[str, str] = field(default_factory=dict)


@dataclass
class Sifted:
    """The rows of people, and those that are none, as number and text."""

    people: list[Row]
    left_out: list[tuple[int, str]]


@dataclass
class _Above:
    """What the lines above a row say of it."""

    group: str = ""
    unclear: int = 0  # the row of a line about a group that nobody understood
    others: tuple[int, str] | None = None  # the title of a table of others
    by_heading: bool = False  # which was a row of headings
    changed: int = 0  # the row in which the headings change

    def problems(self, own_group: Cell) -> dict[str, str]:
        """Why somebody under these lines is not taken in."""
        found = {}
        if self.others:
            row, title = self.others
            text = _(
                "It stands under “%(title)s” (row %(row)d). Delete this row, or that line if this is a participant."
            )
            found["name"] = text % {"title": title, "row": row}
        elif self.changed:
            text = _("The headings change in row %(row)d. Bring both tables into the same order of columns.")
            found["name"] = text % {"row": self.changed}
        if self.unclear and own_group == "":
            text = _("Row %(row)d speaks of a group and does not say clearly which. Write only “Kelompok 2” there.")
            found["group"] = text % {"row": self.unclear}
        return found


def sift(rows: list[list[Cell]], layout: Layout) -> Sifted:
    """Look through all rows."""
    sifting = _Sifting([[tidy(cell) for cell in row] for row in rows], layout)
    for index in range(max(0, layout.first - ABOVE), len(rows)):
        sifting.look(index)
    return sifting.found


class _Sifting:
    """Row after row, with what the lines above say and where the people end."""

    def __init__(self, rows: list[list[Cell]], layout: Layout) -> None:
        self.rows, self.layout, self.found = rows, layout, Sifted([], [])
        self.fields = [_fields(row, layout) for row in rows]
        self.whole = set(_whole(rows, self.fields, layout))
        # Without anybody's number, that is what is wrong: then nothing is beyond the last person.
        self.first, self.last = min(self.whole, default=len(rows)), max(self.whole, default=len(rows))
        self.counted = _is_counted(rows, self.first)
        self.above, self.gap, self.ended = _Above(), False, False

    def look(self, index: int) -> None:
        """Take a row as somebody, as a line that says something of those under it, or leave it out."""
        row, cells = self.rows[index], self.fields[index]
        filled = [plain(cell) for cell in row if cell != ""]
        if not filled:
            self.gap = self.gap or index > self.last
        elif index in self.whole:
            self._leave(index, filled) if _is_example(cells) else self._take(index, cells)
        elif _take_line(self.above, index, row, filled, self.layout):
            if not lines.group_of(filled):
                self._leave(index, filled)
        elif index >= self.layout.first:
            self._judge(index, cells, filled)

    def _judge(self, index: int, cells: Fields, filled: list[str]) -> None:
        """Somebody with a problem, or nobody."""
        self.ended = self.ended or (index > self.last and lines.ends_list(filled, plain(cells.get("name", ""))))
        # After the last person come sums and signatures: a word alone is nobody there, and a problem before.
        beyond = index > self.last and (self.ended or len(filled) <= (A_FEW if self.gap else 1))
        if not beyond and _is_person(cells) and not self._is_furniture(index, cells, filled):
            self._take(index, cells)
            return
        self._leave(index, filled)
        if lines.speaks_of_group(filled) and not beyond:
            self.above.group, self.above.unclear = "", index + 1

    def _is_furniture(self, index: int, cells: Fields, filled: list[str]) -> bool:
        name, nip = plain(cells.get("name", "")), plain(cells.get("nip", ""))
        if any(map(has_number, filled)):
            return False
        if index < self.first and (lines.is_hint(name, nip) or lines.is_further_heading(filled)):
            return True
        return lines.is_furniture(filled, name) or (self.counted and lines.is_numbered_title(filled))

    def _take(self, index: int, cells: Fields) -> None:
        problems = self.above.problems(cells.get("group", ""))
        cells["group"] = cells.get("group", "") or ("" if self.above.others else self.above.group)
        self.found.people.append(Row(index + 1, cells, problems))

    def _leave(self, index: int, filled: list[str]) -> None:
        if index >= self.layout.first:
            self.found.left_out.append((index + 1, " · ".join(filled)[:SHOWN]))


def sample(rows: list[list[Cell]], layout: Layout) -> list[Cell]:
    """The first row of somebody, to show what stands in a column."""
    for row in rows[layout.first :]:
        if any(has_number(row[layout.columns[name]]) for name in LOGINS if name in layout.columns):
            return row
    return rows[layout.first] if layout.first < len(rows) else [""] * len(layout.headings)


def _fields(row: list[Cell], layout: Layout) -> Fields:
    """The cells by field, with the rest of a name, and the number that stands in the other column of numbers."""
    cells = {name: row[at] for name, at in layout.columns.items() if at < len(row)}
    rest = [row[at] for at in layout.also.get("name", []) if row[at] != ""]
    if rest and all(isinstance(part, str) for part in (cells["name"], *rest)):
        cells["name"] = " ".join(filter(None, map(str, (cells["name"], *rest))))
    for at in layout.also.get("nip", []):
        if row[at] != "":
            cells["nip"] = row[at] if cells["nip"] == "" else f"{plain(cells['nip'])} / {plain(row[at])}"
    return cells


def _is_counted(rows: list[list[Cell]], first: int) -> bool:
    """Whether the row of the first person begins with a number."""
    cells = [plain(cell) for cell in rows[first] if cell != ""] if first < len(rows) else []
    return bool(cells) and cells[0].strip(".) ").isdecimal()


def _take_line(above: _Above, index: int, row: list[Cell], filled: list[str], layout: Layout) -> bool:
    """Note what a line says of the rows under it: a group, a title, headings. False if it is no such line."""
    if group := lines.group_of(filled):
        above.group, above.unclear = group, 0
        if lines.is_of_people(filled):
            above.others = None
    elif lines.is_heading(row):
        theirs = lines.heads_of_others(filled)
        if theirs or above.by_heading:
            above.others, above.by_heading = ((index + 1, filled[0]) if theirs else None), theirs
        if index >= layout.first:
            above.changed = 0 if lines.same_headings(row, layout) else index + 1
    elif lines.is_of_others(filled):
        above.others, above.by_heading = (index + 1, filled[-1][:SHOWN]), False
    elif lines.is_of_people(filled):
        if above.others:  # a group in their table is none here
            above.others, above.group = None, ""
        return index < layout.first or len(filled) == 1
    else:
        return False
    return True


def _whole(rows: list[list[Cell]], fields: list[Fields], layout: Layout) -> Iterator[int]:
    """The rows of somebody with a name and a number or address: surely people, and no signatures.

    Where both stand in one cell, a signature looks the same: after an empty row or the words above it, somebody has
    as many cells as those before."""
    combined = "nip" not in layout.columns
    fewest, loose, signed = 0, False, False
    for index in range(layout.first, len(rows)):
        filled = [plain(cell) for cell in rows[index] if cell != ""]
        name = plain(fields[index].get("name", ""))
        if not filled:
            loose = fewest > 0
        elif _is_whole(fields[index], combined):
            if combined and loose and (len(filled) < fewest or (signed and fewest == 1)):
                continue
            fewest, loose, signed = min(fewest or len(filled), len(filled)), False, False
            yield index
        elif lines.ends_list(filled, name):
            loose = signed = fewest > 0


def _is_whole(fields: Fields, combined: bool) -> bool:
    name = plain(fields.get("name", ""))
    if lines.is_office(name):
        return False
    if combined and both_in(name):
        return True
    has_name = "name" not in fields or (any(char.isalpha() for char in name) and not begins_with_label(name))
    return has_name and any(has_number(fields.get(login, "")) for login in LOGINS)


def _is_person(fields: Fields) -> bool:
    """Whether a row means somebody, whatever is wrong with it."""
    if any(fields.get(login, "") != "" for login in LOGINS):
        return True
    name = fields.get("name", "")
    if not isinstance(name, str):
        return not isinstance(name, int | float)  # a sum; a date is a name that a spreadsheet has spoilt
    return bool(name) and (both_in(name) is not None or not begins_with_label(name))


def _is_example(fields: Fields) -> bool:
    """The invented person of our own template, left in the file."""
    email, nip = fields.get("email", ""), fields.get("nip", "")
    return email == EXAMPLE_EMAIL and isinstance(nip, str) and normalise_nip(nip_in(nip)) == EXAMPLE_NIP
