"""The demo on a server of its own, a browser, and signing in: to photograph and to measure."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
TIMEOUT = 60_000


@contextmanager
def served(participants: int) -> Iterator[str]:
    """The address of a running demo with one cohort, in a database that is gone afterwards. Once per process."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "berakhlak.settings",
            "BERAKHLAK_DATA_DIR": folder,
            "BERAKHLAK_DEBUG": "true",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
        }
        os.environ.pop("BERAKHLAK_DATABASE_URL", None)
        import django

        django.setup()
        from django.contrib.staticfiles.handlers import StaticFilesHandler
        from django.core.management import call_command
        from django.db import connections
        from django.test.testcases import LiveServerThread

        for command in (["migrate"], ["createcachetable"], ["load_curriculum"], ["load_assessment"]):
            call_command(*command, verbosity=0)
        call_command("demo", cohorts=1, participants=participants)
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait(60)
        if server.error:
            raise server.error
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.terminate()
            connections.close_all()


@contextmanager
def browser() -> Iterator:
    """A Chromium."""
    if CHROMIUM is None:
        sys.exit("No Chromium found: install it, or set CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield running
        running.close()


def sign_in(page, url: str, email: str) -> None:
    """Sign in as one of the demo's people."""
    from journals.demo.cohorts import PASSWORD

    page.set_default_timeout(TIMEOUT)
    page.goto(f"{url}/akun/masuk/")
    page.locator("#id_login").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main form button").click()
    page.wait_for_url(lambda address: "/masuk/" not in address)
