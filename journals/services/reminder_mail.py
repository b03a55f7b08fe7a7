"""The e-mail of a reminder: one for each person and run, with everything that is due. Sent by the worker."""

import logging
from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import dateformat, timezone, translation

from berakhlak.accounts.models import User
from berakhlak.accounts.reminders import off_url
from berakhlak.letterbox import FIRST_WAIT, message, send_all
from berakhlak.tasks import task
from berakhlak.zones import Zone
from journals.models import Reminder

logger = logging.getLogger(__name__)


@task
def send_digests(run: str, people: list[int]) -> int:
    """Send each of these people the e-mail of a run; the number sent. What fails waits for a later run."""
    return send_all(people, partial(send_digest, run))


def send_digest(run: str, person: int, connection: BaseEmailBackend) -> bool:
    """Send one person's e-mail; whether it went. A failure concerns nobody else, is logged and tried again."""
    now = timezone.now()
    reminders = take(run, person, now)
    if not reminders:
        return False
    sent = Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders])
    try:
        digest(reminders[0].enrolment.user, reminders, connection).send()
    except Exception:  # whatever it was, the next person's e-mail must still go
        tries = max(reminder.attempts for reminder in reminders) + 1
        logger.exception("The reminder to user %s could not be sent (try %s)", person, tries)
        sent.update(try_at=now + FIRST_WAIT * 2 ** (tries - 1))
        connection.close()  # after an error the server may not answer on it any more; the next message opens it
        return False
    sent.update(sent_at=now)
    return True


@transaction.atomic
def take(run: str, person: int, now: datetime) -> list[Reminder]:
    """What is still to be said to somebody, taken for this one try: no other task or run finds it meanwhile."""
    reminders = list(
        Reminder.objects.to_mail(now)
        .filter(run=run, enrolment__user=person)
        .select_for_update(of=("self",))
        .select_related("enrolment__user", "enrolment__cohort", "module")
        .order_by("due_at", "module__number")
    )
    Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders]).update(
        run="", attempts=F("attempts") + 1, try_at=now + FIRST_WAIT
    )
    return reminders


def digest(user: User, reminders: list[Reminder], connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The message: plain text and simple HTML, in the reader's language, with a way out that needs no signing in."""
    off = off_url(user)
    with translation.override(user.email_language):
        context = {
            "lines": [line_of(reminder) for reminder in reminders],
            "off_url": off,
            "profile_url": settings.SITE_URL + reverse("profile"),
            "site_url": settings.SITE_URL,
        }
        return message("journals/email/reminder", context, to=user, connection=connection, off=off)


def line_of(reminder: Reminder) -> dict:
    """One module as the e-mail names it."""
    cohort = reminder.enrolment.cohort
    address = reverse("entry_write", args=[cohort.key, reminder.module.number])
    return {
        "number": reminder.module.number,
        "title": reminder.module.title,
        "cohort": cohort.name,
        "due": due_in_words(reminder.due_at, cohort),
        "url": settings.SITE_URL + address,
    }


def due_in_words(when: datetime, cohort) -> str:
    """ "Senin, 23 November 2026, 14.30 WITA", in the cohort's zone."""
    return f"{dateformat.format(when.astimezone(cohort.tz), 'l, j F Y, H.i')} {Zone(cohort.timezone).label}"
