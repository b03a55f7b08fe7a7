"""Who is reminded of what: once at 3 days, 1 day and 2 hours before a due time, while nothing is handed in.

`remind` is called every quarter of an hour. It may be called twice at once, late, or after days of silence:
nobody is told the same thing twice, and only the newest of the moments that have passed counts.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from journals.enums import EDITABLE_STATES, ReminderOffset
from journals.keys import random_key
from journals.models import Cohort, Enrolment, Entry, Extension, Reminder, Schedule
from journals.services.reminder_mail import send_digests

OFFSETS = {
    ReminderOffset.TWO_HOURS: timedelta(hours=2),
    ReminderOffset.ONE_DAY: timedelta(days=1),
    ReminderOffset.THREE_DAYS: timedelta(days=3),
}
FIRST = max(OFFSETS.values())
# E-mails that can wait do not wake anybody; in the cohort's zone.
QUIET_FROM, QUIET_UNTIL = 21, 6
# How long a run waits for the worker before it hands the same e-mail out again.
WORKER_HAS = timedelta(minutes=30)
MOST_TRIES = 8
ROWS, PEOPLE = 500, 50  # in one statement, in one task


def remind(now: datetime) -> tuple[int, int]:
    """Store the reminders that have come due and hand their e-mails to the worker: (reminders, people)."""
    made = 0
    for cohort in cohorts_with_due_times(now):
        rows = reminders_of(cohort, now)
        Reminder.objects.bulk_create(rows, batch_size=ROWS, ignore_conflicts=True)
        made += len(rows)
    return made, hand_out(now)


def cohorts_with_due_times(now: datetime) -> QuerySet[Cohort]:
    """Cohorts in which somebody has a due time within the next three days; one query."""
    near = {"due__gt": now, "due__lte": now + FIRST}
    return Cohort.objects.filter(
        Exists(Schedule.objects.filter(cohort=OuterRef("pk"), **near))
        | Exists(Extension.objects.filter(enrolment__cohort=OuterRef("pk"), **near))
    ).order_by("pk")


def reminders_of(cohort: Cohort, now: datetime) -> list[Reminder]:
    """The reminders of one cohort that have come due and are not stored yet; five queries for any number of people."""
    schedules = list(Schedule.objects.in_use().filter(cohort=cohort, opens__lte=now).order_by("module__number"))
    taught = [schedule.module_id for schedule in schedules]
    of_cohort = Q(enrolment__cohort=cohort, module__in=taught)
    # The newest extension comes last and replaces the ones before it.
    extensions = {
        (enrolment, module): (due, given)
        for enrolment, module, due, given in Extension.objects.filter(of_cohort)
        .order_by("id")
        .values_list("enrolment_id", "module_id", "due", "created_at")
    }
    handed_in = set(
        Entry.objects.filter(of_cohort).exclude(state__in=EDITABLE_STATES).values_list("enrolment_id", "module_id")
    )
    told = set(
        Reminder.objects.filter(of_cohort, due_at__gt=now).values_list("enrolment_id", "module_id", "due_at", "offset")
    )
    rows = []
    for enrolment in Enrolment.objects.active().filter(cohort=cohort).values_list("pk", flat=True):
        for schedule in schedules:
            key = (enrolment, schedule.module_id)
            due, given = extensions.get(key, (schedule.due, schedule.opens))
            offset = newest_offset(due, max(given, schedule.opens), now)
            if offset is None or key in handed_in or (*key, due, offset) in told:
                continue
            rows.append(
                Reminder(
                    enrolment_id=enrolment,
                    module_id=schedule.module_id,
                    due_at=due,
                    offset=offset,
                    created_at=now,
                    try_at=mail_time(offset, cohort, now),
                )
            )
    return rows


def newest_offset(due: datetime, known: datetime, now: datetime) -> ReminderOffset | None:
    """The newest reminder whose moment has passed; None before the first one and from the due time on.

    A moment that lay before the due time was known (the module opened, more time was given) is not made up for:
    who was told a minute ago needs no reminder.
    """
    if now >= due:
        return None
    for offset, before in OFFSETS.items():
        if due - before <= now:
            return offset if due - before >= known else None
    return None


def mail_time(offset: ReminderOffset, cohort: Cohort, now: datetime) -> datetime:
    """When the e-mail may go: not between 21.00 and 06.00 in the cohort's zone, except for the last two hours."""
    there = now.astimezone(cohort.tz)
    if offset == ReminderOffset.TWO_HOURS or QUIET_UNTIL <= there.hour < QUIET_FROM:
        return now
    morning = there.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning if there.hour < QUIET_UNTIL else morning + timedelta(days=1)


def hand_out(now: datetime) -> int:
    """Give the e-mails that wait to the worker, new ones and those to be tried again; the number of people."""
    run = random_key()
    waiting = Q(sent_at=None, try_at__lte=now, attempts__lt=MOST_TRIES)
    # Without the model's own order, by which SQLite would walk through the reminders of all years.
    found = sorted(Reminder.objects.to_mail(now).filter(waiting).order_by().values_list("pk", flat=True))
    for start in range(0, len(found), ROWS):
        # The condition once more, on the row as it is now: of two runs at the same moment one gets each row.
        Reminder.objects.filter(waiting, pk__in=found[start : start + ROWS]).update(run=run, try_at=now + WORKER_HAS)
    taken = Reminder.objects.filter(run=run, sent_at=None, due_at__gt=now).order_by("enrolment__user")
    people = list(taken.values_list("enrolment__user", flat=True).distinct()) if found else []
    for start in range(0, len(people), PEOPLE):
        send_digests.enqueue(run, people[start : start + PEOPLE])
    return len(people)
