"""Rubrics. Once a review uses one it is frozen: a change makes a new version."""

from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords


class Rubric(models.Model):
    """A set of weighted criteria; a cohort is graded by exactly one version."""

    name = models.CharField(_("name"), max_length=120)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    previous = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="next_versions",
        verbose_name=_("made from"),
    )
    active = models.BooleanField(_("active"), default=True, help_text=_("Offered for new cohorts."))
    is_default = models.BooleanField(_("default for new cohorts"), default=False)

    # Set by the admin's queryset, not columns.
    frozen: bool
    weight_total: Decimal | None

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"],
                name="rubric_version_once",
                violation_error_message=_("There is a rubric with this name and version already."),
            ),
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="rubric_one_default",
                violation_error_message=_("Another rubric is the default already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (v{self.version})"

    @property
    def is_used(self) -> bool:
        """True once any review was begun with it; costs a query."""
        return self.reviews.exists()


class Criterion(models.Model):
    """What is judged, and how much it counts. The weights of a rubric add up to 100."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("rubric"))
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2, help_text=_("Of 100."))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["rubric", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "code"],
                name="criterion_once_per_rubric",
                violation_error_message=_("The rubric has a criterion with this code already."),
            ),
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=100),
                name="criterion_weight_0_100",
                violation_error_message=_("The weight lies above 0 and is 100 at most."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """A step of a criterion with its usual points and the range an instructor may choose within."""

    criterion = models.ForeignKey(
        Criterion, on_delete=models.CASCADE, related_name="levels", verbose_name=_("criterion")
    )
    order = models.PositiveSmallIntegerField(_("level"), help_text=_("1 is the lowest."))
    name = models.CharField(_("name"), max_length=60)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2)
    min_points = models.DecimalField(_("from"), max_digits=5, decimal_places=2)
    max_points = models.DecimalField(_("to"), max_digits=5, decimal_places=2)
    description = models.TextField(_("description"))

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["criterion", "-order"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "order"],
                name="level_once_per_criterion",
                violation_error_message=_("The criterion has a level with this place already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    min_points__gte=0,
                    max_points__lte=100,
                    points__gte=F("min_points"),
                    points__lte=F("max_points"),
                ),
                name="level_points_in_range",
                violation_error_message=_("The points must lie between “from” and “to”, within 0 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order}. {self.name}"

    def clean(self) -> None:
        """Ranges of one criterion may not overlap, or a score would belong to two levels."""
        super().clean()
        if self.criterion_id is None or self.min_points is None or self.max_points is None:
            return
        overlapping = Level.objects.filter(
            criterion=self.criterion_id, min_points__lte=self.max_points, max_points__gte=self.min_points
        ).exclude(pk=self.pk)
        if overlapping.exists():
            raise ValidationError({"min_points": _("This range overlaps another level of the criterion.")})


class Criteria(NamedTuple):
    """The criteria of a rubric in their order, and their levels by criterion id, the lowest first."""

    pk: int
    criteria: list[Criterion]
    levels: dict[int, list[Level]]


def criteria_of(rubric_id: int) -> Criteria:
    """What a reviewer works with. One query."""
    found = (
        Level.objects.filter(criterion__rubric=rubric_id)
        .select_related("criterion")
        .order_by("criterion__order", "criterion_id", "order")
    )
    levels: dict[int, list[Level]] = {}
    for level in found:
        levels.setdefault(level.criterion_id, []).append(level)
    return Criteria(rubric_id, [steps[0].criterion for steps in levels.values()], levels)
