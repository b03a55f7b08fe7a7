"""Participants change groups or cohorts, leave and come back. What was handed in stays where it was handed in.

Rights follow from the enrolment, so they change with it at once. Drafts go along by module: an entry that was never
handed in is the same row in its new place, with its history, files and marks.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from journals import audit, permissions
from journals.content import canonical, digest
from journals.enums import EnrolmentStatus, EntryState, EventKind
from journals.models import Claim, Cohort, Enrolment, Entry, Extension, Group, Schedule, Teaching
from journals.workflow.core import Conflict, Forbidden, Invalid, record_each, require_kept
from journals.workflow.teaching import HELD

REASON_LENGTH = 100  # of the history's reason


@dataclass
class Fate:
    """What becomes of each entry when its author changes cohorts, by module."""

    goes: list[Entry] = field(default_factory=list)  # drafts
    stays: list[Entry] = field(default_factory=list)  # handed in at least once
    homeless: list[Entry] = field(default_factory=list)  # drafts of modules that the new cohort does not have

    def digest(self, to: Cohort) -> str:
        """What was shown, so that exactly this is done or nothing."""
        said = {name: [entry.pk for entry in getattr(self, name)] for name in ("goes", "stays", "homeless")}
        return digest(canonical({**said, "to": to.pk}))


def fate_of(enrolment: Enrolment, cohort: Cohort) -> Fate:
    """What a move to the cohort would do; three queries."""
    taught = set(Schedule.objects.in_use().filter(cohort=cohort).values_list("module", flat=True))
    # Somebody who comes back finds the entries there that were left behind.
    there = Entry.objects.filter(enrolment__user=enrolment.user_id, enrolment__cohort=cohort)
    taken = set(there.values_list("module", flat=True))
    fate = Fate()
    for entry in enrolment.entries.select_related("module").with_handed_in().order_by("module__number"):
        if entry.handed_in:
            fate.stays.append(entry)
        elif entry.module_id in taught - taken:
            fate.goes.append(entry)
        else:
            fate.homeless.append(entry)
    return fate


def settled_fate_of(enrolment: Enrolment, cohort: Cohort) -> Fate:
    """The same, and nobody hands in or writes meanwhile: for the move itself."""
    list(enrolment.entries.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    return fate_of(enrolment, cohort)


@transaction.atomic
def transfer(*, user, enrolment: Enrolment, group: Group, expected: str, reason: str, now: datetime) -> Enrolment:
    """Move somebody to a group of another cohort; exactly what was `expected` (the digest of a `Fate`).

    Raises Forbidden, Invalid, or Conflict "changed" or "elsewhere" (another running cohort).
    """
    locked = _locked(user, enrolment)
    if group.cohort_id == locked.cohort_id:
        raise Invalid(_("This is the cohort that they are in."))
    if locked.status != EnrolmentStatus.ACTIVE:
        raise Conflict("status", _("%(name)s does not take part any more.") % {"name": locked.user.full_name})
    cohort = Cohort.objects.select_for_update().get(pk=group.cohort_id)
    fate = settled_fate_of(locked, cohort)
    if fate.digest(cohort) != expected:
        raise Conflict("changed", _("Something has changed since this page was made. Look at it once more."))
    _require_no_other(locked, besides=(locked.cohort, cohort), at=cohort)
    _save(locked, user, reason, status=EnrolmentStatus.MOVED)
    new = _admitted(locked, cohort, group, user, reason)
    carry_over(fate.goes, to=new)
    record_move(fate.goes, locked, new, user, now)
    return new


def carry_over(drafts: list[Entry], *, to: Enrolment) -> None:
    """Drafts become those of another enrolment, due as its cohort says, or as the newest extension there does.

    A module that has left the schedule there since (a list is undone) changes nothing of when its draft was due.
    """
    due = dict(Schedule.objects.filter(cohort=to.cohort_id).values_list("module", "due"))
    due.update(Extension.objects.filter(enrolment=to).order_by("id").values_list("module", "due"))
    for entry in drafts:
        Entry.objects.filter(pk=entry.pk).update(
            enrolment=to, due_at=due.get(entry.module_id, entry.due_at), assignee=None
        )


def record_move(drafts: list[Entry], former: Enrolment, new: Enrolment, by, now: datetime) -> None:
    """In the stream of each draft that went along, and in those of both cohorts."""
    places = {"from": former.pk, "to": new.pk}
    record_each([(entry, places) for entry in drafts], EventKind.MOVED, actor=by, at=now)
    for place in (former, new):
        _record(place, EventKind.MOVED, by, now, {**places, "entries": [entry.pk for entry in drafts]})


@transaction.atomic
def regroup(*, user, enrolment: Enrolment, group: Group, now: datetime) -> None:
    """Move somebody to another group of the cohort. Raises Forbidden, Invalid, or Conflict while one of the entries
    is being reviewed by somebody who does not cover the new group."""
    locked = _locked(user, enrolment)
    if group.cohort_id != locked.cohort_id:
        raise Invalid(_("This group belongs to another cohort."))
    if group.pk == locked.group_id:
        raise Invalid(_("%(name)s is in this group already.") % {"name": locked.user.full_name})
    places = list(Teaching.objects.filter(cohort=locked.cohort_id).prefetch_related("modules"))
    for claim in Claim.objects.filter(entry__enrolment=locked, expires_at__gt=now).select_related("entry", "reviewer"):
        if not _covers(places, claim.reviewer_id, group, claim.entry):
            raise Conflict("held", HELD % {"name": claim.reviewer.full_name})
    former = locked.group_id
    _save(locked, user, "", group=group)
    piled = Entry.objects.filter(enrolment=locked, assignee__isnull=False, state=EntryState.SUBMITTED)
    lost = [entry.pk for entry in piled if not _covers(places, entry.assignee_id, group, entry)]
    Entry.objects.filter(pk__in=lost).update(assignee=None)
    _record(locked, EventKind.MOVED, user, now, {"from_group": former, "to_group": group.pk})


@transaction.atomic
def withdraw_participant(*, user, enrolment: Enrolment, reason: str, now: datetime) -> None:
    """Somebody leaves: they write no more and are in no result; what they wrote stays. Raises Forbidden or Conflict."""
    locked = _locked(user, enrolment)
    if locked.status != EnrolmentStatus.ACTIVE:
        raise Conflict("status", _("%(name)s does not take part any more.") % {"name": locked.user.full_name})
    _save(locked, user, reason, status=EnrolmentStatus.WITHDRAWN)
    _record(locked, EventKind.LEFT, user, now, {})


@transaction.atomic
def readmit(*, user, enrolment: Enrolment, reason: str, now: datetime) -> None:
    """Somebody takes part again, with everything as it was. Raises Forbidden or Conflict "status" or "elsewhere"."""
    locked = _locked(user, enrolment)
    if locked.status == EnrolmentStatus.ACTIVE:
        raise Conflict("status", _("%(name)s takes part already.") % {"name": locked.user.full_name})
    require_kept(locked.cohort)
    _require_no_other(locked, besides=(locked.cohort,), at=locked.cohort)
    _save(locked, user, reason, status=EnrolmentStatus.ACTIVE)
    _record(locked, EventKind.READMITTED, user, now, {})


def elsewhere(enrolment: Enrolment, *, besides: tuple[Cohort, ...], at: Cohort) -> Enrolment | None:
    """Another cohort that somebody takes part in while this one runs."""
    running = Q(status=EnrolmentStatus.ACTIVE, cohort__ends__gte=at.starts, cohort__starts__lte=at.ends)
    others = Enrolment.objects.filter(running, user=enrolment.user_id).exclude(cohort__in=besides)
    return others.select_related("cohort").first()


def _require_no_other(enrolment: Enrolment, *, besides: tuple[Cohort, ...], at: Cohort) -> None:
    if other := elsewhere(enrolment, besides=besides, at=at):
        text = _("Takes part in %(cohort)s, which runs at the same time.")
        raise Conflict("elsewhere", text % {"cohort": other.cohort.name})


def _locked(user, enrolment: Enrolment) -> Enrolment:
    if not permissions.may_move(user):
        raise Forbidden
    # Not against rows that only point here: an extension holds its entry already when it is written.
    found = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    found = found.select_related("user", "cohort", "group")
    return found.get(pk=enrolment.pk)


def _admitted(former: Enrolment, cohort: Cohort, group: Group, by, reason: str) -> Enrolment:
    """The place in the new cohort: a former one, or one with the next number."""
    require_kept(cohort)
    known = Enrolment.objects.select_for_update().filter(cohort=cohort, user=former.user_id).first()
    if known is not None:
        _save(known, by, reason, status=EnrolmentStatus.ACTIVE, group=group)
        return known
    last = Enrolment.objects.filter(cohort=cohort).aggregate(last=Max("ndh"))["last"] or 0
    new = Enrolment(user=former.user, cohort=cohort, group=group, ndh=last + 1)
    new._history_user, new._change_reason = by, reason[:REASON_LENGTH]  # type: ignore[attr-defined]
    new.save()
    return new


def _save(enrolment: Enrolment, by, reason: str, **fields) -> None:
    for name, value in fields.items():
        setattr(enrolment, name, value)
    enrolment._history_user, enrolment._change_reason = by, reason[:REASON_LENGTH]  # type: ignore[attr-defined]
    enrolment.save(update_fields=list(fields))


def _covers(places: list[Teaching], instructor: int | None, group: Group, entry: Entry) -> bool:
    return any(
        place.instructor_id == instructor and permissions.covers(place, group_id=group.pk, module_id=entry.module_id)
        for place in places
    )


def _record(enrolment: Enrolment, kind: EventKind, user, now: datetime, data: dict) -> None:
    audit.append(
        stream=f"cohort:{enrolment.cohort_id}",
        kind=kind,
        actor=user,
        subject=("enrolment", enrolment.pk),
        data=data,
        at=now,
    )
