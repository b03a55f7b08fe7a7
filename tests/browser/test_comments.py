"""Comments on passages in a real browser: selecting words, what is marked in the text, and what is never lost."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from journals import workflow
from journals.models import Annotation, Review
from journals.workflow import ReviewInput
from tests import factory
from tests.browser import looks
from tests.browser.device import shelf
from tests.browser.keeping import SELECT, comes_true
from tests.browser.test_evidence import HIGHLIGHTED

pytestmark = pytest.mark.browser

TEXT = (
    "<p>Pagi 👩‍⚕️ itu ramai 😀.</p>"
    "<ul><li><p>Saya mendahulukan <strong>ibu hamil</strong>.</p></li></ul><p>Semua menerima.</p>"
)
QUOTE = "Saya mendahulukan ibu hamil."


@pytest.fixture
def reviewer(enrolment):
    """An instructor who holds the participant's entry."""
    found = factory.make_user("Endah Lestari")
    factory.teach(found, enrolment.cohort)
    module = factory.Module.objects.get()
    entry = factory.submitted(enrolment, module, text=TEXT, now=timezone.now()).entry
    workflow.claim(user=found, entry=entry, now=timezone.now())
    return found


@pytest.fixture
def open_bench(reviewer, visitor, live_server):
    """``open_bench(width=360)`` gives the review page."""

    def opened(**options):
        page = visitor(live_server.url, user=reviewer.email, **options)
        page.emulate_media(reduced_motion="reduce")  # so that what is shown stands still at once
        page.goto(address())
        return page

    return opened


def address() -> str:
    return reverse("review", args=[Review.objects.get().submission.entry.key])


def dialog_of(page):
    return page.get_by_role("dialog", name="Komentar pada bagian teks")


def select(page, words: str = QUOTE, part: str = "refleksi"):
    """Select words; gives the button that appears."""
    page.locator(f'[data-prompt="{part}"] [data-read]').evaluate(SELECT, words)
    button = page.locator("[data-comment-here]")
    expect(button).to_be_visible()
    return button


def comment(page, text: str = "Bagus sekali.", quote: str = QUOTE, part: str = "refleksi") -> None:
    select(page, quote, part).click()
    dialog = dialog_of(page)
    expect(dialog.locator("[data-quote]")).to_have_text(f"“{quote}”")
    page.keyboard.type(text)
    dialog.get_by_role("button", name="Simpan komentar").click()
    expect(dialog).to_be_hidden()


def test_select_comment_change_and_delete(open_bench):
    page = open_bench()
    comment(page)
    item = page.locator("[data-note]")
    expect(item).to_contain_text("Bagus sekali.")
    assert page.evaluate(HIGHLIGHTED, "comment") == [QUOTE]
    note = Annotation.objects.get()
    assert note.quote == QUOTE
    assert page.locator("[data-comment-here]").is_hidden()
    # The list leads to the text, and the text to the list.
    item.get_by_role("button", name="Tunjukkan dalam tulisan").focus()
    page.keyboard.press("Enter")
    assert page.evaluate(HIGHLIGHTED, "evidence-shown") == [QUOTE]
    box = page.evaluate("(([range]) => range.getClientRects()[0].toJSON())([...CSS.highlights.get('comment')])")
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    expect(item).to_be_focused()
    # What was typed at last is what stands; a form beside it saves on.
    item.get_by_role("link", name="Ubah atau hapus").click()
    dialog = dialog_of(page)
    expect(dialog.get_by_label("Komentar", exact=True)).to_have_value("Bagus sekali.")
    dialog.get_by_label("Komentar", exact=True).fill("Bagus.\nLanjutkan.")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(item).to_contain_text("Lanjutkan.")
    expect(item.get_by_role("link", name="Ubah atau hapus")).to_be_focused()
    note.refresh_from_db()
    assert note.text == "Bagus.\nLanjutkan."
    page.fill("#id_comment", "Secara keseluruhan baik.")
    page.wait_for_selector("#review-status[data-tone=ok]")
    item.get_by_role("link", name="Ubah atau hapus").click()
    dialog.get_by_role("button", name="Hapus komentar").click()
    expect(page.locator("[data-note]")).to_have_count(0)
    assert page.evaluate(HIGHLIGHTED, "comment") == []
    assert not Annotation.objects.exists()
    assert Review.objects.get().comment == "Secara keseluruhan baik."


def test_by_key_and_not_while_writing(open_bench):
    page = open_bench()
    select(page, "ramai 😀")
    page.keyboard.press("k")
    dialog = dialog_of(page)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Komentar", exact=True)).to_be_focused()
    page.keyboard.type("k4s")  # keys of the bench, and here just letters
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    assert (Annotation.objects.get().quote, Annotation.objects.get().text) == ("ramai 😀", "k4s")
    assert page.evaluate(HIGHLIGHTED, "comment") == ["ramai 😀"]
    select(page)
    page.click("#id_comment")
    page.keyboard.type("kk")
    expect(dialog).to_be_hidden()
    assert page.input_value("#id_comment") == "kk"
    # On the bench itself "k" goes to the criterion above.
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(dialog).to_be_hidden()


def test_what_is_typed_survives_a_killed_browser(open_bench, reviewer):
    page = open_bench()
    select(page).click()
    page.keyboard.type("Jangan hilang.")
    comes_true(page, lambda: [row for row in shelf(page) if row.get("typed") == "Jangan hilang."])
    tab = page.context.new_page()
    page.close()
    tab.goto(address())
    offer = tab.locator("[data-unsaved-comments]")
    expect(offer).to_contain_text("Jangan hilang.")
    looks.accessible(tab)
    looks.fits(tab, 360)
    offer.get_by_role("button", name="Lanjutkan menulis").click()
    dialog = dialog_of(tab)
    expect(dialog.get_by_label("Komentar", exact=True)).to_have_value("Jangan hilang.")
    dialog.get_by_role("button", name="Simpan komentar").click()
    expect(dialog).to_be_hidden()
    expect(offer).to_be_hidden()
    assert Annotation.objects.get().text == "Jangan hilang."
    assert not [row for row in shelf(tab) if row["key"].startswith("comment:")]


def test_without_a_network_the_text_stays_and_the_next_try_saves_it(open_bench):
    page = open_bench()
    select(page).click()
    page.keyboard.type("Bagus.")
    page.watch.expect("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    page.context.set_offline(True)
    dialog = dialog_of(page)
    dialog.get_by_role("button", name="Simpan komentar").click()
    expect(dialog.locator("[data-error]")).to_contain_text("Tidak ada sambungan.")
    looks.accessible(page)
    # Closed, it is offered; discarded, it is gone.
    dialog.get_by_role("button", name="Tutup").click()
    expect(page.locator("[data-unsaved-comments]")).to_contain_text("Bagus.")
    page.locator("[data-unsaved-comments]").get_by_role("button", name="Lanjutkan menulis").click()
    page.context.set_offline(False)
    dialog.get_by_role("button", name="Simpan komentar").click()
    expect(page.locator("[data-note]")).to_contain_text("Bagus.")
    select(page, "Semua menerima.").click()
    page.keyboard.type("Sungguh?")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Buang").click()
    expect(page.locator("[data-unsaved-comments]")).to_be_hidden()
    assert Annotation.objects.count() == 1
    assert not [row for row in shelf(page) if row["key"].startswith("comment:")]


def test_the_same_passage_or_comment_again_goes_on_with_what_was_typed(open_bench):
    page = open_bench()
    dialog, offer = dialog_of(page), page.locator("[data-unsaved-comments]")
    field = dialog.get_by_label("Komentar", exact=True)
    select(page).click()
    page.keyboard.type("Bagus.")
    page.keyboard.press("Escape")
    expect(offer).to_contain_text("Bagus.")
    select(page).click()
    expect(field).to_have_value("Bagus.")
    dialog.get_by_role("button", name="Simpan komentar").click()
    expect(offer).to_be_hidden()
    page.get_by_role("link", name="Ubah atau hapus").click()
    field.fill("Bagus sekali.")
    page.keyboard.press("Escape")
    expect(offer).to_contain_text("Bagus sekali.")
    page.get_by_role("link", name="Ubah atau hapus").click()
    expect(field).to_have_value("Bagus sekali.")
    field.fill("Bagus.")  # as the server has it: nothing is left to save
    page.keyboard.press("Escape")
    expect(offer).to_be_hidden()


def test_a_refusal_stays_in_the_dialog_with_the_text(open_bench, reviewer):
    page = open_bench()
    select(page).click()
    page.keyboard.type("Terlambat.")
    entry = Review.objects.get().submission.entry
    given = ReviewInput("", factory.scores())
    workflow.grade(user=reviewer, entry=entry, version=0, now=timezone.now(), given=given)
    page.watch.expect("409")
    dialog = dialog_of(page)
    dialog.get_by_role("button", name="Simpan komentar").click()
    expect(dialog.locator("[data-error]")).to_contain_text("status “Dinilai”")
    expect(dialog.get_by_label("Komentar", exact=True)).to_have_value("Terlambat.")


@pytest.mark.parametrize("kept", [True, False])
def test_signing_out_asks_what_shall_become_of_it(open_bench, reviewer, kept):
    page = open_bench()
    select(page).click()
    page.keyboard.type("Rahasia.")
    page.keyboard.press("Escape")
    expect(page.locator("[data-unsaved-comments]")).to_contain_text("Rahasia.")
    page.locator("summary", has_text="Akun").click()
    page.get_by_role("button", name="Keluar", exact=True).click()
    dialog = page.locator("#sign-out")
    expect(dialog).to_contain_text(f"Komentar pada “{QUOTE}”: Rahasia.")
    expect(dialog).to_contain_text("Ada tulisan yang baru tersimpan di perangkat ini saja")
    looks.accessible(page)
    dialog.get_by_label("Simpan" if kept else "Hapus").check()
    dialog.get_by_role("button", name="Tetap keluar").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Masuk")).to_be_visible()
    assert [(row["user"], row["typed"]) for row in shelf(page)] == [(str(reviewer.pk), "Rahasia.")] * kept


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_on_a_phone_and_on_a_desk(open_bench, width, scheme):
    page = open_bench(width=width, scheme=scheme)
    button = select(page)
    box = button.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    looks.accessible(page)
    button.click()
    page.keyboard.type("Bagus.")
    looks.accessible(page)
    dialog_of(page).get_by_role("button", name="Simpan komentar").click()
    expect(page.locator("[data-note]")).to_be_visible()
    looks.accessible(page)
    looks.fits(page, width)
    looks.light(page)
    page.goto(reverse("review_comments", args=[Review.objects.get().submission.entry.key]))
    looks.accessible(page)
    looks.fits(page, width)
    looks.named(page)


def test_without_javascript(reviewer, visitor, live_server):
    page = visitor(live_server.url, user=reviewer.email, javascript=False, width=360)
    page.goto(address())
    page.get_by_role("link", name="Pilih dari daftar kalimat").click()
    page.get_by_role("group", name="Refleksi").get_by_label(QUOTE).check()
    page.get_by_label("2. Komentar Anda").fill("Bagus.")
    page.get_by_role("button", name="Simpan komentar").click()
    expect(page.locator(".note")).to_contain_text("Bagus.")
    page.get_by_role("link", name="Ubah atau hapus").click()
    page.get_by_label("Komentar", exact=True).fill("Lebih bagus.")
    page.get_by_role("button", name="Simpan komentar").click()
    expect(page.locator(".note")).to_contain_text("Lebih bagus.")
    page.get_by_role("link", name="Ubah atau hapus").click()
    page.get_by_role("button", name="Hapus komentar").click()
    expect(page.get_by_text("Belum ada komentar.")).to_be_visible()


def test_the_author_sees_them_in_the_text_and_replies(reviewer, enrolment, visitor, live_server):
    entry = Review.objects.get().submission.entry
    factory.annotated(entry, reviewer, quote=QUOTE, text="Bagus.", now=timezone.now())
    given = ReviewInput("", factory.scores())
    workflow.grade(user=reviewer, entry=entry, version=0, now=timezone.now(), given=given)
    page = visitor(live_server.url, user=enrolment.user.email, width=360)
    page.goto(reverse("submission", args=[enrolment.cohort.key, 1, 1]))
    comes_true(page, lambda: page.evaluate(HIGHLIGHTED, "comment") == [QUOTE])
    page.get_by_role("button", name="Tunjukkan dalam tulisan").click()
    assert page.evaluate(HIGHLIGHTED, "evidence-shown") == [QUOTE]
    page.get_by_text("Balas", exact=False).first.click()
    page.get_by_label("Balasan Anda").fill("Terima kasih.")
    looks.accessible(page)
    page.get_by_role("button", name="Simpan balasan").click()
    expect(page.locator(".note")).to_contain_text("Terima kasih.")
    looks.accessible(page)
    looks.fits(page, 360)
    page.emulate_media(media="print")
    expect(page.locator(".note")).to_contain_text("Bagus.")
    expect(page.get_by_role("button", name="Tunjukkan dalam tulisan")).to_be_hidden()
