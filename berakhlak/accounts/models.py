"""The user: one person, known by NIP, by e-mail, or by both."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from berakhlak.accounts.nip import normalise_nip
from berakhlak.names import full_name
from berakhlak.zones import Zone


class UserManager(BaseUserManager["User"]):
    """Creates users; keeps NIP and e-mail in their one stored form."""

    def create_user(
        self, *, email: str | None = None, nip: str | None = None, password: str | None = None, **fields
    ) -> "User":
        """Save a new user; without a password the person sets one through the reset mail."""
        user = self.model(email=(email or "").strip().lower() or None, nip=normalise_nip(nip or "") or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, password: str | None = None, **fields) -> "User":
        """Save a user who may do everything in the admin."""
        return self.create_user(email=email, password=password, is_staff=True, is_superuser=True, **fields)


class Frequency(models.TextChoices):
    """How often somebody wants to hear by e-mail what the journal shows anyway."""

    AT_ONCE = "at_once", _("Within minutes")
    DAILY = "daily", _("Once a day, in the morning")
    NEVER = "never", pgettext_lazy("how often", "Never")


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Deactivated rather than deleted: submissions and grades point here for years."""

    # Numbers change (a PPPK who becomes PNS gets a new one) and some people have none yet, so the NIP
    # is an attribute with history and never a key.
    nip = models.CharField(
        _("NIP"),
        max_length=18,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{18}\Z", _("A NIP has exactly 18 digits."))],
        help_text=_("18 digits; leave empty for people without one."),
    )
    email = models.EmailField(
        _("e-mail"),
        unique=True,
        null=True,
        blank=True,
        help_text=_("For signing in and for setting the password."),
    )
    name = models.CharField(_("name"), max_length=150, help_text=_("Without academic titles."))
    title_before = models.CharField(
        _("title before the name"), max_length=60, blank=True, help_text=_("For example “Dr. Ir.” or “Hj.”")
    )
    title_after = models.CharField(
        _("title after the name"), max_length=80, blank=True, help_text=_("For example “S.T., M.Si.”")
    )
    agency = models.CharField(_("agency"), max_length=200, blank=True)
    unit = models.CharField(_("work unit"), max_length=200, blank=True)
    position = models.CharField(_("position"), max_length=200, blank=True)
    rank = models.CharField(
        _("rank"),
        max_length=60,
        blank=True,
        help_text=_("For example “Penata Muda (III/a)” or “Golongan IX”."),
    )
    photo = models.ImageField(_("photo"), upload_to="photos/", blank=True)
    timezone = models.CharField(_("time zone"), max_length=20, choices=Zone.choices, default=Zone.WIB)
    email_reminders = models.BooleanField(
        _("Remind me by e-mail"),
        default=True,
        help_text=_("Of due times that are near while something is not submitted. Notices in the journal always come."),
    )
    email_notices = models.CharField(
        _("Notices by e-mail"),
        max_length=8,
        choices=Frequency.choices,
        default=Frequency.DAILY,
        help_text=_("Feedback, grades, messages and announcements. In the journal they always come."),
    )
    # The pages follow the switch of a browser; an e-mail is written while nobody is there.
    email_language = models.CharField(
        _("Language of e-mails"), max_length=2, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    privacy_version = models.CharField(_("privacy notice read"), max_length=20, blank=True, editable=False)
    privacy_acknowledged_at = models.DateTimeField(_("privacy notice read at"), null=True, editable=False)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Untick instead of deleting: the person can no longer sign in."),
    )
    date_joined = models.DateTimeField(_("created"), default=now, editable=False)

    history = HistoricalRecords(excluded_fields=["password", "last_login"])
    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nip__isnull=False) | Q(email__isnull=False),
                name="user_has_nip_or_email",
                violation_error_message=_("Give a NIP or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=Q(nip__isnull=True) | Q(nip__regex=r"^[0-9]{18}$"), name="user_nip_18_digits"
            ),
            # Stored in lower case, so that the plain unique index is case-insensitive.
            models.CheckConstraint(
                condition=Q(email__isnull=True) | Q(email=Lower("email")) & ~Q(email=""),
                name="user_email_lower_not_empty",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="user_name_not_empty"),
            models.CheckConstraint(condition=Q(email_notices__in=Frequency.values), name="user_email_notices_known"),
            models.CheckConstraint(
                condition=Q(email_language__in=[code for code, _name in settings.LANGUAGES]),
                name="user_email_language_known",
            ),
            models.CheckConstraint(condition=Q(timezone__in=Zone.values), name="user_timezone_known"),
            models.CheckConstraint(
                condition=Q(privacy_version="", privacy_acknowledged_at__isnull=True)
                | ~Q(privacy_version="") & Q(privacy_acknowledged_at__isnull=False),
                name="user_privacy_version_with_time",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name with its titles, as it is printed."""
        return full_name(self.title_before, self.name, self.title_after)

    def get_short_name(self) -> str:
        """The name without titles."""
        return self.name

    def get_full_name(self) -> str:
        """The name with its titles; Django's name for `full_name`."""
        return self.full_name

    def clean(self) -> None:
        """Bring NIP and e-mail into their stored form before they are validated and compared."""
        super().clean()
        self.nip = normalise_nip(self.nip or "") or None
        self.email = (self.email or "").strip().lower() or None


class ActivationCode(models.Model):
    """A slip of paper with which somebody sets a password without e-mail: once, for a while, and revocable.

    The code itself is stored nowhere: it follows from `nonce` and the secret key (`codes.text_of`), so that a slip
    can be printed again, and a copy of the database alone opens no account.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="activation_codes", verbose_name=_("for whom")
    )
    nonce = models.CharField(max_length=32, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    mail_asked_at = models.DateTimeField(_("to be sent by e-mail since"), null=True)
    mailed_at = models.DateTimeField(_("sent by e-mail at"), null=True)
    mail_attempts = models.PositiveSmallIntegerField(_("tries to send it"), default=0)
    mail_try_at = models.DateTimeField(_("next try"), null=True)

    class Meta:
        verbose_name = _("activation code")
        verbose_name_plural = _("activation codes")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at=None, revoked_at=None), name="activation_code_one_open"
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(revoked_at=None), name="activation_code_used_or_revoked"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="activation_code_expires_later"),
            models.CheckConstraint(
                condition=Q(mailed_at=None) | Q(mail_asked_at__isnull=False), name="activation_code_mailed_if_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.made_at:%Y-%m-%d}"

    @property
    def last_day(self) -> date:
        """The day through which the code works, as it is printed. One date in all zones: that of WIB."""
        return self.expires_at.astimezone(ZoneInfo(Zone.WIB)).date()
