"""The admin site."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from berakhlak.numbers import whole_number


class AdminSite(admin.AdminSite):
    """Signs in through the application's own page, so its limits on wrong tries hold here too."""

    site_header = _("BerAKHLAK administration")
    site_title = _("BerAKHLAK administration")
    index_title = _("What would you like to manage?")

    def password_change(self, request, extra_context=None):
        """One form for everybody, with one set of rules."""
        return redirect("account_change_password")

    login = method_decorator(secure_admin_login)(admin.AdminSite.login)


class CarefulAdmin(admin.ModelAdmin):
    """Forms that are opened with values from the address: Django looks up whatever stands there."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Keys of other rows only where they are numbers."""
        found = super().get_changeform_initial_data(request)
        keys = {field.name for field in self.opts.concrete_fields if field.is_relation}
        return {name: whole_number(value) or None if name in keys else value for name, value in found.items()}
