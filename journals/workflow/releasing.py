"""Releasing grades: what goes and what stays, the release itself, and the minutes in which it can be stopped."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from journals import audit
from journals.enums import EntryState, EventKind, NoticeKind, ReviewState
from journals.models import Claim, Cohort, Entry, Release, ReleaseBatch, Review
from journals.workflow.core import Conflict, check_move, notify_each, record_each
from journals.workflow.oversight import require_lead, withdraw_notices

# Time to see the slip that one sees only after pressing the button.
STOPPABLE = timedelta(minutes=5)


@dataclass(frozen=True)
class Choice:
    """Which entries of a cohort: all, or only those of some modules (numbers) and participants (attendance numbers)."""

    modules: Collection[int] = ()
    participants: Collection[int] = ()

    def condition(self) -> Q:
        """For a query of entries."""
        modules = Q(module__number__in=self.modules) if self.modules else Q()
        return modules & (Q(enrolment__ndh__in=self.participants) if self.participants else Q())


@dataclass
class Outlook:
    """What a release of a choice would do. `goes` has its entry and enrolment loaded."""

    goes: list[Review] = field(default_factory=list)
    half_reviewed: list[Entry] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Tells one outlook from another, so that what was shown is what happens."""
        return sha256(",".join(str(review.pk) for review in self.goes).encode()).hexdigest()[:16]


def half_reviewed(cohort: Cohort, choice: Choice, *, now: datetime):
    """Entries in the way of a release: handed in, and held by a reviewer or with an unfinished review."""
    entries = Entry.objects.filter(choice.condition(), enrolment__cohort=cohort, state=EntryState.SUBMITTED)
    begun = Review.objects.filter(
        submission__entry=OuterRef("pk"), submission__withdrawn_at=None, state=ReviewState.WORKING
    )
    held = Claim.objects.filter(entry=OuterRef("pk"), expires_at__gt=now)
    return entries.filter(Exists(held) | Exists(begun))


def outlook(cohort: Cohort, choice: Choice, *, now: datetime) -> Outlook:
    """What would go and what is half reviewed; two queries."""
    inside = Entry.objects.filter(choice.condition(), enrolment__cohort=cohort)
    waiting = Review.objects.in_force().filter(submission__entry__in=inside, release=None)
    people = ("submission__entry__enrolment__user", "submission__entry__enrolment__group", "submission__entry__module")
    return Outlook(
        list(waiting.select_related(*people).defer("submission__content").order_by("pk")),
        list(half_reviewed(cohort, choice, now=now).with_people().order_by("enrolment__ndh", "module__number")),
    )


@transaction.atomic
def release(
    *,
    user,
    cohort: Cohort,
    now: datetime,
    choice: Choice = Choice(),
    expected: str | None = None,
    leave_out: bool = False,
    delay: timedelta = timedelta(0),
) -> ReleaseBatch | None:
    """Make the chosen grades visible that are not yet, after the `delay` in which it can be stopped; None without any.

    Refused while an entry of the choice is half reviewed, unless these are to be left out, and when it would not be
    what was `expected` (the digest of an outlook). Raises Forbidden or Conflict ("half_reviewed", "changed").
    """
    require_lead(user, cohort)
    inside = Entry.objects.select_for_update(of=("self",)).filter(choice.condition(), enrolment__cohort=cohort)
    entries = {entry.pk: entry for entry in inside.select_related("enrolment").order_by("pk")}
    if not leave_out and (count := half_reviewed(cohort, choice, now=now).count()):
        raise Conflict(
            "half_reviewed",
            _("%(count)d entries are still being reviewed. Release when they are done.") % {"count": count},
        )
    waiting = Review.objects.in_force().filter(submission__entry__in=entries, release=None)
    reviews = list(waiting.select_related("submission").defer("submission__content").order_by("pk"))
    if expected is not None and Outlook(reviews).digest != expected:
        raise Conflict("changed", _("Something has changed since. Please look again at what would be released."))
    if not reviews:
        return None
    batch = ReleaseBatch.objects.create(
        cohort=cohort, by=user, created_at=now, visible_from=now + delay, grades=len(reviews)
    )
    Release.objects.bulk_create(
        Release(review=review, batch=batch, by=user, created_at=now, visible_from=batch.visible_from)
        for review in reviews
    )
    released = [(entries[review.submission.entry_id], review.pk) for review in reviews]
    for entry, _review in released:
        check_move(entry, "release")
    record_each(((entry, {"review": pk}) for entry, pk in released), EventKind.RELEASED, actor=user, at=now)
    occasions = ((entry, f"{pk}.{batch.pk}") for entry, pk in released)  # stopped and released again: told once more
    notify_each(occasions, NoticeKind.RELEASED, at=batch.visible_from)
    _record(batch, EventKind.RELEASED, user, now)
    return batch


@transaction.atomic
def stop_release(*, user, batch: ReleaseBatch, now: datetime) -> ReleaseBatch:
    """Take back what participants do not see yet. Raises Forbidden or Conflict (stopped already, too late)."""
    require_lead(user, batch.cohort)
    batch = ReleaseBatch.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=batch.pk)
    if batch.stopped_at:
        raise Conflict("stopped", _("This release was stopped already."))
    if batch.visible_from <= now:
        raise Conflict("visible", _("Too late: the grades are visible already."))
    entries = [
        (release.review.submission.entry, {"review": release.review_id})
        for release in batch.releases.select_related("review__submission__entry").defer("review__submission__content")
    ]
    batch.stopped_at, batch.stopped_by = now, user
    batch.save(update_fields=["stopped_at", "stopped_by"])
    batch.releases.all().delete()
    withdraw_notices([entry.pk for entry, _data in entries], now)
    record_each(entries, EventKind.RELEASE_STOPPED, actor=user, at=now)
    _record(batch, EventKind.RELEASE_STOPPED, user, now)
    return batch


def _record(batch: ReleaseBatch, kind: EventKind, user, now: datetime) -> None:
    audit.append(
        stream=f"cohort:{batch.cohort_id}",
        kind=kind,
        actor=user,
        subject=("cohort", batch.cohort_id),
        data={"batch": batch.pk, "reviews": batch.grades, "visible_from": batch.visible_from.isoformat()},
        at=now,
    )
