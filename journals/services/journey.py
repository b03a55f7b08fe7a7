"""A participant's ten modules as one journey: where each stands, what to do next, what has been reached.

Nothing of an unreleased grade leaves this module: such an entry is "reviewed", without a figure.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from curriculum.models import Module
from journals import grading
from journals.access import Desk
from journals.enums import Decision, EnrolmentStatus, EntryState, ReviewState
from journals.models import Enrolment, Entry, Extension, GradeBand, Notice, Receipt, Reminder, Schedule, Submission
from journals.services.results import outcome
from journals.windows import Window, window_of

SOON = timedelta(days=2)
HANDED_IN = ("submitted", "reviewing", "reviewed", "graded")
TO_WRITE = ("returned", "overdue", "draft", "empty")
NOTICES_AT_ONCE = 5


@dataclass(frozen=True)
class Visible:
    """What the author may know of a review in force: its decision, a released score, and whether it was read."""

    decision: str
    score: Decimal | None
    read: bool


@dataclass(frozen=True)
class Stop:
    """One module of the journey. `state` is a name of the badges (see berakhlak.face)."""

    enrolment: Enrolment
    module: Module
    weight: Decimal
    window: Window
    now: datetime
    entry: Entry | None
    state: str
    late: bool = False
    visible: Visible | None = None

    @property
    def number(self) -> int:
        """The module's number."""
        return self.module.number

    @property
    def label(self) -> str:
        """What the module is called beside its title."""
        return _("Module %(number)s") % {"number": self.number}

    @property
    def title(self) -> str:
        """The module's title."""
        return self.module.title

    @cached_property
    def url(self) -> str:
        """The page of the entry."""
        return reverse("entry", args=[self.enrolment.cohort.key, self.module.number])

    @property
    def write_url(self) -> str:
        """The writing page."""
        return reverse("entry_write", args=[self.enrolment.cohort.key, self.module.number])

    @property
    def score(self) -> Decimal | None:
        """The released score in force; None is "none yet", never 0."""
        return self.visible.score if self.visible and self.state == "graded" else None

    @property
    def unread(self) -> bool:
        """True when there is feedback that its author has not marked as read."""
        return self.visible is not None and not self.visible.read and self.state in ("graded", "returned", "overdue")

    @property
    def needs_improvement(self) -> bool:
        """True after a return, whatever the clock says."""
        return self.entry is not None and self.entry.state == EntryState.RETURNED

    @property
    def can_write(self) -> bool:
        """True while the text may be changed: opened, not handed in, still taking part."""
        active = self.enrolment.status == EnrolmentStatus.ACTIVE
        return active and self.window.has_opened(self.now) and self.state not in HANDED_IN

    @property
    def can_submit(self) -> bool:
        """True while the text may be changed and is still accepted."""
        return self.can_write and not self.window.has_closed(self.now)

    @property
    def due_soon(self) -> bool:
        """True when the due time is near and the text is not handed in."""
        return self.state in TO_WRITE and self.window.due - SOON <= self.now <= self.window.due + self.window.grace

    @property
    def due_past(self) -> bool:
        """True when the due time has gone by and the text is not handed in."""
        return self.state in ("overdue", "closed")


def state_of(entry: Entry | None, window: Window, now: datetime, *, released: bool) -> str:
    """The state as people say it: overdue, being reviewed, closed and waiting for release are computed."""
    if entry is not None and entry.state == EntryState.GRADED:
        return "graded" if released else "reviewed"
    if entry is not None and entry.state == EntryState.SUBMITTED:
        claim = getattr(entry, "claim", None)
        return "reviewing" if claim is not None and claim.expires_at > now else "submitted"
    if not window.has_opened(now):
        return "notopen"
    if window.has_closed(now):
        return "closed"
    if window.is_late(now):
        return "overdue"
    return "empty" if entry is None else str(entry.state)


@dataclass(frozen=True)
class Step:
    """The one thing to do now. `kind` chooses the words in _next_step.html."""

    kind: str
    stop: Stop | None = None


@dataclass
class Journey:
    """Everything the dashboard of one cohort shows."""

    enrolment: Enrolment
    stops: list[Stop]
    step: Step
    notices: list[Notice] = field(default_factory=list)
    announcements: list[Receipt] = field(default_factory=list)  # unread
    reminders: list[Reminder] = field(default_factory=list)
    result: Decimal | None = None
    complete: bool = False
    band: GradeBand | None = None
    by_remedial: bool = False

    @property
    def handed_in(self) -> int:
        """How many entries are with the instructors or graded."""
        return sum(stop.state in HANDED_IN for stop in self.stops)

    @property
    def scored(self) -> int:
        """How many modules have a released score."""
        return sum(stop.score is not None for stop in self.stops)

    @property
    def passed(self) -> bool:
        """True when the complete result reaches the cohort's pass mark."""
        return self.complete and self.result is not None and self.result >= self.enrolment.cohort.pass_mark


def journey_of(enrolment: Enrolment, now: datetime) -> Journey:
    """The dashboard of one cohort; seven queries however many modules, entries or notices there are.

    One more asks for reminders while something can be written whose due time lies ahead, and one for a remedial,
    which counts only when every module has a released grade: never both.
    """
    stops = _stops([enrolment], now)
    journey = Journey(enrolment, stops, next_step(enrolment, stops))
    journey.notices = list(
        Notice.objects.unread(enrolment.user_id)
        .filter(entry__enrolment=enrolment)
        .select_related("entry__module")
        .only("kind", "created_at", "entry__module__number", "entry__module__title")[:NOTICES_AT_ONCE]
    )
    unread = Receipt.objects.filter(enrolment=enrolment, read_at=None).select_related("announcement")
    journey.announcements = list(unread.order_by("-pk")[:NOTICES_AT_ONCE])
    if any(stop.can_submit and now < stop.window.due for stop in stops):
        journey.reminders = list(
            Reminder.objects.standing(now)
            .filter(enrolment=enrolment, read_at=None)
            .select_related("module")
            .only("due_at", "module__number", "module__title")
            .order_by("due_at", "module__number")
        )
    bands = list(enrolment.cohort.bands.all())
    scored = [(stop.weight, stop.score) for stop in stops if stop.score is not None]
    journey.complete = bool(stops) and len(scored) == len(stops)
    if journey.complete:
        remedial = enrolment.remedials.order_by("-id").values_list("score", flat=True).first()
        journey.result, journey.band, journey.by_remedial = outcome(scored, remedial, bands)
    else:
        journey.result = grading.result(scored)
        journey.band = grading.band_for(journey.result, bands)
    return journey


def module_stops(user, module: Module, now: datetime) -> list[Stop]:
    """Somebody's own stops at one module, newest cohort first; five queries, one for people without any."""
    enrolments = list(
        Enrolment.objects.of(user)
        .filter(cohort__schedules__module=module)
        .select_related("cohort")
        .order_by("-cohort__starts", "-id")
    )
    return _stops(enrolments, now, module=module) if enrolments else []


def stop_at(desk: Desk, now: datetime, *, late: bool = False, visible: Visible | None = None) -> Stop:
    """The stop of a desk that is loaded already, with what the caller knows of it; no query."""
    released = visible is not None and visible.decision == Decision.GRADED
    return Stop(
        desk.enrolment,
        desk.module,
        desk.schedule.weight,
        desk.window,
        now,
        desk.entry,
        state_of(desk.entry, desk.window, now, released=released),
        late,
        visible,
    )


def _stops(enrolments: list[Enrolment], now: datetime, module: Module | None = None) -> list[Stop]:
    only = Q(module=module) if module else Q()
    by_cohort = defaultdict(list)
    for schedule in (
        Schedule.objects.in_use()
        .filter(only, cohort__in=[item.cohort_id for item in enrolments])
        .select_related("module")
        .order_by("module__number")
    ):
        by_cohort[schedule.cohort_id].append(schedule)
    # The newest extension comes last and replaces the ones before it.
    extensions = {
        (item.enrolment_id, item.module_id): item
        for item in Extension.objects.filter(only, enrolment__in=enrolments).order_by("id")
    }
    entries = {
        (entry.enrolment_id, entry.module_id): entry
        for entry in Entry.objects.filter(only, enrolment__in=enrolments).select_related("claim")
    }
    late, visible = _handed_in([entry.pk for entry in entries.values()])
    stops = []
    for enrolment in enrolments:
        for schedule in by_cohort[enrolment.cohort_id]:
            key = (enrolment.pk, schedule.module_id)
            entry = entries.get(key)
            window = window_of(enrolment.cohort, schedule, extensions.get(key))
            stops.append(
                stop_at(
                    Desk(enrolment, schedule.module, schedule, window, entry),
                    now,
                    late=entry is not None and entry.pk in late,
                    visible=visible.get(entry.pk) if entry else None,
                )
            )
    return stops


def _handed_in(entry_ids: Iterable[int]) -> tuple[set[int], dict[int, Visible]]:
    """Which entries have a late submission; and by entry id the newest review that its author may see.

    One query for both: joins cost less than asking twice.
    """
    rows = (
        Submission.objects.standing()
        .filter(entry__in=entry_ids)
        .order_by("number", "reviews__round")
        .values_list(
            "entry_id",
            "is_late",
            "reviews__state",
            "reviews__decision",
            "reviews__score",
            "reviews__release__visible_from",
            "reviews__supersession",
            "reviews__feedback_read",
        )
    )
    late: set[int] = set()
    visible: dict[int, Visible] = {}
    now = timezone.now()
    for entry, is_late, state, decision, score, visible_from, supersession, read in rows:
        if is_late:
            late.add(entry)
        in_force = state == ReviewState.FINAL and supersession is None
        if in_force and (decision == Decision.RETURNED or (visible_from and visible_from <= now)):
            visible[entry] = Visible(decision, score, read is not None)
    return late, visible


def next_step(enrolment: Enrolment, stops: list[Stop]) -> Step:
    """The one thing to do now: first what was returned, then by due time; then reading; then waiting."""
    if enrolment.status != EnrolmentStatus.ACTIVE:
        return Step("inactive")
    if not stops:
        return Step("unscheduled")
    to_do = [stop for stop in stops if stop.can_submit and stop.state in TO_WRITE]
    if to_do:
        stop = min(to_do, key=lambda stop: (not stop.needs_improvement, stop.window.due, stop.number))
        return Step("improve" if stop.needs_improvement else stop.state, stop)
    if unread := [stop for stop in stops if stop.unread]:
        return Step("read", unread[0])
    if coming := [stop for stop in stops if stop.state == "notopen"]:
        return Step("wait_open", min(coming, key=lambda stop: (stop.window.opens, stop.number)))
    if waiting := [stop for stop in stops if stop.state in ("submitted", "reviewing", "reviewed")]:
        return Step("wait_review", waiting[0])
    if closed := [stop for stop in stops if stop.state == "closed"]:
        return Step("closed", closed[0])
    return Step("finished")


def own_journals(user, now: datetime):
    """Somebody's enrolments with what the list shows of each; one query."""

    def count(rows, **condition):
        found = rows.filter(**condition).order_by().values(next(iter(condition)))
        return Coalesce(Subquery(found.annotate(number=Count("pk")).values("number")), 0)

    return (
        Enrolment.objects.of(user)
        .select_related("cohort")
        .order_by("-cohort__starts", "-id")
        .annotate(
            modules=count(Schedule.objects.in_use(), cohort=OuterRef("cohort")),
            handed_in=count(
                Entry.objects, enrolment=OuterRef("pk"), state__in=(EntryState.SUBMITTED, EntryState.GRADED)
            ),
            unread=count(Notice.objects.unread(user), entry__enrolment=OuterRef("pk"))
            + count(Reminder.objects.standing(now), enrolment=OuterRef("pk"), read_at=None)
            + count(Receipt.objects.filter(read_at=None), enrolment=OuterRef("pk")),
        )
    )
