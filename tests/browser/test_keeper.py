"""The writing page in a real browser: each pause is kept on the device, then on the server, whatever goes wrong."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from journals.models import Entry, FeedbackRead, Response, StrayDraft
from tests import factory
from tests.browser.conftest import session_of

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


def unsent(page) -> list[dict]:
    """What the device keeps and the server has not confirmed."""
    return [draft for draft in on_device(page) if draft["unsent"]]


def on_device(page) -> list[dict]:
    """Everything in the device's store."""
    return page.evaluate(
        """() => new Promise((resolve) => {
            const asked = indexedDB.open("berakhlak");
            asked.onsuccess = () => {
                const drafts = asked.result.transaction("drafts").objectStore("drafts").getAll();
                drafts.onsuccess = () => resolve(drafts.result);
                drafts.transaction.oncomplete = () => asked.result.close();
            };
        })"""
    )


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


def test_a_pause_is_enough(open_page):
    """No button: first the device has the text, then the server, and the line says which."""
    page = open_page("entry_write")
    write(page, "Satu.")
    says(page, "", "Tersimpan di perangkat ini")
    says(page, "ok", "Tersimpan di server pukul")
    write(page, " Dua.")
    says(page, "", "Tersimpan di perangkat ini")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Satu. Dua.</p>"
    # What the server has is not left behind on the device.
    assert [sorted(draft) for draft in on_device(page)] == [
        ["base", "client", "id", "sequence", "unsent", "url", "user"]
    ]
    assert Axe().run(page).violations_count == 0


def test_the_button_saves_at_once_also_an_untouched_page(open_page):
    page = open_page("entry_write")
    page.click("[data-save]")
    says(page, "ok", "Tersimpan di server pukul")
    assert Entry.objects.get().version == 1
    write(page, "Segera.")
    page.click("[data-save]")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Segera.</p>"


def test_without_a_network_the_device_keeps_the_text_and_sends_it_later(open_page):
    page = open_page("entry_write")
    page.watch.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    write(page, "Tanpa sinyal.")
    says(page, "error", "Belum terkirim ke server")
    write(page, " Masih menulis.")
    whole = ["html", "<p>Tanpa sinyal. Masih menulis.</p>"]
    comes_true(page, lambda: [draft["parts"]["refleksi"] for draft in unsent(page)] == [whole])
    assert not Entry.objects.exists()
    page.context.set_offline(False)
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Tanpa sinyal. Masih menulis.</p>"


@pytest.mark.parametrize("status", [500, 502, 503, 200])
def test_an_answer_that_confirms_nothing_is_tried_again(open_page, status):
    page = open_page("entry_write")
    page.watch.expect(f"status of {status}", f"status {status}")
    page.route("**/draf/", lambda route: route.fulfill(status=status, body="<h1>!</h1>", content_type="text/html"))
    write(page, "Tetap ada.")
    says(page, "error", "Belum terkirim ke server")
    page.unroute("**/draf/")
    says(page, "ok", "Tersimpan di server pukul")  # by itself
    assert body() == "<p>Tetap ada.</p>"


def test_a_killed_tab_loses_nothing(open_page, second_tab):
    page = open_page("entry_write")
    page.route("**/draf/", lambda route: route.abort("internetdisconnected"))
    page.watch.expect("ERR_INTERNET_DISCONNECTED")
    write(page, "Sebelum tab ditutup.")
    says(page, "error", "Belum terkirim ke server")
    page.close(run_before_unload=False)
    again = second_tab(page)
    expect(again.locator(".rich-text__text").nth(1)).to_have_text("Sebelum tab ditutup.")
    expect(again.locator(f'{STATUS}[data-tone="ok"]')).to_contain_text("Tersimpan di server pukul")
    assert body() == "<p>Sebelum tab ditutup.</p>"


def test_writing_before_the_script_has_arrived_keeps_both_texts(open_page, second_tab):
    """On a slow line somebody writes into the plain text area, and the device holds an older unsent text."""
    page = open_page("entry_write")
    # Not by a route: a page that is closed sends its last text on, past all of those.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    write(page, "Lama, di perangkat.")
    says(page, "error", "Belum terkirim ke server")
    waiting = []
    page.context.route("**/js/app.js", lambda route: waiting.append(route))
    page.context.route("**/django_prose_editor/editor.js", lambda route: route.abort())  # the text area stays
    page.close(run_before_unload=False)
    tab = page.context.new_page()
    tab.watch.expect("editor.js", "ERR_FAILED")
    tab.watch.expect("status of 409", "status 409")  # the older text becomes the other version
    tab.goto(page.url, wait_until="commit")
    tab.locator("textarea[name=part-refleksi]").fill("Baru, diketik lebih dulu.")
    comes_true(tab, lambda: waiting)
    assert tab.locator("textarea[name=part-refleksi]").input_value() == "Baru, diketik lebih dulu."
    page.context.unroute("**/js/app.js")
    for route in waiting:
        route.continue_()
    comes_true(tab, lambda: Entry.objects.exists() and StrayDraft.objects.exists())
    assert body() == "<p>Baru, diketik lebih dulu.</p>"
    assert StrayDraft.objects.get().answers["refleksi"] == "<p>Lama, di perangkat.</p>"
    comes_true(tab, lambda: unsent(tab) == [])


def test_an_answer_that_was_lost_is_no_conflict(open_page):
    """The server has the text, its answer never came, and the author goes on writing."""
    page = open_page("entry_write")
    page.watch.expect("ERR_FAILED", "Failed to load")
    lost = []

    def swallow(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    page.route("**/draf/", swallow)
    write(page, "Satu.")
    says(page, "error", "Belum terkirim ke server")
    assert body() == "<p>Satu.</p>"
    write(page, " Dua.")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Satu. Dua.</p>"
    assert not StrayDraft.objects.exists()


def test_the_session_ends_while_somebody_writes(open_page):
    page = open_page("entry_write")
    page.watch.expect("status of 401", "status 401")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    write(page, "Sesi berakhir.")
    says(page, "error", "Anda sudah keluar")
    assert page.is_visible("[data-sign-in]")
    page.context.add_cookies(cookies)
    says(page, "ok", "Tersimpan di server pukul")  # by itself, at the next try
    assert not page.is_visible("[data-sign-in]")
    assert body() == "<p>Sesi berakhir.</p>"


def test_a_lost_cookie_comes_back_with_the_page_in_another_tab(open_page):
    page = open_page("entry_write")
    page.watch.expect("status of 403", "status 403")
    page.context.clear_cookies(name="csrftoken")
    write(page, "Kuki hilang.")
    says(page, "error", "mungkin karena kuki hilang")
    with page.context.expect_page() as opened:
        page.click("[data-open-again]")
    opened.value.wait_for_load_state()
    opened.value.close()
    page.click("[data-retry]")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Kuki hilang.</p>"


def test_two_devices_keep_both_texts_until_their_author_has_chosen(open_page):
    page, other = open_page("entry_write"), open_page("entry_write")
    page.watch.expect("status of 409", "status 409")
    write(other, "Dari gawai lain.")
    says(other, "ok", "Tersimpan di server pukul")
    write(page, "Dari gawai ini.")
    says(page, "error", "Ada versi lain")
    write(page, " Lagi.")  # goes to the version beside, too
    comes_true(page, lambda: StrayDraft.objects.get().answers["refleksi"] == "<p>Dari gawai ini. Lagi.</p>")
    page.get_by_role("link", name="Bandingkan dan pilih").click()
    page.wait_for_selector(".conflict .rich-text__frame")
    assert "Dari gawai ini. Lagi." in page.inner_text(".conflict")
    assert "Dari gawai lain." in page.inner_text(".conflict")
    assert Axe().run(page).violations_count == 0
    page.check('[id="choice-refleksi-both"]')
    page.get_by_role("button", name="Simpan pilihan ini").click()
    page.wait_for_selector(".write .rich-text__frame")
    assert body() == "<p>Dari gawai lain.</p><p>Dari gawai ini. Lagi.</p>"
    # The device does not bring its old text back.
    expect(page.locator(".rich-text__text").nth(1)).to_have_text("Dari gawai lain.Dari gawai ini. Lagi.")
    write(page, " Selesai.")
    says(page, "ok", "Tersimpan di server pukul")
    assert not StrayDraft.objects.filter(settled_at=None).exists()


def test_a_text_that_comes_after_handing_in_is_kept(open_page, enrolment):
    module = enrolment.cohort.schedules.get().module
    page = open_page("entry_write")
    page.watch.expect("status of 409", "status 409")
    submission = factory.submitted(enrolment, module)  # on another device
    write(page, "Terlambat.")
    says(page, "error", "Ada versi lain")
    assert StrayDraft.objects.get().answers["refleksi"] == "<p>Terlambat.</p>"
    assert body() == factory.ANSWER
    submission.entry.refresh_from_db()
    assert submission.entry.state == "submitted"


def test_a_second_tab_follows_the_first_and_can_take_over(open_page, second_tab):
    page = open_page("entry_write")
    write(page, "Dari tab pertama.")
    says(page, "ok", "Tersimpan di server pukul")
    tab = second_tab(page)
    expect(tab.locator("[data-other-tab]")).to_be_visible()
    assert tab.locator("section[data-writes]").first.evaluate("(part) => part.inert")
    write(page, " Lanjut.")
    expect(tab.locator(".rich-text__text").nth(1)).to_have_text("Dari tab pertama. Lanjut.")
    tab.get_by_role("button", name="Tulis di sini").click()
    expect(tab.locator("[data-other-tab]")).to_be_hidden()
    expect(page.locator("[data-other-tab]")).to_be_visible()
    write(tab, " Dari tab kedua.")
    expect(page.locator(".rich-text__text").nth(1)).to_have_text("Dari tab pertama. Lanjut. Dari tab kedua.")
    comes_true(tab, lambda: body() == "<p>Dari tab pertama. Lanjut. Dari tab kedua.</p>")
    assert not StrayDraft.objects.exists()


def test_when_the_first_tab_closes_the_second_writes(open_page, second_tab):
    page = open_page("entry_write")
    write(page, "Satu.")
    says(page, "ok", "Tersimpan di server pukul")
    tab = second_tab(page)
    expect(tab.locator("[data-other-tab]")).to_be_visible()
    page.close()
    expect(tab.locator("[data-other-tab]")).to_be_hidden()
    write(tab, " Dua.")
    comes_true(tab, lambda: body() == "<p>Satu. Dua.</p>")


def test_another_person_on_the_same_computer_sees_nothing_of_it(open_page, enrolment, live_server):
    page = open_page("entry_write")
    page.watch.expect("ERR_INTERNET_DISCONNECTED", "status of 401", "status 401")
    page.route("**/draf/", lambda route: route.abort("internetdisconnected"))
    write(page, "Rahasia saya.")
    says(page, "error", "Belum terkirim ke server")
    other = factory.enrol(factory.make_user("Dimas"), enrolment.cohort, enrolment.group)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": session_of(other.user.email), "url": live_server.url}])
    tab = page.context.new_page()
    tab.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
    tab.wait_for_selector(".rich-text__frame")
    assert "Rahasia" not in tab.inner_text("main")
    write(tab, "Punya Dimas.")
    expect(tab.locator(f'{STATUS}[data-tone="ok"]')).to_be_visible()
    assert Entry.objects.get().enrolment == other
    assert [draft["parts"]["refleksi"][1] for draft in unsent(tab)] == ["<p>Rahasia saya.</p>"]


def test_without_a_store_on_the_device_the_line_never_claims_one(open_page):
    page = open_page("entry_write")
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.reload()
    said = []
    page.expose_function("heard", lambda text: said.append(text))
    page.evaluate(
        """() => new MutationObserver(() => heard(document.querySelector("[data-status]").textContent))
        .observe(document.querySelector("[data-status]"), { childList: true })"""
    )
    write(page, "Tanpa simpanan.")
    says(page, "ok", "Tersimpan di server pukul")
    assert not any("perangkat" in text for text in said)
    assert body() == "<p>Tanpa simpanan.</p>"


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
