"""One cell of the cohort page: on to the review, or a word on why there is nothing to read."""

from datetime import timedelta

import pytest
from django.urls import reverse

from journals import workflow
from tests import factory
from tests.factory import NOW
from tests.pages.recap import address, cells


def test_a_cell_leads_to_the_review(cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    for user in (cast.instructor, cast.lead, cast.organiser):
        response = as_user(user).get(address(cast, "cohort_entry", 17, 1))
        assert response.status_code == 302
        assert response.url == reverse("review", args=[entry.key]) + "?dari=angkatan"


@pytest.mark.parametrize("begun", [True, False])
def test_a_cell_without_a_submission_says_so(cast, as_user, begun):
    if begun:
        factory.draft(cast.enrolment, cast.modules[0], text="<p>rahasia draf saya yang belum selesai ditulis</p>")
    response = as_user(cast.instructor).get(address(cast, "cohort_entry", 17, 1))
    assert response.status_code == 200
    page = response.content.decode()
    assert ("Draf sudah dimulai" if begun else "belum memulai entri") in page
    assert "rahasia" not in page


def test_cells_that_do_not_exist_are_not_found(cast, as_user):
    client = as_user(cast.lead)
    assert client.get(address(cast, "cohort_entry", 99, 1)).status_code == 404
    assert client.get(address(cast, "cohort_entry", 17, 9)).status_code == 404


def test_cells_of_another_group_are_refused(cast, as_user):
    assert as_user(cast.other_instructor).get(address(cast, "cohort_entry", 17, 1)).status_code == 403


def test_nobody_opens_ones_own_cell(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.teach(cast.participant, cast.cohort)
    assert as_user(cast.participant).get(address(cast, "cohort_entry", 17, 1)).status_code == 403


@pytest.mark.parametrize("role", ["instructor", "organiser"])
def test_queries_of_a_cell(cast, as_user, django_assert_max_num_queries, role):
    factory.submitted(cast.enrolment, cast.modules[0])
    client = as_user(getattr(cast, role))
    with django_assert_max_num_queries(12):
        assert client.get(address(cast, "cohort_entry", 17, 1)).status_code == 302


def test_a_cell_says_returns_and_more_time(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    factory.sent_back(factory.submitted(cast.enrolment, cast.modules[0]).entry, cast.instructor)
    factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor)
    later = NOW + timedelta(days=6)
    workflow.extend(
        user=cast.lead,
        enrolment=cast.enrolment,
        module=cast.modules[1],
        due=later,
        closes=later + timedelta(days=90),
        reason="Sakit",
        now=NOW,
    )
    shown = cells(as_user(cast.lead).get(address(cast)))
    assert "kembali 2×" in shown[cast.enrolment.ndh][0]
    assert shown[cast.enrolment.ndh][1].endswith("waktu tambahan")
    assert "kembali" not in shown[cast.peer_enrolment.ndh][0]
    assert "waktu" not in shown[cast.peer_enrolment.ndh][1]
