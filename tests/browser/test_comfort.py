"""Comfort and the privacy guard in a real browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journals.models import Response
from tests import factory
from tests.browser import looks

pytestmark = pytest.mark.browser
PRIVATE = "Ibu S. di <strong>0812-3456-7890</strong>, NIK 3201234105860001, surel siti.aminah@contoh.id."
SAVED = '[data-status][data-tone="ok"]'


@pytest.fixture
def enrolment(chromium, transactional_db):
    """A participant with one open module, which has content, and a draft with an empty title."""
    module, cohort = factory.make_module(1), factory.make_cohort()
    value = factory.make_value()
    value.modules.add(module)
    factory.make_schedule(cohort, module, opens=-4000, due=4000, closes=4001)
    return factory.enrol(factory.make_user("Ratna"), cohort, factory.make_group(cohort))


@pytest.fixture
def open_page(enrolment, live_server, visitor):
    """``open_page("entry_write", width=360)`` gives a page of the participant's module."""

    def opened(name: str, **options):
        page = visitor(live_server.url, user=enrolment.user.email, **options)
        page.goto(reverse(name, args=[enrolment.cohort.key, 1]))
        if name == "entry_write":
            expect(page.locator(".rich-text__frame")).to_have_count(3)
        return page

    return opened


@pytest.fixture
def draft(enrolment):
    """A draft with numbers of persons in each part."""
    return factory.draft(enrolment, enrolment.cohort.schedules.get().module, text=f"<p>Awal.</p><p>{PRIVATE}</p>")


def part(page, key: str):
    """The section of a part."""
    return page.locator("section.part").filter(has=page.locator(f'textarea[name="part-{key}"]'))


def text_in(page, key: str) -> str:
    return page.locator(f'textarea[name="part-{key}"]').input_value()


# --- The privacy guard ----------------------------------------------------------------------------------------


def test_the_guard_warns_replaces_and_can_be_undone(open_page, draft):
    page = open_page("entry_write", width=360)
    asked = len(page.watch.requested)
    part(page, "refleksi").locator("[contenteditable]").focus()
    guard = part(page, "refleksi").locator(".privacy")
    expect(guard.locator("li")).to_have_count(3)
    assert "/static/" in {url for _kind, url in page.watch.requested[asked:]}.pop(), "looking asks nobody"
    looks.accessible(page)
    looks.fits(page, 360)
    guard.get_by_role("button", name="Ganti dengan [nomor disamarkan]").click()
    expect(guard.locator("li")).to_have_count(2)
    assert "<strong>[nomor disamarkan]</strong>, NIK" in text_in(page, "refleksi")
    expect(guard.get_by_role("button", name="Ganti dengan [NIK disamarkan]")).to_be_focused()
    guard.get_by_role("button", name="Ganti dengan S.A.").click()
    assert "surel S.A.." in text_in(page, "refleksi")
    expect(page.locator(SAVED)).to_be_visible()
    guard.get_by_role("button", name="Biarkan").click()
    expect(guard).to_have_count(0)
    part(page, "refleksi").locator("[contenteditable]").focus()
    for _times in range(2):
        page.keyboard.press("Control+z")
    assert PRIVATE in text_in(page, "refleksi")
    # What was left stays left; what came back is asked about again.
    expect(guard.locator("li")).to_have_count(2)


def test_the_guard_works_on_the_plain_text_area_as_well(enrolment, live_server, visitor, draft):
    page = visitor(live_server.url, user=enrolment.user.email)
    page.route("**/django_prose_editor/**", lambda route: route.abort())
    page.watch.expect("django_prose_editor", "ERR_FAILED")
    page.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
    field = page.locator('textarea[name="part-refleksi"]')
    field.focus()
    guard = part(page, "refleksi").locator(".privacy")
    guard.get_by_role("button", name="Ganti dengan [NIK disamarkan]").click()
    assert "NIK [NIK disamarkan], surel" in field.input_value()
    expect(page.locator(SAVED)).to_be_visible()
    field.focus()
    page.keyboard.press("Control+z")
    assert "NIK 3201234105860001, surel" in field.input_value()


def test_the_preview_leads_to_the_passage_and_never_blocks(open_page, draft):
    page = open_page("entry_preview", width=360)
    notice = page.locator('[data-module="privacy-check"]')
    expect(notice.locator("li")).to_have_count(9)
    looks.accessible(page)
    looks.fits(page, 360)
    looks.light(page)
    expect(page.get_by_role("button", name="Kirim entri")).to_be_enabled()
    notice.locator("li", has_text="NIK di “Refleksi”").get_by_role("link", name="Perbaiki di halaman menulis").click()
    expect(part(page, "refleksi").locator("[contenteditable]")).to_be_focused()
    page.wait_for_function("getSelection().toString() === '3201234105860001'")
    assert "3201234105860001" not in page.url
    page.go_back()
    page.locator("#id_statement").check()
    page.get_by_role("button", name="Kirim entri").click()
    page.wait_for_url("**/tanda-terima/**")


# --- The module within reach -------------------------------------------------------------------------------------


def test_on_a_wide_screen_the_module_stands_beside_the_text(open_page, enrolment):
    page = open_page("entry_write")
    looks.light(page)
    page.mouse.move(300, 300)
    panel = page.locator(".beside--module")
    expect(panel).to_contain_text("Ucapkan kalimat ini")
    form, beside = page.locator("form.write").bounding_box(), panel.bounding_box()
    assert beside["x"] > form["x"] + form["width"]
    expect(page.locator("[data-open-module]")).to_be_hidden()
    looks.accessible(page)


def test_on_a_phone_the_module_waits_in_a_drawer(open_page):
    page = open_page("entry_write", width=360, height=740)
    expect(page.locator(".beside--module")).to_be_hidden()
    page.get_by_role("button", name="Isi modul").click()
    drawer = page.get_by_role("dialog", name="Isi modul")
    expect(drawer).to_contain_text("Ucapkan kalimat ini")
    looks.accessible(page)
    looks.fits(page, 360)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("button", name="Isi modul")).to_be_focused()


def test_without_network_the_panel_says_so_and_tries_again(open_page, enrolment):
    page = open_page("entry_write", width=360)
    page.watch.expect("/isi/", "ERR_FAILED")
    page.route("**/isi/", lambda route: route.abort())
    page.get_by_role("button", name="Isi modul").click()
    drawer = page.get_by_role("dialog", name="Isi modul")
    expect(drawer).to_contain_text("Isi modul belum dapat dimuat.")
    page.keyboard.press("Escape")
    page.unroute("**/isi/")
    page.get_by_role("button", name="Isi modul").click()
    expect(drawer).to_contain_text("Ucapkan kalimat ini")
    expect(drawer).not_to_contain_text("belum dapat dimuat")


# --- Nothing but the text; the keyboard ------------------------------------------------------------------------------


def tools_stand(page) -> None:
    """Wait until the shortcuts are heard: their script comes at the first sign of somebody being there."""
    page.evaluate("import('/static/js/modules/desk.js').then(() => new Promise((done) => setTimeout(done)))")


def test_only_the_text_and_back_with_the_focus_where_it_was(open_page):
    page = open_page("entry_write")
    box = part(page, "refleksi").locator("[contenteditable]")
    box.click()
    tools_stand(page)
    button = page.get_by_role("button", name="Layar tenang")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Control+Shift+F")
    expect(button).to_have_attribute("aria-pressed", "true")
    for gone in (".site-head", ".site-foot", ".guide", ".beside--module", ".crumbs"):
        expect(page.locator(gone).first).to_be_hidden()
    for there in ("[data-status]", ".word-count", "[data-save]"):
        expect(page.locator(there).first).to_be_visible()
    expect(box).to_be_focused()
    looks.accessible(page)
    looks.fits(page, 360)
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".site-head")).to_be_visible()
    expect(box).to_be_focused()
    button.click()
    expect(page.locator(".site-head")).to_be_hidden()
    expect(button).to_be_focused()


def test_shortcuts_save_preview_and_help(open_page, enrolment):
    page = open_page("entry_write")
    part(page, "refleksi").locator("[contenteditable]").click()
    tools_stand(page)
    page.keyboard.type("Satu")
    page.keyboard.press("Control+s")
    expect(page.locator(SAVED)).to_be_visible()
    assert Response.objects.get(prompt__key="refleksi").body == "<p>Satu</p>"
    page.keyboard.press("Control+/")
    box = page.get_by_role("dialog", name="Pintasan papan ketik")
    expect(box).to_be_visible()
    looks.accessible(page)
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    page.get_by_role("button", name="Pintasan papan ketik").click()
    box.get_by_role("button", name="Tutup").click()
    part(page, "refleksi").locator("[contenteditable]").click()
    page.keyboard.press("Control+Shift+Enter")
    page.wait_for_url("**/pratinjau/")


def test_the_browser_never_saves_the_page(open_page):
    """Also before anything else has come: the key is taken by what keeps the text."""
    page = open_page("entry_write")
    taken = page.evaluate(
        """() => !document.body.dispatchEvent(
            new KeyboardEvent("keydown", { key: "s", ctrlKey: true, bubbles: true, cancelable: true }))"""
    )
    assert taken
