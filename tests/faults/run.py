"""Play schedules in a real browser, heal everything, and look for what was promised.

``python -m tests.faults.run --number 1000 --seed 7`` plays seeds 7, 8, …; ``--number 1`` replays one.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from tests.faults.proxy import Proxy
from tests.faults.schedule import Schedule, make
from tests.faults.world import World
from tests.faults.writer import Device

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SETTLE = 8  # seconds at most (more than a minute of the page's time) until everything has arrived


class Run:
    """One schedule, played; `violations` says what was broken, and `trace` what was done."""

    def __init__(self, chromium, world: World, person: dict, schedule: Schedule, *, store: str = "on") -> None:
        self.chromium, self.world, self.person, self.schedule, self.store = chromium, world, person, schedule, store
        self.chance = random.Random(schedule.seed)
        self.owed: dict[str, str] = {}  # token -> why it must be found
        self.receipts: set[str] = set()
        self.trace: list[str] = []
        self.violations: list[str] = []
        self.sessions = list(person["sessions"])

    def play(self) -> list[str]:
        """Play it and give the violations."""
        faults = list(self.schedule.faults)
        if not self.schedule.editor:
            faults += [{"on": "editor", "nth": nth, "do": "refuse"} for nth in range(1, 30)]
        if self.schedule.early:
            faults += [{"on": "script", "nth": nth, "do": "delay", "for": 0.5} for nth in range(1, 4)]
        with Proxy(self.world.port, faults) as self.proxy, tempfile.TemporaryDirectory() as folder:
            self.devices = [
                Device(self, number, Path(folder) if self.schedule.persistent and number == 0 else None)
                for number in range(self.schedule.devices)
            ]
            try:
                for step in self.schedule.steps:
                    self.step(step)
                self.heal()
                self.check()
            finally:
                for device in self.devices:
                    device.end()
        return self.violations

    def session(self, *, new: bool = False) -> str:
        """The key of the person's session; a new one after signing in again."""
        if new and len(self.sessions) > 1:
            self.sessions.pop(0)
        return self.sessions[0]

    def promised(self, told: dict) -> None:
        """The page has said that it or the server has these words."""
        for token in told["found"]:
            self.owed.setdefault(token, told["how"])

    def step(self, step: dict) -> None:
        """One step; what cannot be done now, such as writing in a closed tab, is left out."""
        since = time.monotonic()
        place, number = step["tab"]
        device = self.devices[place]
        try:
            done = self.world_step(step) if step["do"] == "kill server" else device.step(step, number)
        except Error as error:  # the page went away under it, as pages here do
            done = str(error).splitlines()[0]
        self.trace.append(f"{step['do']} {step['tab']}: {done} ({time.monotonic() - since:.1f} s)")
        for each in self.devices:
            each.look()

    def world_step(self, step: dict) -> str:
        self.world.kill()
        self.devices[0].wait(step["for"])
        self.world.start()
        return "killed and started"

    # --- Afterwards --------------------------------------------------------------------------------

    def heal(self) -> None:
        """Network, server and session are well again; what is open may settle, then the entry is opened anew."""
        self.proxy.heal()
        for device in self.devices:
            device.heal()
        for device in self.devices:
            for tab in device.tabs.values():
                for token in tab.typed if tab.typed and device.has_script(tab) else ():
                    self.owed.setdefault(token, "typed in a tab that lived")
        since = time.monotonic()
        self.settle(self.devices)
        self.trace.append(f"settled ({time.monotonic() - since:.1f} s)")
        for device in self.devices:
            device.reopen()
        self.settle(self.devices)
        self.trace.append(f"opened anew ({time.monotonic() - since:.1f} s)")

    def settle(self, devices: list) -> None:
        """Until the devices have nothing unsent, or for long enough."""
        until = time.monotonic() + SETTLE
        while time.monotonic() < until:
            if all(device.settled() for device in devices):
                return
            devices[0].wait(0.1)

    def check(self) -> None:
        """Every promised word is on the server or a device; one submission at most; receipts are those rows."""
        has = self.world.entry(self.person)
        on_server = "\n".join([has["draft"], *has["beside"], *has["submissions"]])
        on_devices = "\n".join(device.dump() for device in self.devices)
        for token, why in self.owed.items():
            if token not in on_server and token not in on_devices:
                self.violations.append(f"{token} is lost ({why})")
        for device in self.devices:
            if has["entry"] == "draft" and device.has_unsent():
                said = [page.url.rsplit(":", 1)[1] for page in device.pages()] + device.look()
                self.violations.append(f"device {device.number} never sends {device.kept()}, {said}")
        if len(has["submissions"]) > 1:
            self.violations.append(f"{len(has['submissions'])} submissions")
        if len(set(has["receipts"])) != len(has["submissions"]) or not self.receipts <= set(has["receipts"]):
            self.violations.append(f"receipts shown {self.receipts}, on the server {has['receipts']}")
        if len(self.devices) == 1 and not self.schedule.early and has["entry"] == "draft" and has["beside"]:
            self.violations.append("one device, and yet in conflict with itself")


def killed(folder: Path) -> None:
    """Kill -9 the browser that has this profile; it was started by us, for this run alone."""
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            if f"--user-data-dir={folder}".encode() in command and not any(c.startswith(b"--type=") for c in command):
                os.kill(int(entry.name), signal.SIGKILL)
        except OSError:
            continue


def main() -> int:
    """Play as many as asked; print each failing seed with its schedule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--verbose", action="store_true", help="print every schedule and what was done")
    given = parser.parse_args()
    print(f"{given.number} schedules from seed {given.seed} on", flush=True)
    failed, began = [], time.monotonic()
    with World(given.number) as world, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        browser.kind = playwright.chromium
        for place, seed in enumerate(range(given.seed, given.seed + given.number)):
            run = Run(browser, world, world.people[place], make(seed))
            since = time.monotonic()
            violations = run.play()
            took = time.monotonic() - since
            if violations or given.verbose:
                print(f"\n{run.schedule}\n  did " + "\n  did ".join(run.trace), flush=True)
                print(f"  proxy {run.proxy.log}", flush=True)
            if violations:
                failed.append(seed)
                print("  VIOLATED " + "\n  VIOLATED ".join(violations), flush=True)
            print(f"seed {seed}: {'FAILED' if violations else 'ok'}, {len(run.owed)} words, {took:.1f} s", flush=True)
        browser.close()
    print(f"{given.number} schedules in {time.monotonic() - began:.0f} s, failed: {failed or 'none'}")
    for seed in failed:
        print(f"again: make faults N=1 SEED={seed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
