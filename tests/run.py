"""Run the whole suite: SQLite, then PostgreSQL, then the browser.

``python -m tests.run`` skips what this machine does not have and names it; ``--strict`` fails instead.
PostgreSQL is looked for at TEST_POSTGRES_URL (default: user postgres on 127.0.0.1).
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
# Seconds after which a part is stopped: more than it needs on a machine at half its speed.
LIMIT = 35 * 60
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def postgres_reachable() -> bool:
    """Try one connection."""
    import psycopg

    try:
        psycopg.connect(POSTGRES.replace("postgres://", "postgresql://"), connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def pytest(title: str, *arguments: str, workers: str = "auto", **environment: str) -> bool:
    """One run of pytest; True when it passed."""
    print(f"\n=== {title}", flush=True)  # noqa: T201 -- the report
    command = [sys.executable, "-m", "pytest", "-q", "-n", workers, "--dist", "loadfile", *arguments]
    # A test that hangs takes its worker along (pytest-timeout), and would be given to each new one again.
    command += ["--max-worker-restart", "1", "--durations", "10", "--durations-min", "20"]
    # In a group of its own, so that nothing it has started outlives it: servers, browsers, workers.
    with subprocess.Popen(command, env={**os.environ, **environment}, start_new_session=True) as process:
        try:
            return process.wait(LIMIT) == 0
        except subprocess.TimeoutExpired:
            print(f"{title}: stopped after {LIMIT // 60} minutes", flush=True)  # noqa: T201 -- the report
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def main() -> int:
    """Run all; the exit status is 0 only when everything that ran passed."""
    strict = "--strict" in sys.argv[1:]
    if strict:
        os.environ["BERAKHLAK_TEST_STRICT"] = "true"
    passed = [pytest("SQLite", "-m", "not browser and not postgres")]
    skipped = []
    if postgres_reachable():
        passed.append(pytest("PostgreSQL", "-m", "not browser", TEST_DATABASE_URL=POSTGRES))
    else:
        skipped.append(f"PostgreSQL: not reachable at {POSTGRES} (set TEST_POSTGRES_URL)")
    if CHROMIUM:
        # A browser test waits more than it computes: one worker beyond the processors.
        workers = str((os.cpu_count() or 1) + 1)
        passed.append(pytest("Browser", "-m", "browser", workers=workers, CHROMIUM=CHROMIUM, TEST_SQLITE_FILE="true"))
    else:
        skipped.append("Browser: no Chromium found (install it, or set CHROMIUM)")
    if not shutil.which("node"):
        skipped.append("JavaScript: no node found")
    for line in skipped:
        print(f"SKIPPED {line}", flush=True)  # noqa: T201 -- the report
    return 0 if all(passed) and not (strict and skipped) else 1


if __name__ == "__main__":
    sys.exit(main())
