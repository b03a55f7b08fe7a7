"""From when on participants see their grades."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from journals.models.cohort import Cohort
from journals.models.review import Review


class ReleaseBatch(models.Model):
    """Grades that a lead released together. Until they are visible, all of it can be stopped, once."""

    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="releases")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    visible_from = models.DateTimeField()
    grades = models.PositiveIntegerField()
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(visible_from__gte=F("created_at")), name="batch_visible_after"),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_by=None)
                | Q(stopped_at__lt=F("visible_from"), stopped_by__isnull=False),
                name="batch_stopped_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cohort} · {self.grades}"


class Release(models.Model):
    """That, and from when on, the participant sees the review. Removed only when it was stopped before that."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="release")
    batch = models.ForeignKey(ReleaseBatch, on_delete=models.PROTECT, related_name="releases", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    visible_from = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(visible_from__gte=F("created_at")), name="release_visible_after")
        ]

    def __str__(self) -> str:
        return str(self.review_id)
