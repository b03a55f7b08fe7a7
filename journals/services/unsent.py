"""E-mails of a cohort that should have gone and have not: those that failed, and those that nobody has sent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from berakhlak.accounts import codemail
from berakhlak.accounts.models import ActivationCode, User
from berakhlak.letterbox import MOST_TRIES
from journals import letters
from journals.models import Cohort, Reminder

# The timer comes every five minutes; an e-mail of half an hour ago is late.
PATIENCE = timedelta(minutes=30)
LISTED = timedelta(days=14)


@dataclass
class Unsent:
    """An e-mail that has not gone. Without tries nothing was sent at all: the worker or the mail server is away."""

    name: str
    email: str
    what: str
    since: datetime
    tries: int
    next_try: datetime | None
    given_up: bool


def unsent(cohort: Cohort, now: datetime) -> list[Unsent]:
    """By name; four queries."""
    then, listed = now - PATIENCE, now - LISTED
    found = [*_notices(cohort, now, then, listed), *_announced(cohort, now, then, listed)]
    found += [*_reminders(cohort, now, then), *_codes(cohort, now, then)]
    return sorted(found, key=lambda each: (each.name, each.what))


def _notices(cohort: Cohort, now: datetime, then: datetime, listed: datetime) -> Iterator[Unsent]:
    late = letters.owed_notices(then).filter(entry__enrolment__cohort=cohort, created_at__gt=listed)
    for each in late.select_related("recipient"):
        over = each.created_at <= now - letters.FRESH
        what = each.get_kind_display()
        yield _row(each.recipient, what, each.created_at, each.mail_attempts, each.mail_try_at, over=over)


def _announced(cohort: Cohort, now: datetime, then: datetime, listed: datetime) -> Iterator[Unsent]:
    late = letters.owed_receipts(then).filter(announcement__cohort=cohort, announcement__created_at__gt=listed)
    for each in late.select_related("enrolment__user", "announcement"):
        told = each.announcement
        over = told.created_at <= now - letters.FRESH
        yield _row(each.enrolment.user, told.title, told.created_at, each.mail_attempts, each.mail_try_at, over=over)


def _reminders(cohort: Cohort, now: datetime, then: datetime) -> Iterator[Unsent]:
    late = Reminder.objects.to_mail(now).filter(Q(attempts__gt=0) | Q(try_at__lte=then), enrolment__cohort=cohort)
    for each in late.select_related("enrolment__user"):
        yield _row(each.enrolment.user, each.get_offset_display(), each.created_at, each.attempts, each.try_at)


def _codes(cohort: Cohort, now: datetime, then: datetime) -> Iterator[Unsent]:
    people = Q(user__enrolments__cohort=cohort) | Q(user__teachings__cohort=cohort)
    late = codemail.owed(now).filter(people, mail_asked_at__lte=then).distinct()
    what = str(ActivationCode._meta.verbose_name)
    for each in late.select_related("user"):
        yield _row(each.user, what, each.mail_asked_at or each.made_at, each.mail_attempts, each.mail_try_at)


def _row(user: User, what: str, since: datetime, tries: int, again: datetime | None, *, over: bool = False) -> Unsent:
    given_up = over or tries >= MOST_TRIES
    return Unsent(user.full_name, user.email or "", what, since, tries, None if given_up else again, given_up)
