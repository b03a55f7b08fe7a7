"""Moves on the writing page, and what its device and the server hold, for the tests of how it keeps texts."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journals.models import Response
from tests import factory
from tests.browser.device import on_device

STATUS = "[data-status]"


@pytest.fixture
def instructor(enrolment):
    """Somebody who covers the participant's cohort."""
    found = factory.make_user("Endah")
    factory.teach(found, enrolment.cohort)
    return found


@pytest.fixture
def open_page(enrolment, live_server, visitor):
    """``open_page("entry_write")`` gives a page of the participant's module on an old phone's screen."""

    def opened(name: str, *more, **options):
        page = visitor(live_server.url, user=enrolment.user.email, width=360, height=740, **options)
        page.goto(reverse(name, args=[enrolment.cohort.key, 1, *more]))
        if name == "entry_write" and options.get("javascript", True):
            expect(page.locator(".rich-text__frame")).to_have_count(3)
        return page

    return opened


@pytest.fixture
def second_tab(enrolment):
    """``second_tab(page)`` opens the writing page again in the same browser."""

    def opened(page):
        tab = page.context.new_page()
        tab.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
        return tab

    return opened


# Select some words of an element, over as many nodes as they stand in.
SELECT = """(box, words) => {
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  let whole = "";
  const at = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let offset = 0; offset < node.data.length; offset += 1) at.push([node, offset]);
    whole += node.data;
  }
  const start = whole.indexOf(words);
  const range = document.createRange();
  range.setStart(...at[start]);
  const [node, offset] = at[start + words.length - 1];
  range.setEnd(node, offset + 1);
  box.scrollIntoView({ block: "center" });
  box.focus();
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def unsent(page) -> list[dict]:
    """What the device keeps and the server has not confirmed."""
    return [draft for draft in on_device(page) if draft["unsent"]]


def write(page, text: str, part: int = 1) -> None:
    """Add text at the end of a part."""
    editor = page.locator(".rich-text__text").nth(part)
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def says(page, tone: str, words: str) -> None:
    """Wait until the status line says so."""
    expect(page.locator(f'{STATUS}[data-tone="{tone}"]')).to_contain_text(words)


def body() -> str:
    return Response.objects.get(prompt__key="refleksi").body


def comes_true(page, holds) -> None:
    """Wait until the server or the device has got so far."""
    for _try in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come true")
