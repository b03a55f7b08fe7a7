"""One cell of the cohort page: on to the review, or a word on why there is nothing to read."""

import pytest
from django.urls import reverse

from tests import factory
from tests.pages.recap import address


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
