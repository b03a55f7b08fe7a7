"""What somebody should know."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.enums import NoticeKind
from journals.models.entry import Entry
from journals.models.mailed import Mailed
from journals.querysets import NoticeQuerySet


class Notice(Mailed):
    """A message on the dashboard until it is read; the dedupe key makes a repeated move harmless."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="notices")
    dedupe_key = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "-id"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["created_at"], condition=Q(mailed_at=None, read_at=None), name="notice_unmailed"),
        ]
        constraints = [models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_known")]

    def __str__(self) -> str:
        return self.dedupe_key

    @property
    def occasion(self) -> str:
        """What exactly it is about, as the workflow noted it: the last part of the key."""
        return self.dedupe_key.rpartition(":")[2]
