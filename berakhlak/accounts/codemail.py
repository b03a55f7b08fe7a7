"""Activation codes by e-mail, sent by the worker. What did not go stays marked as asked for: the page shows it."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone, translation

from berakhlak.accounts import codes
from berakhlak.accounts.models import ActivationCode
from berakhlak.letterbox import message
from berakhlak.tasks import task

logger = logging.getLogger(__name__)


@task
def send_codes(keys: list[int]) -> int:
    """Send each of these codes to its owner; how many went. A code that was closed meanwhile is left out."""
    now = timezone.now()
    waiting = codes.open_codes(now).filter(pk__in=keys, mail_asked_at__isnull=False, mailed_at=None)
    connection, sent = get_connection(), 0
    for code in waiting.exclude(user__email=None).select_related("user").order_by("pk"):
        try:
            message_of(code, connection).send()
        except (SMTPException, OSError):
            logger.exception("The activation code of user %s could not be sent", code.user_id)
            connection.close()  # after an error the server may not answer on it any more; the next message opens it
            continue
        ActivationCode.objects.filter(pk=code.pk).update(mailed_at=timezone.now())
        sent += 1
    connection.close()
    return sent


def message_of(code: ActivationCode, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    """The message in plain text and simple HTML, in its reader's language."""
    text = codes.text_of(code)
    context = {
        "code": text,
        "url": address_of(text, settings.SITE_URL),
        "expires_at": code.expires_at,
        "site_url": settings.SITE_URL,
    }
    with translation.override(code.user.email_language):
        prefix = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX
        return message("account/email/activation", context, to=code.user, connection=connection, prefix=prefix)


def address_of(text: str, site: str) -> str:
    """The whole address that fills in a code. It stands behind "#": no server writes it into its log."""
    return f"{site}{reverse('activation')}#{text.replace('-', '')}"
