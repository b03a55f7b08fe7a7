"""Nothing written is ever lost: what goes wrong at the worst moment, and what is still on the page afterwards.

The single failures of keeping a draft are in test_keeper.py; here they happen on the way to handing in.
"""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from curriculum.models import Prompt
from journals.models import Entry, Review, Submission
from tests import factory
from tests.browser import looks, worlds
from tests.browser.steps import begin_review, editor, sign_in, write

pytestmark = pytest.mark.browser
TEXT = "Saya mendengarkan warga sebelum memberi jawaban kepada mereka."
SAVE = re.compile("/(draf|simpan)/$")


@pytest.fixture
def job(live_server, chromium, transactional_db):
    """A participant and an instructor, with one open module."""
    return worlds.main_job(factory.make_module(1))


@pytest.fixture
def empty(live_server, visitor, job):
    """The participant on the writing page."""
    page = visitor(live_server.url, width=looks.PHONE, user=own_entry_email())
    page.goto(address("entry_write"))
    return page


@pytest.fixture
def author(empty):
    """The participant on the writing page, with text in all three parts."""
    write(empty, TEXT)
    return empty


def own_entry_email() -> str:
    return factory.User.objects.get(name="Ratna Kusumaningrum").email


def address(name: str, *more) -> str:
    """An address of the participant's only entry."""
    return reverse(name, args=[factory.Cohort.objects.get().key, 1, *more])


def stored() -> list[str]:
    """What the server has of the participant's text."""
    entry = Entry.objects.filter(enrolment__user__name="Ratna Kusumaningrum").first()
    return list(entry.responses.order_by("prompt__order").values_list("body", flat=True)) if entry else []


def still_there(page, text: str = TEXT) -> None:
    """All three parts stand in their editors as they were typed."""
    for key in Prompt.objects.values_list("key", flat=True):
        expect(editor(page, key)).to_have_text(text)


# --- On the way to handing in -------------------------------------------------------------------------


def no_network(page):
    page.route(SAVE, lambda route: route.abort("connectionfailed"))
    return lambda: page.unroute(SAVE)


def server_error(page):
    page.route(SAVE, lambda route: route.fulfill(status=500, content_type="text/html", body="<h1>500</h1>"))
    return lambda: page.unroute(SAVE)


def session_over(page):
    page.context.clear_cookies(name="sessionid")

    def again():
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Masuk (tab baru)").click()
        sign_in(opened.value, own_entry_email(), at=opened.value.url)

    return again


FAILURES = {
    "no network": (no_network, "akan dicoba lagi", ["ERR_CONNECTION_FAILED"]),
    "server error": (server_error, "akan dicoba lagi", ["^status 500: POST", "status of 500"]),
    "session over": (session_over, "Anda sudah keluar", ["^status 401: (POST|GET .*/luring/data/)", "status of 401"]),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_on_the_way_to_the_preview_keeps_the_text_and_stays(empty, failure):
    fail, words, met = FAILURES[failure]
    empty.watch.expect(*met)
    mend = fail(empty)
    write(empty, TEXT)
    empty.get_by_role("button", name="Lihat pratinjau dan kirim").click()
    expect(empty.locator("[data-status][data-tone=error]")).to_contain_text(words)
    still_there(empty)
    looks.accessible(empty)
    looks.fits(empty, looks.PHONE)
    assert stored() == []
    mend()  # it goes on by itself
    expect(empty.locator("[data-status][data-tone=ok]")).to_be_visible()
    assert stored() == [f"<p>{TEXT}</p>"] * 3
    empty.get_by_role("button", name="Lihat pratinjau dan kirim").click()
    empty.wait_for_url("**/pratinjau/")


def test_leaving_needs_no_question_and_loses_nothing(author):
    """The device has the text; back on the page it goes on to the server."""
    expect(author.locator("[data-status]")).to_contain_text("Tersimpan di")
    author.get_by_role("link", name="BerAKHLAK").first.click()
    author.wait_for_url(re.compile(r"//[^/]+/$"))
    assert author.watch.dialogs == []
    author.goto(address("entry_write"))
    still_there(author)
    expect(author.locator("[data-status][data-tone=ok]")).to_be_visible()
    assert stored() == [f"<p>{TEXT}</p>"] * 3


# --- Handing in ---------------------------------------------------------------------------------------


@pytest.fixture
def ready(author):
    """The participant on the preview, with the statement ticked."""
    author.get_by_role("button", name="Lihat pratinjau dan kirim").click()
    author.get_by_label(re.compile("menulis entri ini sendiri")).check()
    return author


def own_submissions():
    return Submission.objects.filter(entry__enrolment__user__name="Ratna Kusumaningrum")


def test_a_double_click_on_submit_gives_one_submission_and_its_receipt(ready):
    ready.get_by_role("button", name="Kirim entri").dblclick()
    ready.wait_for_url("**/tanda-terima/")
    expect(ready.locator("#receipt-number")).to_have_text(own_submissions().get().receipt)


def test_the_same_form_sent_twice_gives_the_same_receipt(ready):
    """Two tabs with the same form, as a restored session has them: the guard in the page cannot help here."""
    send = """async () => {
      const form = document.querySelector(".submit-box");
      const once = () => fetch(form.action, { method: "POST", body: new FormData(form) });
      return (await Promise.all([once(), once()])).map((answer) => answer.url);
    }"""
    first, second = ready.evaluate(send)
    assert first == second
    assert first.endswith(address("receipt", own_submissions().get().number))


def test_going_back_after_submitting_submits_nothing_again(ready):
    ready.get_by_role("button", name="Kirim entri").click()
    ready.wait_for_url("**/tanda-terima/")
    ready.go_back()
    expect(ready.get_by_role("button", name="Kirim entri")).to_have_count(0)
    expect(ready.get_by_role("heading", name="Sudah kami terima. Anda tidak perlu melakukan apa pun.")).to_be_visible()
    assert own_submissions().count() == 1


def test_a_session_that_ends_before_submitting_loses_nothing(ready):
    ready.watch.expect("/luring/data/", "status of 401")  # the offline copy may ask just then
    ready.context.clear_cookies(name="sessionid")
    ready.get_by_role("button", name="Kirim entri").click()
    expect(ready.get_by_role("heading", level=1)).to_have_text("Masuk")
    assert stored() == [f"<p>{TEXT}</p>"] * 3
    sign_in(ready, own_entry_email(), at=ready.url)
    assert ready.url.endswith(address("entry_preview"))
    expect(ready.locator(".sheet")).to_contain_text(TEXT)
    assert own_submissions().count() == 0


# --- The instructor -----------------------------------------------------------------------------------


@pytest.fixture
def reviewer(live_server, visitor, job):
    """The instructor at the bench, with one waiting entry taken."""
    page = visitor(live_server.url, user=job.instructor)
    begin_review(page, "Dimas Prayogo, S.E.")
    page.wait_for_selector("[data-active]")  # the bench is alive
    return page


@pytest.mark.parametrize(("failure", "words"), [
    (no_network, "Tidak ada koneksi"), (server_error, "Gagal menyimpan"), (session_over, "Anda sudah keluar"),
])  # fmt: skip
def test_the_instructors_text_stays_when_saving_fails(reviewer, job, failure, words):
    reviewer.watch.expect("ERR_CONNECTION_FAILED", "status (of )?(500|401)", "dialog beforeunload")
    comment = reviewer.get_by_label("Komentar umum")
    mend = failure(reviewer)
    comment.fill("Tulisan penelaah.")
    expect(reviewer.locator("#review-status[data-tone=error]")).to_contain_text(words)
    assert Review.objects.get().comment == ""
    with reviewer.expect_event("dialog"):  # going away asks, and staying keeps all
        reviewer.get_by_role("link", name="BerAKHLAK").first.click(no_wait_after=True)
    assert reviewer.watch.dialogs == ["beforeunload"]
    expect(comment).to_have_value("Tulisan penelaah.")
    if failure is session_over:  # the page says: in another tab
        sign_in(reviewer.context.new_page(), job.instructor)
    else:
        mend()
    reviewer.keyboard.press("Control+s")
    expect(reviewer.locator("#review-status[data-tone=ok]")).to_be_visible()
    assert Review.objects.get().comment == "Tulisan penelaah."


def test_the_same_decision_sent_twice_grades_once_and_both_times_says_so(reviewer):
    for row in reviewer.locator("[data-criterion]").all():
        row.locator("label.key").nth(2).click()
    expect(reviewer.locator("#review-status[data-tone=ok]")).to_be_visible()
    send = """async (button) => {
      const once = () => fetch(button.formAction, { method: "POST", body: new FormData(button.form) });
      const first = await once(), second = await once();
      return [first, second].map((answer) => answer.status);
    }"""
    assert reviewer.get_by_role("button", name="Nilai", exact=True).evaluate(send) == [200, 200]
    reviewer.reload()
    expect(reviewer.locator(".decision__score")).to_contain_text("85,00")
    assert Review.objects.count() == 1
