"""``make bench``: queries, bytes as sent and median server time of the main pages.

Measured at 200 and at 10,000 participants (200 in each cohort) on a fresh SQLite file, warm, through the
whole middleware stack, one process. Then the queue of one cohort's instructor, alone and among 400,000 entries, on
SQLite and, where it is reachable, on PostgreSQL (bench/queue.py); then the time from save to the next entry in a
real browser (bench/desk.py). ``python -m bench queue`` does only the queue.
The figures depend on the machine; compare them on one machine only.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.run import POSTGRES, postgres_reachable

ONLY_QUEUE = sys.argv[1:] == ["queue"]
SIZES = [int(size) for size in sys.argv[1:] if size.isdecimal()] or [200, 10_000]
PER_COHORT = 200


def run(module: str, *arguments: str, database: str) -> None:
    """A measurement on a database, in a process of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database}
    subprocess.run([sys.executable, "-m", module, *arguments], env=environment, check=True)


def on_sqlite(module: str, *arguments: str) -> None:
    """On a fresh file."""
    with tempfile.TemporaryDirectory() as folder:
        run(module, *arguments, database=f"sqlite:///{Path(folder) / 'bench.sqlite3'}")


def on_postgresql(module: str) -> None:
    """On a fresh database of the server that the tests use."""
    import psycopg

    name = f"berakhlak_bench_{os.getpid()}"
    with psycopg.connect(POSTGRES.replace("postgres://", "postgresql://"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            run(module, database=f"{POSTGRES.rsplit('/', 1)[0]}/{name}")
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    if not ONLY_QUEUE:
        for one in SIZES:
            on_sqlite("bench.pages", str(one), str(max(one // PER_COHORT, 1)))
    on_sqlite("bench.queue")
    if postgres_reachable():
        on_postgresql("bench.queue")
    else:
        print("SKIPPED PostgreSQL: not reachable (set TEST_POSTGRES_URL)")
    if not ONLY_QUEUE:
        subprocess.run([sys.executable, "-m", "bench.desk"], check=True)
