"""The main job without a script: text areas, radio buttons and whole pages do all that is needed."""

import pytest
from playwright.sync_api import expect

from journals.models import Review
from tests import factory
from tests.browser import looks, worlds
from tests.browser.steps import LABELS, answer_what_was_asked, begin_review, sign_in
from tests.browser.worlds import TEXT

pytestmark = pytest.mark.browser
NOTATION = f"### Di loket\n\n{TEXT}\n\n- **mendengar**\n- _menjelaskan_"
ITEM = "Ceritakan satu peristiwa nyata."


def test_from_sign_in_to_grade(live_server, visitor):
    job = worlds.main_job(factory.make_module(1, title="Akuntabel"))
    author = visitor(live_server.url, width=looks.PHONE, javascript=False)
    instructor = visitor(live_server.url, javascript=False)
    sign_in(author, job.nip)
    author.get_by_role("link", name="Mulai menulis").click()
    save(author)
    hand_in(author)

    sign_in(instructor, job.instructor)
    begin_review(instructor, job.participant)
    expect(instructor.locator(".sheet h3").first).to_have_text("Di loket")
    instructor.get_by_role("textbox", name="Yang perlu diperbaiki 1").fill(ITEM)
    instructor.get_by_role("button", name="Kembalikan", exact=True).click()
    expect(instructor.get_by_text(f"Dikembalikan kepada {job.participant} untuk diperbaiki, tenggat")).to_be_visible()

    author.goto("/beranda/")
    author.locator(".news__item").get_by_role("button", name="Buka").click()
    author.get_by_role("link", name="Perbaiki entri").click()
    expect(author.locator(".improve")).to_have_text(ITEM)
    author.get_by_label("Refleksi").fill(f"{NOTATION}\n\nPada hari Senin seorang kakek datang.")
    hand_in(author)

    begin_review(instructor, job.participant)
    expect(instructor.locator(".sheet").first).to_contain_text("Pada hari Senin seorang kakek datang.")
    for row in instructor.locator("[data-criterion]").all():
        row.get_by_role("radio").nth(2).focus()
        instructor.keyboard.press("Space")
    instructor.get_by_role("button", name="Nilai", exact=True).click()
    expect(instructor.get_by_text(f"{job.participant}: 85,00 (Memuaskan).")).to_be_visible()

    author.goto("/beranda/")
    author.get_by_role("link", name="Baca umpan balik").click()
    expect(author.locator(".score")).to_contain_text("85,00")
    author.get_by_role("link", name="Baca seluruh umpan balik").click()
    author.get_by_role("button", name="Saya sudah membaca").click()
    expect(author.get_by_text("Anda sudah membaca umpan balik ini.")).to_be_visible()
    assert Review.objects.filter(decision="graded", feedback_read__isnull=False).count() == 1


def save(page) -> None:
    """Each part in the notation; the page that comes back holds the same words."""
    for label in LABELS.values():
        page.get_by_label(label, exact=True).fill(NOTATION)
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.locator("[data-status]")).to_contain_text("Tersimpan di server pukul")
    expect(page.get_by_label("Refleksi", exact=True)).to_have_value(NOTATION)


def hand_in(page) -> None:
    """Through the preview to the receipt."""
    page.get_by_role("button", name="Lihat pratinjau dan kirim").click()
    expect(page.locator(".sheet h3").first).to_have_text("Di loket")
    expect(page.locator(".sheet li strong").first).to_have_text("mendengar")
    looks.fits(page, looks.PHONE)
    answer_what_was_asked(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Kirim entri").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entri Anda sudah kami terima")
    expect(page.locator("#receipt-number")).not_to_be_empty()
