"""The audit trail: streams of events, each chained to the one before by its hash."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.enums import EventKind


class Stream(models.Model):
    """The head of a chain: `entry:<id>`, `cohort:<id>` or `system`. Locked while appending."""

    name = models.CharField(max_length=60, unique=True)
    last_number = models.PositiveIntegerField(default=0)
    last_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Something that happened. Never updated or deleted: triggers refuse it on both databases."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="events", verbose_name=_("stream"))
    number = models.PositiveIntegerField(_("number"))
    previous = models.CharField(_("hash of the event before"), max_length=64, blank=True)
    hash = models.CharField(_("hash"), max_length=64)
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("event"), max_length=12, choices=EventKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    # The subject is named as text, so that the trail never depends on a row that may go.
    subject_kind = models.CharField(_("kind of subject"), max_length=20)
    subject_id = models.CharField(_("number of the subject"), max_length=40)
    data = models.TextField(_("data"))  # canonical JSON of ids, codes and numbers only: no names, no NIP, no text

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["stream", "number"]
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="event_number_once"),
            models.CheckConstraint(condition=Q(hash__regex=r"^[0-9a-f]{64}$"), name="event_hash_hex"),
            models.CheckConstraint(
                condition=Q(number=1, previous="") | Q(number__gt=1) & ~Q(previous=""), name="event_chained"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream}#{self.number}"
