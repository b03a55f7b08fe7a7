"""Activation codes by e-mail, sent by the worker. What did not go stays marked as asked for: the page shows it."""

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from berakhlak.accounts import codes
from berakhlak.accounts.models import ActivationCode
from berakhlak.letterbox import FIRST_WAIT, MOST_TRIES, message, send_all
from berakhlak.tasks import task

logger = logging.getLogger(__name__)
AT_ONCE = 50  # in one task


def owed(now: datetime) -> QuerySet[ActivationCode]:
    """Open codes that should have been sent and were not, whether it is tried again or not."""
    waiting = codes.open_codes(now).filter(mail_asked_at__isnull=False, mailed_at=None)
    return waiting.filter(user__email__isnull=False, user__is_active=True)


def due(now: datetime) -> QuerySet[ActivationCode]:
    """What is to be sent now, for the first time or once more."""
    return owed(now).filter(Q(mail_try_at=None) | Q(mail_try_at__lte=now), mail_attempts__lt=MOST_TRIES)


def hand_out(now: datetime) -> int:
    """Give to the worker what has not gone so far, as a timer does; how many codes."""
    keys = sorted(due(now).values_list("pk", flat=True))
    give_to_worker(keys)
    return len(keys)


def give_to_worker(keys: list[int]) -> None:
    """Have these codes sent."""
    for begin in range(0, len(keys), AT_ONCE):
        send_codes.enqueue(keys[begin : begin + AT_ONCE])


@task
def send_codes(keys: list[int]) -> int:
    """Send each of these codes to its owner; how many went. A code that was closed meanwhile is left out."""
    return send_all(keys, _send)


def _send(key: int, connection: BaseEmailBackend) -> bool:
    code = _take(key, timezone.now())
    if code is None:
        return False
    try:
        message_of(code, connection).send()
    except Exception:  # whatever it was, the next person's code must still go
        logger.exception("The activation code of user %s could not be sent", code.user_id)
        connection.close()  # after an error the server may not answer on it any more; the next message opens it
        return False
    ActivationCode.objects.filter(pk=code.pk).update(mailed_at=timezone.now())
    return True


@transaction.atomic
def _take(key: int, now: datetime) -> ActivationCode | None:
    """The code, taken for this one try: no other task sends it meanwhile."""
    code = due(now).filter(pk=key).select_related("user").select_for_update(of=("self",)).first()
    if code is not None:
        code.mail_try_at = now + FIRST_WAIT * 2**code.mail_attempts
        code.mail_attempts += 1
        code.save(update_fields=["mail_try_at", "mail_attempts"])
    return code


def message_of(code: ActivationCode, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The message in plain text and simple HTML, in its reader's language."""
    text = codes.text_of(code)
    context = {
        "code": text,
        "url": address_of(text, settings.SITE_URL),
        "last_day": code.last_day,
        "site_url": settings.SITE_URL,
    }
    with translation.override(code.user.email_language):
        prefix = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX
        return message("account/email/activation", context, to=code.user, connection=connection, prefix=prefix)


def address_of(text: str, site: str) -> str:
    """The whole address that fills in a code. It stands behind "#": no server writes it into its log."""
    return f"{site}{reverse('activation')}#{text.replace('-', '')}"
