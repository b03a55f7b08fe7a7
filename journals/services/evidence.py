"""Evidence of behaviour as pages show it: on a draft, beside a module, and the map of one's own."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from curriculum.models import Behaviour, Value
from curriculum.reading import Part as Shown
from curriculum.reading import active_values
from journals import anchors
from journals.enums import EDITABLE_STATES, EnrolmentStatus
from journals.models import Enrolment, Entry, Evidence, Schedule
from journals.services.drafting import Part


@dataclass(frozen=True)
class Mark:
    """Evidence and where its passage stands in the draft now; `start` is None where it needs a new place."""

    row: Evidence
    start: int | None

    @property
    def data(self) -> dict[str, Any]:
        """What a script needs to find the passage in what is being written."""
        anchor = self.row.anchor
        return {
            "pk": self.row.pk,
            "start": self.start,
            "part": self.row.response.prompt.key,
            "quote": anchor.quote,
            "prefix": anchor.prefix,
            "suffix": anchor.suffix,
            "lone": anchor.lone,
        }


def of_draft(entry: Entry | None) -> list[Mark]:
    """All evidence of a draft, in the order of the text; one query."""
    if entry is None:
        return []
    rows = Evidence.objects.filter(response__entry=entry).select_related("response__prompt", "behaviour__value")
    marks = _found(rows)
    return sorted(marks, key=lambda mark: (mark.row.response.prompt.order, mark.start is None, mark.start, mark.row.pk))


def _found(rows: Iterable[Evidence]) -> list[Mark]:
    texts: dict[int, str] = {}
    marks = []
    for row in rows:
        if row.response_id not in texts:
            texts[row.response_id] = anchors.plain(row.response.body)
        marks.append(Mark(row, row.start_in(texts[row.response_id])))
    return marks


def by_part(marks: Iterable[Mark]) -> dict[str, list[tuple[int, Evidence]]]:
    """What has a place, by prompt key, as `content.shown` takes it."""
    found: dict[str, list[tuple[int, Evidence]]] = defaultdict(list)
    for mark in marks:
        if mark.start is not None:
            found[mark.row.response.prompt.key].append((mark.start, mark.row))
    return found


def behaviours_of(entries: Iterable[int]) -> dict[int, list[Behaviour]]:
    """By entry id: the behaviours that it shows, each once, in the curriculum's order; one query."""
    rows = (
        Evidence.objects.filter(response__entry__in=entries)
        .select_related("response", "behaviour__value")
        .order_by("behaviour__value__order", "behaviour__order", "pk")
    )
    found: dict[int, dict[int, Behaviour]] = defaultdict(dict)
    for mark in _found(rows):
        if mark.start is not None:
            found[mark.row.response.entry_id].setdefault(mark.row.behaviour_id, mark.row.behaviour)
    return {entry: list(behaviours.values()) for entry, behaviours in found.items()}


# --- Choosing -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """A sentence that may be marked; `place` is what the form sends."""

    place: str
    text: str


def passages(parts: Iterable[Part]) -> list[tuple[Part, list[Passage]]]:
    """The sentences of each part that has any."""
    found = [(part, passages_in(part.prompt.key, part.html)) for part in parts]
    return [(part, sentences) for part, sentences in found if sentences]


def passages_in(key: str, html: str) -> list[Passage]:
    """The sentences of one part."""
    text = anchors.plain(html)
    return [
        Passage(f"{key}:{start}:{end}", text[start:end])
        for start, end in anchors.sentences(html)
        if end - start <= anchors.LONGEST
    ]


def place_of(sent: str) -> tuple[str, int, int] | None:
    """Part, start and end of the passage that a form has sent; None where nothing was chosen."""
    key, start, end = [*sent.rsplit(":", 2), "", ""][:3]
    if not (start.isdecimal() and end.isdecimal()) or len(start + end) > 14:
        return None
    return key, int(start), int(end)


def choices() -> list[Value]:
    """The values with their behaviours; two queries."""
    return [value for value in active_values() if value.shown_behaviours]


# --- The map ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One value in one module: how many passages show it."""

    number: int
    passages: int


@dataclass
class Line:
    """One value over all modules; `behaviours` with the numbers of the modules that show each."""

    value: Value
    cells: list[Cell]
    behaviours: list[tuple[Shown, list[int]]]

    @property
    def shown(self) -> int:
        """How many of its behaviours are shown somewhere."""
        return sum(bool(numbers) for _behaviour, numbers in self.behaviours)


@dataclass
class Map:
    """Values by modules. `homeless` are the numbers of modules with passages that need a new place."""

    numbers: list[int]
    lines: list[Line]
    homeless: list[int] = field(default_factory=list)

    @property
    def shown(self) -> int:
        """How many of all behaviours are shown."""
        return sum(line.shown for line in self.lines)

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(len(line.behaviours) for line in self.lines)


def map_of(enrolment: Enrolment) -> Map:
    """One's own values and modules, from the drafts as they are now; four queries."""
    numbers = list(
        Schedule.objects.in_use()
        .filter(cohort=enrolment.cohort_id)
        .order_by("module__number")
        .values_list("module__number", flat=True)
    )
    rows = Evidence.objects.filter(response__entry__enrolment=enrolment).select_related(
        "response__entry__module", "behaviour"
    )
    passages_of: dict[tuple[int, int], int] = defaultdict(int)
    modules_of: dict[int, set[int]] = defaultdict(set)
    homeless = set()
    for mark in _found(rows):
        number, behaviour = mark.row.response.entry.module.number, mark.row.behaviour
        if mark.start is None:
            if mark.row.response.entry.state in EDITABLE_STATES:  # otherwise nobody can do anything about it
                homeless.add(number)
            continue
        passages_of[behaviour.value_id, number] += 1
        modules_of[behaviour.pk].add(number)
    lines = [
        Line(
            value,
            [Cell(number, passages_of[value.pk, number]) for number in numbers],
            [(behaviour, sorted(modules_of[behaviour.pk])) for behaviour in value.shown_behaviours],
        )
        for value in choices()
    ]
    return Map(numbers, lines, sorted(homeless) if enrolment.status == EnrolmentStatus.ACTIVE else [])
