"""The admin site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _


class AdminSite(admin.AdminSite):
    """Signs in through the application's own page, so its limits on wrong tries hold here too."""

    site_header = _("BerAKHLAK administration")
    site_title = _("BerAKHLAK administration")
    index_title = _("What would you like to manage?")

    def password_change(self, request, extra_context=None):
        """One form for everybody, with one set of rules."""
        return redirect("account_change_password")

    login = method_decorator(secure_admin_login)(admin.AdminSite.login)
