"""Evidence of behaviour in a real browser: marking a selection, marks that live with the text, how they are seen."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journals.models import Evidence
from tests import factory
from tests.browser import looks
from tests.browser.keeping import (  # noqa: F401 -- fixtures among them
    SELECT,
    body,
    comes_true,
    instructor,
    open_page,
    says,
    write,
)

pytestmark = pytest.mark.browser

TEXT = "Pagi 👩‍⚕️ itu ramai 😀. Saya mendahulukan ibu hamil. Semua menerima."
QUOTE = "Saya mendahulukan ibu hamil."
HIGHLIGHTED = """(name) => [...(CSS.highlights.get(name) ?? [])].map(String)"""


@pytest.fixture
def behaviours(db):
    value = factory.make_value(1, name="Berorientasi Pelayanan")
    return [
        factory.make_behaviour(value, 1, "Memahami dan memenuhi kebutuhan masyarakat"),
        factory.make_behaviour(value, 2, "Ramah, cekatan, solutif, dan dapat diandalkan"),
    ]


@pytest.fixture
def page(open_page, behaviours):
    """The writing page with a text that the server has."""
    page = open_page("entry_write")
    write(page, TEXT)
    says(page, "ok", "Tersimpan di server pukul")
    return page


def select(page, words: str) -> None:
    # An editor that gets the focus puts its own selection back, and the page hears of one a moment later.
    page.locator(".rich-text__text").nth(1).focus()
    page.wait_for_timeout(100)
    page.locator(".rich-text__text").nth(1).evaluate(SELECT, words)
    page.wait_for_timeout(100)


def mark(page, quote: str = QUOTE, behaviour: str = "Ramah", *, inside: str = "") -> None:
    select(page, inside or quote)
    page.locator(".write-tools [data-mark-passage]").click()
    dialog = page.get_by_role("dialog", name="Bukti perilaku")
    expect(dialog.locator("[data-quote]")).to_have_text(f"“{quote}”")
    dialog.get_by_label(behaviour).check()
    dialog.get_by_role("button", name="Tandai sebagai bukti").click()
    expect(dialog).to_be_hidden()


def test_a_selection_becomes_evidence_and_lives_with_the_text(page):
    mark(page)
    item = page.locator("[data-mark]")
    expect(item).to_contain_text("Berorientasi Pelayanan: Ramah, cekatan, solutif, dan dapat diandalkan")
    assert page.evaluate(HIGHLIGHTED, "evidence") == [QUOTE]
    looks.accessible(page)
    looks.fits(page, 360)
    # Writing elsewhere leaves it where it is; with each key it is found anew.
    write(page, " Esoknya juga 😀.")
    expect(item.locator("[data-lost]")).to_be_hidden()
    item.get_by_role("button", name="Tunjukkan dalam tulisan").click()
    assert page.evaluate(HIGHLIGHTED, "evidence-shown") == [QUOTE]
    # A letter in it, and it says so at once; taken back, it is found again.
    select(page, "mendahulukan")
    page.keyboard.type("menolong")
    expect(item.locator("[data-lost]")).to_be_visible()
    assert page.evaluate(HIGHLIGHTED, "evidence") == []
    page.keyboard.press("Control+Z")
    expect(item.locator("[data-lost]")).to_be_hidden()
    select(page, "mendahulukan ")
    page.keyboard.press("Delete")
    expect(item.locator("[data-lost]")).to_be_visible()
    # It gets a new place from what is selected now, which the server has not had yet.
    select(page, "Saya ibu hamil.")
    item.get_by_role("link", name="Beri tempat baru").click()
    dialog = page.locator(".mark-dialog")
    expect(dialog.locator("[data-quote]")).to_have_text("“Saya ibu hamil.”")
    expect(dialog.locator('[name="behaviour"]').first).to_be_hidden()
    dialog.get_by_role("button", name="Letakkan tanda di sini").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-mark] .evidence__quote")).to_contain_text("Saya ibu hamil.")
    assert page.evaluate(HIGHLIGHTED, "evidence") == ["Saya ibu hamil."]
    assert Evidence.objects.get().quote == "Saya ibu hamil."
    assert page.evaluate("document.activeElement.matches('[data-place]')")
    # What was selected before is no longer meant.
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Pilih (blok) dahulu beberapa kata")
    looks.accessible(page)
    dialog.get_by_role("button", name="Tutup").click()
    page.reload()
    page.mouse.move(100, 100)
    comes_true(page, lambda: page.evaluate(HIGHLIGHTED, "evidence") == ["Saya ibu hamil."])
    page.locator("[data-mark]").get_by_role("button", name="Hapus tanda").click()
    expect(page.locator("[data-mark]")).to_have_count(0)
    assert not Evidence.objects.exists()
    assert "Saya ibu hamil." in body()


def test_text_that_the_server_does_not_have_yet_is_sent_first(page):
    write(page, " Sore hari kami menutup loket bersama.")
    mark(page, "Sore hari kami menutup loket bersama.", "Memahami")
    expect(page.locator("[data-mark]")).to_have_count(1)
    assert "Sore hari" in body()


def test_what_the_server_takes_out_or_composes_is_no_hindrance(page):
    page.keyboard.insert_text(" Hubungi \u202a+62 812\u202c di kafe\u0301\u00a0 kami.")
    mark(page, "Hubungi +62 812 di kafé kami.", inside="Hubungi \u202a+62 812\u202c di kafe\u0301\u00a0 kami.")
    expect(page.locator("[data-mark] [data-lost]")).to_be_hidden()
    page.reload()
    page.mouse.move(100, 100)
    comes_true(page, lambda: len(page.evaluate(HIGHLIGHTED, "evidence")) == 1)


def test_another_tab_says_where_to_mark(page, enrolment):
    tab = page.context.new_page()
    tab.goto(page.url)
    expect(tab.locator("[data-other-tab]")).to_be_visible()
    select(tab, QUOTE)
    tab.locator("#bukti [data-mark-passage]").click()
    dialog = tab.locator(".mark-dialog")
    dialog.get_by_label("Memahami").check()
    dialog.get_by_role("button", name="Tandai sebagai bukti").click()
    expect(dialog.locator("[data-error]")).to_contain_text("sedang ditulis di tab lain")
    assert not Evidence.objects.exists()


def test_over_two_paragraphs_and_bold_type(page):
    page.keyboard.press("Enter")
    page.keyboard.press("Control+B")
    page.keyboard.type("Kami senang")
    page.keyboard.press("Control+B")
    page.keyboard.type(" sekali.")
    inside = "Semua menerima.Kami senang sekali."  # the end of a paragraph is no letter
    mark(page, "Semua menerima. Kami senang sekali.", inside=inside)
    assert Evidence.objects.get().quote == "Semua menerima. Kami senang sekali."
    assert page.evaluate(HIGHLIGHTED, "evidence") == [inside]


def test_without_a_selection_the_dialog_says_what_to_do(page):
    page.evaluate("getSelection().collapseToEnd()")
    page.locator(".write-tools [data-mark-passage]").click()
    dialog = page.locator(".mark-dialog")
    expect(dialog).to_contain_text("Pilih (blok) dahulu beberapa kata")
    expect(dialog.get_by_role("button", name="Tandai sebagai bukti")).to_be_hidden()
    looks.accessible(page)
    dialog.get_by_role("button", name="Tutup").click()
    expect(dialog).to_be_hidden()


def test_by_keyboard_alone(page):
    select(page, QUOTE)
    page.keyboard.press("Control+Shift+E")
    dialog = page.locator(".mark-dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Tandai sebagai bukti").click()
    expect(dialog.locator("[data-error]")).to_have_text("Pilih satu perilaku.")
    dialog.locator('[name="behaviour"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("[data-mark]")).to_have_count(1)


def test_without_a_network_nothing_is_marked_and_nothing_lost(page):
    mark(page)
    page.watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    page.context.set_offline(True)
    select(page, "Semua menerima.")
    page.keyboard.press("Control+Shift+E")
    dialog = page.locator(".mark-dialog")
    dialog.get_by_label("Memahami").check()
    dialog.get_by_role("button", name="Tandai sebagai bukti").click()
    expect(dialog.locator("[data-error]")).to_have_text(
        "Tidak ada sambungan. Belum ada yang ditandai; silakan coba lagi."
    )
    page.context.set_offline(False)
    dialog.get_by_role("button", name="Tandai sebagai bukti").click()
    expect(page.locator("[data-mark]")).to_have_count(2)


def test_preview_and_review_show_the_passage(page, enrolment, instructor, visitor, live_server):
    mark(page)
    page.goto(reverse("entry_preview", args=[enrolment.cohort.key, 1]))
    comes_true(page, lambda: page.evaluate(HIGHLIGHTED, "evidence") == [QUOTE])
    looks.accessible(page)
    entry = Evidence.objects.get().response.entry
    factory.submitted(enrolment, entry.module, now=entry.saved_at, text=f"<p>{TEXT}</p>")
    desk = visitor(live_server.url, user=instructor.email, width=1280)
    desk.goto(reverse("review", args=[entry.key]))
    comes_true(desk, lambda: desk.evaluate(HIGHLIGHTED, "evidence") == [QUOTE])
    desk.get_by_role("button", name="Tunjukkan dalam tulisan").click()
    assert desk.evaluate(HIGHLIGHTED, "evidence-shown") == [QUOTE]
    looks.accessible(desk)


def test_the_map_comes_to_the_dashboard_when_it_is_reached(page, enrolment):
    mark(page)
    page.goto(reverse("journal", args=[enrolment.cohort.key]))
    page.get_by_role("link", name="Peta nilai dasar Anda per modul").scroll_into_view_if_needed()
    expect(page.get_by_role("region", name="Peta nilai dasar dan modul")).to_be_visible()
    expect(page.locator(".value-map__some")).to_have_text("1")
    looks.accessible(page)
    looks.fits(page, 360)
