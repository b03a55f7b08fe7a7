"""The moves of leads and organisers: release, reopen, reschedule, remedial."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journals import audit, permissions
from journals.enums import REMEDIAL_CAP, EntryState, EventKind, NoticeKind
from journals.models import (
    Annotation,
    Claim,
    Cohort,
    Enrolment,
    Entry,
    Extension,
    Notice,
    Remedial,
    Review,
    RevisionItem,
    Schedule,
    Score,
    Supersession,
)
from journals.workflow.claiming import LEASE
from journals.workflow.core import (
    Conflict,
    Forbidden,
    Invalid,
    check_move,
    locked,
    notify,
    record,
    require_kept,
    set_state,
)
from journals.workflow.talking import show_held

OWN_WORK = gettext_lazy("Nobody decides on their own work. Please ask a colleague.")


def require_lead(user, cohort: Cohort, enrolment: Enrolment | None = None) -> None:
    """Raise Forbidden unless the user leads the cohort, and about their own enrolment always."""
    if not permissions.may_lead(user, cohort):
        raise Forbidden(_("Only the lead instructor or the organiser may do this."))
    if enrolment is not None and enrolment.user_id == user.pk:
        raise Forbidden(str(OWN_WORK))


def withdraw_notices(entries: Collection[int], now: datetime) -> None:
    """Nobody hears of a release that will not come; one statement."""
    Notice.objects.filter(entry__in=entries, kind=NoticeKind.RELEASED, created_at__gt=now).delete()


def require_reason(reason: str) -> str:
    """The reason without blanks around it. Raises Invalid when there is none."""
    if not reason.strip():
        raise Invalid(_("Please give a reason."), {"reason": _("Please give a reason.")})
    return reason.strip()


@transaction.atomic
def reopen(*, user, entry: Entry, reason: str, now: datetime) -> Review:
    """Begin a new round as a copy of the grade in force, which stays readable as superseded.

    A lead or organiser who does not review this entry leaves the new round with its reviewer. Raises
    Forbidden, Conflict or Invalid (no reason).
    """
    entry = locked(entry)
    old = Review.objects.in_force().filter(submission__entry=entry).select_related("submission", "release").first()
    is_reviewer = permissions.may_review(user, entry)
    same = old is not None and old.reviewer_id == user.pk and is_reviewer
    own_entry = entry.enrolment.user_id == user.pk
    if own_entry or not (same or permissions.may_lead(user, entry.enrolment.cohort)):
        raise Forbidden(_("Only its reviewer, the lead instructor or the organiser may reopen a review."))
    check_move(entry, "reopen")
    if old is None:
        raise Conflict("state", _("This entry has no grade to reopen."))
    reason = require_reason(reason)
    Supersession.objects.create(review=old, reason=reason, by=user, created_at=now)
    review = _copy(old, reviewer=user if is_reviewer else old.reviewer, now=now)
    if is_reviewer:
        Claim.objects.update_or_create(entry=entry, defaults={"reviewer": user, "expires_at": now + LEASE})
    set_state(entry, EntryState.SUBMITTED)
    record(entry, EventKind.REOPENED, actor=user, at=now, review=old.pk, round=review.round)
    _take_back(entry, old, now)
    return review


def _take_back(entry: Entry, old: Review, now: datetime) -> None:
    """What the participant saw already is superseded before their eyes; what was about to be shown never is."""
    release = getattr(old, "release", None)
    if release is None:
        return
    if release.visible_from > now:
        release.delete()
        withdraw_notices([entry.pk], now)
    else:
        show_held([entry.pk], release.visible_from)
        notify(entry, NoticeKind.REOPENED, occasion=old.pk, at=now)


def _copy(old: Review, *, reviewer, now: datetime) -> Review:
    review = Review.objects.create(
        submission=old.submission,
        reviewer=reviewer,
        rubric_id=old.rubric_id,
        round=old.round + 1,
        comment=old.comment,
        started_at=now,
        saved_at=now,
    )
    Score.objects.bulk_create(
        Score(
            review=review,
            criterion_id=score.criterion_id,
            level_id=score.level_id,
            points=score.points,
            comment=score.comment,
        )
        for score in old.scores.all()
    )
    RevisionItem.objects.bulk_create(
        RevisionItem(review=review, order=item.order, text=item.text) for item in old.items.all()
    )
    Annotation.objects.bulk_create(
        Annotation(
            review=review,
            prompt_id=note.prompt_id,
            quote=note.quote,
            prefix=note.prefix,
            suffix=note.suffix,
            start=note.start,
            text=note.text,
        )
        for note in old.annotations.all()
    )
    return review


@transaction.atomic
def reschedule(*, user, schedule: Schedule, now: datetime) -> None:
    """Carry a changed schedule over to the entries that follow it.

    Entries with an extension keep their own time, and what was handed in keeps the due time it had.
    """
    own_time = Extension.objects.filter(enrolment=OuterRef("enrolment"), module=OuterRef("module"))
    (
        Entry.objects.filter(enrolment__cohort=schedule.cohort_id, module=schedule.module_id)
        .exclude(Exists(own_time))
        .update(due_at=schedule.due)
    )
    audit.append(
        stream=f"cohort:{schedule.cohort_id}",
        kind=EventKind.RESCHEDULED,
        actor=user,
        subject=("schedule", schedule.pk),
        data={
            "module": schedule.module.number,
            "opens": schedule.opens.isoformat(),
            "due": schedule.due.isoformat(),
            "closes": schedule.closes.isoformat(),
        },
        at=now,
    )


@transaction.atomic
def record_remedial(*, user, enrolment: Enrolment, score: Decimal, reason: str, now: datetime) -> Remedial:
    """Record the outcome of a remedial (70,01 at most). Raises Forbidden, Invalid or Conflict "deleted"."""
    require_lead(user, enrolment.cohort, enrolment)
    require_kept(enrolment.cohort)
    reason = require_reason(reason)
    if not 0 <= score <= REMEDIAL_CAP:
        message = _("A remedial counts %(cap)s at most.") % {"cap": number_format(REMEDIAL_CAP, 2)}
        raise Invalid(message, {"score": message})
    # One after the other: the audit compares the rows with the events in their order.
    Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
    remedial = Remedial.objects.create(enrolment=enrolment, score=score, reason=reason, by=user, created_at=now)
    audit.append(
        stream=f"cohort:{enrolment.cohort_id}",
        kind=EventKind.REMEDIAL,
        actor=user,
        subject=("enrolment", enrolment.pk),
        data={"score": str(score)},
        at=now,
    )
    return remedial
