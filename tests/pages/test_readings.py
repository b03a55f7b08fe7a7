"""Who read which journal: recorded where a text is shown, read by organisers and by the author."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from journals import workflow
from journals.models import Reading
from journals.services.my_data import data_of
from tests import factory
from tests.factory import NOW
from tests.pages.test_attachments import file_url, look


@pytest.fixture
def entry(cast):
    """The participant's submitted entry of module 1."""
    return factory.submitted(cast.enrolment, cast.modules[0]).entry


def readers(entry) -> list[str]:
    return list(entry.readings.order_by("pk").values_list("reader__name", flat=True))


def test_each_reader_is_recorded_once_a_day(cast, as_user, clock, entry):
    client = as_user(cast.instructor)
    for _time in range(2):
        client.get(reverse("review", args=[entry.key]))
    assert readers(entry) == [cast.instructor.name]
    clock.move_to(NOW + timedelta(days=1))
    as_user(cast.instructor).get(reverse("review", args=[entry.key]))
    as_user(cast.lead).get(reverse("review", args=[entry.key]))
    assert readers(entry) == [cast.instructor.name, cast.instructor.name, cast.lead.name]


def test_taking_an_entry_records_it_and_so_does_looking_ahead(cast, as_user, entry):
    following = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    client = as_user(cast.instructor)
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    assert readers(entry) == [cast.instructor.name]
    assert client.get(reverse("review_ahead", args=[entry.key])).status_code == 200
    assert readers(following) == [cast.instructor.name]


@pytest.mark.parametrize("page", ["review_talk", "review_comments"])
def test_pages_beside_the_text_count_too(cast, as_user, clock, entry, page):
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    clock.move_to(NOW + timedelta(days=1))
    assert as_user(cast.instructor).get(reverse(page, args=[entry.key])).status_code == 200
    assert readers(entry) == [cast.instructor.name] * 2


def test_the_author_is_never_recorded(cast, as_user, entry):
    attached = factory.attached(cast.enrolment, cast.modules[1])
    as_user(cast.participant).get(reverse("submission", args=[cast.cohort.key, 1, 1]))
    look(as_user(cast.participant), file_url(cast, attached))
    assert Reading.objects.count() == 0


def test_a_file_counts_as_its_entry(cast, as_user):
    attached = factory.attached(cast.enrolment, cast.modules[0])
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    address = file_url(cast, attached)
    assert look(as_user(cast.instructor), address)
    assert readers(entry) == [cast.instructor.name]
    assert as_user(cast.other_instructor).get(address).status_code == 403
    assert readers(entry) == [cast.instructor.name]


def test_refused_visitors_are_not_recorded(cast, as_user, entry):
    assert as_user(cast.other_instructor).get(reverse("review", args=[entry.key])).status_code == 403
    assert readers(entry) == []


def test_the_author_finds_the_readers_in_their_own_data(cast, as_user, entry):
    as_user(cast.lead).get(reverse("review", args=[entry.key]))
    (said,) = data_of(cast.participant)["enrolments"]
    assert [(row["entry__module__number"], row["reader__name"]) for row in said["read_by"]] == [(1, cast.lead.name)]
    (other,) = data_of(cast.peer)["enrolments"]
    assert other["read_by"] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_for_organisers(cast, as_user, django_assert_num_queries, rows, entry):
    for user in (cast.instructor, cast.lead, cast.organiser)[:rows]:
        workflow.note_reading(user=user, entry=entry, now=NOW)
    client = as_user(cast.organiser)
    address = reverse("cohort_readings", args=[cast.cohort.key])
    client.get(address)
    with django_assert_num_queries(8):
        page = client.get(address).content.decode()
    assert len(re.findall('<th scope="row">', page)) == rows
    assert cast.instructor.full_name in page
    assert "Belum ada yang membaca" in client.get(f"{address}?peserta=999").content.decode()
    assert cast.instructor.full_name in client.get(f"{address}?peserta={cast.enrolment.ndh}").content.decode()
    assert client.get(f"{address}?peserta=x").status_code == 200


def test_it_is_found_from_the_page_of_the_participant(cast, as_user, entry):
    page = as_user(cast.organiser).get(reverse("member", args=[cast.cohort.key, cast.enrolment.ndh])).content.decode()
    assert f"{reverse('cohort_readings', args=[cast.cohort.key])}?peserta={cast.enrolment.ndh}" in page
