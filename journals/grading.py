"""Score arithmetic: pure functions over Decimal, so that every grade can be replayed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol

from journals.enums import REMEDIAL_CAP, LatePolicy
from journals.models import Cohort, GradeBand

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
ZERO = Decimal(0)


def rounded(value: Decimal) -> Decimal:
    """Two places, half up: 90,004 is 90,00 and 90,005 is 90,01 (LAN practice rounds before banding)."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def raw_score(parts: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Sum of weight times points over 100, unrounded, from (weight, points) pairs."""
    return sum((weight * points for weight, points in parts), ZERO) / HUNDRED


class Handed(Protocol):
    """What lateness needs to know of a submission."""

    submitted_at: datetime
    due_at: datetime
    is_late: bool


def days_late(submissions: Iterable[Handed]) -> int:
    """Days begun after the due time, of the latest hand-in among those that stand.

    Each submission is measured against the due time it had, so a return with a new due time neither
    excuses an earlier late hand-in nor adds to it.
    """
    day = timedelta(days=1)
    return max((-((item.due_at - item.submitted_at) // day) for item in submissions if item.is_late), default=0)


def deduction(cohort: Cohort, raw: Decimal, late_days: int) -> Decimal:
    """Points taken off for lateness; never below the floor, and nothing from a score already under it."""
    if cohort.late_policy != LatePolicy.DEDUCT or late_days <= 0:
        return Decimal("0.00")
    room = max(rounded(raw) - cohort.late_floor, ZERO)
    return rounded(min(cohort.late_deduction * late_days, room))


@dataclass(frozen=True)
class Outcome:
    """The official score of an entry and how it came about."""

    raw: Decimal
    deduction: Decimal
    score: Decimal


def outcome(cohort: Cohort, parts: Iterable[tuple[Decimal, Decimal]], late_days: int) -> Outcome:
    """Raw score rounded once, less the deduction; both kept, so that raw - deduction = score exactly."""
    raw = rounded(raw_score(parts))
    taken = deduction(cohort, raw, late_days)
    return Outcome(raw, taken, raw - taken)


@dataclass(frozen=True)
class Part:
    """One criterion in the sum of a score."""

    name: str
    weight: Decimal
    points: Decimal

    @property
    def worth(self) -> Decimal:
        """What it adds to the score, unrounded."""
        return self.weight * self.points / HUNDRED


class Lateness(StrEnum):
    """What lateness did to a score."""

    NONE = "none"
    TAKEN = "taken"  # so much for each day
    FLOORED = "floored"  # the floor stopped it
    SPARED = "spared"  # the score was at the floor or under it
    MARKED = "marked"  # late, and nothing was taken off
    OTHERWISE = "otherwise"  # by a rule that the cohort no longer has


@dataclass(frozen=True)
class Working:
    """How an official score came about, as it is shown: each figure with those that it was made from."""

    parts: list[Part]
    earned: Outcome
    lateness: Lateness
    days: int
    per_day: Decimal
    floor: Decimal

    @property
    def sum(self) -> Decimal:
        """The parts together, before they are rounded once."""
        return sum((part.worth for part in self.parts), ZERO)

    @property
    def below(self) -> Decimal:
        """Where the days alone would have led."""
        return self.earned.raw - self.days * self.per_day


def working(cohort: Cohort, parts: list[Part], earned: Outcome, late_days: int) -> Working:
    """The way to a score. What was stored with it is the truth: the cohort's rule of today is named only where it
    gives the same."""
    lateness = Lateness.NONE
    if cohort.late_policy != LatePolicy.DEDUCT or deduction(cohort, earned.raw, late_days) != earned.deduction:
        lateness = Lateness.OTHERWISE if earned.deduction else Lateness.MARKED if late_days > 0 else Lateness.NONE
    elif late_days > 0:
        usual = rounded(cohort.late_deduction * late_days)
        stopped = Lateness.FLOORED if earned.deduction else Lateness.SPARED
        lateness = Lateness.TAKEN if earned.deduction == usual else stopped
    return Working(parts, earned, lateness, late_days, cohort.late_deduction, cohort.late_floor)


def result(parts: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """Weighted result from (module weight, official score or None); None while any module is missing.

    A missing module means "not complete", never 0.
    """
    if not parts or any(score is None for _, score in parts):
        return None
    total = sum((weight for weight, _ in parts), ZERO)
    return rounded(sum((weight * score for weight, score in parts if score is not None), ZERO) / total)


def with_remedial(earned: Decimal | None, remedial: Decimal | None) -> Decimal | None:
    """A remedial lifts a result, to 70,01 at most; it never lowers one."""
    if earned is None or remedial is None:
        return earned
    return max(earned, min(remedial, REMEDIAL_CAP))


def band_for(score: Decimal | None, bands: Iterable[GradeBand]) -> GradeBand | None:
    """The band with the highest start not above the rounded score; None without a score or a band."""
    if score is None:
        return None
    fitting = [band for band in bands if band.min_score <= rounded(score)]
    return max(fitting, key=lambda band: band.min_score, default=None)
