"""Links with which somebody sets a password: organisers send them, nobody ever knows another's password."""

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.utils import translation

from berakhlak.accounts.models import User

REASON = "password link"


def password_link(user: User) -> str:
    """A link that works once and for settings.PASSWORD_RESET_TIMEOUT seconds."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    return get_adapter().get_reset_password_from_key_url(key)


def send_password_link(user: User) -> None:
    """Mail the link; in the reader's language, whatever the sender's page is in."""
    with translation.override(user.email_language):
        get_adapter().send_mail(
            "account/email/password_link",
            user.email,
            {"user": user, "password_reset_url": password_link(user)},
        )


def record_link(users: list[User], by: User, reason: str = REASON) -> None:
    """Write into each person's history that such a link (or a code) was made, and by whom."""
    User.history.bulk_history_create(users, update=True, default_change_reason=reason, default_user=by)
