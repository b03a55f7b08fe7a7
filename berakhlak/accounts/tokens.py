"""The tokens in links with which somebody sets a password."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class Tokens(PasswordResetTokenGenerator):
    """Django's own, which covers password, e-mail and last sign-in; and the rights that the account has by now.

    A link that was handed over before somebody became staff must not open what they may do since.
    """

    def _make_hash_value(self, user, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_staff}{user.is_superuser}"
