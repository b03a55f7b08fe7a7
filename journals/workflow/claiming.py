"""Who holds an entry, and whose unfinished review it is: claim, give back, renew."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from journals.enums import EventKind, ReviewState
from journals.models import Claim, Entry, Review, Submission
from journals.workflow.core import Conflict, check_move, locked_for_review, record
from journals.workflow.reading import note_reading

# Long enough for one entry and a telephone call, short enough that a forgotten tab blocks nobody for long.
LEASE = timedelta(minutes=30)


def lease(entry: Entry, now: datetime) -> Claim | None:
    """The live claim on an entry, or None; costs a query."""
    return Claim.objects.filter(entry=entry, expires_at__gt=now).select_related("reviewer").first()


def latest_submission(entry: Entry) -> Submission:
    """The newest submission that was not withdrawn, which a submitted entry always has; costs a query."""
    return entry.submissions.standing().latest("number")


@transaction.atomic
def claim(*, user, entry: Entry, now: datetime) -> Review:
    """Take the entry for half an hour and return one's unfinished review of its latest submission.

    Raises Forbidden, or Conflict ("state", "held") when another reviewer holds it.
    """
    entry = locked_for_review(user, entry)
    check_move(entry, "claim")
    holder = Claim.objects.filter(entry=entry).first()
    if holder and holder.expires_at > now and holder.reviewer_id != user.pk:
        raise Conflict(
            "held", _("%(name)s is reviewing this entry at the moment.") % {"name": holder.reviewer.full_name}
        )
    fresh = holder is None or holder.reviewer_id != user.pk or holder.expires_at <= now
    review = begin(entry, user, now)
    if fresh:
        record(entry, EventKind.CLAIMED, actor=user, at=now, submission=review.submission.number)
    return review


def begin(entry: Entry, user, now: datetime) -> Review:
    """Hold a locked entry from now on; one's unfinished review of its latest submission."""
    _hold(entry, user, now)
    note_reading(user=user, entry=entry, now=now)
    submission = latest_submission(entry)
    return Review.objects.select_related("submission").get_or_create(
        submission=submission,
        reviewer=user,
        state=ReviewState.WORKING,
        defaults={
            "rubric_id": entry.enrolment.cohort.rubric_id,
            "round": _next_round(submission),
            "started_at": now,
            "saved_at": now,
        },
    )[0]


def _next_round(submission: Submission) -> int:
    return submission.reviews.filter(state=ReviewState.FINAL).count() + 1


def _hold(entry: Entry, user, now: datetime) -> bool:
    """Take the entry or renew the lease; True when nobody's claim was there before."""
    # An expired row is overwritten: one row per entry, under the entry's lock. Written as one update, since
    # every save of a review comes by here.
    held = {"reviewer": user, "expires_at": now + LEASE}
    if Claim.objects.filter(entry=entry).update(**held):
        return False
    Claim.objects.create(entry=entry, **held)
    return True


@transaction.atomic
def unclaim(*, user, entry: Entry, now: datetime) -> None:
    """Give the entry back; the unfinished review is kept. Raises Forbidden or Conflict."""
    entry = locked_for_review(user, entry)
    check_move(entry, "unclaim")
    deleted, _rows = Claim.objects.filter(entry=entry, reviewer=user).delete()
    if not deleted:
        raise Conflict("lease", _("You do not hold this entry."))
    record(entry, EventKind.UNCLAIMED, actor=user, at=now)


def own_working_review(user, entry: Entry, **facts) -> Review:
    """The reviewer's unfinished review, locked; raises Conflict ("not_begun"). One query, which also brings the
    entry's claim and, as annotations, the `facts` that a decision asks for.

    It is always of the latest submission: once a review was begun a submission cannot be withdrawn, and a
    decision puts the other unfinished reviews aside.
    """
    begun = (
        Review.objects.select_for_update(of=("self",))
        .select_related("submission__entry__claim")
        .filter(submission__entry=entry, reviewer=user, state=ReviewState.WORKING)
    )
    review = begun.annotate(**facts).first()
    if review is None:
        raise Conflict("not_begun", _("You have not begun a review of this submission."))
    return review


def other_holder(review: Review, now: datetime) -> Claim | None:
    """Another reviewer's live claim on the entry; loaded with `own_working_review`."""
    claim = getattr(review.submission.entry, "claim", None)
    return claim if claim and claim.expires_at > now and claim.reviewer_id != review.reviewer_id else None


def renew(user, entry: Entry, review: Review, now: datetime) -> None:
    """Renew the lease, or take up again an entry that nobody holds."""
    if _hold(entry, user, now):
        record(entry, EventKind.CLAIMED, actor=user, at=now, submission=review.submission.number)
