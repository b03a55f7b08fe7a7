"""Who read whose journal."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from journals.models.entry import Entry


class Reading(models.Model):
    """Somebody other than its author opened an entry: once for each reader and day, never changed.

    Read by the organisers of the cohort, and by the author as part of their own data (UU 27/2022, article 7).
    """

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("read by")
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="readings", verbose_name=_("entry"))
    day = models.DateField(_("day"))  # in the cohort's zone
    at = models.DateTimeField(_("first read at"))

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "reader", "day"], name="reading_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.entry_id} {self.day}"
