"""Signing out on a computer that others use: what is unsent is sent first, then nothing stays behind."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journals.models import Entry, Response
from tests import factory
from tests.browser import looks
from tests.browser.conftest import session_of
from tests.browser.device import on_device, shelf

pytestmark = pytest.mark.browser
TEXT = "Rahasia saya sendiri."


@pytest.fixture
def desk(enrolment, live_server, visitor):
    """The participant on the writing page, with a phone."""
    page = visitor(live_server.url, user=enrolment.user.email, width=360, height=740)
    page.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
    expect(page.locator(".rich-text__frame")).to_have_count(3)
    return page


def write(page, text: str = TEXT) -> None:
    page.locator(".rich-text__text").nth(1).click()
    page.keyboard.type(text)


def sign_out(page) -> None:
    page.locator("summary", has_text="Akun").click()
    page.get_by_role("button", name="Keluar", exact=True).click()


def dialog(page):
    return page.get_by_role("dialog", name="Keluar dari akun?")


def no_network(page) -> None:
    page.watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    page.route("**/draf/", lambda route: route.abort("internetdisconnected"))


def body() -> str:
    return Response.objects.get(prompt__key="refleksi").body


def signed_out(page) -> None:
    page.wait_for_url(re.compile(r"^http://[^/]+/$"))
    expect(page.get_by_role("banner").get_by_role("link", name="Masuk")).to_be_visible()


def test_what_was_just_typed_is_sent_first_and_nothing_stays_on_the_device(desk):
    write(desk)
    sign_out(desk)  # at once: not even the device has it yet
    signed_out(desk)
    assert body() == f"<p>{TEXT}</p>"
    assert on_device(desk) == []
    assert shelf(desk) == []


def test_what_could_not_be_sent_is_named_and_one_can_stay_or_try_again(desk):
    no_network(desk)
    write(desk)
    sign_out(desk)
    box = dialog(desk)
    expect(box).to_contain_text("Modul 1")
    expect(box).to_contain_text("belum sampai di server")
    looks.accessible(desk)
    looks.fits(desk, looks.PHONE)
    box.get_by_role("button", name="Tetap masuk").click()
    expect(box).to_be_hidden()
    write(desk, " Lanjut.")  # the pen is back
    sign_out(desk)
    box.get_by_role("button", name="Coba lagi").click()
    expect(box).to_be_visible()
    # On a slow machine the page itself tries once more, and that message may come after the session has ended.
    desk.watch.expect(r"status 401: POST \S+/draf/", "status of 401")
    desk.unroute("**/draf/")
    box.get_by_role("button", name="Coba lagi").click()
    signed_out(desk)
    assert body() == f"<p>{TEXT} Lanjut.</p>"
    assert on_device(desk) == []


def test_leaving_all_the_same_needs_a_choice_and_deletes_what_was_chosen(desk):
    no_network(desk)
    write(desk)
    sign_out(desk)
    box = dialog(desk)
    box.get_by_role("button", name="Tetap keluar").click()
    expect(box.get_by_role("alert")).to_be_visible()
    box.get_by_label(re.compile("^Hapus")).check()
    box.get_by_role("button", name="Tetap keluar").click()
    signed_out(desk)
    assert on_device(desk) == []
    assert not Entry.objects.exists()


def test_what_its_author_chose_to_keep_is_for_the_author_alone(desk, enrolment, live_server):
    no_network(desk)
    write(desk)
    sign_out(desk)
    dialog(desk).get_by_label(re.compile("^Simpan")).check()
    dialog(desk).get_by_role("button", name="Tetap keluar").click()
    signed_out(desk)
    assert [draft["user"] for draft in on_device(desk)] == [str(enrolment.user.pk)]
    desk.unroute("**/draf/")
    other = factory.enrol(factory.make_user("Dimas"), enrolment.cohort, enrolment.group, 2)
    for person in (other.user, enrolment.user):
        desk.context.add_cookies([{"name": "sessionid", "value": session_of(person.email), "url": live_server.url}])
        desk.goto(reverse("journal", args=[enrolment.cohort.key]))
        desk.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
        desk.wait_for_selector(".rich-text__frame")
        if person == other.user:
            assert TEXT not in desk.inner_text("main")
            assert not Entry.objects.exists()
    expect(desk.locator('[data-status][data-tone="ok"]')).to_be_visible()
    assert body() == f"<p>{TEXT}</p>"
    assert Entry.objects.get().enrolment == enrolment


def test_another_tab_hands_its_text_over_and_leaves_its_page(desk, enrolment):
    tab = desk.context.new_page()
    tab.goto(reverse("journal", args=[enrolment.cohort.key]))
    write(desk)
    sign_out(tab)
    signed_out(tab)
    assert body() == f"<p>{TEXT}</p>"
    signed_out(desk)
    assert on_device(desk) == []


def test_a_session_that_has_ended_is_said(desk):
    desk.watch.expect("status of 401", "status 401")
    desk.context.clear_cookies(name="sessionid")
    write(desk)
    sign_out(desk)
    expect(dialog(desk)).to_contain_text("Sesi Anda sudah berakhir")
    dialog(desk).get_by_role("button", name="Tetap masuk").click()


def test_without_javascript_signing_out_is_a_form(live_server, visitor, enrolment):
    page = visitor(live_server.url, user=enrolment.user.email, javascript=False)
    page.goto(reverse("journal", args=[enrolment.cohort.key]))
    sign_out(page)
    signed_out(page)
