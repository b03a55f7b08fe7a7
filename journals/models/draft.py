"""Drafts on their way and drafts as they were: what came too late, and the checkpoints."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.enums import CheckpointReason
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


class Checkpoint(models.Model):
    """An earlier state of a draft, for its author alone; `journals.workflow.checkpoints` says when one is kept.

    A text that stood beside the draft is kept too once it is settled; its version is that of the draft beside it.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="checkpoints", verbose_name=_("entry"))
    version = models.PositiveIntegerField(_("version"))
    reason = models.CharField(_("reason"), max_length=10, choices=CheckpointReason.choices)
    title = models.CharField(_("title"), max_length=200, blank=True)
    answers = models.JSONField(_("answers"))  # sanitised HTML by prompt key
    lengths = models.JSONField(_("words by part"))  # by prompt key, so that lists need not read the answers
    words = models.PositiveIntegerField(_("words"))
    saved_at = models.DateTimeField(_("last saved"))  # when the text was so
    made_at = models.DateTimeField(_("kept at"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["saved_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "version"],
                condition=~Q(reason=CheckpointReason.BESIDE),
                name="checkpoint_once_per_version",
            ),
            models.CheckConstraint(condition=Q(reason__in=CheckpointReason.values), name="checkpoint_reason_known"),
            models.CheckConstraint(condition=Q(version__gte=1), name="checkpoint_of_a_saved_version"),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.version} · {self.reason}"
