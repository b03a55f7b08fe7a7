"""When somebody may write: the schedule, changed by the newest extension."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from journals.models import Cohort, Enrolment, Extension, Schedule

# How far a time limit may lie outside the cohort's own dates.
SLACK = timedelta(days=366)


@dataclass(frozen=True)
class Window:
    """The three instants of one participant's module, and the cohort's grace."""

    opens: datetime
    due: datetime
    closes: datetime
    grace: timedelta

    def has_opened(self, now: datetime) -> bool:
        """True from the opening instant on."""
        return now >= self.opens

    def has_closed(self, now: datetime) -> bool:
        """True after the closing second; the grace holds here too."""
        return whole_second(now) > self.closes + self.grace

    def is_open(self, now: datetime) -> bool:
        """True while submissions are accepted."""
        return self.has_opened(now) and not self.has_closed(now)

    def is_late(self, at: datetime) -> bool:
        """Lateness counts from the server's clock when the submission arrived."""
        return whole_second(at) > self.due + self.grace


def whole_second(at: datetime) -> datetime:
    """A limit of 23:59:59 covers that whole second, as people mean it."""
    return at.replace(microsecond=0)


def window_of(cohort: Cohort, schedule: Schedule, extension: Extension | None) -> Window:
    """The window in force: the newest extension replaces due and closes."""
    times = extension or schedule
    return Window(schedule.opens, times.due, times.closes, timedelta(seconds=cohort.grace_seconds))


def due_problem(cohort: Cohort, at: datetime) -> str:
    """Why a time limit cannot be meant for this cohort: a mistyped year; empty when it can."""
    first, last = cohort.starts - SLACK, cohort.ends + SLACK
    if first <= at.date() <= last:
        return ""
    return _("This lies far outside the cohort's dates. Please check the year.")


def newest_extension(enrolment: Enrolment, module) -> Extension | None:
    """The extension that counts; costs a query."""
    return Extension.objects.filter(enrolment=enrolment, module=module).order_by("-id").first()


def current_window(enrolment: Enrolment, module) -> Window | None:
    """The window of a participant for a module, or None when the cohort does not teach it; two queries."""
    schedule = Schedule.objects.filter(cohort=enrolment.cohort_id, module=module).first()
    if schedule is None:
        return None
    return window_of(enrolment.cohort, schedule, newest_extension(enrolment, module))
