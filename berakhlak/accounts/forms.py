"""Forms of sign-in and profile."""

import re

from allauth.account import forms as allauth_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from berakhlak.accounts import codes
from berakhlak.accounts.backends import find_by_login
from berakhlak.accounts.models import ActivationCode, User
from berakhlak.accounts.nip import LENGTH, normalise_nip
from berakhlak.accounts.photos import ACCEPT, portrait

# Titles are letters with points, and now and then a bracket: "Sp.A(K)", "S.Kep., Ns.", "M.A. (Hons)".
_title = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .,'’()&/-])*")


def one_line(text: str) -> str:
    """The text with its runs of white space as single spaces."""
    return " ".join(text.split())


def check_title(text: str) -> str:
    """An academic or religious title in its stored form; ValidationError when it cannot be one."""
    title = one_line(text).strip(" ,")
    if title and not _title.fullmatch(title):
        raise ValidationError(_("A title consists of letters and points, such as “Dr.” or “S.T., M.Si.”."), "title")
    return title


def _plain(field: forms.Field, **attrs: str) -> None:
    # allauth puts the label into the box as well; it would vanish while one types.
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attrs)


class LoginForm(allauth_forms.LoginForm):
    """NIP in any common spelling, or e-mail, and password."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("NIP or e-mail address")
        login.help_text = _("The 18 digits of the NIP, with or without spaces.")
        login.max_length = 254
        _plain(login, autocomplete="username", autocapitalize="none", spellcheck="false")
        password.label, password.help_text = _("Password"), ""
        _plain(password)

    def clean_login(self) -> str:
        """The one spelling by which wrong tries are counted."""
        login = self.cleaned_data["login"].strip()
        if "@" in login:
            return login.lower()
        nip = normalise_nip(login)
        if nip.isdigit() and len(nip) != LENGTH:  # said to everybody alike, before anybody is looked up
            raise ValidationError(_("A NIP has 18 digits."), "length")
        return nip

    def user_credentials(self) -> dict:
        """For allauth: what to look somebody up by."""
        login = self.cleaned_data["login"]
        return {"email" if "@" in login else "username": login, "password": self.cleaned_data["password"]}


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Asks for the address; the answer is the same whether an account has it or not."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        _plain(self.fields["email"], autocapitalize="none", spellcheck="false")

    def clean_email(self) -> str:
        """Remember who is meant: our own column decides, as at sign-in."""
        email = self.cleaned_data["email"]
        user = find_by_login(email)
        self.users = [user] if user is not None and user.is_active else []
        return email


class NewPasswordMixin:
    """The two boxes for a new password, with our words and rules."""

    fields: dict[str, forms.Field]  # of the form that this is mixed into

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        new, again = self.fields["password1"], self.fields["password2"]
        new.label, again.label = _("New password"), _("New password, once more")
        new.help_text = _("At least 10 characters. Not digits alone, no common password, nothing like your name.")
        _plain(new)
        _plain(again)
        if "oldpassword" in self.fields:
            self.fields["oldpassword"].label, self.fields["oldpassword"].help_text = _("Current password"), ""
            _plain(self.fields["oldpassword"])


class ChangePasswordForm(NewPasswordMixin, allauth_forms.ChangePasswordForm):
    """For somebody signed in."""


class SetPasswordForm(NewPasswordMixin, allauth_forms.SetPasswordForm):
    """For somebody signed in who has no password yet."""


class ResetPasswordKeyForm(NewPasswordMixin, allauth_forms.ResetPasswordKeyForm):
    """Behind the link in the mail."""


class CodeForm(forms.Form):
    """The code on a slip of paper."""

    kode = forms.CharField(
        label=_("Activation code"),
        max_length=40,
        help_text=_("Twelve letters and digits, as on the slip. Dashes, spaces and small letters do not matter."),
        error_messages={"required": _("Write the code of your slip.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def clean_kode(self) -> ActivationCode:
        """The code's row."""
        return codes.find(self.cleaned_data["kode"], timezone.now())


class ProfileForm(forms.ModelForm):
    """What people keep up to date themselves. NIP, name and e-mail belong to the organisers."""

    class Meta:
        model = User
        fields = [
            "title_before",
            "title_after",
            "agency",
            "unit",
            "position",
            "rank",
            "timezone",
            "email_notices",
            "email_reminders",
            "email_language",
        ]
        radios = ("timezone", "email_notices", "email_language")
        widgets = dict.fromkeys(radios, forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, hint in (
            ("title_before", "honorific-prefix"),
            ("title_after", "honorific-suffix"),
            ("agency", "organization"),
            ("position", "organization-title"),
        ):
            self.fields[name].widget.attrs["autocomplete"] = hint
        if not self.instance.email:
            del self.fields["email_reminders"]
        for name in ("email_notices", "email_language"):
            # Or a page that was open before there was this choice.
            if not self.instance.email or (self.is_bound and name not in self.data):
                del self.fields[name]
        self.fields["timezone"].help_text = _(
            "The times of the cohort are always shown; where they differ, the time in this zone follows in brackets."
        )

    def clean_title_before(self) -> str:
        """Stored form of the title."""
        return check_title(self.cleaned_data["title_before"])

    def clean_title_after(self) -> str:
        """Stored form of the title."""
        return check_title(self.cleaned_data["title_after"])

    def clean(self) -> dict:
        """Single spaces everywhere: these lines are printed on books and lists."""
        data = super().clean() or self.cleaned_data
        return {name: one_line(value) if isinstance(value, str) else value for name, value in data.items()}

    def save(self, commit: bool = True) -> User:
        """Write only what changed, so that two open tabs do not undo each other; nothing, no history."""
        if commit and self.changed_data:
            self.instance.save(update_fields=self.changed_data)
        return self.instance


class PhotoForm(forms.Form):
    """One picture. Not Django's ImageField: that one opens the file before its size is known."""

    photo = forms.FileField(
        label=_("Photo"),
        help_text=_("JPEG, PNG or WebP, at most 8 MB. It is cropped to a square."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": _("Choose a photo first."),
            "empty": _("This file is empty. Choose another."),
        },
    )

    def clean_photo(self):
        """The picture, drawn anew."""
        return portrait(self.cleaned_data["photo"])
