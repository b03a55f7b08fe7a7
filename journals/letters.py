"""Notices and announcements by e-mail: one message for everything that a person should know, at once or once a day.

`hand_out` is called by a timer and gives the worker everybody for whom something is due; nobody is told the same thing
twice. What somebody has read in the journal meanwhile is not sent. Reminders of due times have their own e-mails
(services/reminder_mail.py), which their readers switch off by themselves.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.accounts.models import Frequency, User
from berakhlak.accounts.reminders import notices_off_url
from berakhlak.letterbox import FIRST_WAIT, MOST_TRIES, message, send_all
from berakhlak.tasks import task
from berakhlak.zones import Zone
from journals.enums import NoticeKind
from journals.models import Notice, Receipt

logger = logging.getLogger(__name__)
FRESH = timedelta(days=3)  # older news are none
MORNING = 6  # o'clock in the reader's zone
PEOPLE = 50  # in one task
OWN = {
    NoticeKind.RETURNED: gettext_lazy("Module %(number)s, %(title)s: returned for improvement."),
    NoticeKind.GRADED: gettext_lazy("Module %(number)s, %(title)s: graded. The feedback is ready to read."),
    NoticeKind.RELEASED: gettext_lazy("Module %(number)s, %(title)s: the grade has been released."),
    NoticeKind.REOPENED: gettext_lazy("Module %(number)s, %(title)s: the review has been reopened."),
    NoticeKind.EXTENDED: gettext_lazy("Module %(number)s, %(title)s: you have a new due time."),
    NoticeKind.REMARK: gettext_lazy("Module %(number)s, %(title)s: your instructor has written to you."),
}
OF_OTHERS = {
    NoticeKind.REMARK: gettext_lazy("%(name)s has written to you about module %(number)s."),
    NoticeKind.REPLY: gettext_lazy("%(name)s has replied to your comment in module %(number)s."),
    NoticeKind.TAKEN_OVER: gettext_lazy("Your review of %(name)s, module %(number)s, was taken over."),
}


@dataclass
class Line:
    """One thing to know."""

    text: str
    url: str
    more: str = ""  # an announcement's own words


def due_notices(now: datetime) -> QuerySet[Notice]:
    """What is to be sent by now, as its readers wish."""
    return Notice.objects.filter(_due(now, "recipient", "created_at"))


def due_receipts(now: datetime) -> QuerySet[Receipt]:
    """Announcements in the same way."""
    return Receipt.objects.filter(_due(now, "enrolment__user", "announcement__created_at"))


def owed_notices(now: datetime) -> QuerySet[Notice]:
    """What should have been sent by now and was not, whether it is tried again or not."""
    return Notice.objects.filter(_owed(now, "recipient", "created_at"))


def owed_receipts(now: datetime) -> QuerySet[Receipt]:
    """Announcements in the same way."""
    return Receipt.objects.filter(_owed(now, "enrolment__user", "announcement__created_at"))


def _due(now: datetime, who: str, when: str) -> Q:
    again = Q(mail_try_at=None) | Q(mail_try_at__lte=now)
    return _owed(now, who, when) & again & Q(mail_attempts__lt=MOST_TRIES, **{f"{when}__gt": now - FRESH})


def _owed(now: datetime, who: str, when: str) -> Q:
    wanted = Q(**{f"{who}__email_notices": Frequency.AT_ONCE, f"{when}__lte": now})
    for zone in Zone.values:
        morning = _last_morning(now, zone)
        wanted |= Q(**{f"{who}__email_notices": Frequency.DAILY, f"{who}__timezone": zone, f"{when}__lt": morning})
    can = Q(**{f"{who}__email__isnull": False, f"{who}__is_active": True})
    return can & wanted & Q(read_at=None, mailed_at=None)


def _last_morning(now: datetime, zone: str) -> datetime:
    local = now.astimezone(ZoneInfo(zone))
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning <= local else morning - timedelta(days=1)


def hand_out(now: datetime) -> int:
    """Give everybody for whom something is due to the worker; how many people."""
    people = set(due_notices(now).order_by().values_list("recipient", flat=True))
    people |= set(due_receipts(now).order_by().values_list("enrolment__user", flat=True))
    ordered = sorted(people)
    for begin in range(0, len(ordered), PEOPLE):
        send_letters.enqueue(ordered[begin : begin + PEOPLE])
    return len(ordered)


@task
def send_letters(people: list[int]) -> int:
    """Send each of these people what is due for them; how many letters went."""
    return send_all(people, send_letter)


def send_letter(person: int, connection: BaseEmailBackend) -> bool:
    """Send one person's letter; whether it went. A failure concerns nobody else and is tried again."""
    now = timezone.now()
    notices, receipts = _take(person, now)
    if not notices and not receipts:
        return False
    try:
        user = User.objects.get(pk=person)
        with translation.override(user.email_language):
            letter(user, [*map(_announced, receipts), *map(_noticed, notices)], connection).send()
    except Exception:  # whatever it was, the next person's letter must still go
        logger.exception("The letter to user %s could not be sent", person)
        connection.close()  # after an error the server may not answer on it any more; the next message opens it
        return False
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=now)
    Receipt.objects.filter(pk__in=[receipt.pk for receipt in receipts]).update(mailed_at=now)
    return True


@transaction.atomic
def _take(person: int, now: datetime) -> tuple[list[Notice], list[Receipt]]:
    """What is due for somebody, taken for this one try: no other task finds it meanwhile."""
    people = ("entry__module", "entry__enrolment__user", "entry__enrolment__cohort")
    notices = due_notices(now).filter(recipient=person).select_related(*people).order_by("created_at", "pk")
    receipts = due_receipts(now).filter(enrolment__user=person).select_related("announcement", "enrolment__cohort")
    taken = list(notices.select_for_update(of=("self",))), list(receipts.select_for_update(of=("self",)))
    _count_try(Notice, taken[0], now)
    _count_try(Receipt, taken[1], now)
    return taken


def _count_try(model: type[Notice] | type[Receipt], rows: Sequence[Notice | Receipt], now: datetime) -> None:
    for row in rows:
        row.mail_try_at = now + FIRST_WAIT * 2**row.mail_attempts
        row.mail_attempts += 1
    model.objects.bulk_update(rows, ["mail_try_at", "mail_attempts"])  # type: ignore[arg-type]


def letter(user: User, lines: list[Line], connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The message in plain text and simple HTML, with a way out that needs no signing in."""
    off = notices_off_url(user)
    context = {
        "lines": lines,
        "off_url": off,
        "profile_url": settings.SITE_URL + reverse("profile"),
        "site_url": settings.SITE_URL,
    }
    prefix = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX
    return message("journals/email/letter", context, to=user, connection=connection, prefix=prefix, off=off)


def _noticed(notice: Notice) -> Line:
    entry = notice.entry
    enrolment, module = entry.enrolment, entry.module
    words = {"number": module.number, "title": module.title, "name": enrolment.user.full_name}
    if enrolment.user_id == notice.recipient_id:
        page = "entry_talk" if notice.kind == NoticeKind.REMARK else "entry"
        address = reverse(page, args=[enrolment.cohort.key, module.number])
        return Line(OWN[NoticeKind(notice.kind)] % words, settings.SITE_URL + address)
    page = "review_talk" if notice.kind == NoticeKind.REMARK else "review"
    return Line(OF_OTHERS[NoticeKind(notice.kind)] % words, settings.SITE_URL + reverse(page, args=[entry.key]))


def _announced(receipt: Receipt) -> Line:
    told, cohort = receipt.announcement, receipt.enrolment.cohort
    address = reverse("announcement", args=[cohort.key, told.key])
    return Line(
        _("%(cohort)s: %(title)s") % {"cohort": cohort.name, "title": told.title},
        settings.SITE_URL + address,
        told.text,
    )
