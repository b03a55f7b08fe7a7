"""A word both ways: the short thread between the author of an entry and those who review it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from journals.models.entry import Entry
from journals.querysets import RemarkQuerySet

LONGEST_REMARK = 2000


class Remark(models.Model):
    """One message of the thread. Frozen by trigger, except that `shown_at` may be set once."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="remarks", verbose_name=_("entry"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    text = models.TextField(_("message"))  # plain text
    created_at = models.DateTimeField(_("written at"))
    # From when on the participant sees it: what a reviewer writes before the decision is known waits for that.
    shown_at = models.DateTimeField(_("shown at"), null=True, blank=True)
    # The form's key makes a repeated request harmless: one key, one message.
    idempotency_key = models.CharField(max_length=64)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "idempotency_key"], name="remark_once_per_form"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(idempotency_key=""), name="remark_complete"),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=True) | Q(shown_at__gte=F("created_at")), name="remark_shown_after"
            ),
        ]

    def __str__(self) -> str:
        return self.text
