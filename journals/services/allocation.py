"""Who has how much to read in a cohort, and who is behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from berakhlak.accounts.models import User
from journals.enums import EntryState, ReviewState
from journals.models import Claim, Cohort, Entry, Review


@dataclass
class Pile:
    """One instructor's pile; `person` None: what lies on nobody's. `oldest`: since when its first one waits."""

    person: User | None
    covers: str = ""
    waiting: int = 0
    overdue: int = 0
    oldest: datetime | None = None
    held: int = 0
    done: int = 0


def piles_of(cohort: Cohort, now: datetime) -> list[Pile]:
    """The pile on nobody's desk first, then one for each instructor of the cohort. Five queries, whatever there is.

    `overdue` counts what its author had to hand in before now, and is still not read.
    """
    waiting = Entry.objects.filter(enrolment__cohort=cohort, state=EntryState.SUBMITTED)
    standing = Q(submissions__withdrawn_at=None)
    counted: dict[int | None, Any] = {
        row["assignee"]: row
        for row in waiting.order_by()
        .values("assignee")
        .annotate(
            waiting=Count("pk", distinct=True),
            overdue=Count("pk", distinct=True, filter=Q(due_at__lt=now)),
            oldest=Min("submissions__submitted_at", filter=standing),
        )
    }
    claims = Claim.objects.filter(
        entry__enrolment__cohort=cohort, entry__state=EntryState.SUBMITTED, expires_at__gt=now
    )
    held = dict(claims.order_by().values_list("reviewer").annotate(Count("pk")))
    final = Review.objects.filter(submission__entry__enrolment__cohort=cohort, state=ReviewState.FINAL)
    done = dict(final.order_by().values_list("reviewer").annotate(Count("pk")))
    piles = [Pile(None)]
    teachings = cohort.teachings.select_related("instructor", "group").prefetch_related("modules")
    for teaching in teachings.order_by("instructor__name", "instructor_id", "id"):
        if piles[-1].person != teaching.instructor:
            piles.append(
                Pile(
                    teaching.instructor,
                    held=held.get(teaching.instructor_id, 0),
                    done=done.get(teaching.instructor_id, 0),
                )
            )
        piles[-1].covers = ", ".join(filter(None, [piles[-1].covers, _covers(teaching)]))
    for pile in piles:
        row = counted.get(pile.person.pk if pile.person else None)
        if row:
            pile.waiting, pile.overdue, pile.oldest = row["waiting"], row["overdue"], row["oldest"]
    return piles


def _covers(teaching) -> str:
    parts = [teaching.group.name] if teaching.group else []
    if numbers := sorted(module.number for module in teaching.modules.all()):
        parts.append("M" + ", ".join(map(str, numbers)))
    return " · ".join(parts)
