"""Releasing grades: who may, exactly what goes to whom first, and the minutes in which it can be stopped."""

from datetime import timedelta

import pytest
from django.urls import reverse

from journals import audit, workflow
from journals.enums import EventKind, NoticeKind, ReleasePolicy
from journals.models import Event, Notice, Release, ReleaseBatch
from tests import factory
from tests.factory import NOW


def address(cast, name="cohort_release"):
    return reverse(name, args=[cast.cohort.key])


@pytest.fixture
def held_back(cast):
    """The participant's grade of module 1, not released."""
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(release_policy=ReleasePolicy.AT_RELEASE)
    cast.cohort.refresh_from_db()
    cast.enrolment.cohort.refresh_from_db()
    return factory.graded(cast.enrolment, cast.modules[0], cast.instructor)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("participant", 403),
        ("instructor", 403),
        ("outsider", 404),
        ("nobody", 404),
        ("outside_instructor", 404),
        ("lead", 200),
        ("organiser", 200),
        ("superuser", 200),
    ],
)
def test_who_may_release(cast, as_user, held_back, role, status):
    response = as_user(getattr(cast, role)).post(address(cast), {"modul": ""})
    assert response.status_code == status
    assert not Release.objects.exists()


def test_only_leads_are_offered_to_release(cast, as_user, held_back):
    choice = address(cast, "cohort_release_choice")
    assert choice in as_user(cast.lead).get(address(cast, "cohort")).content.decode()
    # Also where the group that is shown has nothing to release.
    page = as_user(cast.lead).get(address(cast, "cohort"), {"kelompok": cast.other_group.pk}).content.decode()
    assert choice in page
    assert choice not in as_user(cast.instructor).get(address(cast, "cohort")).content.decode()


def test_without_a_grade_to_release_there_is_no_button(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)  # visible at once
    page = as_user(cast.lead).get(address(cast, "cohort")).content.decode()
    assert ">Rilis nilai …</a>" not in page
    assert "Tidak ada nilai yang perlu dirilis" in page


def test_a_review_that_was_put_aside_is_named_and_linked(cast, as_user):
    entry = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    workflow.unclaim(user=cast.instructor, entry=entry, now=NOW)
    page = as_user(cast.lead).post(address(cast), {"modul": ""}).content.decode()
    assert "Dimulai oleh Endah Lestari, disisihkan" in page
    assert f'href="{reverse("review", args=[entry.key])}?dari=angkatan"' in page
    assert page.index("memang tidak ada nilai yang menunggu rilis") < page.index("1 entri")


def test_release_asks_first_and_then_does_it(cast, as_user, held_back):
    client = as_user(cast.lead)
    question = client.post(address(cast), {"modul": ""})
    assert "1 nilai" in question.content.decode()
    assert not Release.objects.exists()
    response = client.post(address(cast), {"modul": "", "confirmed": "1"}, follow=True)
    assert Release.objects.get().review == held_back
    assert "1 nilai akan terlihat mulai pukul 11.05 WITA." in response.content.decode()


def test_release_of_one_module_leaves_the_others(cast, as_user, held_back):
    other = factory.graded(cast.enrolment, cast.modules[1], cast.instructor)
    as_user(cast.lead).post(address(cast), {"modul": "2", "confirmed": "1"})
    assert Release.objects.get().review == other


@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "1"}])
def test_release_is_refused_while_something_is_half_reviewed(cast, as_user, held_back, confirmed):
    entry = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    response = as_user(cast.lead).post(address(cast), {"modul": "", **confirmed})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Dimas Prayogo" in page
    assert "Endah Lestari" in page
    assert "1 entri" in page
    assert not Release.objects.exists()
    # The other module has nothing half reviewed.
    answer = as_user(cast.lead).post(address(cast), {"modul": "2", **confirmed})
    assert answer.status_code in (200, 302)


def test_release_with_nothing_to_release_says_so(cast, as_user):
    page = as_user(cast.lead).post(address(cast), {"modul": ""}).content.decode()
    assert "confirmed" not in page


@pytest.mark.parametrize("number", ["x", "-1", "²"])
def test_release_of_an_unknown_module_is_not_found(cast, as_user, number):
    assert as_user(cast.lead).post(address(cast), {"modul": number}).status_code == 404


def test_release_by_get_is_not_allowed(cast, as_user):
    assert as_user(cast.lead).get(address(cast)).status_code == 405
    assert as_user(cast.nobody).get(address(cast)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_a_release_costs_the_same_for_one_grade_and_for_three(
    cast, as_user, django_assert_num_queries, held_back, rows
):
    if rows == 3:
        factory.graded(cast.enrolment, cast.modules[1], cast.instructor)
        factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.lead)
    # Two are the savepoint that stands for BEGIN and COMMIT inside a test.
    with django_assert_num_queries(20):
        client.post(address(cast), {"modul": "", "confirmed": "1"})
    assert Release.objects.count() == rows
    assert Event.objects.filter(kind=EventKind.RELEASED, subject_kind="entry").count() == rows
    assert Notice.objects.filter(kind=NoticeKind.RELEASED).count() == rows
    assert list(audit.breaks()) == []


# --- What is chosen -----------------------------------------------------------------------------------


def test_the_choice_offers_only_what_waits(cast, as_user, held_back):
    factory.graded(cast.peer_enrolment, cast.modules[1], cast.instructor)
    page = as_user(cast.lead).get(address(cast, "cohort_release_choice"), {"modul": "2"}).content.decode()
    assert 'id="modul-1" value="1">' in page
    assert 'id="modul-2" value="2" checked>' in page
    assert "Dimas Prayogo" in page
    assert cast.stranger.name not in page


def test_chosen_people_only(cast, as_user, held_back):
    other = factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.lead)
    chosen = {"peserta": str(cast.peer_enrolment.ndh), "modul": "1"}
    question = client.post(address(cast), chosen).content.decode()
    assert "Rilis 1 nilai?" in question
    assert "Dimas Prayogo" in question
    assert "Ratna Kusumaningrum" not in question
    assert f'name="peserta" value="{cast.peer_enrolment.ndh}"' in question
    client.post(address(cast), chosen | {"confirmed": "1"})
    assert Release.objects.get().review == other


def test_the_half_reviewed_can_be_left_out(cast, as_user, held_back):
    entry = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    client = as_user(cast.lead)
    refused = client.post(address(cast), {"modul": "1"}).content.decode()
    assert "Rilis 1 nilai lainnya" in refused
    assert 'name="leave_out" value="1"' in refused
    question = client.post(address(cast), {"modul": "1", "leave_out": "1"}).content.decode()
    assert "1 entri yang baru setengah ditelaah tidak ikut." in question
    client.post(address(cast), {"modul": "1", "leave_out": "1", "confirmed": "1"})
    assert Release.objects.get().review == held_back


def test_what_was_not_shown_is_not_released(cast, as_user, held_back):
    client = as_user(cast.lead)
    question = client.post(address(cast), {"modul": ""}).content.decode()
    expected = question.partition('name="expected" value="')[2].partition('"')[0]
    factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor)
    answer = client.post(address(cast), {"modul": "", "confirmed": "1", "expected": expected})
    assert answer.status_code == 409
    assert "Dimas Prayogo" in answer.content.decode()
    assert not Release.objects.exists()


# --- The minutes in which it can be stopped -----------------------------------------------------------


@pytest.fixture
def batch(cast, held_back) -> ReleaseBatch:
    """A release that becomes visible in five minutes."""
    return workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW, delay=timedelta(minutes=5))


def dashboard(cast, as_user) -> str:
    return as_user(cast.participant).get(reverse("journal", args=[cast.cohort.key])).content.decode()


def seen_by_the_participant(cast, as_user) -> bool:
    entry = as_user(cast.participant).get(reverse("entry", args=[cast.cohort.key, 1])).content.decode()
    known = ["85,00" in entry, "Nilai dirilis" in entry, "nilai sudah dirilis." in dashboard(cast, as_user)]
    assert len(set(known)) == 1, known
    return known[0]


def test_a_release_is_seen_when_its_time_has_come(cast, as_user, clock, batch):
    assert not seen_by_the_participant(cast, as_user)
    clock.move_to(NOW + timedelta(minutes=5))
    assert seen_by_the_participant(cast, as_user)


def test_a_release_can_be_stopped_in_time_and_made_again(cast, as_user, clock, batch):
    client = as_user(cast.lead)
    stop = reverse("cohort_release_stop", args=[cast.cohort.key, batch.pk])
    assert stop in client.get(address(cast, "cohort")).content.decode()
    page = client.post(stop, follow=True).content.decode()
    assert "Dihentikan: 1 nilai tetap tersembunyi." in page
    assert stop not in page
    assert not Release.objects.exists()
    clock.move_to(NOW + timedelta(minutes=9))
    assert not seen_by_the_participant(cast, as_user)
    again = workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW + timedelta(minutes=9))
    assert again.grades == 1
    assert seen_by_the_participant(cast, as_user)
    assert Notice.objects.filter(kind=NoticeKind.RELEASED).count() == 1
    assert list(audit.breaks()) == []


@pytest.mark.parametrize("late", [True, False])
def test_stopping_too_late_or_twice_changes_nothing(cast, as_user, clock, batch, late):
    client = as_user(cast.lead)
    stop = reverse("cohort_release_stop", args=[cast.cohort.key, batch.pk])
    if late:
        clock.move_to(NOW + timedelta(minutes=5))
    else:
        client.post(stop)
    answer = client.post(stop)
    assert answer.status_code == 409
    assert ("sudah terlihat" if late else "sudah dihentikan") in answer.content.decode()
    assert Release.objects.exists() == late


def test_another_cohorts_release_is_not_stopped(cast, as_user, batch):
    other = factory.make_cohort("Angkatan V", rubric=cast.cohort.rubric)
    answer = as_user(cast.organiser).post(reverse("cohort_release_stop", args=[other.key, batch.pk]))
    assert answer.status_code == 404
    assert Release.objects.exists()


def test_what_is_reopened_before_it_is_seen_never_is(cast, as_user, clock, batch, held_back):
    workflow.reopen(user=cast.lead, entry=held_back.submission.entry, reason="Salah hitung", now=NOW)
    clock.move_to(NOW + timedelta(minutes=9))
    assert not seen_by_the_participant(cast, as_user)
    assert not Notice.objects.filter(recipient=cast.participant, kind=NoticeKind.REOPENED).exists()


def test_a_message_that_was_held_is_read_with_the_grade(cast, as_user, clock, held_back):
    factory.remark(cast.instructor, held_back.submission.entry, "Pertahankan.")
    workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW, delay=timedelta(minutes=5))
    thread = reverse("entry_talk", args=[cast.cohort.key, 1])
    assert "Pertahankan." not in as_user(cast.participant).get(thread).content.decode()
    clock.move_to(NOW + timedelta(minutes=5))
    assert "Pertahankan." in as_user(cast.participant).get(thread).content.decode()
    workflow.reopen(
        user=cast.lead, entry=held_back.submission.entry, reason="Salah hitung", now=NOW + timedelta(minutes=6)
    )
    assert "Pertahankan." in as_user(cast.participant).get(thread).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_stopping_costs_the_same_for_one_grade_and_for_three(cast, as_user, django_assert_num_queries, held_back, rows):
    if rows == 3:
        factory.graded(cast.enrolment, cast.modules[1], cast.instructor)
        factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor)
    batch = workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW, delay=timedelta(minutes=5))
    client = as_user(cast.lead)
    with django_assert_num_queries(18):
        client.post(reverse("cohort_release_stop", args=[cast.cohort.key, batch.pk]))
    assert not Release.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_choice_costs_the_same_for_one_grade_and_for_three(
    cast, as_user, django_assert_num_queries, held_back, rows
):
    if rows == 3:
        factory.graded(cast.enrolment, cast.modules[1], cast.instructor)
        factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.lead)
    with django_assert_num_queries(6):
        client.get(address(cast, "cohort_release_choice"))
