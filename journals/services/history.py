"""The audit trail of one entry, in words."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from journals.enums import EventKind
from journals.models import Entry, Event

# Steps of the reviewers' work whose names are not the author's business.
DISCREET = (EventKind.CLAIMED, EventKind.UNCLAIMED, EventKind.TAKEN_OVER, EventKind.REOPENED)
MILESTONES = (EventKind.SUBMITTED, EventKind.RETURNED, EventKind.GRADED, EventKind.RELEASED)


@dataclass(frozen=True)
class Line:
    """One event: what, by whom (empty where the reader may not know), when, and a due time where one changed."""

    at: datetime
    label: str
    actor: str
    milestone: bool
    number: int | None = None
    due: datetime | None = None


def of_entry(entry: Entry, *, for_author: bool, released: Collection[int] = ()) -> list[Line]:
    """The events of an entry, newest first; one query.

    An author is not told who holds the entry, and of a grade only that the review is finished, unless the
    review's id is among `released`.
    """
    events = (
        Event.objects.filter(stream__name=f"entry:{entry.pk}")
        .select_related("actor")
        .only("at", "kind", "data", "actor__name", "actor__title_before", "actor__title_after")
        .order_by("-number")
    )
    lines = [(event, json.loads(event.data)) for event in events]
    if for_author:
        lines = [(event, data) for event, data in lines if _is_told(event, data, released)]
    return [_line(event, data, entry, for_author, released) for event, data in lines]


def told_to_author(entries: Collection[Entry], *, released: Collection[int]) -> list[tuple[Entry, Line]]:
    """What authors are told of the events of their own entries, oldest first; one query. The enrolments should be
    loaded with the entries."""
    streams = {f"entry:{entry.pk}": entry for entry in entries}
    events = Event.objects.filter(stream__name__in=streams).select_related("stream", "actor").order_by("pk")
    said = [(event, json.loads(event.data)) for event in events]
    return [
        (streams[event.stream.name], _line(event, data, streams[event.stream.name], True, released))
        for event, data in said
        if _is_told(event, data, released)
    ]


def _is_told(event: Event, data: dict[str, Any], released: Collection[int]) -> bool:
    """Of a release the author hears when it has come, and of one that was stopped never."""
    return event.kind != EventKind.RELEASE_STOPPED and (
        event.kind != EventKind.RELEASED or data.get("review") in released
    )


def _line(event: Event, data: dict[str, Any], entry: Entry, for_author: bool, released: Collection[int]) -> Line:
    label = event.get_kind_display()
    if for_author and event.kind == EventKind.TAKEN_OVER:
        label = str(EventKind.CLAIMED.label)  # that it is being reviewed; between whom is their business
    hidden = for_author and event.kind == EventKind.GRADED and data.get("review") not in released
    if hidden:
        label = pgettext("event", "Review finished")
    return Line(
        at=event.at,
        label=str(label),
        actor=_actor(event, entry, for_author, hidden),
        milestone=event.kind in MILESTONES,
        number=_submission_number(event, data),
        due=datetime.fromisoformat(data["due"]) if data.get("due") else None,
    )


def _actor(event: Event, entry: Entry, for_author: bool, hidden: bool) -> str:
    if event.actor is None or hidden or (for_author and event.kind in DISCREET):
        return ""
    if for_author and event.actor_id == entry.enrolment.user_id:
        return _("you")
    return event.actor.full_name


def _submission_number(event: Event, data: dict[str, Any]) -> int | None:
    named = event.kind in (EventKind.SUBMITTED, EventKind.WITHDRAWN)
    return data.get("submission") if named else None
