"""Drafts on their way: what arrived and could not become the draft."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.models.entry import Entry


class StrayDraft(models.Model):
    """A text that reached the server too late: another version was there, or the entry was handed in.

    It is kept until its author has chosen. One row for each device, with the newest text that it sent.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="strays", verbose_name=_("entry"))
    client = models.CharField(_("device"), max_length=32)
    sequence = models.PositiveIntegerField(_("message"))
    base = models.PositiveIntegerField(_("based on version"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    answers = models.JSONField(_("answers"))  # sanitised HTML by prompt key
    arrived_at = models.DateTimeField(_("arrived at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("other version")
        verbose_name_plural = _("other versions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "client"], condition=Q(settled_at=None), name="stray_draft_once_per_client"
            ),
            models.CheckConstraint(condition=~Q(client=""), name="stray_draft_has_client"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.client}:{self.sequence}"
