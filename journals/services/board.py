"""How a cohort runs: for each module how many stand where, who has done nothing yet, and what waits longest."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from berakhlak.accounts.models import ActivationCode
from journals.enums import EntryState
from journals.models import Cohort, Entry, Notice, Receipt, Reminder, Schedule
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
    waiting = Entry.objects.filter(enrolment__cohort=cohort, state=EntryState.SUBMITTED, submissions__withdrawn_at=None)
    if group is not None:
        waiting = waiting.filter(enrolment__group=group)
    oldest = dict(waiting.order_by().values_list("module").annotate(Min("submissions__submitted_at")))
    shown = [row.person.enrolment_id for row in table.rows]
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
        never_here=len(set(never) & set(shown)),
        not_begun=sum(all(_is_untouched(cell) for cell in row.cells) for row in table.rows),
        done=sum(row.result is not None for row in table.rows),
    )


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


def _is_untouched(cell) -> bool:
    return cell is None or not cell.readable


@dataclass
class Unsent:
    """An e-mail that did not go, so far."""

    name: str
    email: str
    what: str
    tries: int
    next_try: datetime | None


def unsent(cohort: Cohort) -> list[Unsent]:
    """E-mails to participants that failed at least once and have not gone since; four queries."""
    tried = {"mail_attempts__gt": 0, "mailed_at": None}
    rows = [
        (notice.recipient, notice.get_kind_display(), notice.mail_attempts, notice.mail_try_at)
        for notice in Notice.objects.filter(entry__enrolment__cohort=cohort, **tried).select_related("recipient")
    ]
    rows += [
        (receipt.enrolment.user, receipt.announcement.title, receipt.mail_attempts, receipt.mail_try_at)
        for receipt in Receipt.objects.filter(announcement__cohort=cohort, **tried).select_related(
            "enrolment__user", "announcement"
        )
    ]
    rows += [
        (reminder.enrolment.user, reminder.get_offset_display(), reminder.attempts, reminder.try_at)
        for reminder in Reminder.objects.filter(enrolment__cohort=cohort, attempts__gt=0, sent_at=None).select_related(
            "enrolment__user"
        )
    ]
    rows += [
        (code.user, str(ActivationCode._meta.verbose_name), 1, None)
        for code in ActivationCode.objects.filter(
            user__enrolments__cohort=cohort, mail_asked_at__isnull=False, mailed_at=None, used_at=None, revoked_at=None
        ).select_related("user")
    ]
    found = [Unsent(user.full_name, user.email or "", what, tries, again) for user, what, tries, again in rows]
    return sorted(found, key=lambda each: (each.name, each.what))
