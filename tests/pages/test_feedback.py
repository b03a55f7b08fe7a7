"""A submission as its author reads it, with the feedback on it."""

import re
from datetime import timedelta

import pytest
from django.db import connection

from berakhlak.accounts.models import User
from curriculum.models import GuidingQuestion, Module, Prompt
from journals import triggers, workflow
from journals.enums import LatePolicy
from journals.models import Cohort, FeedbackRead, Notice, Submission
from journals.services import feedback
from tests import factory
from tests.factory import AT_RELEASE, NOW
from tests.pages.writing import address, text_of

DAY = timedelta(days=1)


def page_of(cast, client, sequence: int = 1) -> str:
    return text_of(client.get(address("submission", cast, 1, sequence)))


def damage(submission) -> None:
    """Change a frozen text behind the application's back."""
    triggers.remove()
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journals_submission SET content = replace(content, 'mendengarkan', 'membentak') WHERE id = %s",
                [submission.pk],
            )
    finally:
        triggers.install()


def test_the_text_is_shown_as_it_was_frozen(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    Prompt.objects.filter(key="refleksi").update(title="Judul baru")
    GuidingQuestion.objects.update(text="Pertanyaan baru?")
    page = page_of(cast, as_user(cast.participant))
    assert page.count(factory.ANSWER) == 3
    assert "Apa yang Anda rasakan?" in page
    assert "Pertanyaan baru?" not in page
    assert "Judul baru" not in page
    assert "9 kata" in page


def test_name_module_and_cohort_are_those_of_the_hand_in(cast, as_user):
    """Beside the fingerprint stands what it covers, and not what the profile or the curriculum says later."""
    factory.submitted(cast.enrolment, cast.modules[0])
    User.objects.filter(pk=cast.participant.pk).update(name="Nama Baru", title_after="S.Baru.", agency="Dinas Baru")
    Module.objects.filter(pk=cast.modules[0].pk).update(title="Judul modul baru")
    Cohort.objects.filter(pk=cast.cohort.pk).update(name="Angkatan baru")
    client = as_user(User.objects.get(pk=cast.participant.pk))
    for name in ("receipt", "submission"):
        main = text_of(client.get(address(name, cast, 1, 1))).partition('class="page-head"')[2]
        for then in ("Ratna Kusumaningrum, A.Md.Keb.", "Kabupaten Lembah Asri", "NDH 17", "Kelompok 1", "Angkatan IV"):
            assert then in main, (name, then)
        for now in ("Nama Baru", "Dinas Baru", "Judul modul baru", "Angkatan baru"):
            assert now not in main, (name, now)


def test_a_damaged_receipt_names_who_it_is_now(cast, as_user):
    damage(factory.submitted(cast.enrolment, cast.modules[0]))
    assert "Ratna Kusumaningrum, A.Md.Keb." in text_of(as_user(cast.participant).get(address("receipt", cast, 1, 1)))


def test_the_title_of_the_entry_is_the_heading_of_its_submission(cast, as_user):
    entry = factory.draft(cast.enrolment, cast.modules[0], title="Antrean posyandu")
    workflow.submit(user=cast.participant, entry=entry, version=1, accepted=True, key="kunci", now=NOW)
    client = as_user(cast.participant)
    page = page_of(cast, client)
    assert "<h1>Antrean posyandu</h1>" in page
    assert "Modul 1, Modul 1 · Kiriman 1</p>" in page
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    assert "<h1>Kiriman 1</h1>" in page_of(cast, as_user(cast.peer))


def test_a_text_that_was_changed_underneath_is_not_shown(cast, as_user):
    damage(factory.submitted(cast.enrolment, cast.modules[0]))
    page = page_of(cast, as_user(cast.participant))
    assert "Teks ini tidak cocok dengan sidik digitalnya" in page
    assert "membentak" not in page
    assert "sidik digitalnya" in text_of(as_user(cast.participant).get(address("receipt", cast, 1, 1)))


def test_markup_in_a_frozen_text_is_cleaned_once_more(cast, as_user, monkeypatch):
    """Even if something unclean had been frozen, the page does not run it."""
    monkeypatch.setattr("journals.workflow.writing.richtext.clean", lambda html: html)
    factory.submitted(cast.enrolment, cast.modules[0], text='<p>Satu dua tiga empat lima <img src=x onerror="a()"></p>')
    monkeypatch.undo()
    assert "onerror" in Submission.objects.get().content
    assert "onerror" not in page_of(cast, as_user(cast.participant))


def test_a_grade_is_explained_criterion_by_criterion(cast, as_user, clock):
    cast.cohort.late_policy = LatePolicy.DEDUCT
    cast.cohort.save()
    clock.move_to(NOW + 4 * DAY)
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="93.50", now=NOW + 4 * DAY)
    page = page_of(cast, as_user(cast.participant))
    assert "88,50" in page
    assert re.search(r"Dinilai pada <time[^>]*>27 November 2026 pukul 11.00 WITA<", page)
    assert "93,50 − 1 hari × 5,00 = 88,50" in page
    assert "Memuaskan" in page
    assert page.count("Sangat baik") == 8  # level and description of four criteria
    assert "bobot 30%" in page
    assert "Catatan pemahaman" in page
    assert "Dr. Endah Lestari, M.Pd." in page


def test_a_return_shows_comments_and_no_points(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    page = page_of(cast, as_user(cast.participant))
    assert "Ceritakan satu peristiwa." in page
    assert "Catatan refleksi" in page
    assert "60,00" not in page
    assert "Perlu perbaikan" not in page  # the name of the lowest level
    assert "bobot" not in page


def test_an_unfinished_review_is_not_shown(cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    workflow.save_review(
        user=cast.instructor,
        entry=entry,
        version=review.version,
        now=NOW,
        given=workflow.ReviewInput("Setengah jadi", factory.scores("77"), ("Butir rahasia",)),
    )
    page = page_of(cast, as_user(cast.participant))
    for leak in ("Setengah jadi", "77,00", "Butir rahasia", "Catatan refleksi", "Endah"):
        assert leak not in page
    assert "Belum ada umpan balik untuk kiriman ini." in page


def test_a_review_that_another_overtook_is_never_shown(cast, as_user, clock):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    review = workflow.claim(user=cast.lead, entry=entry, now=NOW)
    workflow.save_review(
        user=cast.lead,
        entry=entry,
        version=review.version,
        now=NOW,
        given=workflow.ReviewInput("Pendapat yang ditinggalkan", factory.scores("77")),
    )
    later = NOW + timedelta(hours=1)
    review = workflow.claim(user=cast.instructor, entry=entry, now=later)
    workflow.grade(
        user=cast.instructor,
        entry=entry,
        version=review.version,
        now=later,
        given=workflow.ReviewInput("Refleksi yang jujur.", factory.scores("85")),
    )
    clock.move_to(later)
    page = page_of(cast, as_user(cast.participant))
    assert "Refleksi yang jujur." in page
    assert "Pendapat yang ditinggalkan" not in page


@pytest.mark.parametrize("rounds", [1, 3])
def test_a_submission_costs_the_same_for_one_review_and_for_three(cast, as_user, django_assert_num_queries, rounds):
    review = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    for number in range(1, rounds):
        again = workflow.reopen(user=cast.instructor, entry=review.submission.entry, reason="Ulang", now=NOW)
        workflow.grade(
            user=cast.instructor,
            entry=review.submission.entry,
            version=again.version,
            now=NOW,
            given=workflow.ReviewInput(f"Putaran {number}", factory.scores("85")),
        )
    client = as_user(cast.participant)
    with django_assert_num_queries(12):
        response = client.get(address("submission", cast, 1, 1))
    assert text_of(response).count("dari 100") == rounds


def test_a_submission_without_feedback_costs_less(cast, as_user, django_assert_num_queries):
    factory.submitted(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    with django_assert_num_queries(9):
        client.get(address("submission", cast, 1, 1))
    with django_assert_num_queries(8):
        client.get(address("receipt", cast, 1, 1))


# --- Having read it ---------------------------------------------------------------------------------


def test_having_read_is_recorded_by_post_and_only_once(cast, as_user, clock):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.participant)
    assert "Saya sudah membaca" in page_of(cast, client)
    assert not FeedbackRead.objects.exists()
    assert client.post(address("feedback_read", cast, 1, 1)).url == address("submission", cast, 1, 1)
    clock.shift(3600)
    answer = client.post(address("feedback_read", cast, 1, 1), headers={"Accept": "application/json"})
    assert answer.status_code == 204
    assert FeedbackRead.objects.get().created_at == NOW
    assert Notice.objects.get().read_at == NOW
    page = page_of(cast, client)
    assert "Saya sudah membaca" not in page
    assert "Anda sudah membaca umpan balik ini." in page
    assert client.get(address("feedback_read", cast, 1, 1)).status_code == 405


def test_what_is_not_released_cannot_be_marked_as_read(cast, as_user):
    cast.cohort.release_policy = AT_RELEASE
    cast.cohort.save()
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    assert as_user(cast.participant).post(address("feedback_read", cast, 1, 1)).status_code == 302
    assert not FeedbackRead.objects.exists()


# --- Who --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["submission", "receipt", "feedback_read"])
@pytest.mark.parametrize("role", ["peer", "stranger", "outsider", "instructor", "lead", "organiser", "nobody"])
def test_a_submission_is_its_authors_alone(cast, as_user, name, role):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(getattr(cast, role))
    assert client.get(address(name, cast, 1, 1)).status_code == 404
    assert client.post(address(name, cast, 1, 1)).status_code == 404


def test_a_submission_that_does_not_exist_is_not_found(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    for name in ("submission", "receipt"):
        assert as_user(cast.participant).get(address(name, cast, 1, 2)).status_code == 404


def test_the_points_of_a_return_do_not_even_reach_the_page(cast):
    review = factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    rows = feedback.of_submission(review.submission)[0].rows
    assert [row.comment for row in rows] == [f"Catatan {code}" for code, _weight in factory.CRITERIA]
    assert {(row.points, row.level, row.description) for row in rows} == {(None, "", "")}
