"""A browser, and visitors in it who notice everything that a visitor must never meet.

A visitor fails the test for any message in the console (violations of the content security policy and
script errors are such messages), a request that failed or was answered with 400 or more, a request to another
host, and a dialog, unless the test said beforehand that it expects just that.
"""

import os
import re
import shutil
import threading
from pathlib import Path
from socketserver import ThreadingMixIn
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import Client, override_settings

from tests import factory

pytest.register_assert_rewrite(
    "tests.browser.looks", "tests.browser.steps", "tests.browser.keeping", "tests.browser.editing"
)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
OUTPUT = Path(__file__).parent.parent / "output"
# Generous, for a busy machine: a page that is well never waits for it.
TIMEOUT = 20_000
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember that the test failed, so that its visitors leave a picture behind."""
    report = yield
    if report.when == "call" and report.failed:
        item.stash[_failed] = True
    return report


@pytest.fixture(scope="module")
def chromium():
    """One browser for all tests of a file.

    Not for the whole session: Playwright's loop runs as long as its browser does, and a second one, in a file
    that starts its own, cannot begin in the same process. For the same reason Django is told that its
    connections may be used while a loop runs in this thread.
    """
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: nothing was tried in a browser")
    from playwright.sync_api import expect, sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


# A page registers the service worker when it has nothing else to do. Whoever leaves or loses the network in that very
# moment stops it, and the next page does it again; that it works is tried in test_offline.py.
WORKER_STOPPED = (r"unknown error occurred when fetching the script", r"service worker TypeError")


class Watch:
    """What one visitor met; hangs on the page as ``page.watch``."""

    def __init__(self, page, host: str) -> None:
        self.host = host
        self.met: list[str] = []
        self.requested: list[tuple[str, str]] = []  # (kind of resource, address)
        self.expected: list[str] = [*WORKER_STOPPED]
        self.dialogs: list[str] = []
        self.answer = False  # what a dialog is answered with
        page.on("console", lambda message: self.met.append(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.met.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failure)
        page.on("response", self._response)
        page.on("dialog", self._dialog)

    def expect(self, *patterns: str) -> None:
        """From now on (and before) these regular expressions are no trouble."""
        self.expected += patterns

    @property
    def troubles(self) -> list[str]:
        """What nobody expected."""
        return [text for text in self.met if not any(re.search(pattern, text) for pattern in self.expected)]

    def _request(self, request) -> None:
        self.requested.append((request.resource_type, request.url))
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != self.host:
            self.met.append(f"foreign host: {request.url}")

    def _failure(self, request) -> None:
        # "Aborted" is a request that the visitor left behind by going on to another page.
        if request.failure != "net::ERR_ABORTED":
            self.met.append(f"failed: {request.method} {request.url} {request.failure}")

    def _response(self, response) -> None:
        if response.status >= 400:
            self.met.append(f"status {response.status}: {response.request.method} {response.url}")

    def _dialog(self, dialog) -> None:
        self.dialogs.append(dialog.type)
        self.met.append(f"dialog {dialog.type}: {dialog.message}")
        if self.answer:
            dialog.accept()
        else:
            dialog.dismiss()


@pytest.fixture
def enrolment(chromium, transactional_db):
    """A participant with one open module."""
    module, cohort = factory.make_module(1), factory.make_cohort()
    factory.make_schedule(cohort, module, opens=-4000, due=4000, closes=4001)
    return factory.enrol(factory.make_user("Ratna"), cohort, factory.make_group(cohort))


@pytest.fixture
def visitor(chromium, request):
    """``visitor(base_url, width=360, scheme="dark", user=None, javascript=True)`` opens a page in a fresh context.

    `user` (an e-mail address) is signed in without the form. ``page.watch`` knows what was met; afterwards
    nothing unexpected may be in it. A failing test leaves picture and source of each page in tests/output/.
    """
    pages: list = []

    def arrive(
        base_url: str,
        *,
        width: int = 1280,
        scheme: str = "light",
        user: str = "",
        javascript: bool = True,
        height: int = 900,
        worker: bool = True,
    ):
        context = chromium.new_context(
            base_url=base_url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="id-ID",
            java_script_enabled=javascript,
            service_workers="allow" if worker else "block",
        )
        context.set_default_timeout(TIMEOUT)
        host = urlsplit(base_url)
        if user:
            context.add_cookies(
                [{"name": "sessionid", "value": session_of(user), "domain": host.hostname, "path": "/"}]
            )

        def watch(page) -> None:
            page.watch = Watch(page, host.netloc)
            if not javascript:  # the browser asks for scripts all the same, and then refuses its own request
                page.watch.expect(r"^failed: GET \S+\.js csp$", r"^console error: .*\.js.*blocked")
            if not worker:
                page.watch.expect(r"Service Worker registration blocked")
            pages.append(page)

        context.on("page", watch)  # also tabs that a link opens
        return context.new_page()

    yield arrive
    if request.node.stash.get(_failed, False) or any(page.watch.troubles for page in pages):
        _keep(pages, request.node.nodeid)
    for page in pages:
        page.context.close()
    assert [text for page in pages for text in page.watch.troubles] == []


def session_of(email: str) -> str:
    """The key of a new session of that person."""
    client = Client()
    client.force_login(get_user_model().objects.get(email=email))
    return client.cookies["sessionid"].value


def _keep(pages: list, test: str) -> None:
    OUTPUT.mkdir(exist_ok=True)
    name = re.sub(r"[^\w.-]+", "-", test.removeprefix("tests/browser/"))[:120]
    for number, page in enumerate(pages, 1):
        if page.is_closed():
            continue
        try:
            page.screenshot(path=OUTPUT / f"{name}-{number}.png", full_page=True, timeout=5000)
            (OUTPUT / f"{name}-{number}.html").write_text(page.content())
        except Exception as error:
            print(f"no picture of page {number}: {error}")  # noqa: T201 -- pytest shows it with the failure


# --- The rich text field alone, on a page of its own: editor_page.py ---


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def site():
    """The address of that page."""
    with override_settings(ROOT_URLCONF="tests.browser.editor_page", DEBUG=True):
        server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), _Server, _Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        server.server_close()


@pytest.fixture
def new_page(chromium):
    """Opens pages that fail the test on any console message, error, failed request or dialog."""
    contexts, troubles = [], []

    def open_page(**options):
        context = chromium.new_context(**{"viewport": {"width": 360, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.requested = []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
        page.troubles = troubles
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []
