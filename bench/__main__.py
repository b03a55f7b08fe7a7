"""``make bench``: queries, bytes as sent and median server time of the main pages.

Measured at 200 and at 10,000 participants (200 in each cohort) on a fresh SQLite file, warm, through the
whole middleware stack, one process; then the time from save to the next entry in a real browser (bench/desk.py).
The figures depend on the machine; compare them on one machine only.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

SIZES = [int(size) for size in sys.argv[1:]] or [200, 10_000]
PER_COHORT = 200


def measure(size: int) -> None:
    """Make a database of that size, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
        }
        status = os.spawnve(
            os.P_WAIT,
            sys.executable,
            [sys.executable, "-m", "bench.pages", str(size), str(max(size // PER_COHORT, 1))],
            environment,
        )
        if status:
            sys.exit(status)


if __name__ == "__main__":
    for one in SIZES:
        measure(one)
    subprocess.run([sys.executable, "-m", "bench.desk"], check=True)
