"""What we do differently from django-allauth: no sign-up, one answer to every wrong try, our own mail."""

import logging
from smtplib import SMTPException

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from berakhlak.accounts import codes
from berakhlak.accounts.limits import forget_failures, in_minutes, seconds_to_wait

logger = logging.getLogger(__name__)
# The same words for a wrong password and for somebody unknown: the page must not tell who has an account.
MISMATCH = _("The NIP or e-mail address and the password do not match. Check both and try again.")
TOO_MANY = "too_many_login_attempts"


class AccountAdapter(DefaultAccountAdapter):
    """Named in settings.ACCOUNT_ADAPTER; allauth makes one per use."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": MISMATCH,
        "email_password_mismatch": MISMATCH,
        "enter_current_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request) -> bool:
        """Organisers make the accounts."""
        return False

    def pre_authenticate(self, request, **credentials) -> None:
        """Refuse further tries for a while, and say for how long."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            if error.code != TOO_MANY:
                raise
            wait = seconds_to_wait(request, self._get_login_attempts_cache_key(request, **credentials))
            raise ValidationError(
                _("Too many wrong tries. Wait %(minutes)s, then try again, or set a new password."),
                TOO_MANY,
                {"minutes": in_minutes(wait), "seconds": wait},
            ) from None

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        # Without the host name: otherwise each allowed host would bring five more tries.
        return str(credentials.get("email") or credentials.get("username") or "").lower()

    def login(self, request, user) -> None:
        """Sign in without a row of history for `last_login`, which the history leaves out anyway."""
        user.skip_history_when_saving = True
        try:
            super().login(request, user)
        finally:
            del user.skip_history_when_saving

    def set_password(self, user, password: str) -> None:
        """Write the password alone, so that nothing else is overwritten with an older value."""
        user.set_password(password)
        user._change_reason = "password"
        user.save(update_fields=["password"])
        codes.revoke([user], timezone.now())
        for login in filter(None, (user.email, user.nip)):
            forget_failures(self.request, login)

    def get_password_change_redirect_url(self, request) -> str:
        """Back to the profile, where the link to this form stands."""
        return reverse("profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail leads to the configured address, whatever host name the request carried."""
        uidb36, token = key.split("-", 1)
        return self._site() + reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})

    def _site(self) -> str:
        """The address of this site, the same for the link in a mail and for the line below it."""
        # A developer's server may run on any port.
        asked = self.request.build_absolute_uri("/") if self.request else ""
        return (asked if settings.DEBUG or not settings.SITE_URL else settings.SITE_URL).rstrip("/")

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """allauth's mail, plus how long a link is good for."""
        days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
        super().send_mail(template_prefix, email, {"days": days, "site_url": self._site(), **context})

    def send_notification_mail(self, template_prefix, user, context=None, email=None) -> None:
        """Tell the owner of a change. It has happened already, so a broken mail server must not undo it."""
        address = email or user.email
        if not address:
            return
        data = {"user": user, "timestamp": timezone.now(), **(context or {})}
        try:
            self.send_mail(template_prefix, address, data)
        except (SMTPException, OSError):
            logger.exception("The notice %s to user %s could not be sent", template_prefix, user.pk)


def display_name(user) -> str:
    """What allauth calls somebody; its default would be the NIP."""
    return user.full_name or gettext("user")
