"""The page of one entry: its state, what to do, and its history."""

from datetime import timedelta

import pytest

from journals import workflow
from journals.models import Entry, Notice, Review
from tests import factory
from tests.factory import NOW
from tests.pages.writing import address, dashboard, entry_page, text_of

DAY = timedelta(days=1)


def test_an_entry_that_was_not_begun_offers_to_begin(cast, as_user):
    page = entry_page(cast, as_user(cast.participant))
    assert "Tulis entri Anda" in page
    assert "Mulai menulis" in page
    assert not Entry.objects.exists()


def test_a_draft_offers_to_go_on_and_to_submit(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0], title="Antrean posyandu")
    page = entry_page(cast, as_user(cast.participant))
    assert "Antrean posyandu" in page
    assert "Lanjutkan menulis" in page
    assert address("entry_preview", cast) in page


def test_a_submitted_entry_says_that_it_arrived(cast, as_user):
    submission = factory.submitted(cast.enrolment, cast.modules[0])
    page = entry_page(cast, as_user(cast.participant))
    assert "Sudah kami terima." in page
    assert submission.receipt in page
    assert "Tarik untuk diubah" in page


def test_withdrawing_is_not_offered_once_a_review_has_begun(cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    page = entry_page(cast, as_user(cast.participant))
    assert "Widyaiswara sedang membacanya" in page
    assert "Tarik untuk diubah" not in page


def test_withdrawing_is_not_offered_after_the_closing_time(cast, as_user, clock):
    factory.submitted(cast.enrolment, cast.modules[0])
    clock.move_to(NOW + 11 * DAY)
    assert "Tarik untuk diubah" not in entry_page(cast, as_user(cast.participant))


def test_a_returned_entry_shows_what_to_improve(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    page = entry_page(cast, as_user(cast.participant))
    assert "Perbaiki entri Anda, lalu kirim lagi" in page
    assert "Ceritakan satu peristiwa." in page
    assert "Dr. Endah Lestari, M.Pd." in page


def test_a_late_submission_carries_its_mark(cast, as_user, clock):
    clock.move_to(NOW + 4 * DAY)
    factory.submitted(cast.enrolment, cast.modules[0], now=NOW + 4 * DAY)
    assert "Terlambat" in entry_page(cast, as_user(cast.participant))
    assert "Terlambat" in dashboard(cast, as_user(cast.participant))


def test_a_closed_module_asks_for_an_extension(cast, as_user, clock):
    factory.draft(cast.enrolment, cast.modules[0])
    clock.move_to(NOW + 11 * DAY)
    page = entry_page(cast, as_user(cast.participant))
    assert "Waktu untuk modul ini sudah berakhir" in page
    assert "Teks Anda tersimpan, tetapi belum dikirim." in page
    assert "Lanjutkan menulis" in page
    assert address("entry_preview", cast) not in page


def test_the_history_is_readable_and_hides_who_held_the_entry(cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.lead, entry=entry, now=NOW)
    workflow.unclaim(user=cast.lead, entry=entry, now=NOW)
    page = entry_page(cast, as_user(cast.participant))
    assert "Entri mulai ditulis" in page
    assert "(kiriman 1)" in page
    assert "– Anda" in page
    assert "Telaah dimulai" in page
    assert "Ketut Sudarma" not in page


def test_reading_an_entry_writes_nothing(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.participant)
    before = list(Review.objects.values()), list(Entry.objects.values()), list(Notice.objects.values())
    entry_page(cast, client)
    client.get(address("submission", cast, 1, 1))
    client.get(address("entry_write", cast))
    assert before == (list(Review.objects.values()), list(Entry.objects.values()), list(Notice.objects.values()))


def resubmit(cast, rounds: int) -> None:
    """Submissions that were returned, and one more that waits."""
    cast.cohort.max_returns = rounds
    cast.cohort.save()
    for _round in range(rounds - 1):
        factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    factory.submitted(cast.enrolment, cast.modules[0])


@pytest.mark.parametrize("rounds", [2, 4])
def test_the_entry_costs_the_same_after_one_return_and_after_three(cast, as_user, django_assert_num_queries, rounds):
    resubmit(cast, rounds)
    client = as_user(cast.participant)
    with django_assert_num_queries(12):
        response = client.get(address("entry", cast))
    assert text_of(response).count("Tanda terima") == rounds


def test_an_entry_that_was_not_begun_costs_less(cast, as_user, django_assert_num_queries):
    client = as_user(cast.participant)
    with django_assert_num_queries(7):
        client.get(address("entry", cast))
