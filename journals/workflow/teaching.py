"""Who covers what: an instructor comes, goes, or hands everything over to another. Entries never change hands by it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.accounts.models import User
from curriculum.models import Module
from journals import audit, permissions
from journals.enums import EntryState, EventKind
from journals.models import Claim, Cohort, Entry, Group, Teaching
from journals.workflow.core import Conflict, Forbidden, Invalid

HELD = gettext_lazy(
    "%(name)s is reviewing an entry right now. Try again when it is finished, at most half an hour later."
)


@transaction.atomic
def appoint(
    *,
    user,
    cohort: Cohort,
    instructor: User,
    now: datetime,
    group: Group | None = None,
    modules: Iterable[Module] = (),
    is_lead: bool = False,
) -> Teaching:
    """Let somebody teach a group (None: the whole cohort), some modules or all. Raises Forbidden or Invalid."""
    _require_organiser(user)
    if not instructor.is_active:
        raise _wrong(_("This account is switched off."))
    if Teaching.objects.filter(cohort=cohort, instructor=instructor, group=group).exists():
        raise _wrong(_("%(name)s covers this already.") % {"name": instructor.full_name})
    teaching = Teaching.objects.create(cohort=cohort, instructor=instructor, group=group, is_lead=is_lead)
    teaching.modules.set(modules)
    _record(user, teaching, "came", now)
    return teaching


@transaction.atomic
def dismiss_teaching(*, user, teaching: Teaching, now: datetime) -> None:
    """Somebody no longer teaches this. What they decided stays; their pile is nobody's. Raises Forbidden or Conflict.

    Not while they hold an entry: their half finished review would be locked away from them.
    """
    locked = _locked(user, teaching, now)
    _record(user, locked, "went", now)
    pk, cohort, instructor = locked.pk, locked.cohort, locked.instructor
    locked.modules.clear()
    locked.delete()
    _clear_pile(cohort, instructor, without=pk)


@transaction.atomic
def replace_instructor(*, user, teaching: Teaching, by: User, now: datetime) -> Teaching:
    """Somebody else covers exactly this from now on, and gets what lies on the pile. Raises Forbidden, Invalid or
    Conflict."""
    locked = _locked(user, teaching, now)
    modules = list(locked.modules.all())
    former, cohort = locked.instructor, locked.cohort
    if by.pk == former.pk:
        raise _wrong(_("%(name)s covers this already.") % {"name": by.full_name})
    made = appoint(
        user=user,
        cohort=cohort,
        instructor=by,
        group=locked.group,
        modules=modules,
        is_lead=locked.is_lead,
        now=now,
    )
    pile = _pile(cohort, former)
    if locked.group_id:
        pile = pile.filter(enrolment__group=locked.group_id)
    if modules:
        pile = pile.filter(module__in=modules)
    pile.exclude(enrolment__user=by).update(assignee=by)
    dismiss_teaching(user=user, teaching=locked, now=now)
    return made


def _locked(user, teaching: Teaching, now: datetime) -> Teaching:
    _require_organiser(user)
    found = Teaching.objects.select_for_update(of=("self",)).select_related("instructor", "cohort", "group")
    locked = found.get(pk=teaching.pk)
    held = Claim.objects.filter(
        reviewer=locked.instructor, expires_at__gt=now, entry__enrolment__cohort=locked.cohort_id
    )
    if held.exists():
        raise Conflict("held", HELD % {"name": locked.instructor.full_name})
    return locked


def _require_organiser(user) -> None:
    if not permissions.may_arrange(user):
        raise Forbidden


def _wrong(message: str) -> Invalid:
    return Invalid(message, {"siapa": message})


def _pile(cohort: Cohort, instructor: User):
    return Entry.objects.filter(enrolment__cohort=cohort, assignee=instructor, state=EntryState.SUBMITTED)


def _clear_pile(cohort: Cohort, instructor: User, *, without: int) -> None:
    """Entries that they no longer cover lie on nobody's pile."""
    others = Teaching.objects.filter(cohort=cohort, instructor=instructor).exclude(pk=without)
    left = list(others.prefetch_related("modules"))
    lost = []
    for entry in _pile(cohort, instructor).select_related("enrolment"):
        where = {"group_id": entry.enrolment.group_id, "module_id": entry.module_id}
        if not any(permissions.covers(each, **where) for each in left):
            lost.append(entry.pk)
    Entry.objects.filter(pk__in=lost).update(assignee=None)


def _record(user, teaching: Teaching, move: str, now: datetime) -> None:
    data = {
        "move": move,
        "instructor": teaching.instructor_id,
        "group": teaching.group_id,
        "modules": sorted(module.number for module in teaching.modules.all()),
        "lead": teaching.is_lead,
    }
    audit.append(
        stream=f"cohort:{teaching.cohort_id}",
        kind=EventKind.TEACHING,
        actor=user,
        subject=("teaching", teaching.pk),
        data=data,
        at=now,
    )
