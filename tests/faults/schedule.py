"""Random schedules, as plain data: which faults meet which request, and what somebody does meanwhile.

`make(seed)` always gives the same schedule for the same seed; `str(schedule)` prints it, one step a line.
"""

import json
import random
from dataclasses import dataclass, field

from tests.faults.world import PARTS

YEAR = 365 * 24 * 3600 * 1000
# What may be done to a request, by its kind. The pages' own requests are only slowed down or refused.
ON_DRAFT = (
    "refuse", "lose", "lose", "cut", "stall", "delay", "late", "twice", "both", "hold", "hold", "500", "500 after",
    "502", "401", "portal",
)  # fmt: skip
ON_SUBMIT = ("refuse", "lose", "lose", "cut", "late", "twice", "both", "hold", "500", "500 after", "502")
ON_PAGE = ("late", "late", "delay", "refuse", "500")
# What somebody does, how often in a hundred steps.
ACTS = {
    "type": 40, "wait": 14, "rest": 8, "save": 5, "reload": 5, "close": 4, "crash": 5, "open": 9, "take": 4,
    "offline": 4, "unplug": 4, "online": 6, "end session": 3, "sign in": 3, "kill server": 2, "clock": 2, "leave": 2,
}  # fmt: skip


@dataclass
class Schedule:
    """What happens in one run. `store` and `speed` belong to the page: its device store, and how fast its time runs."""

    seed: int
    devices: int = 1
    editor: bool = True  # False: its script never arrives, and people write in the text areas
    persistent: bool = False  # a browser of its own, which may be killed
    skew: int = 0  # milliseconds by which the page's clock is wrong
    early: bool = False  # people write before our script has arrived
    faults: list[dict] = field(default_factory=list)
    steps: list[dict] = field(default_factory=list)

    def __str__(self) -> str:
        head = {name: value for name, value in vars(self).items() if name not in ("faults", "steps")}
        lines = [json.dumps(head), *(f"  fault {json.dumps(fault)}" for fault in self.faults)]
        return "\n".join([*lines, *(f"  {number:2} {json.dumps(step)}" for number, step in enumerate(self.steps))])


def make(seed: int) -> Schedule:
    """The schedule of this seed."""
    chance = random.Random(seed)
    schedule = Schedule(
        seed=seed,
        devices=chance.choice((1, 1, 2)),
        editor=chance.random() < 0.5,
        persistent=chance.random() < 0.12,
        skew=chance.choice((0, 0, 3 * YEAR, -20 * YEAR)),
        early=chance.random() < 0.1,
    )
    schedule.faults = _faults(chance)
    schedule.steps = _steps(chance, schedule)
    return schedule


def _faults(chance: random.Random) -> list[dict]:
    faults = []
    likely = chance.choice((0.15, 0.4, 0.7))
    for nth in range(1, 15):
        if chance.random() < likely:
            faults.append(_fault(chance, "draft", nth, ON_DRAFT))
    for nth in range(1, 4):
        if chance.random() < 0.6:
            faults.append(_fault(chance, "submit", nth, ON_SUBMIT))
    for nth in range(2, 6):
        if chance.random() < 0.25:
            faults.append(_fault(chance, "page", nth, ON_PAGE))
    return faults


def _fault(chance: random.Random, on: str, nth: int, choices: tuple[str, ...]) -> dict:
    fault = {"on": on, "nth": nth, "do": chance.choice(choices)}
    if fault["do"] in ("stall", "delay", "late"):
        # The page's own limit is two seconds of its quick time.
        fault["for"] = chance.choice((0.1, 0.3, 0.6, 2.3) if on == "draft" else (0.1, 0.3, 0.6))
    return fault


def _steps(chance: random.Random, schedule: Schedule) -> list[dict]:
    steps = [{"do": "open", "tab": [0, 0]}]
    steps += [{"do": "type", "tab": [0, 0], "part": part} for part in chance.sample(PARTS, chance.choice((1, 2, 3)))]
    acts, weights = zip(*ACTS.items(), strict=True)
    for _number in range(chance.randint(5, 10)):
        act = chance.choices(acts, weights)[0]
        device = chance.randrange(schedule.devices)
        tab = [device, chance.choice((0, 0, 0, 1))]
        step: dict = {"do": act, "tab": tab}
        if act == "type":
            step["part"] = chance.choice(PARTS)
        if act in ("wait", "kill server"):
            step["for"] = round(chance.uniform(0.02, 0.4), 2)
        if act == "clock":
            step["by"] = chance.choice((-YEAR, 3600 * 1000, 5 * 3600 * 1000, YEAR))
        steps.append(step)
    if schedule.persistent:
        steps.insert(chance.randint(4, len(steps)), {"do": "kill browser", "tab": [0, 0]})
    if chance.random() < 0.35:
        how = chance.choice(("once", "double", "retry", "back", "reload"))
        steps += [{"do": "type", "tab": [0, 0], "part": part} for part in PARTS]
        steps += [{"do": "submit", "tab": [0, 0], "how": how}]
        steps += [{"do": "type", "tab": [schedule.devices - 1, chance.choice((0, 1))], "part": PARTS[0]}] * 2
    return steps


def with_kills(number: int) -> list[Schedule]:
    """For the control: the network is off, somebody writes and pauses, and the tab is killed.

    A tab that is closed in good order sends once more, when Chromium's own "offline" has ended with it: there it is the
    proxy that lets nothing through, and for long enough.
    """
    schedules = []
    for place in range(number):
        steps: list[dict] = [{"do": "open", "tab": [0, 0]}, {"do": "offline" if place % 2 else "unplug", "tab": [0, 0]}]
        steps += [{"do": "type", "tab": [0, 0], "part": PARTS[place % 3]}, {"do": "rest", "tab": [0, 0]}]
        steps += [{"do": "crash" if place % 2 else "close", "tab": [0, 0]}, {"do": "wait", "tab": [0, 0], "for": 1}]
        schedules.append(Schedule(seed=-1 - place, editor=place % 2 == 0, steps=steps))
    return schedules
