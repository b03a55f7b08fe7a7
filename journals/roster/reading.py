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
from berakhlak.tables import Cell, plain
from journals.models import MAX_NDH, Group
from journals.roster.columns import Layout
from journals.roster.sifting import both_in, nip_in, sift

CUT = gettext_lazy(
    "Excel has kept this NIP as a number, which loses its last digits. Set the column to “Text” in Excel, type the "
    "numbers anew from the original list, and upload again."
)
DATED = gettext_lazy("Excel has turned this into a date. Set the column to “Text”, type it anew, and upload again.")
_scientific = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE)
_short_group = re.compile(r"[0-9]{1,3}|[IVX]{1,5}|[A-Z]")
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
    sifted = sift(rows, layout)
    people = [_person(number, cells) for number, cells in sifted.people]
    _compare(people)
    return Reading(people, sifted.left_out)


def _person(number: int, cells: dict[str, Cell]) -> Person:
    person = Person(number)
    for name, cell in cells.items():
        if isinstance(cell, date | datetime | time | timedelta):
            person.refuse(name, DATED)
    text = {name: _text(cell) for name, cell in cells.items() if name not in person.problems}
    nip = cells.get("nip", "")
    both = both_in(text.get("name", ""))
    if both and nip == "":
        text["name"], nip = both
    _take_name(person, text)
    _take_nip(person, nip)
    if email := text.get("email", "").lower():
        try:
            validate_email(email)
            person.email = email
        except ValidationError:
            several = email.count("@") > 1
            person.refuse("email", _("Give one address only.") if several else _("This is no e-mail address."))
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
    return one_line(plain(cell)[:LONGEST])


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
        person.nip = normalise_nip(nip_in(cell))
        parse_nip(person.nip)
    except ValidationError as error:
        person.nip = None
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
