"""One row of a list as a person, with every problem in plain words at its cell."""

import re
from collections.abc import Iterator
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
from berakhlak.names import is_title, split_name
from berakhlak.tables import Cell, plain
from journals.models import MAX_NDH, Group
from journals.roster.cells import both_in, is_error, nip_in
from journals.roster.columns import Layout
from journals.roster.lines import tidy_group
from journals.roster.sifting import Row, sift

CUT = gettext_lazy(
    "Excel has kept this NIP as a number, which loses its last digits. Set the column to “Text” in Excel, type the "
    "numbers anew from the original list, and upload again."
)
DATED = gettext_lazy("Excel has turned this into a date. Set the column to “Text”, type it anew, and upload again.")
BROKEN = gettext_lazy("There is an error of a formula in this cell. Type what belongs there, and upload again.")
_scientific = re.compile(r"[0-9](?:[.,][0-9]+)?E[+ ]?[0-9]+", re.IGNORECASE)
_rounded = re.compile(r"[0-9]{15}000")
_in_brackets = re.compile(r".*<([^<>]+)>", re.DOTALL)
_digits = re.compile(r"[0-9]{5}")
LONGEST = 1000  # of a cell that is read; no field holds as much
# Numbers of this size are multiples of 32 once a spreadsheet has held them as numbers: all of so many, or, where some
# were mended by hand, so many that are that part of all.
FLOAT_STEP, TELLING, TELLING_SOME, PART = 32, 3, 4, 4
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
    """All rows: the people, and the rows that are none (sums, signatures), which are shown and left out.

    `obstacles` say why the list as a whole is not taken in."""

    people: list[Person]
    left_out: list[tuple[int, str]]
    obstacles: list[str] = field(default_factory=list)


def read(rows: list[list[Cell]], layout: Layout) -> Reading:
    """Read everybody; no query."""
    sifted = sift(rows, layout)
    people = [_person(row) for row in sifted.people]
    unseen = set(layout.hidden)
    for person in people:
        if person.number in unseen:
            text = _("Row %(row)d is hidden in the spreadsheet. Show it or delete it, and upload again.")
            person.refuse("name", text % {"row": person.number})
    _compare(people)
    return Reading(people, sifted.left_out, list(_obstacles(layout, people)))


def _obstacles(layout: Layout, people: list[Person]) -> Iterator[str]:
    if layout.twice:
        yield _(
            "Two tables stand side by side: “Nama” and “NIP” are there twice. Put one under the other and upload the "
            "list again, or say below which columns hold the participants."
        )
    if people and "name" not in layout.columns:
        yield _("There is no column of names. Say below which column it is.")


def _person(row: Row) -> Person:
    person = Person(row.number, problems={name: [text] for name, text in row.problems.items()})
    damaged: set[str] = set()
    for name, cell in row.cells.items():
        if isinstance(cell, date | datetime | time | timedelta) or is_error(cell):
            person.refuse(name, BROKEN if is_error(cell) else DATED)
            damaged.add(name)
    text = {name: _text(cell) for name, cell in row.cells.items() if name not in damaged}
    nip = row.cells.get("nip", "") if "nip" not in damaged else ""
    if both := both_in(text.get("name", "")):
        text["name"], beside = both
        if nip == "":
            nip = beside if "nip" not in damaged else ""
        elif isinstance(nip, str) and normalise_nip(nip_in(nip)) != normalise_nip(beside):
            person.refuse("nip", _("Beside the name stands another NIP, %(nip)s.") % {"nip": normalise_nip(beside)})
    if "name" in text:
        _take_name(person, text)
    _take_nip(person, nip)
    _take_email(person, text.get("email", ""))
    if not (person.nip or person.email or person.problems.get("nip") or person.problems.get("email")):
        person.refuse("nip", _("Give a NIP or an e-mail address; without one nobody can sign in."))
    if ndh := text.get("ndh", "").strip("."):
        if ndh.isdecimal() and 1 <= int(ndh) <= MAX_NDH:
            person.ndh = int(ndh)
        else:
            person.refuse("ndh", _("The attendance-list number lies between 1 and 30,000."))
    person.group = tidy_group(text.get("group", ""))
    for name in ("agency", "unit", "position", "rank"):
        setattr(person, name, text.get(name, ""))
    _measure(person)
    return person


def _text(cell: Cell) -> str:
    return one_line(plain(cell)[:LONGEST])


def _take_name(person: Person, text: dict[str, str]) -> None:
    before, name, after = split_name(text["name"])
    person.name = name
    if not any(char.isalpha() for char in name):
        person.refuse("name", _("The name is missing."))
    elif is_title(name):
        person.refuse("name", _("This is a title without a name. Write both into one cell."))
    elif _digits.search(name):
        person.refuse("name", _("There is a number in this name. It belongs into a column of its own."))
    for column, found in (("title_before", before), ("title_after", after)):
        try:
            setattr(person, column, check_title(_both_titles(text.get(column, ""), found)))
        except ValidationError as error:
            person.refuse(column if text.get(column) else "name", error.messages[0])


def _both_titles(said: str, found: str) -> str:
    """The title of the column, and one that stands beside the name and is not in it: none is lost."""
    letters = [re.sub(r"[\W_]", "", text).casefold() for text in (said, found)]
    if not said or letters[1] in letters[0]:
        return said or found
    return ", ".join((found, said))


def _take_nip(person: Person, cell: Cell) -> None:
    if cell == "":
        return
    if not isinstance(cell, str) or _scientific.fullmatch(cell):
        person.refuse("nip", CUT)
        return
    try:
        nip = normalise_nip(nip_in(cell))
        if _rounded.fullmatch(nip):
            person.refuse("nip", CUT)
            return
        parse_nip(nip)
        person.nip = nip
    except ValidationError as error:
        person.refuse("nip", error.messages[0])


def _take_email(person: Person, text: str) -> None:
    """An address, also as programs copy it: "mailto:ani@…", "Ani <ani@…>", with a comma behind it."""
    text = text.lower().strip(" ,;")
    if found := _in_brackets.fullmatch(text):
        text = found[1].strip()
    if not (text := text.removeprefix("mailto:")):
        return
    try:
        validate_email(text)
        person.email = text
    except ValidationError:
        several = text.count("@") > 1
        person.refuse("email", _("Give one address only.") if several else _("This is no e-mail address."))


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
    nips = {person.nip for person in people if person.nip}
    rounded = {nip for nip in nips if int(nip) % FLOAT_STEP == 0}
    all_of_them = len(nips) >= TELLING and rounded == nips
    if all_of_them or (len(rounded) >= TELLING_SOME and len(rounded) * PART >= len(nips)):
        for person in people:
            if person.nip in rounded:
                person.refuse("nip", CUT)
    without = [person for person in people if not person.group and "group" not in person.problems]
    if len(without) < len(people) and any(person.group for person in people):
        for person in without:
            person.refuse("group", _("Others have a group. Fill it in in every row, or leave it out in all."))
