"""More time than the schedule gives: for one participant, or for many at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from curriculum.models import Module
from journals import audit
from journals.enums import EventKind, ExtensionKind, NoticeKind
from journals.models import Cohort, Enrolment, Entry, Extension, Schedule
from journals.windows import Window, current_window, due_problem, window_of
from journals.workflow.core import Conflict, Invalid, check_move, locked, notify_each, record_each
from journals.workflow.oversight import OWN_WORK, require_lead, require_reason


@dataclass(frozen=True)
class Grant:
    """What another due time means for one participant; `problem` says why it cannot be given."""

    enrolment: Enrolment
    entry: Entry | None
    before: datetime
    due: datetime
    closes: datetime
    problem: str = ""


def extension_errors(
    enrolment: Enrolment, module: Module, *, due: datetime, closes: datetime, now: datetime
) -> dict[str, str]:
    """What is wrong with another due time, by field: an extension only ever gives more time. Two queries."""
    window = current_window(enrolment, module)
    if window is None:
        return {"module": _("This module is not in the cohort's schedule.")}
    return _time_errors(enrolment.cohort, window, due=due, closes=closes, now=now)


def _time_errors(cohort: Cohort, window: Window, *, due: datetime, closes: datetime, now: datetime) -> dict[str, str]:
    for name, at in (("due", due), ("closes", closes)):
        if problem := due_problem(cohort, at):
            return {name: problem}
    if closes < due:
        return {"closes": _("This lies before the due time.")}
    if due <= now or due < window.due:
        return {"due": _("An extension gives more time: choose a time in the future, after the present due time.")}
    if closes < window.closes:
        return {"closes": _("An extension gives more time: this lies before the present closing time.")}
    return {}


@transaction.atomic
def extend(
    *, user, enrolment: Enrolment, module: Module, due: datetime, closes: datetime, reason: str, now: datetime
) -> Extension:
    """Give one participant a later due time for a module. Raises Forbidden, Conflict (graded) or Invalid."""
    require_lead(user, enrolment.cohort, enrolment)
    reason = require_reason(reason)
    if errors := extension_errors(enrolment, module, due=due, closes=closes, now=now):
        raise Invalid(next(iter(errors.values())), errors)
    entry = Entry.objects.filter(enrolment=enrolment, module=module).first()
    entry = locked(entry) if entry else None
    if entry:
        check_move(entry, "extend")
    return _give(user, module, [(enrolment, entry, closes)], due, reason, now)[0]


def grants_of(
    *, user, schedule: Schedule, enrolments: Iterable[Enrolment], due: datetime, now: datetime
) -> list[Grant]:
    """What the new due time would mean for each participant of the schedule's cohort. Two queries.

    The closing time keeps its distance from the due time, and never comes nearer than it is.
    """
    enrolments = list(enrolments)
    of_module = {"enrolment__in": enrolments, "module": schedule.module_id}
    entries = Entry.objects.filter(**of_module).select_related("enrolment")
    return _grants(user, schedule, enrolments, list(entries), due, now)


def _grants(
    user, schedule: Schedule, enrolments: list[Enrolment], entries: list[Entry], due: datetime, now: datetime
) -> list[Grant]:
    begun = {entry.enrolment_id: entry for entry in entries}
    given = Extension.objects.filter(enrolment__in=enrolments, module=schedule.module_id).order_by("id")
    newest = {extension.enrolment_id: extension for extension in given}
    found = []
    for enrolment in enrolments:
        window, entry = window_of(schedule.cohort, schedule, newest.get(enrolment.pk)), begun.get(enrolment.pk)
        closes = max(due + (schedule.closes - schedule.due), window.closes)
        problem = _problem(user, enrolment, entry)
        if not problem:
            errors = _time_errors(schedule.cohort, window, due=due, closes=closes, now=now)
            problem = next(iter(errors.values()), "")
        found.append(Grant(enrolment, entry, window.due, due, closes, problem))
    return found


def _problem(user, enrolment: Enrolment, entry: Entry | None) -> str:
    if enrolment.user_id == user.pk:
        return str(OWN_WORK)
    if entry is None:
        return ""
    try:
        check_move(entry, "extend")
    except Conflict as refusal:
        return refusal.message
    return ""


@transaction.atomic
def extend_each(
    *, user, schedule: Schedule, enrolments: Iterable[Enrolment], due: datetime, reason: str, now: datetime
) -> list[Grant]:
    """Give each of these participants the later due time, as far as they can have it; what became of each.

    One that cannot have it does not stop the others. The same few queries for one and for four hundred.
    Raises Forbidden or Invalid (no reason).
    """
    require_lead(user, schedule.cohort)
    reason = require_reason(reason)
    enrolments = list(enrolments)
    entries = list(
        Entry.objects.select_for_update(of=("self",))
        .filter(enrolment__in=enrolments, module=schedule.module_id)
        .select_related("enrolment")
        .order_by("pk")
    )
    found = _grants(user, schedule, enrolments, entries, due, now)
    given = [grant for grant in found if not grant.problem]
    if given:
        rows = [(grant.enrolment, grant.entry, grant.closes) for grant in given]
        _give(user, schedule.module, rows, due, reason, now)
    return found


def _give(
    user,
    module: Module,
    rows: Sequence[tuple[Enrolment, Entry | None, datetime]],
    due: datetime,
    reason: str,
    now: datetime,
) -> list[Extension]:
    """Write extensions for participants of one cohort, each with the locked entry, if any, and its closing time."""
    made = Extension.objects.bulk_create(
        Extension(
            enrolment=enrolment,
            module=module,
            kind=ExtensionKind.GRANTED,
            due=due,
            closes=closes,
            reason=reason,
            by=user,
            created_at=now,
        )
        for enrolment, _entry, closes in rows
    )
    begun = [(entry, extension.pk) for (_who, entry, _closes), extension in zip(rows, made, strict=True) if entry]
    if begun:
        Entry.objects.filter(pk__in=[entry.pk for entry, _pk in begun]).update(due_at=due)
        said = {"due": due.isoformat()}
        record_each(((entry, said) for entry, _pk in begun), EventKind.EXTENDED, actor=user, at=now)
        notify_each(begun, NoticeKind.EXTENDED, at=now)
    if unwritten := [enrolment for enrolment, entry, _closes in rows if entry is None]:
        _record_unwritten(user, module, unwritten, due, now)
    return made


def _record_unwritten(user, module: Module, enrolments: list[Enrolment], due: datetime, now: datetime) -> None:
    """In the cohort's stream: there is no entry yet that could have one."""
    cohort = enrolments[0].cohort_id
    one = enrolments[0] if len(enrolments) == 1 else None
    more = {} if one else {"enrolments": [enrolment.pk for enrolment in enrolments]}
    audit.append(
        stream=f"cohort:{cohort}",
        kind=EventKind.EXTENDED,
        actor=user,
        subject=("enrolment", one.pk) if one else ("cohort", cohort),
        data={"module": module.number, "due": due.isoformat(), **more},
        at=now,
    )
