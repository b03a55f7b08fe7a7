"""What the reviewer does with an entry that they hold: save, return, grade."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from journals import grading
from journals.enums import (
    Decision,
    EntryState,
    EventKind,
    ExtensionKind,
    LatePolicy,
    NoticeKind,
    ReleasePolicy,
    ReviewState,
)
from journals.models import (
    Claim,
    Criterion,
    Entry,
    Extension,
    Level,
    Release,
    Review,
    RevisionItem,
    Schedule,
    Score,
)
from journals.models.rubric import Criteria, criteria_of
from journals.workflow.claiming import other_holder, own_working_review, renew
from journals.workflow.core import Conflict, Invalid, check_move, locked_for_review, notify, record, set_state
from journals.workflow.talking import held, show_held

# The row never changes, so it must not depend on the language of whoever happened to return the entry.
RETURN_REASON = "Dikembalikan untuk perbaikan"
# A returned entry is due at most this long after the cohort's end; later is a slip, such as a wrong year.
LONGEST_RETURN = timedelta(days=60)


@dataclass(frozen=True)
class ScoreInput:
    """What the reviewer chose for one criterion; points None means not scored yet, which is not 0."""

    points: Decimal | None = None
    comment: str = ""


@dataclass(frozen=True)
class ReviewInput:
    """Everything the review form holds. `scores` by criterion code; `items` None leaves the stored ones alone."""

    comment: str = ""
    scores: dict[str, ScoreInput] = field(default_factory=dict)
    items: tuple[str, ...] | None = ()
    rubric: Criteria | None = None  # which it was made for, where it is loaded already


def _own_version(user, entry: Entry, version: int, **facts) -> Review:
    """The same, if nobody has saved it since the form was made; raises Conflict ("stale") too."""
    review = own_working_review(user, entry, **facts)
    if review.version != version:
        raise Conflict("stale", _("This review was saved in another window. Your text below is not saved yet."))
    return review


def _returns_done() -> Coalesce:
    done = Review.objects.filter(submission__entry=OuterRef("submission__entry"), decision=Decision.RETURNED)
    counted = done.order_by().values("submission__entry").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def _has_rivals() -> Exists:
    working = Review.objects.filter(submission=OuterRef("submission"), state=ReviewState.WORKING)
    return Exists(working.exclude(pk=OuterRef("pk")))


@transaction.atomic
def save_review(*, user, entry: Entry, version: int, given: ReviewInput, now: datetime) -> tuple[Review, Claim | None]:
    """Save the unfinished review and renew the lease.

    When the lease ran out and another reviewer took the entry, the text is still kept in one's own
    unfinished review, and that reviewer's claim comes back as the second value. Raises Forbidden,
    Conflict ("state", "stale", "lease") or Invalid.
    """
    entry = locked_for_review(user, entry)
    check_move(entry, "save_review")
    review = _own_version(user, entry, version)
    holder = other_holder(review, now)
    _write_parts(review, given)
    _stamp(review, given, now)
    review.save(update_fields=STAMPED)
    if holder is None:
        renew(user, entry, review, now)
    return review, holder


# What every save of a review writes on the review itself.
STAMPED = ["comment", "version", "saved_at"]


def _stamp(review: Review, given: ReviewInput, now: datetime) -> None:
    review.comment = given.comment.strip()
    review.version += 1
    review.saved_at = now


def _write_parts(review: Review, given: ReviewInput) -> dict[Criterion, Score | None]:
    """Write scores and things to improve; the scores of all criteria, None where the form held none."""
    rubric = given.rubric
    if rubric is None or rubric.pk != review.rubric_id:
        rubric = criteria_of(review.rubric_id)
    criteria, levels = rubric.criteria, rubric.levels
    by_code = {criterion.code: criterion for criterion in criteria}
    if set(given.scores) - set(by_code):
        raise Invalid(_("The form does not fit the rubric. Load the page again."))
    rows, errors = {}, {}
    for code, chosen in given.scores.items():
        criterion = by_code[code]
        level = level_for(levels[criterion.pk], chosen.points)
        if chosen.points is not None and level is None:
            errors[code] = _("No level has these points.")
        rows[code] = Score(
            review=review, criterion=criterion, level=level, points=chosen.points, comment=chosen.comment.strip()
        )
    if errors:
        raise Invalid(_("Not saved yet. Please look at the marked criteria."), errors)
    if rows:
        Score.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["review", "criterion"],
            update_fields=["level", "points", "comment"],
        )
    if given.items is not None:
        _write_items(review, [item.strip() for item in given.items if item.strip()])
    return {criterion: rows.get(criterion.code) for criterion in criteria}


def _write_items(review: Review, texts: list[str]) -> None:
    """Replace the things to improve, if they changed: most saves do not touch them."""
    old = list(review.items.order_by("order").values_list("text", flat=True))
    if old == texts:
        return
    RevisionItem.objects.bulk_create(
        [RevisionItem(review=review, order=number, text=text) for number, text in enumerate(texts, 1)],
        update_conflicts=True,
        unique_fields=["review", "order"],
        update_fields=["text"],
    )
    if len(old) > len(texts):
        review.items.filter(order__gt=len(texts)).delete()


def level_for(levels: Iterable[Level], points: Decimal | None) -> Level | None:
    """The level of a criterion whose range holds the points."""
    if points is None:
        return None
    return next((level for level in levels if level.min_points <= points <= level.max_points), None)


def _begin_decision(user, entry: Entry, move: str, version: int, now: datetime) -> tuple[Entry, Review]:
    """The shared first half of a decision: locked, legal, held."""
    entry = locked_for_review(user, entry)
    check_move(entry, move)
    facts = {"has_rivals": _has_rivals(), "has_held": held("submission__entry")}
    if move == "return":
        facts["returns_done"] = _returns_done()
    review = _own_version(user, entry, version, **facts)
    if getattr(review.submission.entry, "claim", None) is None:
        raise Conflict("not_held", _("You have put this entry aside. Take it up again to decide on it."))
    if holder := other_holder(review, now):
        raise Conflict(
            "lease",
            _("%(name)s has taken over this entry. Your text below is not saved yet.")
            % {"name": holder.reviewer.full_name},
        )
    return entry, review


def _finish(review: Review, decision: Decision, now: datetime, **fields) -> None:
    """Freeze the review, put the others aside and free the entry."""
    if review.has_rivals:
        working = Review.objects.filter(submission=review.submission_id, state=ReviewState.WORKING)
        working.exclude(pk=review.pk).update(state=ReviewState.ABANDONED)
    fields |= {"state": ReviewState.FINAL, "decision": decision, "finished_at": now}
    for name, value in fields.items():
        setattr(review, name, value)
    review.save(update_fields=[*STAMPED, *fields])
    if claim := getattr(review.submission.entry, "claim", None):
        claim.delete()


@transaction.atomic
def return_for_revision(
    *, user, entry: Entry, version: int, given: ReviewInput, due: datetime | None, now: datetime
) -> Review:
    """Send the entry back with what to improve and a new due time.

    The closing time keeps its distance from the due time. Raises Forbidden, Conflict or Invalid.
    """
    entry, review = _begin_decision(user, entry, "return", version, now)
    _write_parts(review, given)
    _stamp(review, given, now)
    cohort = entry.enrolment.cohort
    errors = {}
    if not any(item.strip() for item in given.items or ()):
        errors["items"] = _("Write at least one thing to improve.")
    if due is None or due <= now:
        errors["due"] = _("Choose a due time in the future.")
    elif due > datetime.combine(latest := max(cohort.ends, now.date()) + LONGEST_RETURN, time.max, cohort.tz):
        errors["due"] = _("Too late. Choose a due time no later than %(latest)s.") % {"latest": date_format(latest)}
    if errors or due is None:
        raise Invalid(_("Not returned yet. Please look at the marked parts."), errors)
    if review.returns_done >= cohort.max_returns:
        raise Conflict(
            "returns",
            _("This entry was returned %(count)d times already; it can only be graded now.")
            % {"count": cohort.max_returns},
        )
    schedule = Schedule.objects.get(cohort=cohort, module=entry.module)
    Extension.objects.create(
        enrolment=entry.enrolment,
        module=entry.module,
        kind=ExtensionKind.RETURNED,
        due=due,
        closes=due + (schedule.closes - schedule.due),
        reason=RETURN_REASON,
        by=user,
        created_at=now,
    )
    _finish(review, Decision.RETURNED, now)
    set_state(entry, EntryState.RETURNED, due_at=due)
    record(
        entry,
        EventKind.RETURNED,
        actor=user,
        at=now,
        review=review.pk,
        submission=review.submission.number,
        due=due.isoformat(),
    )
    notify(entry, NoticeKind.RETURNED, occasion=review.pk, at=now)
    if review.has_held:
        show_held([entry.pk], now)
    return review


@transaction.atomic
def grade(*, user, entry: Entry, version: int, given: ReviewInput, now: datetime) -> Review:
    """Give the official score. Raises Forbidden, Conflict, or Invalid with errors by criterion code."""
    entry, review = _begin_decision(user, entry, "grade", version, now)
    scores = _write_parts(review, given)
    _stamp(review, given, now)
    missing = {
        criterion.code: _("Choose a level.")
        for criterion, score in scores.items()
        if score is None or score.points is None
    }
    if missing:
        raise Invalid(_("Not graded yet. Please score every criterion."), missing)
    cohort = entry.enrolment.cohort
    parts = [
        (criterion.weight, score.points) for criterion, score in scores.items() if score and score.points is not None
    ]
    costly = cohort.late_policy == LatePolicy.DEDUCT  # else lateness is not asked for: a query less
    late_days = grading.days_late(entry.submissions.standing()) if costly else 0
    earned = grading.outcome(cohort, parts, late_days)
    _finish(review, Decision.GRADED, now, raw_score=earned.raw, deduction=earned.deduction, score=earned.score)
    set_state(entry, EntryState.GRADED)
    record(
        entry,
        EventKind.GRADED,
        actor=user,
        at=now,
        review=review.pk,
        submission=review.submission.number,
        round=review.round,
        raw=str(earned.raw),
        deduction=str(earned.deduction),
        score=str(earned.score),
    )
    if cohort.release_policy == ReleasePolicy.AT_ONCE:
        Release.objects.create(review=review, by=user, created_at=now, visible_from=now)
        notify(entry, NoticeKind.GRADED, occasion=review.pk, at=now)
        if review.has_held:
            show_held([entry.pk], now)
    return review
