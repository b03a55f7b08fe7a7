"""Sentences that an instructor writes again and again, kept to be inserted into comments."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from curriculum.models import Module
from journals.models.cohort import Cohort
from journals.querysets import PhraseQuerySet

LONGEST = 1000  # characters
# Stands for the participant's name; replaced when the phrase is inserted.
NAME = "{nama}"


class Phrase(models.Model):
    """A sentence for comments. Without a cohort it is its owner's alone, else the cohort's instructors share it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="phrases", verbose_name=_("owner")
    )
    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="phrases",
        verbose_name=_("shared with cohort"),
    )
    module = models.ForeignKey(
        Module, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("module")
    )
    # A code and not a row: a rubric in use is never changed, so its next version has criteria of its own.
    criterion_code = models.SlugField(_("criterion"), max_length=40, blank=True, db_index=False)
    text = models.TextField(_("text"))  # plain text
    # Of the text: an index of PostgreSQL holds less than a thousand characters can be.
    sha256 = models.CharField(_("digest (SHA-256)"), max_length=64, editable=False)
    uses = models.PositiveIntegerField(_("uses"), default=0)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))

    # Set by `PhraseQuerySet.with_lead`, not a column.
    is_led: bool

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phrase")
        verbose_name_plural = _("phrases")
        ordering = ["-uses", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "sha256"], condition=Q(cohort=None), name="phrase_once_for_oneself"
            ),
            models.UniqueConstraint(fields=["owner", "cohort", "sha256"], name="phrase_once_per_cohort"),
            models.CheckConstraint(condition=~Q(text=""), name="phrase_not_empty"),
            models.CheckConstraint(condition=LessThanOrEqual(Length("text"), LONGEST), name="phrase_1000_characters"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="phrase_sha256_hex"),
            models.CheckConstraint(
                condition=Q(uses=0, used_at=None) | Q(uses__gte=1, used_at__isnull=False),
                name="phrase_used_at_iff_used",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
