"""Saving in the background in a real browser: whatever goes wrong, the text stays on the page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from journals.models import Entry, FeedbackRead, Response
from tests import factory

pytestmark = pytest.mark.browser
STATUS = "[data-status]"


@pytest.fixture
def enrolment(chromium, transactional_db):
    """A participant with one open module."""
    module, cohort = factory.make_module(1), factory.make_cohort()
    factory.make_schedule(cohort, module, opens=-4000, due=4000, closes=4001)
    return factory.enrol(factory.make_user("Ratna"), cohort, factory.make_group(cohort))


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
        return page

    return opened


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


def test_saving_stays_on_the_page(open_page):
    page = open_page("entry_write")
    write(page, "Satu.")
    says(page, "", "Belum tersimpan")
    page.click("[data-save]")
    says(page, "ok", "Tersimpan di server pukul")
    write(page, " Dua.")
    page.click("[data-save]")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Satu. Dua.</p>"
    assert Entry.objects.get().version == 2


def test_without_a_network_the_text_stays_and_goes_when_it_is_back(open_page):
    page = open_page("entry_write")
    write(page, "Tanpa sinyal.")
    page.watch.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.click("[data-save]")
    says(page, "error", "Belum tersimpan di server: tidak ada koneksi.")
    assert "Tanpa sinyal." in page.inner_text("main")
    assert not Entry.objects.exists()
    page.context.set_offline(False)
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Tanpa sinyal.</p>"


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "permintaan ditolak"), (500, "server sedang terganggu"), (503, "server sedang terganggu")],
)
def test_an_answer_that_confirms_nothing_keeps_the_text(open_page, status, words):
    page = open_page("entry_write")
    page.watch.expect(f"status of {status}", f"status {status}")
    write(page, "Tetap di sini.")
    page.route("**/simpan/", lambda route: route.fulfill(status=status, body="<h1>!</h1>", content_type="text/html"))
    page.click("[data-save]")
    says(page, "error", words)
    # Refused for want of the token, most likely: opening the page beside this one brings a new cookie.
    assert page.is_visible("[data-open-again]") == (status == 403)
    assert not page.is_visible("[data-sign-in]")
    page.unroute("**/simpan/")
    page.click("[data-retry]")
    says(page, "ok", "Tersimpan di server pukul")
    assert not page.is_visible("[data-open-again]")
    assert body() == "<p>Tetap di sini.</p>"


def test_a_lost_cookie_comes_back_with_the_page_in_another_tab(open_page):
    page = open_page("entry_write")
    page.watch.expect("status of 403", "status 403")
    write(page, "Kuki hilang.")
    page.context.clear_cookies(name="csrftoken")
    page.click("[data-save]")
    says(page, "error", "mungkin karena kuki hilang")
    with page.context.expect_page() as opened:
        page.click("[data-open-again]")
    opened.value.wait_for_load_state()
    opened.value.close()
    page.click("[data-retry]")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Kuki hilang.</p>"


def test_the_field_says_that_people_write_indonesian(open_page, enrolment):
    page = open_page("entry_write")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": page.url}])
    page.reload()
    expect(page.locator(".rich-text__text[lang=id]")).to_have_count(3)


def test_on_paper_the_marks_of_the_journey_are_ink_on_white(open_page, enrolment, instructor):
    factory.graded(enrolment, enrolment.cohort.schedules.get().module, instructor)
    page = open_page("submission", 1)
    assert not page.is_visible(".print-head")
    page.emulate_media(media="print")
    expect(page.locator(".print-head")).to_contain_text("NDH 1")
    page.emulate_media(media="screen")
    page.goto(reverse("journal", args=[enrolment.cohort.key]))
    page.emulate_media(media="print")
    mark = page.locator(".journey__stop--graded a").evaluate("(dot) => getComputedStyle(dot).color")
    assert mark == page.evaluate("getComputedStyle(document.body).color")


def test_after_signing_in_again_the_same_page_saves(open_page):
    page = open_page("entry_write")
    write(page, "Sesi berakhir.")
    page.watch.expect("status of 401", "status 401")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.click("[data-save]")
    says(page, "error", "sesi Anda sudah berakhir")
    assert page.is_visible("[data-sign-in]")
    page.context.add_cookies(cookies)
    page.click("[data-retry]")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Sesi berakhir.</p>"


def test_leaving_with_unsaved_text_asks_first(open_page):
    page = open_page("entry_write")
    page.watch.expect("dialog beforeunload")
    page.watch.answer = True
    write(page, "Belum disimpan.")
    page.reload()
    assert page.watch.dialogs == ["beforeunload"]
    page.reload()
    assert page.watch.dialogs == ["beforeunload"]


def test_two_windows_meet_and_nothing_is_lost(open_page):
    page, other = open_page("entry_write"), open_page("entry_write")
    page.watch.expect("status of 409", "status 409")
    write(other, "Dari gawai lain.")
    other.click("[data-save]")
    says(other, "ok", "Tersimpan di server pukul")
    write(page, "Dari gawai ini.")
    page.click("[data-save]")
    page.wait_for_selector(".conflict .rich-text__frame")
    assert "Dari gawai ini." in page.inner_text(".conflict")
    assert "Dari gawai lain." in page.inner_text(".conflict")
    assert Axe().run(page).violations_count == 0
    page.check('[value="both"]')
    page.click(".conflict [name=then]")
    page.wait_for_selector(".write .rich-text__frame")
    assert body() == "<p>Dari gawai lain.</p><p>Dari gawai ini.</p>"


def test_the_preview_button_saves_and_goes_on(open_page):
    page = open_page("entry_write")
    for part in range(3):
        write(page, "Lima kata sudah cukup di sini.", part)
    page.click('[name="then"]')
    page.wait_for_url("**/pratinjau/")
    page.check("#id_statement")
    page.click(".submit-box button")
    page.wait_for_url("**/tanda-terima/")
    assert "Entri Anda sudah kami terima" in page.inner_text("h1")


def test_opening_the_feedback_records_that_it_was_read(open_page, enrolment, instructor):
    factory.graded(enrolment, enrolment.cohort.schedules.get().module, instructor)
    page = open_page("submission", 1)
    expect(page.locator('[data-module="feedback-read"]')).to_be_hidden()
    assert FeedbackRead.objects.count() == 1


def test_without_javascript_the_form_posts_and_two_versions_meet(open_page, enrolment):
    page = open_page("entry_write", javascript=False)
    page.watch.expect("status of 409", "status 409", r"\.js csp$", r"\.js.*blocked")  # scripts are off
    page.fill("#id_part-refleksi", "Satu **tebal**.")
    factory.draft(enrolment, enrolment.cohort.schedules.get().module)
    page.click("[data-save]")
    expect(page.locator(".conflict textarea[name=part-refleksi]")).to_have_value("Satu **tebal**.")
    page.check("[id=choice-refleksi-mine]")
    page.check("[id=choice-ringkasan-server]")
    page.click(".conflict [name=then]")
    expect(page.locator(STATUS)).to_contain_text("Tersimpan di server pukul")
    assert body() == "<p>Satu <strong>tebal</strong>.</p>"
    assert Response.objects.get(prompt__key="ringkasan").body == factory.ANSWER


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_participant_are_accessible(open_page, enrolment, instructor, scheme):
    module = enrolment.cohort.schedules.get().module
    page = open_page("entry", scheme=scheme)

    def check(name, *more):
        page.goto(reverse(name, args=[enrolment.cohort.key, *more]))
        page.wait_for_load_state("networkidle")
        found = Axe().run(page)
        assert found.violations_count == 0, (name, found.generate_report())
        overflow = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(overflow), name

    check("journal")
    factory.returned(enrolment, module, instructor)
    for name in ("entry", "entry_write", "entry_preview"):
        check(name, 1)
    check("journal")
    factory.graded(enrolment, module, instructor)
    check("entry", 1)
    for name in ("submission", "receipt"):
        check(name, 1, 2)
