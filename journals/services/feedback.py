"""What an author may see of reviews: every return, and grades once they are released; nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from journals.enums import Decision
from journals.grading import Working
from journals.models import Annotation, Cohort, Entry, FeedbackRead, Notice, Review, RevisionItem, Score, Submission
from journals.services import annotations, working
from journals.services.annotations import Note


@dataclass(frozen=True)
class CriterionRow:
    """One criterion as the author reads it; level and points only of a released grade."""

    name: str
    weight: Decimal
    comment: str
    level: str = ""
    description: str = ""
    points: Decimal | None = None


@dataclass(frozen=True)
class Feedback:
    """One review, cut down to what its author may see."""

    review: Review
    items: list[RevisionItem]
    rows: list[CriterionRow]
    notes: list[Note]
    band: str = ""
    working: Working | None = None  # of a grade

    @property
    def is_grade(self) -> bool:
        """True for a released grade, False for a return."""
        return self.review.decision == Decision.GRADED

    @property
    def superseded(self) -> bool:
        """True when the review was reopened: it stays readable and no longer counts."""
        return is_superseded(self.review)

    @property
    def noted(self) -> int:
        """How many comments on passages there are, where they are counted and not listed."""
        return getattr(self.review, "noted", 0)

    @property
    def read_at(self) -> datetime | None:
        """When its author first read it."""
        read = getattr(self.review, "feedback_read", None)
        return read.created_at if read else None


def is_superseded(review: Review) -> bool:
    """True for a reopened review; its supersession should be loaded."""
    return getattr(review, "supersession", None) is not None


def visible_reviews():
    """Final reviews that their authors may see, oldest first, with the columns that authors read."""
    return (
        Review.objects.visible_to_author()
        .select_related("reviewer", "supersession", "feedback_read", "submission")
        .only(
            "round",
            "decision",
            "raw_score",
            "deduction",
            "score",
            "comment",
            "finished_at",
            "reviewer__name",
            "reviewer__title_before",
            "reviewer__title_after",
            "supersession__review",
            "feedback_read__created_at",
            "submission__number",
        )
        .order_by("submission__number", "round", "id")
    )


def _counted(reviews):
    """Reviews with `noted`, the number of their comments on passages."""
    notes = Annotation.objects.filter(review=OuterRef("pk")).order_by().values("review")
    return reviews.annotate(noted=Coalesce(Subquery(notes.annotate(count=Count("pk")).values("count")), 0))


def of_submission(
    submission: Submission, text: dict[str, Any] | None = None, earlier: Iterable[Submission] = ()
) -> list[Feedback]:
    """Everything its author may see about a submission, newest first; one query, four where there is any. `text` is
    the frozen content, in which comments on passages have their places; `earlier` are those before it that stand."""
    cohort = submission.entry.enrolment.cohort
    reviews = list(visible_reviews().filter(submission=submission).with_band(cohort.pk))
    if not reviews:
        return []
    rows = Annotation.objects.filter(review__in=reviews).select_related("prompt", "reply", "closing__by")
    notes = annotations.listed(rows, text)
    return _feedback(reviews[::-1], cohort, notes, [submission, *earlier])


def to_improve(entry: Entry) -> Feedback | None:
    """The newest return of an entry, for the page on which it is improved; three queries."""
    returned = visible_reviews().filter(submission__entry=entry, decision=Decision.RETURNED)
    review = _counted(returned).last()
    return _feedback([review], entry.enrolment.cohort)[0] if review else None


def overview(entry: Entry, standing: Iterable[Submission]) -> tuple[list[Review], Feedback | None]:
    """All visible reviews of an entry, and the newest that still counts with its items; two queries. `standing`: its
    submissions that were not withdrawn."""
    cohort = entry.enrolment.cohort
    reviews = list(_counted(visible_reviews().filter(submission__entry=entry).with_band(cohort.pk)))
    counting = [review for review in reviews if not is_superseded(review)]
    if not counting:
        return reviews, None
    newest = counting[-1]
    handed = [each for each in standing if each.number <= newest.submission.number]
    way = working.of_review(newest, [], handed, cohort)
    return reviews, Feedback(newest, list(newest.items.all()), [], [], _band(newest), way)


def _feedback(
    reviews: list[Review], cohort: Cohort, notes: Iterable[Note] = (), handed: Iterable[Submission] = ()
) -> list[Feedback]:
    scores = list(Score.objects.filter(review__in=reviews).select_related("criterion", "level"))
    items = list(RevisionItem.objects.filter(review__in=reviews).select_related("answer"))
    return [
        Feedback(
            review,
            [item for item in items if item.review_id == review.pk],
            _rows(review, own := [score for score in scores if score.review_id == review.pk]),
            [note for note in notes if note.row.review_id == review.pk],
            _band(review),
            working.of_review(review, own, handed, cohort),
        )
        for review in reviews
    ]


def _band(review: Review) -> str:
    """The name of the band a released score falls into, as `with_band` found it."""
    return getattr(review, "band", None) or ""


def _rows(review: Review, scores: list[Score]) -> list[CriterionRow]:
    """A return carries comments only: its points were never a judgement and may still change."""
    if review.decision != Decision.GRADED:
        return [
            CriterionRow(score.criterion.name, score.criterion.weight, score.comment)
            for score in scores
            if score.comment
        ]
    return [
        CriterionRow(
            score.criterion.name,
            score.criterion.weight,
            score.comment,
            score.level.name if score.level else "",
            score.level.description if score.level else "",
            score.points,
        )
        for score in scores
    ]


def mark_read(submission: Submission, *, user, now: datetime) -> int:
    """Record that the author has read what is visible on a submission; how many were new.

    The notices about the entry are read with it. Repeating it changes nothing.
    """
    fresh = [
        review
        for review in visible_reviews().filter(submission=submission)
        if getattr(review, "feedback_read", None) is None
    ]
    for review in fresh:
        try:
            with transaction.atomic():
                FeedbackRead.objects.create(review=review, created_at=now)
        except IntegrityError:
            pass  # the same click arrived twice
    Notice.objects.unread(user).filter(entry=submission.entry_id).update(read_at=now)
    return len(fresh)
