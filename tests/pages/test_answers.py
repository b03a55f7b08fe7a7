"""Handing in again: the preview asks what was changed for each thing to improve, and loses no answer."""

import re

import pytest

from journals import workflow
from journals.models import Entry, ItemAnswer, Review, Submission
from tests import factory
from tests.factory import NOW, ReviewInput
from tests.journals.moves import DAY, answers, hand_in, return_it
from tests.pages.writing import address, text_of, typed

STATEMENT = {"version": "1", "key": "lagi", "statement": "on"}


@pytest.fixture
def back(cast) -> Review:
    return return_it(cast)


@pytest.fixture
def page(cast, as_user, back):
    """The participant's client."""
    return as_user(cast.participant)


def form(back: Review, *texts: str, **more) -> dict[str, str]:
    """The submit form with an answer to each thing to improve."""
    given = {workflow.answer_name(item.pk): text for item, text in zip(back.items.all(), texts, strict=True)}
    return STATEMENT | given | more


def preview(cast, client) -> str:
    return text_of(client.get(address("entry_preview", cast)))


def fields(html: str) -> list[str]:
    """What stands in the fields for the answers."""
    return [text.strip() for text in re.findall(r'<textarea id="id_answer-\d+"[^>]*>\n(.*?)</textarea>', html, re.S)]


def test_the_preview_asks_for_each_thing(cast, page, back):
    html = preview(cast, page)
    assert fields(html) == ["", ""]
    for item in back.items.all():
        assert html.index(item.text) < html.index(f'name="{workflow.answer_name(item.pk)}"')
    assert html.count("Apa yang Anda ubah?") == 2
    assert "paling banyak 500 karakter" in html


def test_a_first_hand_in_is_asked_nothing(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0])
    assert "Apa yang Anda ubah?" not in preview(cast, as_user(cast.participant))


def test_answers_go_with_the_submission_and_are_shown_with_the_feedback(cast, page, back):
    answer = page.post(address("entry_submit", cast), form(back, "Antrean Selasa.", "Mulai\r\nDesember."))
    assert answer.url == address("receipt", cast, 1, 2)
    assert list(ItemAnswer.objects.values_list("text", flat=True)) == ["Antrean Selasa.", "Mulai\nDesember."]
    html = text_of(page.get(address("submission", cast, 1, 1)))
    assert html.index("Ceritakan satu peristiwa.") < html.index("Antrean Selasa.")
    assert html.count("Jawaban Anda:") == 2


def test_missing_and_long_answers_come_back_with_everything(cast, page, back):
    data = form(back, "", "y" * 501)
    answer = page.post(address("entry_submit", cast), data)
    html = text_of(answer)
    assert answer.status_code == 422
    assert fields(html) == ["", "y" * 501]
    for item, message in zip(
        back.items.all(), ("Perbaikan 1: tuliskan apa yang Anda ubah.", "jawaban Anda 501 karakter."), strict=True
    ):
        name = workflow.answer_name(item.pk)
        summary = re.search(rf'<a href="#id_{name}">([^<]+)</a>', html)[1]
        beside = re.search(rf'id="id_{name}_error">.*?<span>([^<]+)</span>', html, re.S)[1]
        assert summary == beside
        assert message in summary
        assert re.search(rf'<textarea id="id_{name}"[^>]*aria-describedby="[^"]*id_{name}_error"[^>]*aria-inv', html)
    assert 'name="key" value="lagi"' in html
    assert "checked" in html  # the statement
    assert Entry.objects.get().state == "returned"


@pytest.mark.parametrize("missing", ["statement", "key", "version"])
def test_answers_survive_any_other_refusal(cast, page, back, missing):
    data = form(back, "Satu <b>tebal</b>.", "Dua.")
    del data[missing]
    answer = page.post(address("entry_submit", cast), data)
    assert answer.status_code == 422
    assert fields(text_of(answer)) == ["Satu <b>tebal</b>.", "Dua."]
    assert "&lt;b&gt;" in answer.content.decode()


def test_answers_survive_a_text_that_changed_meanwhile(cast, page, back):
    page.post(address("entry_save", cast), typed(1, refleksi="Diubah di gawai lain, lebih dari lima kata."))
    answer = page.post(address("entry_submit", cast), form(back, "Satu.", "Dua."))
    html = text_of(answer)
    assert answer.status_code == 409
    assert "Yang Anda ketik" in html
    assert "Satu.</textarea>" in html
    assert "Dua.</textarea>" in html


def test_answers_survive_the_closing_time(cast, as_user, back, clock):
    clock.move_to(NOW + 13 * DAY)
    answer = as_user(cast.participant).post(address("entry_submit", cast), form(back, "Satu.", "Dua."))
    assert answer.status_code == 409
    assert "Satu.</textarea>" in text_of(answer)


def test_answers_to_an_older_return_can_be_copied(cast, page, back):
    entry = Entry.objects.get()
    hand_in(cast, entry, answers(back))
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    workflow.return_for_revision(
        user=cast.instructor, entry=entry, version=review.version, due=NOW + DAY, now=NOW,
        given=ReviewInput("", {}, ("Lebih rinci.",)),
    )  # fmt: skip
    answer = page.post(address("entry_submit", cast), form(back, "Lama satu.", "Lama dua.", key="ketiga"))
    html = text_of(answer)
    assert answer.status_code == 422
    assert "meminta perbaikan yang lain" in html
    assert fields(html) == [""]
    assert html.count("Jawaban Anda</label>") == 2
    assert "Lama dua.</textarea>" in html


def test_after_taking_it_back_the_answers_stand_in_the_fields(cast, page, back):
    page.post(address("entry_submit", cast), form(back, "Satu.", "Dua."))
    page.post(address("entry_withdraw", cast))
    assert fields(preview(cast, page)) == ["Satu.", "Dua."]
    page.post(address("entry_submit", cast), form(back, "Satu lagi.", "Dua.", key="ketiga"))
    assert list(ItemAnswer.objects.values_list("text", flat=True)) == ["Satu lagi.", "Dua."]


def test_signs_that_no_database_takes_are_left_out(cast, page, back):
    assert page.post(address("entry_submit", cast), form(back, "Sa\x00tu.", "Dua.")).status_code == 302
    assert ItemAnswer.objects.first().text == "Satu."


def test_a_name_that_is_no_number_is_nobodys_answer(cast, page, back):
    odd = dict.fromkeys(("answer-", "answer-1x", "answer-٣", "answer--1", "answer-" + "9" * 30, "xanswer-1"), "Lain.")
    assert page.post(address("entry_submit", cast), form(back, "Satu.", "Dua.") | odd).status_code == 302
    assert list(ItemAnswer.objects.values_list("text", flat=True)) == ["Satu.", "Dua."]


def test_a_text_that_cannot_go_yet_asks_for_no_answers(cast, page, back):
    factory.draft(cast.enrolment, cast.modules[0], text="<p>Baru tiga kata.</p>")
    html = preview(cast, page)
    assert fields(html) == []
    answer = page.post(address("entry_submit", cast), form(back, "Satu.", "Dua.", version="2"))
    assert answer.status_code == 422
    assert "Satu.</textarea>" in text_of(answer)  # to be copied


# One more than for a first hand-in, however many things there are.
@pytest.mark.parametrize("items", [("Satu.",), ("Satu.", "Dua.", "Tiga.")])
def test_queries(cast, as_user, django_assert_num_queries, items):
    back = return_it(cast, items=items)
    client, data = as_user(cast.participant), form(back, *items)
    with django_assert_num_queries(12):
        client.get(address("entry_preview", cast))
    with django_assert_num_queries(23):  # two are the savepoint that stands for BEGIN and COMMIT inside a test
        answer = client.post(address("entry_submit", cast), data)
    assert answer.status_code == 302


# --- What changed, for its author -------------------------------------------------------------------


@pytest.fixture
def twice(cast, page, back) -> Submission:
    """Handed in again with one other word in each part."""
    factory.draft(cast.enrolment, cast.modules[0], text=factory.ANSWER.replace("mendengarkan", "mendahulukan"))
    return hand_in(cast, Entry.objects.get(), answers(back))


def test_the_author_compares_with_the_submission_before(cast, page, twice):
    html = text_of(page.get(address("submission", cast, 1, 2)))
    assert "Bandingkan dengan kiriman sebelumnya" in html
    assert "<ins>" not in html
    html = text_of(page.get(address("submission", cast, 1, 2), {"lihat": "perubahan"}))
    assert html.count("mendengarkan</del>") == 3
    assert html.count("mendahulukan</ins>") == 3
    assert "ada di kiriman 1 dan sekarang hilang" in html


def test_a_first_submission_has_nothing_to_compare_with(cast, page, back):
    for query in ({}, {"lihat": "perubahan"}):
        html = text_of(page.get(address("submission", cast, 1, 1), query))
        assert "Bandingkan dengan" not in html
        assert "Saya belajar mendengarkan" in html


def test_what_was_withdrawn_is_left_out(cast, page, twice, back):
    workflow.withdraw(user=cast.participant, entry=twice.entry, now=NOW)
    entry = factory.draft(cast.enrolment, cast.modules[0], text=factory.ANSWER.replace("mendengarkan", "memahami"))
    hand_in(cast, entry, answers(back), key="ketiga")
    html = text_of(page.get(address("submission", cast, 1, 3), {"lihat": "perubahan"}))
    assert "mendengarkan</del>" in html
    assert "mendahulukan" not in html


@pytest.mark.parametrize("query", [{}, {"lihat": "perubahan"}])
def test_queries_of_comparing(cast, page, twice, django_assert_num_queries, query):
    with django_assert_num_queries(10):
        page.get(address("submission", cast, 1, 2), query)
