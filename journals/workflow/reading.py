"""Recording who reads what others wrote."""

from datetime import datetime

from journals.models import Entry, Reading
from journals.querysets import EntryQuerySet


def note_reading(*, user, entry: Entry, now: datetime) -> None:
    """Record that `user` was shown this entry today; its cohort is loaded. Nothing for its author.

    One query; none for an entry that came `with_last_read` and was read today already.
    """
    if user.pk == entry.enrolment.user_id:
        return
    row = _reading(user, entry, now)
    if getattr(entry, "last_read", None) != row.day:
        Reading.objects.bulk_create([row], ignore_conflicts=True)


def note_readings(*, user, entries: EntryQuerySet, now: datetime) -> None:
    """The same of many entries that `user` took away in a book; two queries."""
    others = entries.exclude(enrolment__user=user).select_related("enrolment__cohort")
    Reading.objects.bulk_create([_reading(user, entry, now) for entry in others], ignore_conflicts=True)


def _reading(user, entry: Entry, now: datetime) -> Reading:
    day = now.astimezone(entry.enrolment.cohort.tz).date()
    return Reading(reader=user, entry=entry, day=day, at=now)
