"""Returned, answered, handed in again, compared and closed: the loop of improvement, in a browser."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from journals import workflow
from journals.models import Entry, ItemAnswer, ItemClosing, Review
from tests import factory
from tests.browser import looks
from tests.browser.device import shelf
from tests.browser.keeping import comes_true, instructor  # noqa: F401 -- a fixture among them

pytestmark = pytest.mark.browser
BETTER = factory.ANSWER.replace("mendengarkan", "mendahulukan")


@pytest.fixture
def returned(enrolment, instructor) -> Review:  # noqa: F811
    """The participant's entry, sent back with two things to improve; its text is better by now."""
    module, now = enrolment.cohort.schedules.get().module, timezone.now()
    entry = factory.submitted(enrolment, module, now=now).entry
    review = workflow.claim(user=instructor, entry=entry, now=now)
    workflow.return_for_revision(
        user=instructor,
        entry=entry,
        version=0,
        now=now,
        due=now + factory.timedelta(days=5),
        given=workflow.ReviewInput("Tambahkan.", {}, ("Ceritakan satu peristiwa.", "Sebutkan kapan dimulai.")),
    )
    factory.draft(enrolment, module, text=BETTER, now=now)
    return review


@pytest.fixture
def open_preview(returned, enrolment, live_server, visitor):
    """``open_preview()`` gives the participant's page that hands in again, on a phone."""

    def opened(**options):
        page = visitor(live_server.url, user=enrolment.user.email, width=360, height=740, **options)
        page.goto(reverse("entry_preview", args=[enrolment.cohort.key, 1]))
        return page

    return opened


@pytest.fixture
def preview(open_preview):
    return open_preview()


def fields(page):
    return page.locator(".answers textarea")


def kept(page) -> list[str]:
    """The answers that the device holds."""
    rows = [row for row in shelf(page) if row["key"].startswith("answers:")]
    return [text for row in rows for text in row["texts"].values()]


def test_the_loop(preview, returned, enrolment, instructor, visitor, live_server):  # noqa: F811
    preview.watch.expect("^status 422: POST .*/kirim/$", "console error: .* status of 422 ")
    fields(preview).nth(0).click()
    preview.keyboard.type("Peristiwa di posyandu.")
    comes_true(preview, lambda: kept(preview) == ["Peristiwa di posyandu."])
    preview.reload()
    expect(fields(preview).nth(0)).to_have_value("Peristiwa di posyandu.")
    preview.locator("#id_statement").check()
    preview.get_by_role("button", name="Kirim entri").click()
    expect(preview.locator(".error-summary")).to_be_focused()
    expect(fields(preview).nth(0)).to_have_value("Peristiwa di posyandu.")
    looks.accessible(preview)
    looks.fits(preview, looks.PHONE)
    preview.keyboard.press("Tab")
    preview.keyboard.press("Enter")
    expect(fields(preview).nth(1)).to_be_focused()
    preview.keyboard.type("Mulai Desember.")
    preview.get_by_role("button", name="Kirim entri").click()
    preview.wait_for_url("**/tanda-terima/")
    comes_true(preview, lambda: kept(preview) == [])
    assert list(ItemAnswer.objects.values_list("text", flat=True)) == ["Peristiwa di posyandu.", "Mulai Desember."]
    read_again(visitor(live_server.url, user=instructor.email), Entry.objects.get())


def read_again(page, entry) -> None:
    """The next round: everything by keyboard."""
    page.goto(reverse("review", args=[entry.key]))
    page.get_by_role("button", name="Mulai menelaah").click()
    page.wait_for_selector("[data-active]")
    expect(page.locator(".round")).to_contain_text("Mulai Desember.")
    page.keyboard.press("c")
    page.keyboard.type("b")  # a letter, and not the switch
    page.keyboard.press("Escape")
    page.wait_for_load_state("networkidle")
    page.watch.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.keyboard.press("b")  # nothing can come, and nothing goes
    expect(page.get_by_role("status").filter(has_text="Belum sampai di server")).to_be_attached()
    page.context.set_offline(False)
    page.keyboard.press("b")
    expect(page.locator(".diff ins").first).to_contain_text("mendahulukan")
    expect(page.locator(".diff del").first).to_contain_text("mendengarkan")
    assert page.url.endswith("?lihat=perubahan")
    assert page.input_value("#id_comment") == "b"
    for left in (1, 0):
        page.keyboard.press("d")
        page.keyboard.press("Enter")
        expect(page.locator(".round [data-open]")).to_have_count(left)
        expect(page.locator(".round [data-item]:focus")).to_have_text(re.compile("Buka lagi"))
    assert ItemClosing.objects.count() == 2
    looks.accessible(page)
    looks.fits(page, looks.PHONE)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("Enter")
    expect(page.locator(".round [data-open]")).to_have_count(1)
    page.keyboard.press("b")
    expect(page.locator("[data-view=text] [data-prompt]")).to_have_count(3)
    expect(page.locator("[data-view=changes]")).to_be_hidden()
    page.wait_for_selector("#review-status[data-tone=ok]")
    assert Review.objects.get(state="working").comment == "b"


def test_a_tab_that_is_killed_loses_nothing(preview):
    fields(preview).nth(1).click()
    preview.keyboard.type("Mulai Desember.")
    comes_true(preview, lambda: kept(preview) == ["Mulai Desember."])
    address = preview.url
    page = preview.context.new_page()
    preview.close()
    page.goto(address)
    expect(fields(page).nth(1)).to_have_value("Mulai Desember.")
    expect(fields(page).nth(0)).to_have_value("")


def test_what_was_typed_before_the_script_came_and_what_the_device_holds_are_both_kept(open_preview):
    preview = open_preview(worker=False)  # it would bring the script from its own cache
    fields(preview).nth(0).click()
    preview.keyboard.type("Dari tadi.")
    comes_true(preview, lambda: kept(preview) == ["Dari tadi."])
    waiting = []
    preview.route("**/answers*.js", lambda route: waiting.append(route))
    preview.reload(wait_until="commit")
    fields(preview).nth(0).fill("Baru.")
    comes_true(preview, lambda: waiting)
    waiting.pop().continue_()
    expect(fields(preview).nth(0)).to_have_value("Dari tadi.\nBaru.")
    comes_true(preview, lambda: kept(preview) == ["Dari tadi.\nBaru."])


def test_signing_out_asks_what_becomes_of_the_answers(preview):
    fields(preview).nth(0).click()
    preview.keyboard.type("Rahasia saya.")
    comes_true(preview, lambda: kept(preview) == ["Rahasia saya."])
    preview.locator("summary", has_text="Akun").click()
    preview.get_by_role("button", name="Keluar", exact=True).click()
    box = preview.get_by_role("dialog", name="Keluar dari akun?")
    expect(box).to_contain_text("Jawaban atas hal yang perlu diperbaiki")
    box.get_by_label(re.compile("^Hapus")).check()
    box.get_by_role("button", name="Tetap keluar").click()
    preview.wait_for_url(re.compile(r"^http://[^/]+/$"))
    assert shelf(preview) == []


def test_without_javascript(open_preview, instructor, live_server, visitor):  # noqa: F811
    page = open_preview(javascript=False)
    for number, text in enumerate(("Peristiwa di posyandu.", "Mulai Desember.")):
        fields(page).nth(number).fill(text)
    page.locator("#id_statement").check()
    page.get_by_role("button", name="Kirim entri").click()
    page.wait_for_url("**/tanda-terima/")
    page = visitor(live_server.url, user=instructor.email, javascript=False)
    page.goto(reverse("review", args=[Entry.objects.get().key]))
    page.get_by_role("button", name="Mulai menelaah").click()
    page.fill("#id_comment", "Jangan hilang.")
    page.get_by_role("button", name=re.compile("^Selesai.*Ceritakan")).click()
    expect(page.get_by_role("button", name=re.compile("^Buka lagi.*Ceritakan"))).to_be_visible()
    assert page.input_value("#id_comment") == "Jangan hilang."
    page.get_by_role("link", name="Perubahan", exact=True).click()
    expect(page.locator(".diff ins").first).to_contain_text("mendahulukan")
