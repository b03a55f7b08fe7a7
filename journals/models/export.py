"""Files that are made for somebody to take away: private, and gone after a day."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from journals.enums import ExportKind, ExportStage
from journals.keys import random_key
from journals.models.attachment import private_storage
from journals.models.cohort import Cohort, offered
from journals.models.finalisation import Finalisation

EXPORTS = "exports/"


class Export(models.Model):
    """One file, made at once or by the worker; only whoever asked for it may have it."""

    key = models.CharField(max_length=12, unique=True, default=random_key, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="exports", verbose_name=_("cohort"))
    final = models.ForeignKey(Finalisation, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=ExportKind.choices)
    stage = models.CharField(max_length=8, choices=ExportStage.choices, default=ExportStage.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    file = models.FileField(storage=private_storage, upload_to=EXPORTS, blank=True)
    name = models.CharField(max_length=120, blank=True)  # what it is called when it is saved
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-id"]
        constraints = [
            offered("export_kind_known", kind__in=ExportKind.values),
            models.CheckConstraint(
                condition=Q(stage=ExportStage.DONE) & ~Q(file="") & ~Q(name="")
                | Q(stage__in=[ExportStage.WAITING, ExportStage.FAILED], file=""),
                name="export_done_has_file",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="export_expires_later"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="export_done_of_total"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
