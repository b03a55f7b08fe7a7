"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Identity only: who somebody is. What they may do follows from relations in other apps."""

    name = "berakhlak.accounts"
    label = "accounts"
    verbose_name = _("Accounts")
