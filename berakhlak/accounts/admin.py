"""Organisers look after people here. What would give power to anybody is for superusers alone."""

from smtplib import SMTPException

import allauth.account.admin  # noqa: F401  registers its table first, so that it can be taken off below
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables

from berakhlak.accounts.forms import check_title, one_line
from berakhlak.accounts.models import User
from berakhlak.accounts.nip import format_nip, normalise_nip, parse_nip
from berakhlak.accounts.passwords import password_link, record_link, send_password_link
from berakhlak.accounts.ranks import nip_warnings
from berakhlak.accounts.requests import SignedInRequest
from berakhlak.history import HistoryAdmin
from berakhlak.numbers import whole_number

# We do not use that table (see `backends`), so editing it would only mislead.
admin.site.unregister(EmailAddress)
POWER = ("is_staff", "is_superuser", "groups", "user_permissions")


class UserForm(forms.ModelForm):
    """One person. There is no password here: people set their own through a link."""

    # Longer than the 18 digits, since people paste it with spaces.
    nip = forms.CharField(
        label=gettext_lazy("NIP"),
        max_length=40,
        required=False,
        empty_value=None,
        help_text=gettext_lazy("18 digits; leave empty for people without one."),
    )

    class Meta:
        model = User
        fields = [
            "nip",
            "email",
            "name",
            "title_before",
            "title_after",
            "agency",
            "unit",
            "position",
            "rank",
            "timezone",
            "email_language",
            "is_active",
            *POWER,
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "nip" in self.fields:
            self.initial["nip"] = format_nip(self.instance.nip)

    def clean_nip(self) -> str | None:
        """18 digits that can be a NIP. A number stored earlier may stay as it is: it is only warned about."""
        nip = normalise_nip(self.cleaned_data["nip"] or "") or None
        if nip and nip != self.instance.nip:
            parse_nip(nip)
        return nip

    def clean_email(self) -> str | None:
        """Lower case, as it is stored, so that the check for a second such address finds it."""
        return (self.cleaned_data["email"] or "").lower() or None

    def clean_name(self) -> str:
        """Single spaces."""
        return one_line(self.cleaned_data["name"])

    def clean_title_before(self) -> str:
        """Stored form of the title."""
        return check_title(self.cleaned_data["title_before"])

    def clean_title_after(self) -> str:
        """Stored form of the title."""
        return check_title(self.cleaned_data["title_after"])


@admin.register(User)
class UserAdmin(HistoryAdmin):
    """Not Django's UserAdmin: that one lets whoever may edit a person set that person's password."""

    form = UserForm
    change_form_template = "accounts/admin/change_form.html"
    list_display = ["shown_name", "shown_nip", "email", "agency", "is_active", "last_login"]
    list_filter = [
        "is_active",
        "is_staff",
        ("last_login", admin.EmptyFieldListFilter),
        ("nip", admin.EmptyFieldListFilter),
        ("email", admin.EmptyFieldListFilter),
    ]
    search_fields = ["name", "nip", "email"]
    search_help_text = gettext_lazy("Name, NIP (with or without spaces) or e-mail")
    ordering = ["name", "id"]
    list_per_page = 50
    show_full_result_count = False
    filter_horizontal = ["groups", "user_permissions"]
    readonly_fields = ["last_login", "date_joined", "privacy_version", "privacy_acknowledged_at"]
    actions = ["send_links"]

    def lookup_allowed(self, lookup: str, value, request: HttpRequest) -> bool:
        """Not by the password: whether a row is shown would tell its hash, letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def shown_name(self, user: User) -> str:
        """With titles."""
        return user.full_name

    @admin.display(description=gettext_lazy("NIP"), ordering="nip")
    def shown_nip(self, user: User) -> str:
        """Grouped; organisers work with the whole number."""
        return format_html('<span class="nowrap">{}</span>', format_nip(user.nip) or "–")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None):
        """Rights are on the form only for superusers: what is not on it cannot be posted either."""
        sets = [
            (None, {"fields": ["name", "title_before", "title_after", "nip", "email"]}),
            (_("Work"), {"fields": ["agency", "unit", "position", "rank", "timezone", "email_language"]}),
            (_("Access"), {"fields": ["is_active"]}),
        ]
        if request.user.is_superuser:
            sets.append((_("Rights"), {"fields": list(POWER)}))
        if obj is not None:
            sets.append((_("Record"), {"fields": self.readonly_fields}))
        return sets

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        """Let a NIP be searched in the spelling in which it stands on paper."""
        digits = normalise_nip(search_term)
        return super().get_search_results(request, queryset, digits if digits.isdecimal() else search_term)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff are changed by superusers: an e-mail changed is an account taken over."""
        if obj is not None and (obj.is_staff or obj.is_superuser) and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Never: submissions and grades point here. Untick "active"."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form, change: bool) -> None:
        """Save; then say what looks odd about the NIP."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        for warning in nip_warnings(obj.nip, obj.rank):
            messages.warning(request, _("Please check the NIP: %(warning)s") % {"warning": warning})

    def response_add(self, request: HttpRequest, obj: User, post_url_continue=None) -> HttpResponse:
        """After a new person comes the link with which that person sets a password."""
        if any(name in request.POST for name in ("_addanother", "_continue", "_popup")):
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, _("%(name)s was saved.") % {"name": obj.full_name})
        return redirect(reverse("admin:accounts_user_password_link", args=[obj.pk]))

    def get_urls(self):
        """One address more: the link for setting a password."""
        view = self.admin_site.admin_view(self.password_link_view)
        return [
            path("<path:object_id>/password-link/", view, name="accounts_user_password_link"),
            *super().get_urls(),
        ]

    @sensitive_variables("link")
    def password_link_view(self, request: SignedInRequest, object_id: str) -> HttpResponse:
        """GET explains; POST mails the link or, for people without e-mail, shows it to be handed over."""
        user = get_object_or_404(User, pk=whole_number(unquote(object_id)))
        if not self.has_change_permission(request, user) or not user.is_active:
            raise PermissionDenied
        link = ""
        if request.method == "POST":
            if user.email:
                return self._mail_and_return(request, user)
            record_link([user], request.user)
            link = password_link(user)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "person": user,
            "link": link,
            "title": _("Link for setting a password"),
            "original": user,
        }
        return TemplateResponse(request, "accounts/admin/password_link.html", context)

    def _mail_and_return(self, request: SignedInRequest, user: User) -> HttpResponse:
        try:
            send_password_link(user)
            record_link([user], request.user)
        except (SMTPException, OSError):
            messages.error(request, _("The mail server did not take the message. Try again later."))
            return redirect("admin:accounts_user_password_link", user.pk)
        messages.success(request, _("A link was sent to %(email)s.") % {"email": user.email})
        return redirect("admin:accounts_user_change", user.pk)

    @admin.action(description=gettext_lazy("Send a link for setting a password"), permissions=["change"])
    def send_links(self, request: SignedInRequest, queryset) -> None:
        """Mail all chosen people whom one may change and who have an e-mail; say how many are left over."""
        chosen = list(queryset)
        users = [user for user in chosen if user.email and user.is_active and self.has_change_permission(request, user)]
        sent = 0
        try:
            for user in users:
                send_password_link(user)
                record_link([user], request.user)
                sent += 1
        except (SMTPException, OSError):
            messages.error(request, _("The mail server did not take the message. Try again later."))
        if sent:
            messages.success(
                request,
                ngettext(
                    "A link was sent to %(count)s person.",
                    "A link was sent to %(count)s people.",
                    sent,
                )
                % {"count": sent},
            )
        if left := len(chosen) - sent:
            messages.warning(
                request,
                ngettext(
                    "%(count)s person got no link: no e-mail, inactive, or staff.",
                    "%(count)s people got no link: no e-mail, inactive, or staff.",
                    left,
                )
                % {"count": left},
            )
