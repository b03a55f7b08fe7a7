"""Decisions about one participant that are added and never changed: more time, and the outcome of a remedial."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Module
from journals.enums import REMEDIAL_CAP, ExtensionKind
from journals.models.cohort import Enrolment, offered, percent_field


def reasoned(name: str) -> models.CheckConstraint:
    """A rule that a decision says why."""
    return models.CheckConstraint(
        condition=~Q(reason=""), name=name, violation_error_message=_("Please give a reason.")
    )


class Extension(models.Model):
    """A participant's own due time for a module; the newest one counts. Never changed, only added."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("participant")
    )
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="+", verbose_name=_("module"))
    kind = models.CharField(_("kind"), max_length=10, choices=ExtensionKind.choices)
    due = models.DateTimeField(_("due"))
    closes = models.DateTimeField(_("closes"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("given by")
    )
    created_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["-id"]
        indexes = [models.Index(fields=["enrolment", "module", "-id"], name="extension_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gte=F("due")),
                name="extension_closes_after_due",
                violation_error_message=_("The order must be: due, closes."),
            ),
            offered("extension_kind_known", kind__in=ExtensionKind.values),
            reasoned("extension_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.module}"


class Remedial(models.Model):
    """A recorded decision after a remedial; it lifts the result to 70,01 at most (LAN practice)."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="remedials", verbose_name=_("participant")
    )
    score = percent_field(_("score"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    created_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("remedial")
        verbose_name_plural = _("remedials")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=REMEDIAL_CAP),
                name="remedial_score_70_01_at_most",
                violation_error_message=_("A remedial counts 70.01 at most."),
            ),
            reasoned("remedial_has_reason"),
        ]

    def __str__(self) -> str:
        return str(self.enrolment)
