"""The reviewer's bench in a real browser: the keyboard, saving while one works, and what is never lost."""

import os
import shutil
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone

from journals import workflow
from journals.models import Review
from tests import factory

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="no chromium")]


@pytest.fixture
def reviewer(live_server, transactional_db, client, monkeypatch):
    """An instructor, signed in, with three entries that wait."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    module, cohort = factory.make_module(1), factory.make_cohort()
    factory.make_schedule(cohort, module, opens=-400, due=4000, closes=4001)
    user, group = factory.make_user("Endah Lestari"), factory.make_group(cohort)
    factory.teach(user, cohort)
    for number in range(3):
        factory.submitted(
            factory.enrol(factory.make_user(f"Orang {number}"), cohort, group, number + 1), module, now=timezone.now()
        )
    client.force_login(user)
    return user


@pytest.fixture
def browser(reviewer):
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, live_server, client):
    """``open_page(javascript=False)`` gives a signed-in page at the queue."""

    def opened(javascript=True):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, java_script_enabled=javascript)
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
        page.goto(live_server.url + reverse("queue"))
        return page

    return opened


def begin(page):
    """Take the next entry from the queue."""
    page.click(f"form[action='{reverse('review_next')}'] button")
    page.wait_for_selector("[data-criterion]")


def decide(page, name):
    """Grade by keyboard and wait until the message says so."""
    page.wait_for_selector("[data-active]")
    for key in "4343":
        page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    page.get_by_text(f"{name}: ").wait_for()


def test_three_entries_by_keyboard_with_the_same_total_as_the_server(open_page, reviewer):
    page = open_page()
    begin(page)
    totals = []
    for number in range(3):
        page.wait_for_selector("[data-active]")
        for key in "4343":
            page.keyboard.press(key)
        page.keyboard.press("k")
        page.keyboard.press("p")
        page.keyboard.type("82,50")
        totals.append(page.inner_text("[data-score]"))
        assert page.inner_text("[data-band]") == "Memuaskan"
        page.keyboard.press("Control+Enter")
        page.get_by_text(f"Orang {number}: {totals[-1]}").wait_for()
    stored = Review.objects.order_by("submission__entry__enrolment__ndh")
    assert [f"{review.score}".replace(".", ",") for review in stored] == totals
    assert len(set(totals)) == 1


def test_work_saves_itself_and_survives_a_lost_connection(open_page, reviewer):
    page = open_page()
    begin(page)
    page.keyboard.press("c")
    page.keyboard.type("Bagian kedua sangat hidup.")
    page.get_by_text("Tersimpan pukul").wait_for()
    page.wait_for_selector("#review-status[data-tone=ok]")
    assert Review.objects.get().comment == "Bagian kedua sangat hidup."
    page.context.set_offline(True)
    page.keyboard.type(" Lanjutkan.")
    page.get_by_text("Tidak ada koneksi").wait_for()
    page.context.set_offline(False)
    page.wait_for_selector("#review-status[data-tone=ok]")
    assert Review.objects.get().comment == "Bagian kedua sangat hidup. Lanjutkan."


def test_a_slow_line_sends_one_save_at_a_time(open_page, reviewer):
    page = open_page()
    begin(page)
    under_way, most = [], []

    def slowly(route):
        under_way.append(route)
        most.append(len(under_way))
        page.wait_for_timeout(5000 if len(most) == 1 else 0)
        under_way.remove(route)
        route.continue_()

    page.route("**/simpan/", slowly)
    page.keyboard.press("c")
    page.keyboard.type("Satu.")
    for more in (" Dua.", " Tiga."):
        page.wait_for_timeout(2300)  # longer than the pause after which it saves
        page.keyboard.type(more)
    page.wait_for_selector("#review-status[data-tone=ok]", timeout=20000)
    assert Review.objects.get().comment == "Satu. Dua. Tiga."
    assert max(most) == 1


def test_another_window_stops_saving_and_both_texts_are_shown(open_page, reviewer):
    page = open_page()
    begin(page)
    review = Review.objects.get()
    workflow.save_review(
        user=reviewer,
        entry=review.submission.entry,
        version=0,
        now=timezone.now(),
        given=workflow.ReviewInput("Dari jendela lain."),
    )
    page.fill("#id_comment", "Dari jendela ini.")
    page.get_by_text("Tekan “Simpan” untuk melihat kedua tulisan").wait_for()
    page.get_by_role("button", name="Simpan", exact=True).last.click()
    page.get_by_text("Dari jendela lain.").wait_for()
    assert page.input_value("#id_comment") == "Dari jendela ini."


def test_shortcuts_can_be_switched_off_for_good(open_page, reviewer):
    page = open_page()
    begin(page)
    page.wait_for_selector("[data-active]")
    page.keyboard.press("?")
    page.click("label[for=keys-on]")
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    assert page.inner_text("[data-score]") == "–"
    page.reload()
    page.wait_for_selector("[data-active]")
    page.keyboard.press("4")
    assert page.inner_text("[data-score]") == "–"


def test_emptied_points_choose_no_level(open_page, reviewer):
    page = open_page()
    begin(page)
    page.wait_for_selector("[data-active]")
    page.keyboard.press("4")
    page.keyboard.press("k")
    page.wait_for_selector("#review-status[data-tone=ok]")
    page.keyboard.press("p")
    page.keyboard.press("Delete")
    assert page.locator("[data-criterion] >> nth=0").locator("input:checked").count() == 0
    assert page.inner_text("[data-score]") == "–"
    page.get_by_role("button", name="Simpan", exact=True).last.click()
    page.wait_for_selector("[name=version][value='2']", state="attached")
    score = Review.objects.get().scores.order_by("criterion__order").first()
    assert (score.points, score.level) == (None, None)


def test_a_key_held_down_judges_one_criterion(open_page, reviewer):
    page = open_page()
    begin(page)
    page.wait_for_selector("[data-active]")
    for _repeat in range(4):
        page.keyboard.down("3")
    page.keyboard.up("3")
    assert page.locator(".keys__input:checked").count() == 1


def test_bad_points_do_not_stop_saving(open_page, reviewer):
    page = open_page()
    begin(page)
    page.fill("#id_points_pemahaman", "850")
    page.fill("#id_comment", "Tetap tersimpan.")
    page.get_by_text("Belum tersimpan – Pemahaman: ").wait_for()
    assert Review.objects.get().comment == "Tetap tersimpan."
    assert page.input_value("#id_points_pemahaman") == "850"
    page.fill("#id_points_pemahaman", "85")
    page.wait_for_selector("#review-status[data-tone=ok]")
    assert Review.objects.get().scores.get(criterion__code="pemahaman").points == 85


def test_saving_does_not_load_the_page_anew(open_page, reviewer):
    page = open_page()
    begin(page)
    page.fill("#id_comment", "Bagus.")
    page.evaluate("window.stillHere = true; scrollTo(0, 60)")
    page.evaluate("document.querySelector('.workbench__bar [data-save]').click()")  # a real click may scroll itself
    page.wait_for_selector("#review-status[data-tone=ok]")
    assert page.evaluate("window.stillHere && scrollY") == 60
    assert Review.objects.get().comment == "Bagus."


def test_control_enter_in_the_things_to_improve_returns(open_page, reviewer):
    page = open_page()
    begin(page)
    for _criterion in range(4):
        page.keyboard.press("4")
    page.keyboard.press("i")
    page.keyboard.type("Ceritakan satu peristiwa.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Dikembalikan kepada Orang 0").wait_for()
    assert Review.objects.get(state="final").decision == "returned"


def test_after_a_refusal_the_page_can_be_loaded_anew(open_page, reviewer):
    page = open_page()
    begin(page)
    address = page.url
    page.fill("#id_comment", "Jangan hilang.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".error-summary")
    assert page.url == address
    page.wait_for_selector("#review-status[data-tone=ok]")  # what came back with the refusal saves itself
    page.reload()
    assert page.input_value("#id_comment") == "Jangan hilang."


def test_judging_never_moves_the_text_beside_it(open_page, reviewer):
    page = open_page()
    page.set_viewport_size({"width": 1366, "height": 768})
    begin(page)
    page.wait_for_selector("[data-active]")
    heights = "[...document.querySelectorAll('[data-criterion]')].map(each => each.offsetHeight)"
    before = page.evaluate(heights)
    for key in "4321":
        page.keyboard.press(key)
    assert page.evaluate("scrollY") == 0
    assert page.evaluate(heights) == before
    last, bar = (page.locator(part).bounding_box() for part in ("[data-criterion] >> nth=3", ".workbench__bar"))
    assert last["y"] + last["height"] <= bar["y"]


def test_the_next_button_follows_filters_chosen_live(open_page, reviewer):
    cohort, module = factory.Cohort.objects.get(), factory.make_module(2)
    factory.make_schedule(cohort, module, opens=-400, due=5000, closes=5001)
    person = factory.Enrolment.objects.get(ndh=3)
    entry = factory.submitted(person, module, now=timezone.now()).entry
    page = open_page()
    page.fill("#id_cari", "Orang")
    page.select_option("#id_modul", "2")
    page.wait_for_url("**modul=2**")
    page.get_by_text("1 kiriman menunggu").wait_for()
    assert page.input_value("#id_cari") == "Orang"
    begin(page)
    assert entry.key in page.url
    assert "modul=2" in page.url


def test_without_javascript(open_page, reviewer):
    page = open_page(javascript=False)
    begin(page)
    for row in page.locator("[data-criterion]").all():
        row.locator("label.key").nth(2).click()
    page.get_by_role("button", name="Nilai dan lanjut").click()
    page.get_by_text("Orang 0: 85,00 (Memuaskan).").wait_for()
    assert page.locator("textarea[name=items]").count() == 3


def test_a_hurried_search_of_the_queue_says_nothing_in_the_console(open_page, reviewer):
    """Leaving the field and pressing the button ask twice; the second must not break the first off with an error."""
    page = open_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.fill("#id_cari", "Orang 1")
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url("**cari=Orang*")
    page.wait_for_function("document.querySelectorAll('.queue-name').length === 1")
    assert said == []


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_and_no_sideways_scrolling(open_page, reviewer, width):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page()
    page.set_viewport_size({"width": width, "height": 800})

    def check():
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    check()  # the queue
    page.click(".queue-name >> nth=0")
    page.wait_for_selector("form[action$='/ambil/']")
    check()  # nobody holds it
    page.click("form[action$='/ambil/'] button")
    page.wait_for_selector("[data-active]")
    check()  # the bench
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".error-summary")
    check()  # with errors
    for _criterion in range(4):
        page.keyboard.press("4")
    page.get_by_role("button", name="Nilai", exact=True).click()
    page.wait_for_selector(".decision")
    check()  # after grading
