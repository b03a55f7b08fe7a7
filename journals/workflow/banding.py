"""The bands by which results are named: changing one renames results that people have seen, so it leaves a trace."""

from datetime import datetime

from journals import audit
from journals.enums import EventKind
from journals.models import Cohort


def bands_of(cohort: Cohort) -> dict[str, list[str]]:
    """The bounds of each band by its name; a query."""
    return {band.name: [str(band.min_score), str(band.max_score)] for band in cohort.bands.order_by("-min_score")}


def record_bands(*, user, cohort: Cohort, before: dict[str, list[str]], now: datetime) -> None:
    """Note in the cohort's stream what the bands were and what they are, unless they are the same."""
    after = bands_of(cohort)
    if after != before:
        audit.append(
            stream=f"cohort:{cohort.pk}",
            kind=EventKind.BANDS,
            actor=user,
            subject=("cohort", cohort.pk),
            data={"before": before, "after": after},
            at=now,
        )
