"""The moves of leads and organisers: release, reopen, reschedule, remedial."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from curriculum.models import Module
from journals import audit, permissions
from journals.enums import REMEDIAL_CAP, EntryState, EventKind, NoticeKind, ReviewState
from journals.models import (
    Annotation,
    Claim,
    Cohort,
    Enrolment,
    Entry,
    Extension,
    Release,
    Remedial,
    Review,
    RevisionItem,
    Schedule,
    Score,
    Supersession,
)
from journals.workflow.core import (
    Conflict,
    Forbidden,
    Invalid,
    check_move,
    locked,
    notify,
    notify_each,
    record,
    record_each,
    set_state,
)
from journals.workflow.reviewing import LEASE
from journals.workflow.talking import held, show_held

OWN_WORK = gettext_lazy("Nobody decides on their own work. Please ask a colleague.")


def require_lead(user, cohort: Cohort, enrolment: Enrolment | None = None) -> None:
    """Raise Forbidden unless the user leads the cohort, and about their own enrolment always."""
    if not permissions.may_lead(user, cohort):
        raise Forbidden(_("Only the lead instructor or the organiser may do this."))
    if enrolment is not None and enrolment.user_id == user.pk:
        raise Forbidden(str(OWN_WORK))


def require_reason(reason: str) -> str:
    """The reason without blanks around it. Raises Invalid when there is none."""
    if not reason.strip():
        raise Invalid(_("Please give a reason."), {"reason": _("Please give a reason.")})
    return reason.strip()


def standing_grades(cohort: Cohort):
    """Final grades of a cohort that were not superseded."""
    return Review.objects.in_force().filter(submission__entry__enrolment__cohort=cohort)


def half_reviewed(cohort: Cohort, *, now: datetime, module: Module | None = None):
    """Entries in the way of a release: handed in, and held by a reviewer or with an unfinished review."""
    entries = Entry.objects.filter(enrolment__cohort=cohort, state=EntryState.SUBMITTED)
    if module:
        entries = entries.filter(module=module)
    return entries.filter(
        Exists(Claim.objects.filter(entry=OuterRef("pk"), expires_at__gt=now))
        | Exists(
            Review.objects.filter(
                submission__entry=OuterRef("pk"), submission__withdrawn_at=None, state=ReviewState.WORKING
            )
        )
    )


@transaction.atomic
def release(*, user, cohort: Cohort, now: datetime, module: Module | None = None) -> int:
    """Make all grades of the cohort (or of one module) visible that are not yet; the number released.

    All or nothing: refused while an entry of the set is half reviewed. Raises Forbidden or Conflict.
    """
    require_lead(user, cohort)
    inside = Q(enrolment__cohort=cohort) & (Q(module=module) if module else Q())
    entries = {
        entry.pk: entry
        for entry in Entry.objects.select_for_update(of=("self",))
        .filter(inside)
        .select_related("enrolment")
        .order_by("pk")
    }
    if count := half_reviewed(cohort, now=now, module=module).count():
        raise Conflict(
            "half_reviewed",
            _("%(count)d entries are still being reviewed. Release when they are done.") % {"count": count},
        )
    reviews = list(
        standing_grades(cohort)
        .filter(submission__entry__in=entries, release=None)
        .select_related("submission")
        .annotate(has_held=held("submission__entry"))
        .order_by("submission__entry_id")
    )
    Release.objects.bulk_create(Release(review=review, by=user, created_at=now) for review in reviews)
    released = [(entries[review.submission.entry_id], review.pk) for review in reviews]
    for entry, _review in released:
        check_move(entry, "release")
    record_each(((entry, {"review": pk}) for entry, pk in released), EventKind.RELEASED, actor=user, at=now)
    notify_each(released, NoticeKind.RELEASED, at=now)
    if talked := [review.submission.entry_id for review in reviews if review.has_held]:
        show_held(talked, now)
    audit.append(
        stream=f"cohort:{cohort.pk}",
        kind=EventKind.RELEASED,
        actor=user,
        subject=("cohort", cohort.pk),
        data={"reviews": len(reviews), "module": module.number if module else None},
        at=now,
    )
    return len(reviews)


@transaction.atomic
def reopen(*, user, entry: Entry, reason: str, now: datetime) -> Review:
    """Begin a new round as a copy of the grade in force, which stays readable as superseded.

    A lead or organiser who does not review this entry leaves the new round with its reviewer. Raises
    Forbidden, Conflict or Invalid (no reason).
    """
    entry = locked(entry)
    old = standing_grades(entry.enrolment.cohort).filter(submission__entry=entry).select_related("submission").first()
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
    if Release.objects.filter(review=old).exists():
        notify(entry, NoticeKind.REOPENED, occasion=old.pk, at=now)
    return review


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
    """Record the outcome of a remedial (70,01 at most). Raises Forbidden or Invalid."""
    require_lead(user, enrolment.cohort, enrolment)
    reason = require_reason(reason)
    if not 0 <= score <= REMEDIAL_CAP:
        message = _("A remedial counts %(cap)s at most.") % {"cap": number_format(REMEDIAL_CAP, 2)}
        raise Invalid(message, {"score": message})
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
