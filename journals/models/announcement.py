"""What an organiser or lead tells participants of a cohort, and who has read it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.keys import random_key
from journals.models.cohort import Cohort, Enrolment
from journals.models.mailed import Mailed

LONGEST = 4000  # characters


class Announcement(models.Model):
    """A message to all participants of a cohort, or to some. It is sent once and not changed."""

    key = models.CharField(max_length=12, unique=True, default=random_key, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="announcements", verbose_name=_("cohort"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent by")
    )
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=LONGEST)  # plain text
    created_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="announcement_says_something"),
        ]

    def __str__(self) -> str:
        return self.title


class Receipt(Mailed):
    """An announcement as one participant has it."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="receipts")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="receipts")
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["announcement", "enrolment"], name="receipt_once_per_participant"),
        ]
        indexes = [models.Index(fields=["enrolment"], condition=Q(read_at=None), name="receipt_unread")]

    def __str__(self) -> str:
        return f"{self.announcement} · {self.enrolment}"
