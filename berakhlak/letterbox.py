"""E-mails in plain text and simple HTML, from three templates of one name."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from berakhlak.accounts.models import User

# After a failure 15 minutes, then twice as long each time: eight tries reach over a day.
FIRST_WAIT, MOST_TRIES = timedelta(minutes=15), 8
ENDINGS = ("_subject.txt", ".txt", ".html")
logger = logging.getLogger(__name__)


def send_all(keys: Iterable[int], send: Callable[[int, BaseEmailBackend], bool]) -> int:
    """Have each sent by one connection; how many went. A mail server that does not answer costs nobody a try."""
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError):
        logger.exception("The mail server does not answer; everybody is written to later")
        return 0
    try:
        return sum(send(key, connection) for key in keys)
    finally:
        connection.close()


def message(
    template: str,
    context: dict[str, Any],
    *,
    to: User,
    connection: BaseEmailBackend,
    prefix: str = "",
    off: str = "",
) -> EmailMultiAlternatives:
    """The message to somebody, in the language that is active. `off` is where one click stops such e-mails."""
    subject, text, html = (render_to_string(f"{template}{ending}", {"user": to, **context}) for ending in ENDINGS)
    # RFC 8058: the mail program shows a button of its own, which posts to this address.
    headers = {"List-Unsubscribe": f"<{off}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if off else {}
    made = EmailMultiAlternatives(
        prefix + " ".join(subject.split()),
        text.strip() + "\n",
        to=[to.email or ""],
        connection=connection,
        headers=headers,
    )
    made.attach_alternative(html, "text/html")
    return made
