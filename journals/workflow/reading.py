"""Recording who reads what others wrote."""

from datetime import datetime

from journals.models import Entry, Reading


def note_reading(*, user, entry: Entry, now: datetime) -> None:
    """Record that `user` was shown this entry today; its cohort is loaded. Nothing for its author.

    One query; none for an entry that came `with_last_read` and was read today already.
    """
    if user.pk == entry.enrolment.user_id:
        return
    day = now.astimezone(entry.enrolment.cohort.tz).date()
    if getattr(entry, "last_read", None) == day:
        return
    Reading.objects.bulk_create([Reading(reader=user, entry=entry, day=day, at=now)], ignore_conflicts=True)
