"""``make screenshot``: docs/screenshot.png, the demo participant's dashboard at 1280 × 800, light, at most 200 KB.

Makes the demo in a database of its own, which is gone afterwards.
"""

import io
import os
import shutil
import sys
import tempfile
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs" / "screenshot.png"
LIMIT = 200 * 1024
COLOURS = (256, 128, 64, 32)  # the fewest are taken only when the picture is too large with more
TIMEOUT = 60_000
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def photograph(url: str, email: str, password: str) -> bytes:
    """A PNG of what the participant sees first after signing in at `url`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light", locale="id-ID")
        page.set_default_timeout(TIMEOUT)
        page.goto(f"{url}/akun/masuk/")
        page.locator("#id_login").fill(email)
        page.locator("#id_password").fill(password)
        page.locator("main form button").click()
        page.locator(".next-step").wait_for()
        page.wait_for_load_state("networkidle")
        picture = page.screenshot(animations="disabled")
        browser.close()
    return picture


def small(picture: bytes) -> bytes:
    """The same picture with a palette, as few colours as `LIMIT` demands."""
    from PIL import Image

    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for colours in COLOURS:
        made = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
        if made.tell() <= LIMIT:
            return made.getvalue()
    sys.exit(f"{made.tell()} bytes even with {COLOURS[-1]} colours; at most {LIMIT} are wanted")


def main() -> None:
    """Make the demo, serve it, take the picture."""
    if CHROMIUM is None:
        sys.exit("No Chromium found: install it, or set CHROMIUM")
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

        from journals.demo import cohorts

        for command in (["migrate"], ["createcachetable"], ["load_curriculum"], ["load_assessment"]):
            call_command(*command, verbosity=0)
        call_command("demo", cohorts=1, participants=4)
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        server.start()
        server.is_ready.wait(60)
        if server.error:
            raise server.error
        picture = photograph(f"http://127.0.0.1:{server.port}", cohorts.PARTICIPANT, cohorts.PASSWORD)
        server.terminate()
        connections.close_all()
    TARGET.write_bytes(small(picture))
    print(f"{TARGET.relative_to(Path.cwd())}: {TARGET.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
