"""Releasing grades: who may, the question first, all or nothing."""

import pytest
from django.urls import reverse

from journals import audit, workflow
from journals.enums import EventKind, NoticeKind, ReleasePolicy
from journals.models import Event, Notice, Release
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
    assert address(cast) in as_user(cast.lead).get(address(cast, "cohort")).content.decode()
    # Also where the group that is shown has nothing to release.
    page = as_user(cast.lead).get(address(cast, "cohort"), {"kelompok": cast.other_group.pk}).content.decode()
    assert address(cast) in page
    assert address(cast) not in as_user(cast.instructor).get(address(cast, "cohort")).content.decode()


def test_without_a_grade_to_release_there_is_no_button(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)  # visible at once
    page = as_user(cast.lead).get(address(cast, "cohort")).content.decode()
    assert address(cast) not in page
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
    assert "1 nilai dirilis" in response.content.decode()


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


@pytest.mark.parametrize("number", ["x", "77", "²"])
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
    with django_assert_num_queries(21):
        client.post(address(cast), {"modul": "", "confirmed": "1"})
    assert Release.objects.count() == rows
    assert Event.objects.filter(kind=EventKind.RELEASED, subject_kind="entry").count() == rows
    assert Notice.objects.filter(kind=NoticeKind.RELEASED).count() == rows
    assert list(audit.breaks()) == []
