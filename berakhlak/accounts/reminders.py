"""The ways out of e-mails: signed links that work without signing in and never expire."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from berakhlak.accounts.models import Frequency, User

# Not ":", which some mail programs break or encode.
_signer = Signer(sep=".", salt="berakhlak.accounts.reminders")
_notices = Signer(sep=".", salt="berakhlak.accounts.notices")


def off_url(user: User) -> str:
    """The whole address of the page that switches somebody's reminders off."""
    return settings.SITE_URL + reverse("reminders_off", args=[_signer.sign(str(user.pk))])


def user_of(token: str) -> User | None:
    """Whose link this is; None when it was not made here."""
    try:
        return User.objects.filter(pk=int(_signer.unsign(token))).first()
    except (BadSignature, ValueError):
        return None


def switch_off(user: User) -> None:
    """No more reminders by e-mail; a second time changes nothing."""
    if user.email_reminders:
        user.email_reminders = False
        user.save(update_fields=["email_reminders"])


def notices_off_url(user: User) -> str:
    """The whole address of the page that switches somebody's notices by e-mail off."""
    return settings.SITE_URL + reverse("notices_off", args=[_notices.sign(str(user.pk))])


def reader_of(token: str) -> User | None:
    """Whose link for notices this is; None when it was not made here."""
    try:
        return User.objects.filter(pk=int(_notices.unsign(token))).first()
    except (BadSignature, ValueError):
        return None


def switch_notices_off(user: User) -> None:
    """No more notices by e-mail; a second time changes nothing."""
    if user.email_notices != Frequency.NEVER:
        user.email_notices = Frequency.NEVER
        user.save(update_fields=["email_notices"])
