"""A real server process on a throw-away SQLite file, which may be killed at any moment, and who writes there.

``python -m tests.faults.world N`` makes the people in the database of the environment and prints them as JSON.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

SESSIONS = 4  # for each person: their session ends, and they sign in again
PARTS = ("ringkasan", "refleksi", "penerapan")


class World:
    """``with World(people=40) as world``: `world.people`, `world.port`, and what the database holds."""

    def __init__(self, people: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="berakhlak-faults-"))
        self.file = self.folder / "world.sqlite3"
        self.number = people
        self.kills = 0
        self.process: subprocess.Popen | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        # The tests' settings, which read this address of the database; not the one of the test run around us.
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "TEST_DATABASE_URL": f"sqlite:///{self.file}",
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "BERAKHLAK_DATA_DIR": str(self.folder),
        }

    def __enter__(self):
        try:
            made = subprocess.run(
                [sys.executable, "-m", "tests.faults.world", str(self.number)],
                env=self.environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert made.returncode == 0, made.stdout + made.stderr
            self.people = json.loads(made.stdout.splitlines()[-1])
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_args) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self.folder / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port",
                    str(self.port), "--blocking-threads", "4", "--log-level", "warning", "berakhlak.wsgi:application",
                ],
                env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                return
            time.sleep(0.05)
        raise AssertionError((self.folder / "server.log").read_text())

    def kill(self) -> None:
        """Kill -9, with its workers, in the middle of whatever it does."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        self.kills += 1

    def ask(self, sql: str, *values) -> list[tuple]:
        """Read (or, for sessions, write) the file beside the server."""
        with contextlib.closing(sqlite3.connect(self.file, timeout=20)) as database, database:
            return database.execute(sql, values).fetchall()

    def end_session(self, key: str) -> None:
        self.ask("DELETE FROM django_session WHERE session_key = ?", key)

    def entry(self, person: dict) -> dict:
        """What the server has of a person: draft, texts beside it, submissions and their receipts, as text."""
        rows = self.ask("SELECT id, state, title FROM journals_entry WHERE enrolment_id = ?", person["enrolment"])
        if not rows:
            return {"entry": None, "draft": "", "beside": [], "submissions": [], "receipts": []}
        pk, state, title = rows[0]
        bodies = self.ask("SELECT body FROM journals_response WHERE entry_id = ?", pk)
        beside = self.ask("SELECT title || answers FROM journals_straydraft WHERE entry_id = ?", pk)
        handed = self.ask("SELECT content, receipt FROM journals_submission WHERE entry_id = ?", pk)
        return {
            "entry": state,
            "draft": title + "".join(body for (body,) in bodies),
            "beside": [text for (text,) in beside],
            "submissions": [text for text, _receipt in handed],
            "receipts": [receipt for _text, receipt in handed],
        }


def make_people(number: int) -> list[dict]:
    """Participants of one cohort with one open module, each with a few sessions."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from curriculum.models import Prompt
    from tests import factory

    module, cohort = factory.make_module(1), factory.make_cohort()
    Prompt.objects.update(min_words=1)
    factory.make_schedule(cohort, module, opens=-4000, due=4000, closes=4001)
    group = factory.make_group(cohort)
    people = []
    for place in range(number):
        user = factory.make_user(f"Peserta {place}")
        enrolment = factory.enrol(user, cohort, group, place + 1)
        sessions = []
        for _session in range(SESSIONS):
            client = Client()
            client.force_login(get_user_model().objects.get(pk=user.pk))
            sessions.append(client.cookies["sessionid"].value)
        people.append({"user": user.pk, "enrolment": enrolment.pk, "cohort": cohort.key, "sessions": sessions})
    return people


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(make_people(int(sys.argv[1]))))  # noqa: T201 -- the answer
