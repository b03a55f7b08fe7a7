"""The message that is being typed in a conversation: on the device until the server has it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from journals.models import Entry, Remark
from tests import factory
from tests.browser import looks
from tests.browser.conftest import session_of
from tests.browser.device import shelf
from tests.browser.keeping import comes_true, instructor  # noqa: F401 -- a fixture among them

pytestmark = pytest.mark.browser
TEXT = "Apakah contoh saya cukup?"


@pytest.fixture
def entry(enrolment, instructor) -> Entry:  # noqa: F811
    """What the two talk about."""
    return factory.submitted(enrolment, factory.Module.objects.get(), now=timezone.now()).entry


@pytest.fixture
def open_talk(entry, enrolment, instructor, visitor, live_server):  # noqa: F811
    """``open_talk(reviewer=True)`` gives the conversation, on a phone."""

    def opened(*, reviewer: bool = False, **options):
        user = instructor if reviewer else enrolment.user
        page = visitor(live_server.url, user=user.email, width=360, height=740, **options)
        page.goto(reverse("review_talk", args=[entry.key]) if reviewer else own(enrolment))
        return page

    return opened


def own(enrolment) -> str:
    return reverse("entry_talk", args=[enrolment.cohort.key, 1])


def field(page):
    return page.get_by_label("Pesan Anda")


def kept(page) -> list[str]:
    return [row["texts"]["text"] for row in shelf(page) if row["key"].startswith("message:")]


def write(page, text: str = TEXT) -> None:
    field(page).click()
    page.keyboard.type(text)
    comes_true(page, lambda: kept(page) == [text])


def again(page):
    """The tab is killed, and the page opened in another one."""
    address, tab = page.url, page.context.new_page()
    page.close(run_before_unload=False)
    tab.goto(address)
    return tab


@pytest.mark.parametrize("reviewer", [False, True], ids=["participant", "reviewer"])
def test_a_killed_tab_loses_nothing_and_what_was_sent_is_gone(open_talk, reviewer):
    page = open_talk(reviewer=reviewer)
    looks.light(page)
    write(page)
    page = again(page)
    expect(field(page)).to_have_value(TEXT)
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".talk__item")).to_contain_text(TEXT)
    comes_true(page, lambda: kept(page) == [])
    expect(field(page)).to_have_value("")
    page.reload()
    expect(page.locator(".talk__item")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    expect(field(page)).to_have_value("")
    write(page, "Satu lagi.")
    page.reload()
    expect(field(page)).to_have_value("Satu lagi.")


def test_a_message_whose_answer_was_lost_is_not_offered_again(open_talk, entry, enrolment):
    """It arrived, and the device heard of that only when its author came back."""
    page = open_talk()
    write(page)
    page.watch.expect("ERR_CONNECTION_RESET")
    page.route("**/tulis/", lambda route: (route.fetch(max_redirects=0), route.abort("connectionreset")))
    page.get_by_role("button", name="Kirim").click()
    comes_true(page, Remark.objects.exists)
    page.wait_for_timeout(300)
    tab = page.context.new_page()
    tab.goto(own(enrolment))
    expect(tab.locator(".talk__item")).to_have_count(1)
    comes_true(tab, lambda: kept(tab) == [])
    expect(field(tab)).to_have_value("")


def test_a_refused_message_stays(open_talk):
    page = open_talk()
    page.watch.expect("^status 422: POST .*/tulis/$", "console error: .* status of 422 ")
    long = "a" * 2001
    field(page).fill(long)
    comes_true(page, lambda: kept(page) == [long])
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(field(page)).to_have_value(long)
    comes_true(page, lambda: kept(page) == [long])
    field(page).fill(TEXT)
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator(".talk__item")).to_contain_text(TEXT)
    comes_true(page, lambda: kept(page) == [])


def test_an_emptied_field_keeps_nothing(open_talk):
    page = open_talk()
    write(page)
    field(page).fill("")
    comes_true(page, lambda: kept(page) == [])


@pytest.mark.parametrize("choice", ["keep", "delete"])
def test_signing_out_asks_what_becomes_of_it(open_talk, choice):
    page = open_talk()
    write(page)
    page.locator("summary", has_text="Akun").click()
    page.get_by_role("button", name="Keluar", exact=True).click()
    box = page.get_by_role("dialog", name="Keluar dari akun?")
    expect(box).to_contain_text(f"Pesan dalam percakapan: {TEXT}")
    looks.accessible(page)
    looks.fits(page, looks.PHONE)
    box.locator(f"label[for=unsent-{choice}]").click()
    box.get_by_role("button", name="Tetap keluar").click()
    page.wait_for_url(re.compile(r"^http://[^/]+/$"))
    assert kept(page) == ([TEXT] if choice == "keep" else [])


def test_the_texts_of_two_people_stay_apart(open_talk, enrolment, entry, instructor):  # noqa: F811
    page = open_talk()
    write(page)
    other = {"name": "sessionid", "value": session_of(instructor.email), "url": page.url.partition("/jurnal/")[0]}
    page.context.clear_cookies()
    page.context.add_cookies([other])
    page.goto(reverse("review_talk", args=[entry.key]))
    page.wait_for_load_state("networkidle")
    expect(field(page)).to_have_value("")
    assert kept(page) == [TEXT]
