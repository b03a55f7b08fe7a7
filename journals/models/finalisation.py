"""The recap as it was declared final."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.models.cohort import Cohort


class Finalisation(models.Model):
    """A dated recap that is never changed; a later one stands beside it. Frozen by trigger."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="finalisations", verbose_name=_("cohort"))
    number = models.PositiveSmallIntegerField(_("number"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("finalised by")
    )
    created_at = models.DateTimeField(_("finalised at"))
    content = models.TextField(_("content"))  # canonical JSON, see journals.recap
    sha256 = models.CharField(_("digest (SHA-256)"), max_length=64)

    class Meta:
        verbose_name = _("final recap")
        verbose_name_plural = _("final recaps")
        ordering = ["cohort", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "number"], name="finalisation_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="finalisation_number_positive"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="finalisation_sha256_hex"),
            models.CheckConstraint(condition=~Q(content=""), name="finalisation_has_content"),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} · {self.number}"
