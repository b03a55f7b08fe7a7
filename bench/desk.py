"""From save to the next entry, as an instructor feels it: ``python -m bench.desk``, part of ``make bench``.

A real Chromium grades entries of the demo by keyboard only, each with four levels and one comment, against the server
as it runs in production (hashed files, granian, SQLite). Time runs from the key that grades to the frame in which the
next entry can be read and its rubric hears the keys.
"""

import contextlib
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

from bench import demo

ENTRIES = 40
SERVER = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--blocking-threads", "2"]
# Resolves in the frame after another form stands there with its rubric mounted.
NEXT = """() => new Promise((resolve, reject) => {
  const before = document.querySelector("#review-form");
  let began = 0;
  document.addEventListener("keydown", () => (began ||= performance.now()), { capture: true });
  const look = () => {
    const form = document.querySelector("#review-form");
    if (!form || form === before || !form.querySelector("[data-active]")) return;
    watch.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - began));
  };
  const watch = new MutationObserver(look);
  watch.observe(document, { subtree: true, childList: true, attributes: true });
  setTimeout(() => reject(new Error("no next entry")), 10000);
})"""


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address of a production server with a demo cohort of 80 participants."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        url = f"http://127.0.0.1:{port}"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("BERAKHLAK_", "TEST_"))},
            "DJANGO_SETTINGS_MODULE": "berakhlak.settings",
            "BERAKHLAK_DATA_DIR": folder,
            "BERAKHLAK_HTTPS": "false",
            "BERAKHLAK_SECRET_KEY": secrets.token_urlsafe(50),
            "BERAKHLAK_HOSTS": "127.0.0.1",
            "BERAKHLAK_SITE_URL": url,
        }
        for command in (
            ["migrate", "--verbosity", "0"],
            ["createcachetable"],
            ["load_curriculum"],
            ["load_assessment"],
            ["demo", "--force", "--cohorts", "1", "--participants", "80"],
            ["collectstatic", "--noinput", "--verbosity", "0"],
        ):
            subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True, capture_output=True)
        with (Path(folder) / "server.log").open("w") as log:
            command = [sys.executable, *SERVER, "--port", port, "berakhlak.wsgi:application"]
            server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            try:
                _wait_for(url)
                yield url
            finally:
                server.terminate()
                server.wait(30)


def _wait_for(url: str) -> None:
    for _try in range(600):
        with contextlib.suppress(OSError), urlopen(f"{url}/healthz", timeout=10):
            return
        time.sleep(0.1)
    raise SystemExit("the server does not answer")


def grade(page) -> float:
    """Milliseconds from the key that grades to the next entry."""
    page.wait_for_selector("[data-active]")
    for key in "4343":
        page.keyboard.press(key)
    page.keyboard.press("c")
    page.keyboard.type("Peristiwa yang Anda ceritakan nyata dan jujur.")
    found = page.evaluate_handle(f"() => ({{ answer: ({NEXT})() }})")
    page.keyboard.press("Control+Enter")
    return page.evaluate("(found) => found.answer", found)


def main() -> None:
    """Print the median and the cost of the page that is opened cold."""
    if demo.CHROMIUM is None:
        print("No Chromium found: the time from save to the next entry was not measured")
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "berakhlak.settings")
    os.environ.setdefault("BERAKHLAK_DEBUG", "true")
    import django

    django.setup()
    from journals.demo.cohorts import INSTRUCTOR

    with served() as url, demo.browser() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        demo.sign_in(page, url, INSTRUCTOR)  # lands in the queue
        page.locator("#queue-next button").click()
        times = [grade(page) for _entry in range(ENTRIES)]
        address = page.url
        cold = browser.new_context(viewport={"width": 1280, "height": 900}, storage_state=page.context.storage_state())
        answers: list = []
        cold.on("response", lambda answer: answers.append(answer))
        cold.new_page().goto(address, wait_until="networkidle")
        sent = sum(
            sum(answer.request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))
            for answer in answers
        )
    print(
        f"\nsave to next: median {statistics.median(times):.0f} ms, slowest {max(times):.0f} ms "
        f"({ENTRIES} entries); review page cold: {len(answers)} requests, {sent / 1024:.0f} kB"
    )


if __name__ == "__main__":
    main()
