"""The gradebook: one cohort's participants by modules, their states, scores and weighted results.

Rows come as plain values, not as model objects, and the number of queries does not depend on their number:
a cohort of two hundred people has two thousand cells.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Round

from berakhlak.names import full_name
from curriculum.models import Module
from journals import grading, permissions
from journals.enums import EDITABLE_STATES, LEFT_STATUSES, EntryState, ExtensionKind
from journals.models import (
    Cohort,
    Enrolment,
    Entry,
    Extension,
    GradeBand,
    Remedial,
    Review,
    Schedule,
    Submission,
    Teaching,
)
from journals.querysets import may_see_all_cohorts
from journals.windows import whole_second
from journals.workflow import Choice

SORTS = ("ndh", "name", "result")


class Cell(NamedTuple):
    """One participant's module. `state` is a name of the badges; `score` None means no grade, not 0."""

    number: int
    state: str
    is_late: bool = False
    score: Decimal | None = None
    readable: bool = False
    returns: int = 0
    extended: bool = False


class Grade(NamedTuple):
    """An official score in force. `visible_from` is None until it is released, and may lie ahead: then the release,
    if it has a `batch`, can still be stopped."""

    score: Decimal
    visible_from: datetime | None = None
    batch: int | None = None

    def is_visible(self, now: datetime) -> bool:
        """Whether its participant sees it."""
        return self.visible_from is not None and self.visible_from <= now


class Pending(NamedTuple):
    """A release that can still be stopped."""

    batch: int
    visible_from: datetime
    grades: int


class Column(NamedTuple):
    """One module, as far as its cells depend on it."""

    number: int
    module_id: int
    opens: datetime
    due: datetime
    closes: datetime
    weight: Decimal


class Person(NamedTuple):
    """One participant, with the score of the newest remedial."""

    enrolment_id: int
    ndh: int
    name: str
    full_name: str
    group_id: int
    group: str
    remedial: Decimal | None


@dataclass(slots=True)
class Row:
    """One participant. Without a result `missing` says how many modules have no grade."""

    person: Person
    cells: list[Cell | None]
    result: Decimal | None = None
    band: GradeBand | None = None
    missing: int = 0
    shows_result: bool = True
    by_remedial: bool = False


@dataclass
class Table:
    """What the cohort page shows."""

    schedules: list[Schedule]
    rows: list[Row]
    groups: list[tuple[int, str]]
    counts: Counter = field(default_factory=Counter)
    may_lead: bool = False
    unreleased: int = 0  # in the whole cohort, whatever is shown
    pending: list[Pending] = field(default_factory=list)  # as well


@dataclass(frozen=True)
class Coverage:
    """Which cells somebody may look at and open: all of them, or those of some groups and modules."""

    everything: bool
    may_lead: bool
    parts: tuple[tuple[int | None, frozenset[int]], ...] = ()
    user_id: int | None = None

    def reads(self, group_id: int, module_id: int) -> bool:
        """True for leads and organisers; else the rule of `permissions.teaching_covers`."""
        return self.everything or any(
            permissions.teaching_covers(group, modules, group_id=group_id, module_id=module_id)
            for group, modules in self.parts
        )


def coverage(user, cohort: Cohort) -> Coverage:
    """What somebody covers of a cohort."""
    leads = permissions.may_lead(user, cohort)
    if may_see_all_cohorts(user):
        return Coverage(True, leads, user_id=user.pk)
    parts = tuple((place.group, frozenset(place.modules)) for place in permissions.places_in(user, cohort.pk))
    return Coverage(leads, leads, parts, user.pk)


def cohort_table(
    cohort: Cohort, seen: Coverage, *, now: datetime, group: int | None = None, sort: str = "ndh"
) -> Table:
    """The gradebook as far as `seen` allows; six queries. Nobody finds one's own row in it."""
    schedules = list(
        Schedule.objects.in_use().filter(cohort=cohort).select_related("module").order_by("module__number")
    )
    columns = [
        Column(item.module.number, item.module_id, item.opens, item.due, item.closes, item.weight) for item in schedules
    ]
    groups: dict[int, str] = {}
    covered: dict[int, list[bool]] = {}
    facts, bands, rows = _Facts(cohort, now), list(cohort.bands.all()), []
    for person in _people(cohort, but=seen.user_id):
        there = person.group_id
        if there not in covered:
            covered[there] = [seen.reads(there, schedule.module_id) for schedule in schedules]
        if not any(covered[there]):
            continue
        groups[there] = person.group
        if group in (None, there):
            rows.append(_row(person, columns, facts, covered[there], bands))
    rows.sort(key=_sort_key(sort))
    by_name = sorted(groups.items(), key=lambda pair: pair[1])
    unreleased = sum(grade.visible_from is None for grade in facts.grades.values())
    pending = _pending(facts.grades.values(), now)
    return Table(schedules, rows, by_name, _counts(rows), seen.may_lead, unreleased, pending)


def _people(cohort: Cohort, *, but: int | None) -> list[Person]:
    """Who takes part, by number, without the user `but`; one query."""
    newest = Remedial.objects.filter(enrolment=OuterRef("pk")).order_by("-id").values("score")[:1]
    found = (
        cohort.enrolments.exclude(status__in=LEFT_STATUSES)
        .exclude(user=but)
        .order_by("ndh")
        .values_list(
            "pk",
            "ndh",
            "user__title_before",
            "user__name",
            "user__title_after",
            "group_id",
            "group__name",
            Subquery(newest),
        )
    )
    return [
        Person(pk, ndh, name, full_name(before, name, after), group_id, group, remedial)
        for pk, ndh, before, name, after, group_id, group, remedial in found
    ]


class _Facts:
    """Everything the cells of one cohort depend on, looked up by enrolment and module; three queries.

    The database works out states and flags: converting two thousand times and decimals would cost more.
    """

    def __init__(self, cohort: Cohort, now: datetime) -> None:
        self.now, self.grace = whole_second(now), timedelta(seconds=cohort.grace_seconds)
        state = Case(
            When(state=EntryState.SUBMITTED, claim__expires_at__gt=now, then=Value("reviewing")),
            default="state",
        )
        late = Submission.objects.standing().filter(entry=OuterRef("pk"), is_late=True)
        entries = Entry.objects.filter(enrolment__cohort=cohort).values_list(
            "enrolment_id",
            "module_id",
            "pk",
            state,
            Case(When(Exists(late), then=1), default=0, output_field=IntegerField()),
        )
        self.entries: dict[int, dict[int, tuple]] = defaultdict(dict)
        for enrolment, module, pk, stored, late in entries:
            self.entries[enrolment][module] = pk, stored, late
        self.grades = official_scores(Q(submission__entry__enrolment__cohort=cohort))
        # In order, so that the newest one is kept. Each return brings one as well.
        extensions = list(
            Extension.objects.filter(enrolment__cohort=cohort)
            .order_by("id")
            .values_list("enrolment_id", "module_id", "due", "closes", "kind")
        )
        self.extended = {(enrolment, module): (due, closes) for enrolment, module, due, closes, _kind in extensions}
        self.given = Counter((enrolment, module, kind) for enrolment, module, _due, _closes, kind in extensions)

    def cell(self, enrolment_id: int, column: Column) -> Cell:
        """The state as people say it, by the same rules as `journey.state_of`."""
        entry = self.entries[enrolment_id].get(column.module_id)
        returns = self.given[enrolment_id, column.module_id, ExtensionKind.RETURNED]
        extended = self.given[enrolment_id, column.module_id, ExtensionKind.GRANTED] > 0
        if entry is None:
            return Cell(column.number, self._to_write(enrolment_id, column, "empty"), extended=extended)
        pk, state, is_late = entry
        score = None
        if state == "graded" and pk in self.grades:
            score = self.grades[pk].score
            state = "released" if self.grades[pk].is_visible(self.now) else state
        elif state in EDITABLE_STATES:
            state = self._to_write(enrolment_id, column, state)
        return Cell(column.number, state, bool(is_late), score, True, returns, extended)

    def _to_write(self, enrolment_id: int, column: Column, state: str) -> str:
        due, closes = self.extended.get((enrolment_id, column.module_id), (column.due, column.closes))
        if self.now < column.opens:
            return "notopen"
        if self.now > closes + self.grace:
            return "closed"
        return "overdue" if self.now > due + self.grace else state


def official_scores(reviews: Q) -> dict[int, Grade]:
    """The grades in force by the entry's id; one query."""
    cents = Cast(Round(F("score") * 100), IntegerField())
    columns = ("submission__entry_id", cents, "release__visible_from", "release__batch")
    rows = Review.objects.in_force().filter(reviews).values_list(*columns)
    return {entry: Grade(_from_cents(score), since, batch) for entry, score, since, batch in rows}


def _pending(grades: Iterable[Grade], now: datetime) -> list[Pending]:
    found = Counter(
        (grade.visible_from, grade.batch)
        for grade in grades
        if grade.batch and grade.visible_from and grade.visible_from > now
    )
    return [Pending(batch, visible_from, count) for (visible_from, batch), count in sorted(found.items())]


@lru_cache(maxsize=10001)
def _from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _row(
    person: Person,
    columns: list[Column],
    facts: _Facts,
    covered: list[bool],
    bands: list[GradeBand],
) -> Row:
    cells = [
        facts.cell(person.enrolment_id, column) if reads else None
        for column, reads in zip(columns, covered, strict=True)
    ]
    row = Row(person, cells, shows_result=None not in cells)
    if row.shows_result:
        parts = [(column.weight, cell.score) for column, cell in zip(columns, cells, strict=True) if cell]
        row.missing = sum(score is None for _, score in parts)
        row.result, row.band, row.by_remedial = outcome(parts, person.remedial, bands)
    return row


def outcome(
    parts: Sequence[tuple[Decimal, Decimal | None]], remedial: Decimal | None, bands: Iterable[GradeBand]
) -> tuple[Decimal | None, GradeBand | None, bool]:
    """Result, its band, and whether a remedial lifted it, from (module weight, official score or None)."""
    earned = grading.result(parts)
    result = grading.with_remedial(earned, remedial)
    return result, grading.band_for(result, bands), result != earned


def _sort_key(sort: str):
    def by_name(row: Row):
        return (row.person.name.casefold(), row.person.ndh)

    def by_result(row: Row):
        # Highest first; who has no result yet comes last.
        return (row.result is None, -(row.result or Decimal(0)), row.person.ndh)

    return {"name": by_name, "result": by_result}.get(sort, lambda row: row.person.ndh)


def _counts(rows: list[Row]) -> Counter:
    """What somebody has to do something about, among the rows that are shown."""
    cells = [cell for row in rows for cell in row.cells if cell is not None]
    states = Counter(cell.state for cell in cells)
    return Counter(
        waiting=states["submitted"] + states["reviewing"],
        overdue=states["overdue"] + states["closed"],
        returned=states["returned"],
        late=sum(cell.is_late for cell in cells),
        graded=states["graded"] + states["released"],
        unreleased=states["graded"],
    )


@dataclass
class Offer:
    """What can be released: (module, grades, chosen), and the participants of each group in the same way."""

    modules: list[tuple[Module, int, bool]]
    groups: list[tuple[str, list[tuple[Enrolment, int, bool]], int]]


def release_offer(waiting: list[Review], choice: Choice) -> Offer:
    """The grades that wait, loaded as by `workflow.outlook`, counted by module and by participant; no query."""
    entries = [review.submission.entry for review in waiting]
    modules = {entry.module.number: entry.module for entry in entries}
    people = {entry.enrolment.ndh: entry.enrolment for entry in entries}
    of_module = Counter(entry.module.number for entry in entries)
    of_person = Counter(entry.enrolment.ndh for entry in entries)
    groups: dict[str, list[tuple[Enrolment, int, bool]]] = {}
    for ndh, enrolment in sorted(people.items(), key=lambda pair: (pair[1].group.name, pair[0])):
        groups.setdefault(enrolment.group.name, []).append((enrolment, of_person[ndh], ndh in choice.participants))
    return Offer(
        [(modules[number], of_module[number], number in choice.modules) for number in sorted(modules)],
        [(name, people, sum(chosen for _who, _count, chosen in people)) for name, people in groups.items()],
    )


@dataclass(frozen=True)
class CohortCard:
    """A cohort in the list: how many take part, and how many entries wait for this visitor's eyes."""

    cohort: Cohort
    participants: int
    waiting: int


def cohort_cards(cohorts: list[Cohort], user) -> list[CohortCard]:
    """The cohorts of one page of the list with their counts; two queries, three for instructors."""
    enrolments = Enrolment.objects.exclude(status__in=LEFT_STATUSES).filter(cohort__in=cohorts)
    if not may_see_all_cohorts(user):
        whose = Q(group=None) | Q(group=OuterRef("group")) | Q(is_lead=True)
        enrolments = enrolments.filter(
            Exists(Teaching.objects.filter(whose, instructor=user, cohort=OuterRef("cohort")))
        )
    participants = dict(enrolments.order_by().values_list("cohort").annotate(Count("pk")))
    entries = Entry.objects.all() if may_see_all_cohorts(user) else permissions.reviewable(user)
    entries = entries.filter(state=EntryState.SUBMITTED, enrolment__cohort__in=cohorts)
    waiting = dict(entries.order_by().values_list("enrolment__cohort").annotate(Count("pk")))
    return [CohortCard(cohort, participants.get(cohort.pk, 0), waiting.get(cohort.pk, 0)) for cohort in cohorts]
