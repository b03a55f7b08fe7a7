"""The gallery in a real browser under the real content security policy: axe, keyboard, both themes."""

import os
import shutil
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from playwright.sync_api import expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the gallery was not looked at"),
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def gallery():
    """The gallery's address; a visitor who is not signed in needs no database."""
    with override_settings(DEBUG=True):
        server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), _Server, _Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/face/"
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, gallery):
    """Opens the gallery; any console message or script error fails the test."""
    contexts, troubles = [], []

    def open_page(**options):
        context = chromium.new_context(**{"viewport": {"width": 360, "height": 740}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(gallery)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_and_nothing_overflows(visit, scheme, width):
    page = visit(viewport={"width": width, "height": 800}, color_scheme=scheme)
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_summary_takes_the_focus_and_leads_to_the_control(visit):
    page = visit()
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator('.error-summary a[href="#id_bad-level_0"]').click()
    expect(page.locator("#id_bad-level_0")).to_be_focused()


def test_the_dialog_opens_on_cancel_and_escape_gives_the_focus_back(visit):
    page = visit()
    opener = page.locator('[data-dialog="withdraw"]')
    opener.click()
    expect(page.locator("#withdraw")).to_be_visible()
    expect(page.locator("#withdraw [data-close]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#withdraw")).to_be_hidden()
    expect(opener).to_be_focused()


def test_without_scripts_the_opener_is_a_link_to_the_confirmation(visit):
    page = visit(java_script_enabled=False)
    page.locator('[data-dialog="withdraw"]').click()
    assert page.url.endswith("#confirm")
    expect(page.locator("#withdraw")).to_be_hidden()


def paper(page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_theme_changes_and_stays(visit, scripts):
    page = visit(java_script_enabled=scripts, color_scheme="light")
    light = paper(page)
    dark = page.get_by_role("contentinfo").get_by_role("button", name="Gelap")
    # A script sends the choice in the background; without one the form leads back to the page.
    arrived = (
        page.expect_response(lambda answer: answer.url.endswith("/tampilan/")) if scripts else page.expect_navigation()
    )
    with arrived:
        dark.click()
    page.reload()
    assert paper(page) != light
    expect(page.get_by_role("contentinfo").get_by_role("button", name="Gelap")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_form_goes_once_within_a_second(visit):
    page = visit()
    page.evaluate(
        """() => {
            window.sent = 0;
            const form = document.createElement("form");
            form.dataset.once = "";
            document.body.append(form);
            document.addEventListener("submit", (event) => {
                if (!event.defaultPrevented) window.sent += 1;
                event.preventDefault();
            });
            form.requestSubmit();
            form.requestSubmit();
        }"""
    )
    assert page.evaluate("window.sent") == 1


def test_what_is_chosen_shows_in_forced_colours(visit):
    page = visit(forced_colors="active")
    pressed = page.locator('.site-foot button[aria-pressed="true"]').first
    assert pressed.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
