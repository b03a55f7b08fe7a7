"""Phrases on the reviewer's bench in a real browser: by keyboard into a comment, out of a comment, offline."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from journals import workflow
from journals.models import Phrase, Review
from tests import factory
from tests.browser import looks
from tests.browser.keeping import comes_true, instructor  # noqa: F401 -- a fixture

pytestmark = pytest.mark.browser

NOTE = "#id_note_refleksi"
SAVED = "#review-status[data-tone=ok]"


@pytest.fixture
def bench(enrolment, instructor, live_server, visitor):
    """``bench(width=360)`` opens the instructor's bench of Ratna's entry of module 1."""
    now = timezone.now()
    module = factory.Schedule.objects.get().module
    entry = factory.submitted(enrolment, module, now=now).entry
    workflow.claim(user=instructor, entry=entry, now=now)

    def opened(**options):
        page = visitor(live_server.url, user=instructor.email, **options)
        page.goto(reverse("review", args=[entry.key]))
        if options.get("javascript", True):
            page.mouse.move(100, 100)  # the first sign of somebody being there
            expect(page.locator("[data-phrase-insert][aria-haspopup]").first).to_be_attached()
            expect(page.locator("[data-active]")).to_have_count(1)
        return page

    return opened


@pytest.fixture
def four(instructor):
    """Four phrases; the one for the reflection is used least, and one of its kind is for another module."""
    other = factory.make_module(2)
    factory.phrase(instructor, "Untuk modul lain.", criterion_code="refleksi", module=other)
    factory.phrase(instructor, "Sering dipakai.", criterion_code="penerapan")
    factory.phrase(instructor, "Cocok di mana pun.")
    factory.phrase(instructor, "Apa yang Anda rasakan, {nama}?", criterion_code="refleksi")
    Phrase.objects.filter(text="Sering dipakai.").update(uses=9, used_at=timezone.now())


def note() -> str:
    """The stored comment on the reflection."""
    score = Review.objects.get().scores.filter(criterion__code="refleksi").first()
    return score.comment if score else ""


def dialog_of(page):
    return page.locator(".phrase-dialog")


def choose(page) -> None:
    """Open the dialog in the comment where the caret is, and wait for the list."""
    page.keyboard.press("Control+;")
    expect(dialog_of(page).locator("[role=option]").first).to_be_visible()


def test_by_keyboard_alone_into_a_comment_and_saved(bench, four):
    page = bench()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("Bagus. Lanjutkan!")
    for _letter in "Lanjutkan!":
        page.keyboard.press("ArrowLeft")
    choose(page)
    dialog = dialog_of(page)
    # For this criterion first, then what fits everywhere, then what is for another, however often it was used.
    texts = dialog.locator(".phrase-option__text")
    expect(texts).to_have_text(
        ["Apa yang Anda rasakan, Ratna?", "Cocok di mana pun.", "Sering dipakai.", "Untuk modul lain."]
    )
    looks.accessible(page)
    page.keyboard.press("ArrowDown")
    expect(dialog.locator("[aria-selected=true]")).to_have_text("Cocok di mana pun.")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("RASA ratna")
    expect(texts).to_have_count(1)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator(NOTE)).to_be_focused()
    expect(page.locator(NOTE)).to_have_value("Bagus. Apa yang Anda rasakan, Ratna? Lanjutkan!")
    page.wait_for_selector(SAVED)
    assert note() == "Bagus. Apa yang Anda rasakan, Ratna? Lanjutkan!"
    comes_true(page, lambda: Phrase.objects.get(text__contains="{nama}").uses == 1)
    # The browser's own undo takes it back.
    page.keyboard.press("Control+Z")
    expect(page.locator(NOTE)).to_have_value("Bagus. Lanjutkan!")


def test_escape_leads_back_to_the_field_and_judges_nothing(bench, four):
    page = bench()
    page.fill("#id_comment", "Dua kata")
    page.locator("#id_comment").evaluate("comment => comment.setSelectionRange(3, 3)")
    page.locator("#id_comment").press("Control+;")
    expect(dialog_of(page).locator("[role=option]").first).to_be_visible()
    page.keyboard.type("tiada")
    expect(dialog_of(page).locator("[role=option]")).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")  # on the bench it would grade
    dialog_of(page).locator("[data-close]").focus()
    page.keyboard.press("4")  # and this would judge
    expect(dialog_of(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog_of(page)).to_be_hidden()
    expect(page.locator("#id_comment")).to_be_focused()
    assert page.locator(".keys__input:checked").count() == 0
    page.keyboard.type("!")
    expect(page.locator("#id_comment")).to_have_value("Dua! kata")
    assert Review.objects.get().state == "working"


def test_the_button_means_the_line_where_one_was_last(bench, four):
    page = bench()
    page.keyboard.press("i")
    page.keyboard.type("Satu.")
    page.locator("[data-add-line]").click()
    page.keyboard.type("Dua.")
    page.locator("#id_items_0").focus()
    group = page.locator(".send-back")
    group.locator("[data-phrase-insert]").click()
    dialog_of(page).get_by_text("Cocok di mana pun.").click()
    expect(page.locator("#id_items_0")).to_be_focused()
    expect(page.locator("#id_items_0")).to_have_value("Satu. Cocok di mana pun.")
    expect(page.locator("#id_items_1")).to_have_value("Dua.")
    page.locator("#id_items_1").fill("x" * 999)
    group.locator("[data-phrase-insert]").click()
    dialog_of(page).get_by_text("Cocok di mana pun.").click()
    expect(dialog_of(page).locator("[data-said][data-tone=error]")).to_be_visible()  # there is no room for it
    page.keyboard.press("Escape")
    expect(page.locator("#id_items_1")).to_have_value("x" * 999)


def test_a_comment_becomes_a_phrase_without_the_name(bench):
    page = bench()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type("Mulai dari sini, Ratna.")
    tools = page.locator(f".field:has({NOTE}) [data-phrase-tools]")
    tools.locator("[data-phrase-keep]").click()
    expect(tools.locator("[data-phrase-said][data-tone=ok]")).to_be_visible()
    kept = Phrase.objects.get()
    assert (kept.text, kept.criterion_code, kept.module.number) == ("Mulai dari sini, {nama}.", "refleksi", 1)
    assert kept.cohort is None
    page.watch.expect("status 422: POST", "status of 422")
    tools.locator("[data-phrase-keep]").click()  # the same once more
    expect(tools.locator("[data-phrase-said][data-tone=error]")).to_be_visible()
    # What is selected is enough, and a list that is there already knows it at once.
    page.locator(NOTE).focus()
    choose(page)
    expect(dialog_of(page).locator("[role=option]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.locator(NOTE).evaluate("comment => comment.setSelectionRange(0, 5)")
    tools.locator("[data-phrase-keep]").click()
    expect(tools.locator("[data-phrase-said][data-tone=ok]")).to_be_visible()
    page.locator(NOTE).press("Control+;")
    expect(dialog_of(page).locator("[role=option]")).to_have_count(2)
    assert Phrase.objects.first().text == "Mulai"


def test_without_a_network_it_says_so_and_loses_nothing(bench, four):
    page = bench()
    page.fill("#id_comment", "Tetap di sini.")
    page.wait_for_selector(SAVED)
    page.watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    page.context.set_offline(True)
    page.locator("#id_comment").press("Control+;")
    dialog = dialog_of(page)
    expect(dialog.locator("[data-said][data-tone=error]")).to_be_visible()
    looks.accessible(page)
    page.keyboard.press("Escape")
    tools = page.locator(".field:has(#id_comment) [data-phrase-tools]")
    tools.locator("[data-phrase-keep]").click()
    expect(tools.locator("[data-phrase-said][data-tone=error]")).to_be_visible()
    expect(page.locator("#id_comment")).to_have_value("Tetap di sini.")
    tools.locator("[data-phrase-insert]").click()
    page.context.set_offline(False)
    dialog.locator("[data-again]").click()
    expect(dialog.locator("[role=option]")).to_have_count(4)
    # A use that cannot be counted disturbs nobody.
    page.context.set_offline(True)
    dialog.get_by_text("Cocok di mana pun.").click()
    expect(page.locator("#id_comment")).to_have_value("Tetap di sini. Cocok di mana pun.")
    page.context.set_offline(False)
    page.wait_for_selector(SAVED)
    assert Review.objects.get().comment == "Tetap di sini. Cocok di mana pun."


def test_the_list_is_fetched_once_and_not_with_the_page(bench, four):
    page = bench()

    def fetched():
        return [url for _kind, url in page.watch.requested if url.endswith(reverse("phrase_data"))]

    page.locator("#id_comment").focus()
    assert fetched() == []
    for _time in range(2):
        choose(page)
        page.keyboard.press("Escape")
        expect(page.locator("#id_comment")).to_be_focused()
    assert len(fetched()) == 1


def test_switched_off_shortcuts_leave_the_button(bench, four):
    page = bench()
    page.keyboard.press("?")
    page.locator("label[for=keys-on]").click()
    page.keyboard.press("Escape")
    page.locator("#id_comment").press("Control+;")
    expect(dialog_of(page)).to_be_hidden()
    page.locator(".field:has(#id_comment) [data-phrase-insert]").click()
    expect(dialog_of(page)).to_be_visible()


def test_on_a_phone(bench, four):
    page = bench(width=360, height=740)
    page.wait_for_selector("form[data-sheet]")  # from now on the rubric is a sheet that must be opened first
    page.locator("[data-sheet-button]").click()
    page.wait_for_selector("form[data-sheet=open]")
    page.locator(".field:has(#id_comment) [data-phrase-insert]").click()
    expect(dialog_of(page).locator("[role=option]")).to_have_count(4)
    looks.fits(page, 360)
    looks.accessible(page)
    dialog_of(page).get_by_text("Cocok di mana pun.").click()
    expect(page.locator("#id_comment")).to_have_value("Cocok di mana pun.")
    looks.accessible(page)
    looks.fits(page, 360)


def test_without_javascript_a_link_leads_to_the_page(bench, four):
    page = bench(javascript=False)
    expect(page.locator("[data-phrase-insert]").first).to_be_hidden()
    with page.expect_popup() as other:
        page.locator(".field:has(#id_comment) [data-phrase-tools] a").click()
    expect(other.value.locator(".phrase")).to_have_count(4)


def test_what_comes_after_the_entry_was_left_does_nothing(instructor, visitor, live_server, enrolment):
    """The console stays silent, which every test of the browser looks at when it ends."""
    entry = factory.submitted(enrolment, factory.Schedule.objects.get().module, now=timezone.now()).entry
    workflow.claim(user=instructor, entry=entry, now=timezone.now())
    page = visitor(live_server.url, user=instructor.email, worker=False)  # it would bring the file from its own cache
    held = []
    page.route("**/modules/phrases*.js", lambda route: held.append(route))
    page.goto(reverse("review", args=[entry.key]))
    page.wait_for_selector("[data-active]")
    for _criterion in range(4):
        page.keyboard.press("4")
    comes_true(page, lambda: held)
    page.get_by_role("button", name="Nilai", exact=True).click()
    page.wait_for_selector("#review-form", state="detached")
    with page.expect_response("**/modules/phrases*.js"):
        for route in held:
            route.continue_()
    page.wait_for_load_state("networkidle")
