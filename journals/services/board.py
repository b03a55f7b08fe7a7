"""How a cohort runs: for each module how many stand where, who has done nothing yet, and what waits longest."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from journals.enums import EntryState
from journals.models import Cohort, Entry, Schedule
from journals.services import results
from journals.services.results import Row

# What a column of the board counts, by the states of the gradebook's cells.
COLUMNS: dict[str, frozenset[str]] = {
    "belum": frozenset({"empty"}),
    "draf": frozenset({"draft"}),
    "terlambat": frozenset({"overdue", "closed"}),
    "menunggu": frozenset({"submitted", "reviewing"}),
    "kembali": frozenset({"returned"}),
    "selesai": frozenset({"graded", "released"}),
}
# Those whom one can remind: they have something to do.
REMINDABLE = ("belum", "draf", "terlambat", "kembali")


@dataclass
class Line:
    """One module that has opened."""

    schedule: Schedule
    counts: Counter[str]
    oldest: datetime | None  # of what waits


@dataclass
class Board:
    """The whole page."""

    lines: list[Line]
    groups: list[tuple[int, str]]
    people: int
    never_here: int
    not_begun: int
    done: int

    @property
    def oldest(self) -> datetime | None:
        """Since when the first entry waits for a grade."""
        return min((line.oldest for line in self.lines if line.oldest), default=None)


def board_of(cohort: Cohort, seen: results.Coverage, *, now: datetime, group: int | None) -> Board:
    """The queries of the gradebook and two more."""
    table = results.cohort_table(cohort, seen, now=now, group=group)
    shown = {row.person.enrolment_id for row in table.rows}
    oldest = _oldest(cohort, shown)
    never = cohort.enrolments.filter(user__last_login=None).values_list("pk", flat=True)
    lines = [
        Line(schedule, _count(table.rows, place), oldest.get(schedule.module_id))
        for place, schedule in enumerate(table.schedules)
        if schedule.opens <= now
    ]
    return Board(
        lines=lines,
        groups=table.groups,
        people=len(table.rows),
        never_here=len(set(never) & shown),
        not_begun=sum(_has_begun_nothing(row) for row in table.rows),
        done=sum(row.result is not None for row in table.rows),
    )


def _oldest(cohort: Cohort, enrolments: set[int]) -> dict[int, datetime]:
    """By module, since when the first entry waits. What was returned and handed in again waits since the last time."""
    waiting = Entry.objects.filter(enrolment__cohort=cohort, state=EntryState.SUBMITTED).order_by()
    last = Max("submissions__submitted_at", filter=Q(submissions__withdrawn_at=None))
    oldest: dict[int, datetime] = {}
    for module, enrolment, since in waiting.annotate(last=last).values_list("module", "enrolment", "last"):
        if enrolment in enrolments and since is not None:
            oldest[module] = min(since, oldest.get(module, since))
    return oldest


def beginners(cohort: Cohort, seen: results.Coverage, *, group: int | None, now: datetime) -> list[int]:
    """Attendance numbers of those who have begun nothing."""
    table = results.cohort_table(cohort, seen, now=now, group=group)
    return [row.person.ndh for row in table.rows if _has_begun_nothing(row)]


def those_in(cohort: Cohort, seen: results.Coverage, *, number: int, column: str, group: int | None, now: datetime):
    """Attendance numbers of those who stand in one cell of the board."""
    table = results.cohort_table(cohort, seen, now=now, group=group)
    states = COLUMNS[column]
    return [
        row.person.ndh
        for row in table.rows
        if any(cell is not None and cell.number == number and cell.state in states for cell in row.cells)
    ]


def _count(rows: Iterable[Row], place: int) -> Counter[str]:
    states = Counter(cell.state for row in rows if (cell := row.cells[place]) is not None)
    return Counter({name: sum(states[state] for state in wanted) for name, wanted in COLUMNS.items()})


def _has_begun_nothing(row: Row) -> bool:
    return all(cell is None or not cell.readable for cell in row.cells)
