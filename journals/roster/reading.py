"""One row of a list as a person, with every problem in plain words at its cell."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.accounts.forms import check_title, one_line
from berakhlak.accounts.models import User
from berakhlak.accounts.nip import normalise_nip, parse_nip
from berakhlak.names import split_name
from berakhlak.tables import Cell
from journals.models import MAX_NDH, Group
from journals.roster.columns import Layout

CUT = gettext_lazy(
    "Excel has kept this NIP as a number, which loses its last digits. Set the column to “Text” in Excel, type the "
    "numbers anew from the original list, and upload again."
)
DATED = gettext_lazy("Excel has turned this into a date. Set the column to “Text”, type it anew, and upload again.")
_scientific = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)
_short_group = re.compile(r"[0-9]{1,3}|[IVX]{1,5}|[A-Z]")
_group_line = re.compile(r"(?:kelompok|kel\.)\s*\S.{0,30}", re.IGNORECASE)
_name_and_nip = re.compile(r"(\D+?)[\s,/]*(?:NI?P(?: ?PPPK)?\b[.: ]*)?((?:[0-9][ .]?){18})", re.IGNORECASE)
LONGEST = 1000  # of a cell that is read; no field holds as much
# Numbers of this size are multiples of 32 once a spreadsheet has held them as numbers.
FLOAT_STEP, TELLING = 32, 3
PERSONAL = ("name", "title_before", "title_after", "agency", "unit", "position", "rank")
LIMITS: dict[str, int] = {
    **{name: getattr(User._meta.get_field(name), "max_length", 0) for name in (*PERSONAL, "email")},
    "group": getattr(Group._meta.get_field("name"), "max_length", 0),
}


@dataclass
class Person:
    """What a row says. `number` is the row as a spreadsheet counts it; `problems` are by field."""

    number: int
    name: str = ""
    nip: str | None = None
    email: str | None = None
    ndh: int | None = None
    group: str = ""
    agency: str = ""
    unit: str = ""
    position: str = ""
    rank: str = ""
    title_before: str = ""
    title_after: str = ""
    problems: dict[str, list[str | Promise]] = field(default_factory=dict)

    def refuse(self, name: str, message: str | Promise) -> None:
        """Note a problem at a cell."""
        self.problems.setdefault(name, []).append(message)


@dataclass
class Reading:
    """All rows: the people, and the rows that are none (sums, signatures), which are shown and left out."""

    people: list[Person]
    left_out: list[tuple[int, str]]


def read(rows: list[list[Cell]], layout: Layout) -> Reading:
    """Read everybody; no query."""
    people, left_out = [], []
    logins = [layout.columns[name] for name in ("nip", "email") if name in layout.columns]
    people_at = range(layout.first, len(rows))
    last = max((index for index in people_at if any(rows[index][column] != "" for column in logins)), default=-1)
    last = last if last >= 0 else len(rows)  # nobody has one: then that is what is wrong
    group = ""
    for index in people_at:
        cells = {name: rows[index][column] for name, column in layout.columns.items() if column < len(rows[index])}
        filled = [str(cell) for cell in rows[index] if cell != ""]
        named = any(cells.get(name, "") != "" for name in ("name", "nip", "email"))
        # After the last person come sums and signatures: a word alone is nobody there, and a problem before.
        if len(filled) == 1 and "group" not in layout.columns and _group_line.fullmatch(filled[0]):
            group = _text(filled[0])  # a line of its own above the people of a group
        elif filled and (not named or (index > last and len(filled) == 1)):
            left_out.append((index + 1, " · ".join(filled)[:120]))
        elif filled:
            people.append(_person(index + 1, {"group": group, **cells}))
    _compare(people)
    return Reading(people, left_out)


def _person(number: int, cells: dict[str, Cell]) -> Person:
    person = Person(number)
    for name, cell in cells.items():
        if isinstance(cell, date | datetime | time | timedelta):
            person.refuse(name, DATED)
    text = {name: _text(cell) for name, cell in cells.items() if name not in person.problems}
    nip = cells.get("nip", "")
    both = _name_and_nip.fullmatch(text.get("name", ""))
    if both and nip == "":  # one column for both, as many tables have
        text["name"], nip = both[1], both[2]
    _take_name(person, text)
    _take_nip(person, nip)
    if email := text.get("email", "").lower():
        try:
            validate_email(email)
            person.email = email
        except ValidationError:
            person.refuse("email", _("This is no e-mail address."))
    if not (person.nip or person.email or person.problems.get("nip") or person.problems.get("email")):
        person.refuse("nip", _("Give a NIP or an e-mail address; without one nobody can sign in."))
    if ndh := text.get("ndh", "").strip("."):
        if ndh.isdecimal() and 1 <= int(ndh) <= MAX_NDH:
            person.ndh = int(ndh)
        else:
            person.refuse("ndh", _("The attendance-list number lies between 1 and 30,000."))
    group = text.get("group", "")
    person.group = f"Kelompok {group}" if _short_group.fullmatch(group) else group
    for name in ("agency", "unit", "position", "rank"):
        setattr(person, name, text.get(name, ""))
    _measure(person)
    return person


def _text(cell: Cell) -> str:
    """The cell as somebody would read it: a whole number without its ".0"."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return one_line(str(cell)[:LONGEST])


def _take_name(person: Person, text: dict[str, str]) -> None:
    before, name, after = split_name(text.get("name", ""))
    person.name = name
    if not any(char.isalpha() for char in name):
        person.refuse("name", _("The name is missing."))
    for column, found in (("title_before", before), ("title_after", after)):
        try:
            setattr(person, column, check_title(text.get(column, "") or found))
        except ValidationError as error:
            person.refuse(column if text.get(column) else "name", error.messages[0])


def _take_nip(person: Person, cell: Cell) -> None:
    if cell == "" or "nip" in person.problems:
        return
    if not isinstance(cell, str) or _scientific.fullmatch(cell):
        person.refuse("nip", CUT)
        return
    try:
        parse_nip(cell)
        person.nip = normalise_nip(cell)
    except ValidationError as error:
        person.refuse("nip", error.messages[0])
        if error.code == "serial":
            person.refuse("nip", CUT)


def _measure(person: Person) -> None:
    for name in (*PERSONAL, "group", "email"):
        limit = LIMITS[name]
        if len(getattr(person, name) or "") > limit:
            person.refuse(name, _("Too long: %(limit)d characters at most.") % {"limit": limit})


def _compare(people: list[Person]) -> None:
    """What only shows beside the other rows: the same number twice, and numbers that a spreadsheet has rounded."""
    for name in ("nip", "email", "ndh"):
        first: dict[object, int] = {}
        for person in people:
            value = getattr(person, name)
            if value is None:
                continue
            if value in first:
                person.refuse(name, _("Row %(row)d has the same already.") % {"row": first[value]})
            first.setdefault(value, person.number)
    nips = Counter(person.nip for person in people if person.nip)
    if len(nips) >= TELLING and all(int(nip) % FLOAT_STEP == 0 for nip in nips):
        for person in people:
            if person.nip:
                person.refuse("nip", CUT)
