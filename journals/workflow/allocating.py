"""Sharing out what waits: whose pile an entry lies on. It orders the work and never grants access."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from curriculum.models import Module
from journals import audit, permissions
from journals.enums import EntryState, EventKind
from journals.models import Cohort, Entry, Teaching
from journals.workflow.core import Invalid
from journals.workflow.oversight import require_lead


@dataclass
class Allocation:
    """How many entries went onto whose pile, by the instructor's id; `left` fit nobody who was chosen."""

    given: Counter[int] = field(default_factory=Counter)
    left: int = 0


@transaction.atomic
def allocate(
    *, user, cohort: Cohort, to: Collection[int], source: int | None, now: datetime, module: Module | None = None
) -> Allocation:
    """Share out the waiting entries of one pile (`source`: an instructor's id; None: those on nobody's) evenly.

    Each goes to the instructor among `to` who covers it and has the fewest; what somebody holds right now stays.
    The same few queries for one and for four hundred entries. Raises Forbidden or Invalid (nobody chosen).
    """
    require_lead(user, cohort)
    waiting = Entry.objects.filter(enrolment__cohort=cohort, state=EntryState.SUBMITTED)
    pile = waiting.filter(Q(module=module) if module else Q(), assignee=source).exclude(claim__expires_at__gt=now)
    entries = list(pile.select_for_update(of=("self",)).select_related("enrolment").order_by("due_at", "id"))
    chosen = Teaching.objects.filter(cohort=cohort, instructor__in=to, instructor__is_active=True)
    teachings = list(chosen.prefetch_related("modules"))
    if not teachings:
        problem = _("Choose at least one instructor of this cohort.")
        raise Invalid(problem, {"ke": problem})
    loads = Counter(waiting.filter(assignee__in=to).values_list("assignee", flat=True))
    done = Allocation()
    for entry in entries:
        able = {teaching.instructor_id for teaching in teachings if _covers(teaching, entry)}
        able.discard(entry.enrolment.user_id)
        if not able:
            done.left += 1
            continue
        entry.assignee_id = min(able, key=lambda pk: (loads[pk], pk))
        loads[entry.assignee_id] += 1
        done.given[entry.assignee_id] += 1
    Entry.objects.bulk_update([entry for entry in entries if entry.assignee_id != source], ["assignee"])
    if done.given:
        _record(user, cohort, source, module, done, now)
    return done


def _covers(teaching: Teaching, entry: Entry) -> bool:
    return permissions.covers(teaching, group_id=entry.enrolment.group_id, module_id=entry.module_id)


def _record(user, cohort: Cohort, source: int | None, module: Module | None, done: Allocation, now: datetime) -> None:
    audit.append(
        stream=f"cohort:{cohort.pk}",
        kind=EventKind.ALLOCATED,
        actor=user,
        subject=("cohort", cohort.pk),
        data={
            "from": source,
            "to": {str(pk): count for pk, count in sorted(done.given.items())},
            "module": module.number if module else None,
        },
        at=now,
    )
