"""Adding the people of a list to a cohort: all of them or nobody, and undone while nobody of them has begun."""

import json
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from berakhlak.accounts.models import User
from journals import audit, permissions
from journals.enums import EnrolmentStatus, EventKind, RosterOutcome, RosterState
from journals.models import Cohort, Enrolment, Entry, Group, Roster, RosterRow
from journals.roster.keeping import reading_of
from journals.roster.planning import Planned, accounts_in, plan_of
from journals.roster.reading import PERSONAL, Reading
from journals.workflow.core import Conflict, Forbidden, require_kept
from journals.workflow.moving import carry_over, record_move, settled_fate_of

BATCH = 500
CHANGED = gettext_lazy("Something has changed since this page was made. Look at it once more.")
REASON = "roster"  # the reason that the history of each row names


def silently(done: int) -> None:
    """For whoever does not want to hear how far it is."""


def add_roster(*, user, roster: Roster, expected: str, now: datetime, tell: Callable[[int], None] = silently) -> Roster:
    """Make the accounts, enrol everybody, change what the list says otherwise; exactly what was `expected` (a digest).

    `tell` is called with the number of rows done, every few hundred of them.
    Raises Forbidden, or Conflict: "done" (it was decided on already), "changed" (it would do something else by now) or
    "problems".
    """
    try:
        return _add(user, roster, expected, now, tell)
    except IntegrityError:  # a list for another cohort made the same account in this very moment
        raise Conflict("changed", str(CHANGED)) from None


@transaction.atomic
def _add(user, roster: Roster, expected: str, now: datetime, tell: Callable[[int], None]) -> Roster:
    locked = _locked(user, roster, RosterState.OPEN)
    reading = reading_of(locked)
    _lock_accounts(reading)
    require_kept(locked.cohort)
    plan = plan_of(locked.cohort, reading, moves=locked.moves)
    if not plan.possible:
        raise Conflict("problems", _("The list has problems. Nothing was added."))
    if plan.digest != expected:
        raise Conflict("changed", str(CHANGED))
    locked.groups.add(*Group.objects.bulk_create([Group(cohort=locked.cohort, name=name) for name in plan.new_groups]))
    groups = {group.name: group for group in Group.objects.filter(cohort=locked.cohort)}
    for begin in range(0, len(plan.rows), BATCH):
        tell(begin)
        _take_in(plan.rows[begin : begin + BATCH], locked, groups, user, now)
    locked.state, locked.cells, locked.done_at = RosterState.DONE, "", now
    locked.save(update_fields=["state", "cells", "done_at"])
    _record(locked, EventKind.ENROLLED, user, now, {**plan.counts(), "digest": plan.digest})
    tell(len(plan.rows))
    return locked


def _take_in(rows: list[Planned], roster: Roster, groups: dict[str, Group], user, now: datetime) -> None:
    """Accounts, enrolments and moves of some rows, and what is needed to undo them."""
    _make_accounts(rows, user)
    before = _change_accounts(rows, user)
    enrolments = _enrol(rows, roster.cohort, groups, user)
    moved = {
        row.person.number: _leave(row.leaves, enrolments[row.person.number], user, now) for row in rows if row.leaves
    }
    RosterRow.objects.bulk_create(
        RosterRow(
            roster=roster,
            number=row.person.number,
            outcome=row.outcome,
            user=row.user,
            enrolment=enrolments.get(row.person.number),
            before=before.get(row.person.number, ""),
            moved=moved.get(row.person.number, ""),
        )
        for row in rows
    )


@transaction.atomic
def discard_roster(*, user, roster: Roster) -> None:
    """Throw a list away that was not added. Raises Forbidden, or Conflict "done"."""
    _locked(user, roster, RosterState.OPEN).delete()


@transaction.atomic
def undo_roster(*, user, roster: Roster, now: datetime, tell: Callable[[int], None] = silently) -> Roster:
    """Take everything back that a list did; `tell` as above. Raises Forbidden, or Conflict "done" or "begun"."""
    locked = _locked(user, roster, RosterState.DONE)
    _hold_places(locked)
    if obstacle := undo_obstacle(locked):
        raise Conflict("begun", obstacle)
    rows = list(locked.rows.select_related("user"))
    try:
        for begin in range(0, len(rows), BATCH):
            tell(begin)
            _take_back(rows[begin : begin + BATCH], user, now)
        locked.groups.all().delete()
    except ProtectedError:
        raise Conflict("begun", _("Somebody of this list has other work here by now. Nothing was undone.")) from None
    for row in rows:
        if row.before and row.user:
            _restore(row.user, json.loads(row.before), user)
    locked.state, locked.undone_at = RosterState.UNDONE, now
    locked.save(update_fields=["state", "undone_at"])
    _record(locked, EventKind.ENROLLED_UNDONE, user, now, {"rows": len(rows)})
    tell(len(rows))
    return locked


def _take_back(rows: list[RosterRow], user, now: datetime) -> None:
    """The moves, enrolments and accounts of some rows."""
    for row in rows:
        if row.moved:
            _come_back(json.loads(row.moved), user, now)
    Enrolment.objects.filter(pk__in=[row.enrolment_id for row in rows if row.enrolment_id]).delete()
    User.objects.filter(pk__in=[row.user_id for row in rows if row.outcome == RosterOutcome.NEW]).delete()


def undo_obstacle(roster: Roster) -> str:
    """Why a list can no longer be undone, or nothing; three queries, and one for drafts that came along."""
    joined = roster.rows.filter(enrolment__isnull=False)
    places = joined.values("enrolment")
    changed = Q(user__last_login__gte=roster.done_at) | ~Q(status=EnrolmentStatus.ACTIVE)
    found = Enrolment.objects.filter(changed, pk__in=places).select_related("user").first()
    if found and found.status == EnrolmentStatus.ACTIVE:
        return _("%(name)s has signed in since.") % {"name": found.user.full_name}
    if found:
        return _("%(name)s has been moved on, or has left, since.") % {"name": found.user.full_name}
    # Drafts that came along are no beginning, unless somebody has written on, handed in, or taken them elsewhere.
    came = [pk for said in joined.exclude(moved="").values_list("moved", flat=True) for pk in json.loads(said)["due"]]
    untouched = Q(pk__in=came, saved_at__lte=roster.done_at, handed_in=False)
    entries = Entry.objects.with_handed_in().select_related("enrolment__user")
    begun = entries.filter(enrolment__in=places).exclude(untouched).first()
    if came and not begun:
        begun = entries.filter(pk__in=came).exclude(enrolment__in=places).first()
    return _("%(name)s has written something.") % {"name": begun.enrolment.user.full_name} if begun else ""


def _hold_places(roster: Roster) -> None:
    """Nobody is moved on, and nothing is written, while a list is undone."""
    joined = list(roster.rows.filter(enrolment__isnull=False).values_list("enrolment", flat=True))
    for begin in range(0, len(joined), BATCH):
        some = joined[begin : begin + BATCH]
        list(Enrolment.objects.select_for_update(no_key=True).filter(pk__in=some).order_by("pk").values_list("pk"))
        list(Entry.objects.select_for_update(of=("self",)).filter(enrolment__in=some).order_by("pk").values_list("pk"))


def _locked(user, roster: Roster, state: RosterState) -> Roster:
    if not permissions.may_enrol(user):
        raise Forbidden
    cohort = Cohort.objects.select_for_update().get(pk=roster.cohort_id)
    locked = Roster.objects.select_for_update().get(pk=roster.pk)
    locked.cohort = cohort
    if locked.state != state:
        raise Conflict("done", _("This list was decided on already."))
    return locked


def _lock_accounts(reading: Reading) -> None:
    """Hold the accounts that a list names, so that two lists at once do not put one person into two cohorts."""
    found = sorted({user.pk for user in accounts_in(reading)})
    for begin in range(0, len(found), BATCH):
        list(User.objects.select_for_update().filter(pk__in=found[begin : begin + BATCH]).order_by("pk"))


def _make_accounts(rows: list[Planned], by) -> None:
    rows = [row for row in rows if row.user is None]
    users = [_account(row) for row in rows]
    for row, user in zip(rows, bulk_create_with_history(users, User, BATCH, default_user=by,
                                                        default_change_reason=REASON), strict=True):  # fmt: skip
        row.user = user


def _account(row: Planned) -> User:
    values = {name: getattr(row.person, name) for name in (*PERSONAL, "nip", "email")}
    user = User(**values)
    user.set_unusable_password()
    return user


def _change_accounts(rows: list[Planned], by) -> dict[int, str]:
    """By the row's number: the values before, as JSON."""
    rows = [row for row in rows if row.changes and row.user]
    before = {}
    for row in rows:
        before[row.person.number] = json.dumps({name: old or None for name, (old, _new) in row.changes.items()})
        for name, (_old, new) in row.changes.items():
            setattr(row.user, name, new)
    users = [row.user for row in rows if row.user]
    if users:
        fields = [*PERSONAL, "nip", "email"]
        bulk_update_with_history(users, User, fields, BATCH, default_user=by, default_change_reason=REASON)
    return before


def _restore(account, before: dict[str, str | None], by) -> None:
    """Give an account the values back that it had; what was changed by hand since goes with them."""
    for name, value in before.items():
        setattr(account, name, value if value is not None or name in ("nip", "email") else "")
    account._history_user, account._change_reason = by, REASON
    account.save(update_fields=list(before))


def _enrol(rows: list[Planned], cohort: Cohort, groups: dict[str, Group], by) -> dict[int, Enrolment]:
    """By the row's number."""
    rows = [row for row in rows if row.joins]
    enrolments = [Enrolment(user=row.user, cohort=cohort, group=groups[row.group], ndh=row.ndh) for row in rows]
    made = bulk_create_with_history(enrolments, Enrolment, BATCH, default_user=by, default_change_reason=REASON)
    return {row.person.number: enrolment for row, enrolment in zip(rows, made, strict=True)}


def _leave(place: Enrolment, new: Enrolment, by, now: datetime) -> str:
    """Give up the place in another cohort, drafts going along; what is needed to take that back, as JSON."""
    former = Enrolment.objects.select_for_update(no_key=True).get(pk=place.pk)
    if former.status != EnrolmentStatus.ACTIVE:
        raise Conflict("changed", str(CHANGED))
    drafts = settled_fate_of(former, new.cohort).goes
    said = {"from": former.pk, "due": {str(entry.pk): entry.due_at.isoformat() for entry in drafts}}
    _set_status(former, EnrolmentStatus.MOVED, by)
    carry_over(drafts, to=new)
    record_move(drafts, former, new, by, now)
    return json.dumps(said)


def _come_back(said: dict, by, now: datetime) -> None:
    """The place in the other cohort is theirs again, and the drafts with it."""
    former = Enrolment.objects.select_for_update(no_key=True).get(pk=said["from"])
    drafts = list(Entry.objects.filter(pk__in=said["due"]).select_related("enrolment"))
    carry_over(drafts, to=former)
    if drafts:
        record_move(drafts, drafts[0].enrolment, former, by, now)
    _set_status(former, EnrolmentStatus.ACTIVE, by)


def _set_status(enrolment: Enrolment, status: EnrolmentStatus, by) -> None:
    enrolment.status = status
    enrolment._history_user, enrolment._change_reason = by, REASON  # type: ignore[attr-defined]
    enrolment.save(update_fields=["status"])


def _record(roster: Roster, kind: EventKind, user, now: datetime, data: dict) -> None:
    audit.append(
        stream=f"cohort:{roster.cohort_id}", kind=kind, actor=user, subject=("roster", roster.pk), data=data, at=now
    )
