"""Measures the main pages on a database of one size: ``python -m bench.pages PARTICIPANTS COHORTS``."""

import gzip
import re
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import brotli
import django

django.setup()

from django.contrib.staticfiles import finders  # noqa: E402 -- after setup
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from berakhlak.accounts.models import User  # noqa: E402
from journals.demo.cohorts import INSTRUCTOR, PARTICIPANT  # noqa: E402
from journals.enums import EntryState  # noqa: E402
from journals.models import Entry  # noqa: E402

ROUNDS = 30


def signed_in(email: str | None) -> Client:
    """A browser that accepts compressed pages."""
    client = Client(headers={"accept-encoding": "gzip, br"})
    if email:
        client.force_login(User.objects.get(email=email))
    return client


def pages() -> list[tuple[str, str | None, str]]:
    """Name, who asks, and the address of each page."""
    own = Entry.objects.filter(enrolment__user__email=PARTICIPANT).select_related("enrolment__cohort", "module")
    place = own.first().enrolment.cohort.key
    returned = own.get(state=EntryState.RETURNED).module.number
    graded = own.filter(state=EntryState.GRADED).first().module.number
    waiting = (
        Entry.objects.filter(enrolment__cohort__key=place, state=EntryState.SUBMITTED, claim=None)
        .order_by("due_at", "id")
        .first()
    )
    return [
        ("landing", None, reverse("landing")),
        ("module", None, reverse("module", args=["berorientasi-pelayanan"])),
        ("sign-in", None, reverse("account_login")),
        ("dashboard", PARTICIPANT, reverse("journal", args=[place])),
        ("own entry", PARTICIPANT, reverse("entry", args=[place, graded])),
        ("writing page", PARTICIPANT, reverse("entry_write", args=[place, returned])),
        ("feedback", PARTICIPANT, reverse("submission", args=[place, graded, 1])),
        ("queue", INSTRUCTOR, reverse("queue")),
        ("review page", INSTRUCTOR, reverse("review", args=[waiting.key])),
        ("cohort page", INSTRUCTOR, reverse("cohort", args=[place])),
    ]


def static_bytes(html: str) -> int:
    """Compressed size of every style sheet and script that the page names, and of what those import."""
    seen: dict[str, int] = {}
    names = set(re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js|svg))"', html))
    names |= set(re.findall(r'"[^"]+":\s*"/static/([^"]+\.js)"', html))
    while names - seen.keys():
        for name in names - seen.keys():
            path = finders.find(name)
            data = Path(path).read_bytes() if path else b""
            seen[name] = len(brotli.compress(data)) if data else 0
            if name.endswith(".js"):
                folder = Path("/") / Path(name).parent
                for target in re.findall(rb'^import[^;]*?from\s*"(\.[^"]+)"', data, re.MULTILINE):
                    names.add(str((folder / target.decode()).resolve().relative_to("/")))
    return sum(seen.values())


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Median milliseconds of a warm call: on the clock, and of this process alone (where others work too)."""
    for _ in range(3):
        call()
    clock, process = [], []
    for _ in range(ROUNDS):
        began, began_process = time.perf_counter(), time.process_time()
        call()
        clock.append((time.perf_counter() - began) * 1000)
        process.append((time.process_time() - began_process) * 1000)
    return statistics.median(clock), statistics.median(process)


def main(participants: int, cohorts: int) -> None:
    """Fill the database and print the table."""
    for command in (["migrate"], ["createcachetable"], ["load_curriculum"], ["load_assessment"]):
        call_command(*command, verbosity=0)
    began = time.perf_counter()
    call_command("demo", "--force", "--cohorts", str(cohorts), "--participants", str(participants))
    print(
        f"\n{participants} participants in {cohorts} cohorts, {Entry.objects.count()} entries; "
        f"made in {time.perf_counter() - began:.0f} s"
    )
    print(f"{'page':<14}{'queries':>8}{'html gz kB':>12}{'first visit kB':>16}{'median ms':>11}{'cpu ms':>8}")
    for name, who, url in pages():
        client = signed_in(who)
        client.get(url)  # warm: templates, sessions
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        if response.status_code != 200:
            sys.exit(f"{url} answered {response.status_code}")
        html = (
            gzip.decompress(response.content).decode()
            if response.has_header("Content-Encoding")
            else (response.content.decode())
        )
        sent, asked = len(response.content), len(queries)  # the next request empties the log
        clock, process = timed(lambda c=client, u=url: c.get(u))
        print(
            f"{name:<14}{asked:>8}{sent / 1024:>12.1f}{(sent + static_bytes(html)) / 1024:>16.1f}"
            f"{clock:>11.1f}{process:>8.1f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
