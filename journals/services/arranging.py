"""Setting a cohort up, step by step: what is still missing, a proposed schedule, and copying a former cohort.

Nothing says "being set up": each step reads and writes the cohort's own rows, so one may leave at any time, go on in
the admin, and come back when the cohort has long begun.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from curriculum.models import Module
from curriculum.reading import open_modules
from journals import permissions, workflow
from journals.enums import EnrolmentStatus
from journals.models import Cohort, GradeBand, Group, Schedule, Teaching
from journals.services import defaults, rubrics

SATURDAY = 5


# --- What is missing -------------------------------------------------------------------------------


@dataclass
class Step:
    """One step: where it is done, what is there, what stands in the way, and what is worth a look."""

    name: str  # of the address
    title: str
    summary: str
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def steps(cohort: Cohort) -> list[Step]:
    """All steps with their state; the same few queries for any cohort."""
    schedules = list(cohort.schedules.select_related("module").order_by("module__number"))
    groups = list(cohort.groups.order_by("name"))
    return [
        _basics(cohort),
        _groups(groups),
        _schedule(cohort, schedules),
        _assessment(cohort),
        _instructors(cohort, groups, schedules),
        _participants(cohort),
    ]


def _basics(cohort: Cohort) -> Step:
    dates = f"{date_format(cohort.starts)} – {date_format(cohort.ends)}"
    return Step("cohort_basics", _("Name and dates"), f"{cohort.agency} · {dates} · {cohort.get_timezone_display()}")


def _groups(groups: list[Group]) -> Step:
    step = Step("cohort_groups", _("Groups"), ", ".join(group.name for group in groups))
    if not groups:
        step.problems.append(_("There is no group yet. Participants and instructors belong to groups."))
    return step


def _schedule(cohort: Cohort, schedules: list[Schedule]) -> Step:
    count = len(schedules)
    summary = ngettext("%(count)d module", "%(count)d modules", count) % {"count": count}
    step = Step("cohort_schedule", _("Modules and schedule"), summary if count else "")
    if not schedules:
        step.problems.append(_("No module has times yet."))
        return step
    opens, closes = min(each.opens for each in schedules), max(each.closes for each in schedules)
    step.summary += " · " + " – ".join(date_format(moment.astimezone(cohort.tz), "j F Y") for moment in (opens, closes))
    if (
        opens.astimezone(cohort.tz).date() < cohort.starts
        or max(each.due.astimezone(cohort.tz).date() for each in schedules) > cohort.ends
    ):
        step.notes.append(_("Some times lie outside the cohort's dates."))
    left = writable_modules().exclude(pk__in=[each.module_id for each in schedules])
    if left:
        numbers = ", ".join(str(module.number) for module in left)
        step.notes.append(_("Without times: module %(numbers)s.") % {"numbers": numbers})
    return step


def _assessment(cohort: Cohort) -> Step:
    summary = _("%(rubric)s · pass mark %(mark)s") % {
        "rubric": cohort.rubric,
        "mark": number_format(cohort.pass_mark, 2),
    }
    step = Step("cohort_assessment", _("Assessment"), f"{summary} · {cohort.get_release_policy_display()}")
    step.problems += rubrics.problems(cohort.rubric)
    if not cohort.bands.exists():
        step.problems.append(_("There are no grade bands: results would have no qualification."))
    return step


def _instructors(cohort: Cohort, groups: list[Group], schedules: list[Schedule]) -> Step:
    every = list(cohort.teachings.select_related("instructor").prefetch_related("modules"))
    teachings = [each for each in every if each.instructor.is_active]
    names = sorted({teaching.instructor.name for teaching in teachings})
    step = Step("cohort_instructors", _("Instructors"), ", ".join(names))
    if not teachings:
        step.problems.append(_("Nobody teaches this cohort yet."))
        return step
    step.problems += uncovered(teachings, groups, schedules)
    if new := sorted({each.instructor.name for each in teachings if each.instructor.last_login is None}):
        step.notes.append(_("Never signed in so far: %(names)s.") % {"names": ", ".join(new)})
    if not any(teaching.is_lead for teaching in teachings):
        step.notes.append(_("Nobody leads: only organisers can release grades or give more time."))
    return step


def uncovered(teachings: Iterable[Teaching], groups: list[Group], schedules: list[Schedule]) -> list[str]:
    """For each group the modules that nobody would review."""
    teachings, found = list(teachings), []
    for group in groups:
        numbers = [
            each.module.number
            for each in schedules
            if not any(permissions.covers(one, group_id=group.pk, module_id=each.module_id) for one in teachings)
        ]
        if numbers and len(numbers) == len(schedules):
            found.append(_("Nobody teaches %(group)s.") % {"group": group.name})
        elif numbers:
            text = _("Nobody in %(group)s reviews module %(numbers)s.")
            found.append(text % {"group": group.name, "numbers": ", ".join(map(str, numbers))})
    return found


def _participants(cohort: Cohort) -> Step:
    active = cohort.enrolments.filter(status=EnrolmentStatus.ACTIVE)
    count = active.count()
    summary = ngettext("%(count)d participant", "%(count)d participants", count) % {"count": count} if count else ""
    step = Step("rosters", _("Participants"), summary)
    if not count:
        step.problems.append(_("There are no participants yet. Upload the list as you have it."))
    elif new := active.filter(user__last_login=None).count():
        text = ngettext("%(count)d has never signed in.", "%(count)d have never signed in.", new)
        step.notes.append(text % {"count": new})
    return step


# --- The schedule ----------------------------------------------------------------------------------


@dataclass
class Pace:
    """How a schedule is proposed."""

    first: date
    every: int  # days from one module to the next
    days_to_write: int
    days_to_catch_up: int
    skip_weekends: bool


@dataclass
class Times:
    """What one module would get, in the cohort's zone."""

    opens: datetime
    due: datetime
    closes: datetime


def writable_modules():
    """Published modules that ask for something, by number."""
    return open_modules().filter(pk__in=defaults.with_parts()).order_by("number")


def usual_pace(cohort: Cohort, modules: int) -> Pace:
    """From the start to the end, evenly; a day to write, a week to catch up."""
    days = (cohort.ends - cohort.starts).days + 1
    every = max(1, days // modules) if modules else 1
    return Pace(cohort.starts, every, defaults.DAYS_TO_WRITE, defaults.DAYS_TO_CATCH_UP, skip_weekends=False)


def proposal(cohort: Cohort, modules: list[Module], pace: Pace) -> dict[int, Times]:
    """Times by the module's key. With `skip_weekends` nothing opens or falls due on a Saturday or Sunday."""
    times = {}
    for position, module in enumerate(modules):
        day = _weekday(pace.first + timedelta(days=position * pace.every), pace)
        due_day = _weekday(day + timedelta(days=pace.days_to_write), pace)
        due = datetime.combine(due_day, defaults.DUE, cohort.tz)
        times[module.pk] = Times(
            opens=datetime.combine(day, defaults.OPENS, cohort.tz),
            due=due,
            closes=due + timedelta(days=pace.days_to_catch_up),
        )
    return times


def _weekday(day: date, pace: Pace) -> date:
    while pace.skip_weekends and day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day


@transaction.atomic
def save_schedule(*, user, cohort: Cohort, rows: Iterable[Schedule], gone: Iterable[int], now: datetime) -> None:
    """Write changed and new rows; those of the modules `gone` leave. Entries without an extension follow."""
    cohort.schedules.filter(module__in=gone).delete()
    for row in rows:
        row.save()  # one by one, for the history
        workflow.reschedule(user=user, schedule=row, now=now)


def written_about(cohort: Cohort) -> set[int]:
    """Keys of the modules that somebody has begun: they stay in the schedule."""
    return set(cohort.schedules.filter(module__entries__enrolment__cohort=cohort).values_list("module", flat=True))


# --- Beginning, and copying ------------------------------------------------------------------------


@transaction.atomic
def create(*, user, cohort: Cohort, source: Cohort | None, with_instructors: bool, now: datetime) -> Cohort:
    """Save a new cohort, with everything of a former one but its people, or with the default bands."""
    if source is not None:
        for name in ("pass_mark", "max_returns", "release_policy", "late_policy", "late_deduction", "late_floor"):
            setattr(cohort, name, getattr(source, name))
        cohort.grace_seconds = source.grace_seconds
    cohort.save()
    if source is None:
        defaults.copy_bands(cohort)
        return cohort
    GradeBand.objects.bulk_create(
        GradeBand(cohort=cohort, name=band.name, min_score=band.min_score, max_score=band.max_score)
        for band in source.bands.all()
    )
    groups = {group.pk: Group.objects.create(cohort=cohort, name=group.name) for group in source.groups.all()}
    _copy_schedule(cohort, source)
    if with_instructors:
        for teaching in source.teachings.select_related("instructor").prefetch_related("modules"):
            if teaching.instructor.is_active:
                workflow.appoint(
                    user=user,
                    cohort=cohort,
                    instructor=teaching.instructor,
                    group=groups[teaching.group_id] if teaching.group_id else None,
                    modules=list(teaching.modules.all()),
                    is_lead=teaching.is_lead,
                    now=now,
                )
    return cohort


def _copy_schedule(cohort: Cohort, source: Cohort) -> None:
    """The same hours on the clock, as many days after the start as there."""
    usable = set(writable_modules().values_list("pk", flat=True))
    shift = cohort.starts - source.starts
    for row in source.schedules.all():
        if row.module_id in usable:
            moved = {name: _moved(getattr(row, name), source, cohort, shift) for name in ("opens", "due", "closes")}
            Schedule.objects.create(cohort=cohort, module_id=row.module_id, weight=row.weight, **moved)


def _moved(at: datetime, source: Cohort, cohort: Cohort, shift: timedelta) -> datetime:
    local = at.astimezone(source.tz)
    return datetime.combine(local.date() + shift, time(local.hour, local.minute, local.second), cohort.tz)


@transaction.atomic
def change_basics(*, user, cohort: Cohort, former_zone: str, now: datetime) -> None:
    """Save name, dates and zone. In another zone the hours on the clock stay, which is what was typed."""
    cohort.save()
    if former_zone == cohort.timezone:
        return
    before = Cohort(timezone=former_zone)
    for row in cohort.schedules.all():
        for name in ("opens", "due", "closes"):
            setattr(row, name, _moved(getattr(row, name), before, cohort, timedelta()))
        row.save()
        workflow.reschedule(user=user, schedule=row, now=now)


@transaction.atomic
def save_groups(cohort: Cohort, names: dict[int, str], new: list[str], gone: list[int]) -> None:
    """Rename, add and delete groups. Swapped names go by way of names that nobody types."""
    cohort.groups.filter(pk__in=gone).delete()
    kept = {group.pk: group for group in cohort.groups.all()}
    changed = [pk for pk, name in names.items() if kept[pk].name != name]
    for pk in changed:
        cohort.groups.filter(pk=pk).update(name=f"\N{ZERO WIDTH SPACE}{pk}")
    for pk in changed:
        cohort.groups.filter(pk=pk).update(name=names[pk])
    Group.objects.bulk_create([Group(cohort=cohort, name=name) for name in new])
