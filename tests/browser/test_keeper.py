"""The writing page in a real browser: each pause is kept on the device, then on the server, whatever goes wrong."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from journals.models import Entry, FeedbackRead, StrayDraft
from tests import factory
from tests.browser.keeping import (  # noqa: F401 -- fixtures among them
    STATUS,
    body,
    comes_true,
    instructor,
    on_device,
    open_page,
    says,
    second_tab,
    unsent,
    write,
)

pytestmark = pytest.mark.browser


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
    page = open_page("entry_write", worker=False)  # which would come late, and complain that it cannot
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


def test_a_script_that_was_lost_on_its_way_comes_later(enrolment, live_server, visitor):
    page = visitor(live_server.url, user=enrolment.user.email, worker=False)
    page.watch.expect("ERR_INTERNET_DISCONNECTED")
    page.route("**/modules/keeper.js", lambda route: route.abort("internetdisconnected"))
    page.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
    expect(page.locator(".rich-text__frame")).to_have_count(3)
    write(page, "Ditulis tanpa penjaga.")
    assert page.inner_text(STATUS) == "Belum ada yang tersimpan"
    page.unroute("**/modules/keeper.js")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Ditulis tanpa penjaga.</p>"


def test_a_script_that_comes_late_does_not_take_an_untouched_text_for_a_new_one(enrolment, live_server, visitor):
    """The editor has put its own notation into the field by then."""
    factory.draft(enrolment, enrolment.cohort.schedules.get().module)
    page = visitor(live_server.url, user=enrolment.user.email, worker=False)
    page.watch.expect("ERR_INTERNET_DISCONNECTED")
    page.route("**/modules/keeper.js", lambda route: route.abort("internetdisconnected"))
    page.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
    expect(page.locator(".rich-text__frame")).to_have_count(3)
    page.unroute("**/modules/keeper.js")
    comes_true(page, lambda: page.evaluate("document.querySelector('form.write').keeper?.record"))
    assert page.evaluate("document.querySelector('form.write').keeper.edits") == 0
    assert unsent(page) == []


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
    # A dispatched event needs no visible button: the page may have tried by itself already, and hidden it.
    page.locator("[data-retry]").first.dispatch_event("click")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Kuki hilang.</p>"


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


def test_the_line_claims_nothing_of_what_was_typed_meanwhile(open_page):
    """A store that is slow with an earlier text must not vouch for a later one."""
    page = open_page("entry_write")
    page.evaluate(
        """() => {
            const put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function (...given) {
                this.transaction.addEventListener("complete", () => {
                    const field = document.querySelector('textarea[name="title"], input[name="title"]');
                    field.value += "x";
                    field.dispatchEvent(new Event("input", { bubbles: true }));
                    document.querySelector("[data-status]").dataset.seen = "";
                    IDBObjectStore.prototype.put = put;
                    setTimeout(() => (window.said = document.querySelector("[data-status]").textContent), 50);
                });
                return put.apply(this, given);
            };
        }"""
    )
    write(page, "Satu.")
    comes_true(page, lambda: page.evaluate("() => window.said"))
    assert "Tersimpan" not in page.evaluate("() => window.said")


@pytest.mark.parametrize("body_of_answer", ["breaks off", "never comes"])
def test_an_answer_that_breaks_off_is_tried_again(open_page, body_of_answer):
    page = open_page("entry_write")
    page.evaluate(
        """(never) => {
            const real = window.fetch;
            const later = window.setTimeout;
            window.setTimeout = (work, wait, ...more) => later(work, wait / 20, ...more);
            window.fetch = async (url, options) => {
                window.fetch = real;
                await real(url, options);
                const body = new ReadableStream({ start: (stream) => {
                    stream.enqueue(new TextEncoder().encode("{"));
                    if (!never) stream.error(new TypeError("network error"));
                    options.signal.addEventListener("abort", () => stream.error(options.signal.reason));
                } });
                return new Response(body, { headers: { "Content-Type": "application/json" } });
            };
        }""",
        body_of_answer == "never comes",
    )
    write(page, "Satu.")
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Satu.</p>"
    assert not StrayDraft.objects.exists()


def test_a_text_whose_answer_was_lost_leaves_the_device_with_the_next_visit(open_page, second_tab):
    page = open_page("entry_write")
    page.evaluate(
        """() => {
            const real = window.fetch;
            window.fetch = async (...asked) => { await real(...asked); throw new TypeError("lost"); };
        }"""
    )
    write(page, "Satu.")
    comes_true(page, lambda: Entry.objects.exists() and body() == "<p>Satu.</p>")
    assert unsent(page)
    page.close(run_before_unload=False)
    tab = second_tab(page)
    comes_true(tab, lambda: on_device(tab) and not any("parts" in draft for draft in on_device(tab)))
    assert body() == "<p>Satu.</p>"


def test_the_editor_does_not_take_the_place_of_what_was_typed_before_it_came(open_page):
    """On a slow line somebody writes into the text area, goes on to another, and then the scripts arrive."""
    page = open_page("entry_write", worker=False)  # it would bring the script from its own cache
    waiting = []
    page.route("**/js/app.js", lambda route: waiting.append(route))
    page.goto(page.url, wait_until="commit")
    page.locator("textarea[name=part-refleksi]").fill("Diketik lebih dulu.")
    page.locator("textarea[name=part-penerapan]").focus()
    comes_true(page, lambda: waiting)
    waiting[0].continue_()
    expect(page.locator(".rich-text__frame")).to_have_count(1)  # the part that nobody has touched
    says(page, "ok", "Tersimpan di server pukul")
    assert body() == "<p>Diketik lebih dulu.</p>"
