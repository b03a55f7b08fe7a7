"""The next round on the reviewer's desk: what was asked and answered, closed one by one, and what changed."""

import re

import pytest
from django.urls import reverse

from journals import triggers, workflow
from journals.models import Claim, Entry, ItemClosing, Review
from journals.workflow import claiming
from tests import factory
from tests.factory import NOW
from tests.journals.moves import answers, hand_in, return_it
from tests.pages.test_review import form_data, open_page
from tests.pages.writing import text_of


@pytest.fixture
def back(cast) -> Review:
    return return_it(cast)


@pytest.fixture
def entry(cast, back) -> Entry:
    """Handed in again with one other word in each part."""
    factory.draft(cast.enrolment, cast.modules[0], text=factory.ANSWER.replace("mendengarkan", "mendahulukan"))
    entry = Entry.objects.get()
    hand_in(cast, entry, answers(back, "Ada di paragraf kedua."))
    return entry


@pytest.fixture
def review(cast, entry) -> Review:
    """The instructor's unfinished review of it."""
    return workflow.claim(user=cast.instructor, entry=entry, now=NOW)


def panel(html: str) -> str:
    """The part of the page about the round before."""
    return re.search(r'<details class="round.*?</details>', html, re.S)[0]


def at(move: str, entry: Entry, back: Review, order: int = 1) -> str:
    return reverse(f"review_item_{move}", args=[entry.key, back.items.get(order=order).pk])


def test_what_was_asked_and_answered_stands_beside_the_text(cast, as_user, back, review, entry):
    html = panel(open_page(as_user, cast.instructor, entry))
    assert "Tambahkan." in html  # the comment
    assert "Dr. Endah Lestari, M.Pd." in html
    for item in back.items.all():
        assert html.index(item.text) < html.index(item.answer.text)
    assert html.count("data-open") == 2
    assert html.index("Perbaikan" if "Perbaikan" in html else "Yang diminta") < html.index("Ceritakan")


def test_whoever_reads_along_sees_it_without_buttons(cast, as_user, back, entry):
    for role in ("instructor", "lead", "organiser"):  # nobody has begun
        html = panel(open_page(as_user, getattr(cast, role), entry))
        assert "Ada di paragraf kedua. 2" in html
        assert "formaction" not in html
        assert html.count("Belum selesai") == 2


def test_a_first_round_has_no_such_part(cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    html = open_page(as_user, cast.instructor, entry)
    assert 'class="round' not in html
    assert "lihat=perubahan" not in html


def test_closing_and_opening(cast, as_user, back, review, entry):
    client = as_user(cast.instructor)
    answer = client.post(at("close", entry, back))
    assert answer.url == reverse("review", args=[entry.key]) + "#putaran"
    html = panel(text_of(client.get(answer.url)))
    assert html.count("data-open") == 1
    assert "Buka lagi" in html
    client.post(at("open", entry, back))
    assert not ItemClosing.objects.exists()


def test_a_script_gets_the_list(cast, as_user, back, review, entry):
    answer = as_user(cast.instructor).post(at("close", entry, back), headers={"Accept": "application/json"})
    assert answer.json()["message"] == "Ditandai selesai."
    assert answer.json()["html"].count("data-open") == 1
    assert "Ada di paragraf kedua. 1" in answer.json()["html"]


def test_without_a_script_the_bench_is_saved_first(cast, as_user, back, review, entry):
    client = as_user(cast.instructor)
    data = form_data(review, comment="Jangan hilang.", filter="tab=saya")
    answer = client.post(at("close", entry, back) + "?lihat=perubahan", data)
    assert answer.url == reverse("review", args=[entry.key]) + "?lihat=perubahan&tab=saya#putaran"
    review.refresh_from_db()
    assert (review.comment, review.version) == ("Jangan hilang.", 1)
    assert ItemClosing.objects.count() == 1


def test_a_bench_that_cannot_be_saved_comes_back(cast, as_user, back, review, entry):
    data = form_data(review, points_refleksi="abc", comment="Jangan hilang.")
    answer = as_user(cast.instructor).post(at("close", entry, back), data)
    assert answer.status_code == 422
    assert "Jangan hilang." in text_of(answer)
    assert not ItemClosing.objects.exists()


@pytest.mark.parametrize("move", ["close", "open"])
def test_not_before_one_has_begun(cast, as_user, back, entry, move):
    client = as_user(cast.instructor)
    assert client.post(at(move, entry, back)).status_code == 409
    answer = client.post(at(move, entry, back), headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_begun")


def test_not_after_another_has_taken_over(cast, as_user, clock, back, review, entry):
    clock.move_to(NOW + claiming.LEASE * 2)
    workflow.claim(user=cast.lead, entry=entry, now=NOW + claiming.LEASE * 2)
    answer = as_user(cast.instructor).post(at("close", entry, back))
    assert answer.status_code == 409
    assert "Ketut Sudarma telah mengambil alih entri ini." in text_of(answer)
    assert Claim.objects.get().reviewer == cast.lead


def test_things_of_other_entries_and_of_working_reviews_do_not_exist(cast, as_user, back, review, entry):
    other = factory.returned(cast.peer_enrolment, cast.modules[0], cast.instructor).items.get()
    own = review.items.create(order=1, text="Masih ditulis.")
    for pk in (other.pk, own.pk, 999_999):
        address = reverse("review_item_close", args=[entry.key, pk])
        assert as_user(cast.instructor).post(address).status_code == 404


def test_after_the_decision_it_can_be_read(cast, as_user, back, review, entry):
    workflow.close_item(user=cast.instructor, entry=entry, item=back.items.get(order=1), now=NOW)
    workflow.grade(
        user=cast.instructor,
        entry=entry,
        version=0,
        now=NOW,
        given=workflow.ReviewInput("", factory.scores()),
    )
    html = panel(open_page(as_user, cast.instructor, entry))
    assert "Selesai" in html
    assert "Belum selesai" in html
    assert "formaction" not in html
    assert as_user(cast.instructor).post(at("open", entry, back)).status_code == 409


def test_with_a_reopened_grade_it_can_only_be_read(cast, as_user, back, review, entry):
    given = workflow.ReviewInput("", factory.scores())
    workflow.grade(user=cast.instructor, entry=entry, version=0, now=NOW, given=given)
    workflow.reopen(user=cast.instructor, entry=entry, reason="Salah hitung", now=NOW)
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    html = open_page(as_user, cast.instructor, entry)
    assert 'name="points_pemahaman"' in html
    assert "formaction" not in panel(html)


# --- Text or changes --------------------------------------------------------------------------------


def text_pane(html: str) -> str:
    """The pane in which the text stands, without the submissions before."""
    return html[html.index('data-view="changes"') : html.index('<details class="earlier"')]


def test_text_or_changes(cast, as_user, back, review, entry):
    html = open_page(as_user, cast.instructor, entry, tab="saya", cari="Ratna")
    address = reverse("review", args=[entry.key])
    assert f'href="{address}?tab=saya&amp;cari=Ratna" data-shows="text" aria-current="page"' in html
    assert f'href="{address}?lihat=perubahan&amp;tab=saya&amp;cari=Ratna" data-shows="changes">' in html
    assert "<ins>" not in html
    assert text_pane(html).count("Saya belajar mendahulukan") == 3


def test_changes_in_place_of_the_text(cast, as_user, back, review, entry):
    html = open_page(as_user, cast.instructor, entry, lihat="perubahan", tab="saya")
    pane = text_pane(html)
    assert pane.count('<del><span class="visually-hidden">Dihapus:') == 3
    assert pane.count("mendahulukan</ins>") == 3
    assert "ada di kiriman 1 dan sekarang hilang" in pane
    assert "data-prompt" not in pane
    assert 'name="points_pemahaman"' in html  # the bench stays
    assert 'name="filter" value="tab=saya"' in html


def test_a_reader_sees_the_changes_too(cast, as_user, entry):
    assert "mendahulukan</ins>" in open_page(as_user, cast.organiser, entry, lihat="perubahan")


def test_nothing_is_compared_with_a_damaged_submission(cast, as_user, entry):
    with triggers.lifted():
        entry.submissions.filter(number=1).update(content='{"rahasia":"disisipkan"}')
    html = open_page(as_user, cast.instructor, entry, lihat="perubahan")
    assert "Saya belajar mendahulukan" in html
    assert "data-shows" not in html


# --- How many returns are left ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "said"), [(3, "masih dapat dikembalikan 2 kali lagi"), (2, "dikembalikan 1 kali lagi")]
)
def test_the_bench_says_how_often_it_can_still_be_returned(cast, as_user, back, review, entry, most, said):
    cast.cohort.max_returns = most
    cast.cohort.save()
    html = open_page(as_user, cast.instructor, entry)
    assert html.index(said) < html.index('name="items"')


def test_with_no_return_left_there_is_no_button(cast, as_user, back, review, entry):
    cast.cohort.max_returns = 1
    cast.cohort.save()
    html = open_page(as_user, cast.instructor, entry)
    assert "dikembalikan sebanyak yang diizinkan" in html or "hanya dapat dinilai" in html
    assert reverse("review_return", args=[entry.key]) not in html
    assert 'name="items"' not in html


# --- What it costs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("items", [("Satu.",), ("Satu.", "Dua.", "Tiga.")])
@pytest.mark.parametrize("query", [{}, {"lihat": "perubahan"}])
def test_queries_of_the_page(cast, as_user, django_assert_num_queries, items, query):
    back = return_it(cast, items=items)
    entry = Entry.objects.get()
    hand_in(cast, entry, answers(back))
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    for item in back.items.all():
        workflow.close_item(user=cast.instructor, entry=entry, item=item, now=NOW)
    client = as_user(cast.instructor)
    with django_assert_num_queries(12):
        client.get(reverse("review", args=[entry.key]), query)


# Two of each transaction are the savepoint that stands for BEGIN and COMMIT inside a test.
@pytest.mark.parametrize(("bench", "count"), [(False, 13), (True, 24)])
def test_queries_of_closing(cast, as_user, django_assert_num_queries, back, review, entry, bench, count):
    client = as_user(cast.instructor)
    with django_assert_num_queries(count):
        client.post(at("close", entry, back), form_data(review) if bench else {})
