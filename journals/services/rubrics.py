"""Rubrics: what makes one usable, and new versions of those that are in use."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from journals.models import Criterion, Level, Rubric

HUNDRED = Decimal(100)


def weight_problem(total: Decimal | None) -> str:
    """Why weights with this sum cannot be graded by; empty when they can."""
    if total == HUNDRED:
        return ""
    return _("The weights add up to %(sum)s; they must add up to 100.") % {"sum": number_format(total or 0, 2)}


def problems(rubric: Rubric) -> list[str]:
    """Why a rubric cannot be chosen for a cohort; empty when it can. Two queries."""
    found = [weight_problem(rubric.criteria.aggregate(total=Sum("weight"))["total"])]
    found += [
        _("The criterion “%(name)s” has no levels.") % {"name": criterion.name}
        for criterion in rubric.criteria.filter(levels=None)
    ]
    return [problem for problem in found if problem]


def is_bound(rubric: Rubric) -> bool:
    """True when cohorts rely on the rubric, so that every change must leave it usable."""
    return rubric.is_default or rubric.cohorts.exists()


@transaction.atomic
def new_version(rubric: Rubric) -> Rubric:
    """A copy with the next version number, open for changes; cohorts keep the version they have."""
    newest = Rubric.objects.select_for_update().filter(name=rubric.name).order_by("version")
    last = max(item.version for item in newest)
    copy = Rubric.objects.create(name=rubric.name, version=last + 1, previous=rubric)
    for criterion in rubric.criteria.prefetch_related("levels"):
        twin = Criterion.objects.create(
            rubric=copy, code=criterion.code, name=criterion.name, weight=criterion.weight, order=criterion.order
        )
        Level.objects.bulk_create(
            Level(
                criterion=twin,
                order=level.order,
                name=level.name,
                points=level.points,
                min_points=level.min_points,
                max_points=level.max_points,
                description=level.description,
            )
            for level in criterion.levels.all()
        )
    return copy


@transaction.atomic
def make_default(rubric: Rubric) -> None:
    """Offer this rubric first for new cohorts, instead of the one before."""
    for other in Rubric.objects.select_for_update().filter(is_default=True).exclude(pk=rubric.pk):
        other.is_default = False
        other.save(update_fields=["is_default"])
    rubric.is_default = rubric.active = True
    rubric.save(update_fields=["is_default", "active"])
