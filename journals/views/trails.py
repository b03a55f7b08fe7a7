"""Breadcrumbs that begin alike."""

from django.urls import reverse
from django.utils.translation import gettext as _

from journals.models import Cohort

Trail = list[tuple[str, str]]  # label and address; the page itself has none


def cohort_trail(cohort: Cohort, *steps: tuple[str, str]) -> Trail:
    """All cohorts, this one, and what comes below it."""
    return [(_("Cohorts"), reverse("cohorts")), (cohort.name, reverse("cohort", args=[cohort.key])), *steps]


def journal_trail(cohort: Cohort, *steps: tuple[str, str]) -> Trail:
    """One's own journals, this one, and what comes below it."""
    return [(_("My journal"), reverse("journals")), (cohort.name, reverse("journal", args=[cohort.key])), *steps]
