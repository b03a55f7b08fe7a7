"""What the demo holds: which entry is in which state, and when everything happened."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

MODULES = 10
# Days between the openings of two modules, and how long after its opening a module is due and closes.
SPACING, DUE_AFTER, CLOSES_AFTER = 5, 4, 11
# The running cohort stands on this day of its course: modules 1-4 closed, 5 and 6 late but open, 7 open.
TODAY_IS_DAY = 32


@dataclass(frozen=True)
class Times:
    """Opens, due and closes of one module."""

    opens: datetime
    due: datetime
    closes: datetime


@dataclass(frozen=True)
class Story:
    """What happened to one entry: its state now, how good it is, and on the way."""

    state: str  # none, draft, submitted, returned, graded
    quality: str = "fair"  # weak, fair, good
    late_days: float = 0
    was_returned: bool = False  # graded or submitted again after a return


def schedule(start: date, zone: ZoneInfo) -> list[Times]:
    """The ten modules from a first day on; times at the start and the last second of the day in the zone."""

    def at(day: int, clock: time) -> datetime:
        return datetime.combine(start + timedelta(days=day), clock, tzinfo=zone)

    return [
        Times(at(first, time(8)), at(first + DUE_AFTER, time(23, 59, 59)), at(first + CLOSES_AFTER, time(23, 59, 59)))
        for first in range(0, MODULES * SPACING, SPACING)
    ]


# For the running cohort, by module number: state -> share of participants.
RUNNING: dict[int, dict[str, float]] = {
    1: {"graded": 0.97, "none": 0.03},
    2: {"graded": 0.95, "none": 0.05},
    3: {"graded": 0.90, "submitted": 0.05, "none": 0.05},
    4: {"graded": 0.55, "submitted": 0.22, "returned": 0.15, "draft": 0.05, "none": 0.03},
    5: {"graded": 0.30, "submitted": 0.47, "returned": 0.13, "draft": 0.06, "none": 0.04},
    6: {"graded": 0.10, "submitted": 0.50, "draft": 0.22, "none": 0.18},
    7: {"submitted": 0.15, "draft": 0.45, "none": 0.40},
}


def running_story(module: int, random: Random) -> Story:
    """A participant's entry in the running cohort."""
    shares = RUNNING.get(module, {"none": 1.0})
    state = random.choices(list(shares), weights=list(shares.values()))[0]
    late = random.choice((0.3, 0.8, 1.6)) if state in ("submitted", "graded") and random.random() < 0.12 else 0
    return Story(state, quality(random), late, state in ("submitted", "graded") and random.random() < 0.12)


def finished_story(random: Random) -> Story:
    """A participant's entry in a finished cohort: nearly always graded."""
    if random.random() < 0.006:
        return Story("none")
    return Story(
        "graded", quality(random), random.choice((0.5, 1.5)) if random.random() < 0.08 else 0, random.random() < 0.15
    )


def quality(random: Random) -> str:
    """Most entries are fair or good."""
    return random.choices(("good", "fair", "weak"), weights=(45, 40, 15))[0]


# The demo participant has something in each state to look at.
PARTICIPANT: dict[int, Story] = {
    1: Story("graded", "good"),
    2: Story("graded", "sample-good"),
    3: Story("graded", "fair", late_days=0.6, was_returned=True),
    4: Story("returned", "fair"),
    5: Story("submitted", "good"),
    6: Story("draft", "fair"),
}
WEAK_SAMPLE = {2: Story("returned", "sample-weak")}
