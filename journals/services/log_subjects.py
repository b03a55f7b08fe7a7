"""What the events of a cohort are about, in words that an official can read."""

import json
from collections.abc import Callable, Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journals.enums import ExportKind
from journals.models import Announcement, Cohort, Enrolment, Entry, Event, Roster, Schedule, Teaching

KINDS = {
    "entry": gettext_lazy("entry"),
    "enrolment": gettext_lazy("participant"),
    "teaching": gettext_lazy("instructor"),
    "schedule": gettext_lazy("schedule"),
    "announcement": gettext_lazy("announcement"),
    "roster": gettext_lazy("list of participants"),
}


def subjects_of(cohort: Cohort, events: Iterable[Event]) -> list[str]:
    """The subject of each event; at most one query for each kind of subject, however many events there are."""
    events = list(events)
    words = {kind: FOUND[kind](cohort) for kind in {event.subject_kind for event in events} & FOUND.keys()}
    return [_subject(event, cohort, words.get(event.subject_kind, {})) for event in events]


def _subject(event: Event, cohort: Cohort, words: dict[int, str]) -> str:
    data = json.loads(event.data)
    if event.subject_kind == "cohort":
        return cohort.name
    if event.subject_kind == "finalisation":
        return _("Final recap %(number)d") % {"number": data["finalisation"]}
    if event.subject_kind == "export":
        # The file is gone after a day.
        return str(ExportKind(data["kind"]).label)
    # Of a row that is gone only its kind can be said.
    return words.get(int(event.subject_id)) or kind_of(event.subject_kind)


def kind_of(name: str) -> str:
    """What sort of thing a subject is."""
    return capfirst(str(KINDS.get(name, name)))


def _who(enrolment: Enrolment) -> str:
    return f"NDH {enrolment.ndh}, {enrolment.user.full_name}"


def _entries(cohort: Cohort) -> dict[int, str]:
    rows = Entry.objects.filter(enrolment__cohort=cohort).select_related("enrolment__user", "module")
    columns = ("module__number", "enrolment__ndh", *(f"enrolment__user__{name}" for name in NAMED))
    return {
        row.pk: _("Module %(number)s") % {"number": row.module.number} + f", {_who(row.enrolment)}"
        for row in rows.only(*columns)
    }


def _enrolments(cohort: Cohort) -> dict[int, str]:
    rows = Enrolment.objects.filter(cohort=cohort).select_related("user")
    return {row.pk: _who(row) for row in rows.only("ndh", *(f"user__{name}" for name in NAMED))}


def _teachings(cohort: Cohort) -> dict[int, str]:
    rows = Teaching.objects.filter(cohort=cohort).select_related("instructor")
    return {row.pk: f"{kind_of('teaching')}: {row.instructor.full_name}" for row in rows}


def _schedules(cohort: Cohort) -> dict[int, str]:
    rows = Schedule.objects.filter(cohort=cohort).values_list("pk", "module__number")
    return {pk: _("Schedule of module %(number)s") % {"number": number} for pk, number in rows}


def _announcements(cohort: Cohort) -> dict[int, str]:
    rows = Announcement.objects.filter(cohort=cohort).values_list("pk", "title")
    return {pk: f"{kind_of('announcement')}: {title}" for pk, title in rows}


def _rosters(cohort: Cohort) -> dict[int, str]:
    rows = Roster.objects.filter(cohort=cohort).values_list("pk", "file_name")
    return {pk: f"{kind_of('roster')}: {name}" for pk, name in rows}


NAMED = ("name", "title_before", "title_after")
FOUND: dict[str, Callable[[Cohort], dict[int, str]]] = {
    "entry": _entries,
    "enrolment": _enrolments,
    "teaching": _teachings,
    "schedule": _schedules,
    "announcement": _announcements,
    "roster": _rosters,
}
