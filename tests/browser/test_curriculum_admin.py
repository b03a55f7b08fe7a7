"""The admin's editor under our strict policy, in a real browser."""

import os
import shutil
from urllib.parse import urlsplit

import pytest

from curriculum.loader import load
from curriculum.models import Module
from journals import staff
from tests import factory

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="no chromium")]


@pytest.fixture
def page(live_server, transactional_db, client, monkeypatch):
    """A page signed in as an editor of the curriculum; fails on any message in the console."""
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    load()
    user = factory.make_staff("Penyunting Satu", staff.CURRICULUM)
    client.force_login(user)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies(
            [
                {
                    "name": "sessionid",
                    "value": client.cookies["sessionid"].value,
                    "domain": urlsplit(live_server.url).hostname,
                    "path": "/",
                }
            ]
        )
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on(
            "response",
            lambda response: said.append(f"{response.status} {response.url}") if response.status >= 400 else None,
        )
        yield page
        browser.close()
    assert said == []


def test_the_module_form_has_an_editor_and_its_change_is_public_at_once(page, live_server):
    module = Module.objects.get(number=3)
    page.goto(f"{live_server.url}/admin/curriculum/module/{module.pk}/change/")
    box = page.get_by_role("textbox", name="Ringkasan")
    box.wait_for()
    box.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Ditambah di editor.")
    page.fill("#id_title", "Akuntabel setiap hari")
    page.click("input[name=_save] >> nth=0")
    page.wait_for_url("**/admin/curriculum/module/")
    page.goto(f"{live_server.url}{module.get_absolute_url()}")
    assert page.inner_text("h1") == "Akuntabel setiap hari"
    assert "Ditambah di editor." in page.inner_text("main")


@pytest.mark.parametrize(
    "path",
    [
        "topic/{topic}/change/",
        "prompt/{prompt}/change/",
        "value/{value}/change/",
        "module/add/",
        "module/{module}/history/",
        "module/{module}/history/{version}/",
    ],
)
def test_pages_of_the_admin_say_nothing_to_the_console(page, live_server, path):
    module = Module.objects.get(number=9)
    keys = {
        "module": module.pk,
        "version": module.history.first().pk,
        "topic": module.topics.first().pk,
        "prompt": module.prompts.first().pk,
        "value": Module.objects.get(number=2).values.first().pk,
    }
    page.goto(f"{live_server.url}/admin/curriculum/{path.format(**keys)}")
    page.wait_for_load_state("networkidle")
    if "topic" in path or "prompt" in path or "version" in path or "add" in path:
        assert page.locator(".ProseMirror").count() >= 1
