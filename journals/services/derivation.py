"""How one participant's result came about: each module with everything that its score rests on."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch

from journals import grading
from journals.enums import Decision, ExtensionKind, ReviewState
from journals.grading import Working
from journals.models import (
    Cohort,
    Enrolment,
    Entry,
    Extension,
    GradeBand,
    Remedial,
    Review,
    Schedule,
    Score,
    Submission,
)
from journals.services import working


@dataclass
class Line:
    """One module."""

    schedule: Schedule
    entry: Entry | None = None
    review: Review | None = None  # the grade in force
    working: Working | None = None
    handed: list[Submission] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    returns: int = 0
    visible: bool = False

    @property
    def worth(self) -> Decimal | None:
        """Weight times score."""
        return None if self.review is None or self.review.score is None else self.schedule.weight * self.review.score

    @property
    def is_late(self) -> bool:
        """Whether any hand-in that stands was late."""
        return any(submission.is_late for submission in self.handed)


@dataclass
class Derivation:
    """The whole way to a result."""

    lines: list[Line]
    weights: Decimal
    worth: Decimal
    earned: Decimal | None
    remedial: Remedial | None
    result: Decimal | None
    band: GradeBand | None
    passed: bool

    @property
    def missing(self) -> list[int]:
        """Numbers of the modules without a grade."""
        return [line.schedule.module.number for line in self.lines if line.review is None]


def derivation_of(cohort: Cohort, enrolment: Enrolment, now: datetime) -> Derivation:
    """Every figure with those that it was made from; nine queries."""
    schedules = Schedule.objects.in_use().filter(cohort=cohort).select_related("module").order_by("module__number")
    lines = {row.module_id: Line(row) for row in schedules}
    for entry in Entry.objects.filter(enrolment=enrolment, module__in=lines):
        lines[entry.module_id].entry = entry
    handed = Submission.objects.standing().filter(entry__enrolment=enrolment).order_by("number")
    for submission in handed.select_related("entry").defer("content"):
        if line := lines.get(submission.entry.module_id):
            line.handed.append(submission)
    for extension in Extension.objects.filter(enrolment=enrolment, kind=ExtensionKind.GRANTED).select_related("by"):
        if line := lines.get(extension.module_id):
            line.extensions.append(extension)
    _read_reviews(cohort, enrolment, lines, now)
    parts = [(line.schedule.weight, line.review.score if line.review else None) for line in lines.values()]
    remedial = Remedial.objects.filter(enrolment=enrolment).select_related("by").order_by("-id").first()
    earned = grading.result(parts)
    result = grading.with_remedial(earned, remedial.score if remedial else None)
    return Derivation(
        lines=list(lines.values()),
        weights=sum((weight for weight, _score in parts), Decimal(0)),
        worth=sum((line.worth for line in lines.values() if line.worth is not None), Decimal(0)),
        earned=earned,
        remedial=remedial,
        result=result,
        band=grading.band_for(result, cohort.bands.all()),
        passed=result is not None and result >= cohort.pass_mark,
    )


def _read_reviews(cohort: Cohort, enrolment: Enrolment, lines: dict[int, Line], now: datetime) -> None:
    scores = Score.objects.select_related("criterion", "level").order_by("criterion__order", "criterion_id")
    found = (
        Review.objects.filter(submission__entry__enrolment=enrolment, state=ReviewState.FINAL)
        .select_related("submission__entry", "reviewer", "release", "supersession")
        .defer("submission__content")
        .prefetch_related(Prefetch("scores", scores))
    )
    returns: dict[int, int] = defaultdict(int)
    for review in found:
        module = review.submission.entry.module_id
        if review.decision == Decision.RETURNED:
            returns[module] += 1
        elif not hasattr(review, "supersession") and module in lines:
            line = lines[module]
            line.review = review
            until = [each for each in line.handed if each.number <= review.submission.number]
            line.working = working.of_review(review, review.scores.all(), until, cohort)
            release = getattr(review, "release", None)
            line.visible = release is not None and release.visible_from <= now
    for module, count in returns.items():
        if module in lines:
            lines[module].returns = count
