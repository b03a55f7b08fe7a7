"""What the review page shows: the text, the rounds so far, and the bench of whoever holds the entry."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q

from journals import content, grading, permissions
from journals.enums import Decision, EntryState, EventKind, LatePolicy, ReviewState
from journals.models import (
    Annotation,
    Claim,
    Criterion,
    Entry,
    Event,
    GradeBand,
    Level,
    Review,
    RevisionItem,
    Score,
    Submission,
)
from journals.models.rubric import Criteria, criteria_of
from journals.services import working
from journals.services.comparing import Changes, changes

# Offered as the new due time of a return: days from now, at the end of that day.
RETURN_DAYS = 3


@dataclass
class Round:
    """A submission with its frozen content (None: tampered with) and the final reviews of it, oldest first."""

    submission: Submission
    text: dict[str, Any] | None
    reviews: list[Review] = field(default_factory=list)


@dataclass
class Bench:
    """What the holder of the claim works with."""

    review: Review
    rubric: Criteria
    returns_left: int
    deduction_days: int
    suggested_due: datetime

    @property
    def criteria(self) -> list[Criterion]:
        """In the order of the rubric."""
        return self.rubric.criteria

    @property
    def levels(self) -> dict[int, list[Level]]:
        """By criterion, the lowest first."""
        return self.rubric.levels

    def scores(self) -> list[Score]:
        """The stored scores; none before the review was begun."""
        return list(self.review.scores.all()) if self.review.pk else []

    def items(self) -> list[RevisionItem]:
        """The stored things to improve."""
        return list(self.review.items.all()) if self.review.pk else []

    @property
    def stand(self) -> str:
        """What the form on the page was made for; another one would not fit it."""
        return stand_of(self.review)

    @property
    def keys(self) -> int:
        """The digits that choose a level go from 1 to this."""
        return max((len(levels) for levels in self.levels.values()), default=0)


@dataclass
class Desk:
    """Everything the review page shows about one entry."""

    entry: Entry
    rounds: list[Round]
    events: list[Event]
    bands: list[GradeBand]  # of the bench: a finished review brings its own
    may_decide: bool
    may_reopen: bool
    may_take_over: bool
    holder: Claim | None
    own: Review | None
    unused: list[Review]  # the reader's own, put aside because somebody else decided
    bench: Bench | None

    @property
    def current(self) -> Round | None:
        """The latest submission that was not withdrawn."""
        return self.rounds[-1] if self.rounds else None

    @property
    def earlier(self) -> list[Round]:
        """The submissions before it, the latest first."""
        return self.rounds[-2::-1]

    @property
    def current_reviews(self) -> list[Review]:
        """The decisions on the latest submission, the one in force first."""
        return self.rounds[-1].reviews[::-1] if self.rounds else []

    @property
    def answered(self) -> Review | None:
        """The return that the latest submission answers, if there is one."""
        returns = [
            review for past in self.rounds[:-1] for review in past.reviews if review.decision == Decision.RETURNED
        ]
        return returns[-1] if returns else None

    @property
    def may_close(self) -> bool:
        """True while the reader is judging how the things to improve were answered; as `workflow.rounds` judges it."""
        return self.bench is not None and not self.current_reviews

    @property
    def comparable(self) -> bool:
        """True when there is a submission before the latest one, and both are as they were handed in."""
        return len(self.rounds) > 1 and all(each.text is not None for each in self.rounds[-2:])

    def changes(self) -> Changes | None:
        """What the latest submission changed; no query, but two seconds' work for the strangest texts."""
        if not self.comparable:
            return None
        former, latest = self.rounds[-2:]
        return changes(former.submission.number, former.text or {}, latest.text or {})

    @property
    def can_begin(self) -> bool:
        """True when the reader may take the entry now."""
        return bool(
            self.may_decide
            and self.rounds
            and not self.holder
            and not self.bench
            and self.entry.state == EntryState.SUBMITTED
        )

    def band(self, score: Decimal | None) -> str:
        """The name of the band a score falls into, or nothing."""
        band = grading.band_for(score, self.bands)
        return band.name if band else ""


def stand_of(review: Review) -> str:
    """Submission, rubric and version of a review."""
    return f"{review.submission_id}.{review.rubric_id}.{review.version}"


def desk_of(user, entry: Entry, now: datetime, *, ahead: bool = False) -> Desk:
    """The review page for one reader of an entry loaded with its people; up to nine queries.

    With `ahead`, as it will be once the reader has taken the entry. The draft is not read here: what was not handed
    in is the author's alone.
    """
    submissions = list(entry.submissions.standing().order_by("number").select_related("entry__claim__reviewer"))
    reviews = _reviews(user, entry) if submissions else []
    claim = getattr(submissions[-1].entry, "claim", None) if submissions else None
    live = claim if claim and claim.expires_at > now and entry.state == EntryState.SUBMITTED else None
    own = next(
        (
            review
            for review in reviews
            if review.state == ReviewState.WORKING
            and review.reviewer_id == user.pk
            and review.submission_id == submissions[-1].pk
        ),
        None,
    )
    if own:
        own.submission = submissions[-1]  # loaded already
    may_decide = permissions.may_review(user, entry)
    mine = bool(may_decide and live and live.reviewer_id == user.pk and own)
    if ahead and may_decide and submissions and entry.state == EntryState.SUBMITTED and not live:
        mine = True
        own = own or Review(submission=submissions[-1], reviewer=user, rubric_id=entry.enrolment.cohort.rubric_id)
    other = live if live and live.reviewer_id != user.pk else None
    events = _events(entry)
    _tell_due(submissions, reviews, events)
    _tell_working(submissions, reviews, entry)
    return Desk(
        entry=entry,
        rounds=[
            Round(
                submission,
                content.intact(submission),
                [
                    review
                    for review in reviews
                    if review.submission_id == submission.pk and review.state == ReviewState.FINAL
                ],
            )
            for submission in submissions
        ],
        events=events,
        bands=list(GradeBand.objects.filter(cohort=entry.enrolment.cohort_id)) if mine else [],
        may_decide=may_decide,
        may_reopen=entry.state == EntryState.GRADED and _may_reopen(user, entry, reviews),
        may_take_over=bool(other and may_decide and permissions.may_lead(user, entry.enrolment.cohort)),
        holder=other,
        own=own,
        unused=[review for review in reviews if review.state == ReviewState.ABANDONED],
        bench=_bench(own, entry, submissions, reviews, now) if mine and own else None,
    )


def _reviews(user, entry: Entry) -> list[Review]:
    """All reviews of the entry with their scores, items and comments on passages, of the abandoned ones only the
    reader's; four queries."""
    scores = Score.objects.select_related("criterion", "level").order_by("criterion__order", "criterion_id")
    notes = Annotation.objects.select_related("prompt", "reply", "closing__by")
    return list(
        Review.objects.filter(submission__entry=entry)
        .with_band(entry.enrolment.cohort_id)
        .exclude(Q(state=ReviewState.ABANDONED) & ~Q(reviewer=user))
        .select_related("reviewer", "supersession__by", "release", "feedback_read")
        .order_by("round", "id")
        .prefetch_related(Prefetch("scores", scores), Prefetch("items", _items()), Prefetch("annotations", notes))
    )


def _items():
    return RevisionItem.objects.select_related("answer", "closing__by").order_by("order")


def items_of(review: int) -> list[RevisionItem]:
    """The things to improve of a review, with what came of them; one query."""
    return list(_items().filter(review=review))


def _events(entry: Entry) -> list[Event]:
    return list(
        Event.objects.filter(stream__name=f"entry:{entry.pk}")
        .exclude(kind=EventKind.CREATED)
        .select_related("actor")
        .order_by("number")
    )


def _tell_due(submissions: list[Submission], reviews: list[Review], events: list[Event]) -> None:
    """Write on each return the due time it gave; later extensions change the entry's and not this one."""
    told = [json.loads(event.data) for event in events if event.kind == EventKind.RETURNED]
    given = {data.get("submission"): data.get("due") for data in told}  # a submission is returned once at most
    due = {submission.pk: given.get(submission.number) for submission in submissions}
    for review in reviews:
        if review.decision == Decision.RETURNED and (text := due.get(review.submission_id)):
            review.new_due = datetime.fromisoformat(text)


def _tell_working(submissions: list[Submission], reviews: list[Review], entry: Entry) -> None:
    """Write on each grade how it came about."""
    for position, submission in enumerate(submissions, 1):
        for review in (each for each in reviews if each.submission_id == submission.pk):
            review.working = working.of_review(
                review, review.scores.all(), submissions[:position], entry.enrolment.cohort
            )


def _may_reopen(user, entry: Entry, reviews: list[Review]) -> bool:
    """As `workflow.reopen` will judge it; a query unless one reviewed the entry oneself."""
    in_force = [review for review in reviews if review.decision == Decision.GRADED and not superseded(review)]
    if any(review.reviewer_id == user.pk for review in in_force) and permissions.may_review(user, entry):
        return True
    return bool(in_force) and permissions.may_lead(user, entry.enrolment.cohort)


def superseded(review: Review) -> bool:
    """True for a review that was reopened later; no query where the relation was loaded with it."""
    return getattr(review, "supersession", None) is not None


def _bench(own: Review, entry: Entry, submissions: list[Submission], reviews: list[Review], now: datetime) -> Bench:
    cohort = entry.enrolment.cohort
    returned = sum(review.decision == Decision.RETURNED for review in reviews)
    end_of_day = (
        (now + timedelta(days=RETURN_DAYS)).astimezone(cohort.tz).replace(hour=23, minute=59, second=0, microsecond=0)
    )
    rubric = criteria_of(own.rubric_id)
    return Bench(
        review=own,
        rubric=rubric,
        returns_left=cohort.max_returns - returned,
        deduction_days=grading.days_late(submissions),
        suggested_due=end_of_day,
    )


def open_bench(user, entry: Entry, now: datetime) -> Bench | None:
    """What the form of the reader's unfinished review needs, whoever holds the entry; two queries."""
    own = open_review(user, entry)
    return _bench(own, entry, [], [], now) if own else None


def open_review(user, entry: Entry) -> Review | None:
    """The reader's unfinished review, which is always of the latest submission (`workflow.own_working_review`); one
    query."""
    begun = Review.objects.filter(submission__entry=entry, reviewer=user, state=ReviewState.WORKING)
    return begun.select_related("submission").first()


def decided_already(user, entry: Entry, *, submission: int, version: int, decision: Decision) -> Review | None:
    """The reader's own final review that this very form led to, when it arrives a second time; one query."""
    return Review.objects.filter(
        submission__entry=entry,
        submission__number=submission,
        reviewer=user,
        version=version + 1,
        decision=decision,
        supersession=None,
    ).first()


@dataclass
class Meter:
    """The running total: `outcome` is None while a criterion is not scored (NULL is not 0)."""

    scored: int
    total: int
    partial: Decimal
    outcome: grading.Outcome | None
    band: str
    working: grading.Working


def meter(desk: Desk, points: dict[str, Decimal | None]) -> Meter:
    """What these points add up to, by the same arithmetic as the official score."""
    bench = desk.bench
    if bench is None:
        raise ValueError("only a bench has a running total")
    known = [(criterion.weight, points[criterion.code]) for criterion in bench.criteria]
    scored = [(weight, value) for weight, value in known if value is not None]
    cohort = desk.entry.enrolment.cohort
    result = grading.outcome(cohort, scored, bench.deduction_days)
    way = grading.working(cohort, [], result, bench.deduction_days)
    if not known or len(scored) < len(known):
        return Meter(len(scored), len(known), result.raw, None, "", way)
    return Meter(len(scored), len(known), result.raw, result, desk.band(result.score), way)


def rules(desk: Desk) -> dict[str, Any]:
    """What the script needs to compute the same: all amounts in hundredths, so that it adds whole numbers."""
    cohort = desk.entry.enrolment.cohort
    days = desk.bench.deduction_days if desk.bench and cohort.late_policy == LatePolicy.DEDUCT else 0
    return {
        "deduction": _cents(cohort.late_deduction) * days,
        "floor": _cents(cohort.late_floor),
        "bands": [[_cents(band.min_score), band.name] for band in desk.bands],
    }


def _cents(value: Decimal) -> int:
    return int(value * 100)


def band_of(entry: Entry, score: Decimal | None) -> str:
    """The name of the band of an entry's score; one query."""
    band = grading.band_for(score, GradeBand.objects.filter(cohort=entry.enrolment.cohort_id))
    return band.name if band else ""
