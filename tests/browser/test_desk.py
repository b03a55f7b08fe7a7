"""From one entry to the next, and what the device keeps of a review."""

import pytest
from django.urls import reverse
from django.utils import timezone

from journals import workflow
from journals.models import Review
from tests.browser.test_review import begin, browser, decide, open_page, reviewer  # noqa: F401 -- fixtures among them

pytestmark = pytest.mark.browser


def test_the_next_entry_takes_the_place_of_the_former_one(open_page, reviewer):  # noqa: F811
    """No whole page is loaded; "back" leads to what was decided, and further back to the queue."""
    page = open_page()
    begin(page)
    first = page.url
    page.evaluate("window.stillHere = true")
    decide(page, "Orang 0")
    assert page.url != first
    assert page.inner_text("h1") == page.evaluate("document.activeElement.textContent") == "Orang 1"
    assert page.title().startswith("Orang 1")
    page.fill("#id_comment", "Belum tersimpan")
    page.go_back()
    page.get_by_role("heading", name="Orang 0").wait_for()
    assert page.url == first
    assert page.evaluate("window.stillHere")
    assert Review.objects.get(state="working").comment == "Belum tersimpan"  # saved before it went
    page.go_forward()
    page.get_by_role("heading", name="Orang 1").wait_for()
    decide(page, "Orang 1")
    assert page.evaluate("window.stillHere")
    page.reload()
    page.wait_for_selector("[data-active]")
    page.go_back()  # to what the page before the reload had put there
    page.get_by_role("heading", name="Orang 1").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Orang 0").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Antrean telaah").wait_for()


def test_after_the_last_entry_the_queue_says_so(open_page, reviewer):  # noqa: F811
    page = open_page()
    begin(page)
    for number in range(3):
        decide(page, f"Orang {number}")
    page.get_by_text("Tidak ada lagi yang menunggu di sini.").wait_for()
    page.wait_for_selector("script[src*=htmx]", state="attached")  # a whole page, with its own script
    assert page.url.endswith(reverse("queue"))


def test_a_decision_that_did_not_arrive_is_said_and_made_once(open_page, reviewer):  # noqa: F811
    page = open_page()
    begin(page)
    page.wait_for_selector("[data-active]")
    for key in "4343":
        page.keyboard.press(key)
    page.wait_for_selector("#review-status[data-tone=ok]")
    page.route("**/nilai/", lambda route: (route.fetch(max_redirects=0), route.abort("connectionreset")))
    page.keyboard.press("Control+Enter")
    page.get_by_text("Keputusan Anda belum sampai").wait_for()
    assert page.locator(".keys__input:checked").count() == 4
    page.unroute("**/nilai/")
    page.keyboard.press("Control+Enter")
    page.get_by_role("heading", name="Orang 1").wait_for()
    assert Review.objects.filter(state="final").count() == 1


def test_a_killed_browser_brings_back_what_no_server_had(open_page, reviewer):  # noqa: F811
    page = open_page()
    begin(page)
    page.wait_for_selector("[data-active]")
    # Not by a route: a page that is closed sends its last text on, past all of those.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    page.keyboard.press("4")
    page.fill("#id_comment", "Bagian kedua")
    page.locator(".criterion__note summary").first.click()
    page.fill("#id_note_pemahaman", "Baik sekali.")
    page.get_by_text("Tidak ada koneksi").wait_for()
    tab = page.context.new_page()
    page.close(run_before_unload=False)
    tab.goto(page.url)
    tab.wait_for_selector("#review-status[data-tone=ok]")
    assert tab.input_value("#id_comment") == "Bagian kedua"
    assert tab.locator(".keys__input:checked").count() == 1
    review = Review.objects.get()
    assert (review.comment, review.scores.get(criterion__code="pemahaman").comment) == ("Bagian kedua", "Baik sekali.")
    tab.reload()
    tab.wait_for_selector("[data-active]")
    assert tab.inner_text("#review-status").startswith("Tersimpan pukul")  # the device has let it go


def test_signing_out_asks_what_becomes_of_a_review_that_no_server_has(open_page, reviewer):  # noqa: F811
    page = open_page()
    begin(page)
    page.wait_for_selector("[data-active]")
    address = page.url
    page.route("**/simpan/", lambda route: route.abort("internetdisconnected"))
    page.fill("#id_comment", "Jangan hilang.")
    page.get_by_text("Tidak ada koneksi").wait_for()
    page.locator("summary", has_text="Akun").click()
    page.get_by_role("button", name="Keluar", exact=True).click()
    box = page.get_by_role("dialog", name="Keluar dari akun?")
    box.get_by_text("Telaah untuk Orang 0").wait_for()
    box.get_by_role("button", name="Tetap masuk").click()
    assert (page.url, page.input_value("#id_comment")) == (address, "Jangan hilang.")


def test_a_text_on_the_device_that_is_older_than_the_server_stands_beside(open_page, reviewer):  # noqa: F811
    page = open_page()
    begin(page)
    page.wait_for_selector("[data-active]")
    # Not by a route: a page that is closed sends its last text on, past all of those.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    page.fill("#id_comment", "Dari gawai ini.")
    page.get_by_text("Tidak ada koneksi").wait_for()
    entry = Review.objects.get().submission.entry
    given = workflow.ReviewInput("Dari gawai lain.")
    workflow.save_review(user=reviewer, entry=entry, version=0, now=timezone.now(), given=given)
    tab = page.context.new_page()
    page.close(run_before_unload=False)
    tab.goto(page.url)
    beside = tab.get_by_role("region", name="Di perangkat ini, belum tersimpan di server")
    beside.get_by_text("Dari gawai ini.").wait_for()
    assert tab.input_value("#id_comment") == "Dari gawai lain."
    beside.get_by_role("button", name="Singkirkan").click()
    beside.wait_for(state="hidden")
    tab.reload()
    tab.wait_for_selector("[data-active]")
    assert not beside.is_visible()
