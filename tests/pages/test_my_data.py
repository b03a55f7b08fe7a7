"""Everything about me and nothing about anybody else, as one file."""

import json

import pytest
from django.urls import reverse

from journals import workflow
from journals.keys import random_key
from journals.models import Cohort
from journals.services import books
from tests import factory
from tests.factory import NOW


def taken(client) -> dict:
    answer = client.post(reverse("my_data_take"))
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    return json.loads(answer.content)


@pytest.fixture
def lived_in(cast, clock):
    factory.attached(cast.enrolment, cast.modules[0])
    factory.draft(cast.enrolment, cast.modules[0])
    factory.marked(cast.enrolment, cast.modules[0], behaviour=factory.make_behaviour(factory.make_value()))
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    factory.draft(cast.enrolment, cast.modules[1], text="<p>Draf saya yang rahasia.</p>")
    factory.checkpoint(cast.enrolment.entries.get(module=cast.modules[1]))
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    workflow.announce(user=cast.lead, cohort=cast.cohort, key=random_key(), title="J", text="Halo", to=None, now=NOW)
    books.issue(cast.enrolment, by=cast.participant, now=NOW)
    return cast


def test_a_participant_gets_all_of_it(lived_in, as_user):
    client = as_user(lived_in.participant)
    assert "Data saya" in client.get(reverse("my_data")).content.decode()
    said = taken(client)
    assert said["account"]["nip"] == lived_in.participant.nip
    [enrolment] = said["enrolments"]
    assert enrolment["cohort"] == lived_in.cohort.name
    assert {entry["state"] for entry in enrolment["entries"]} == {"graded", "draft"}
    assert any("Draf saya yang rahasia." in row["responses__body"] for row in enrolment["drafts"])
    for kind in ("earlier_states", "evidence", "attachments", "submissions", "feedback", "announcements", "books"):
        assert enrolment[kind], kind
    assert enrolment["feedback"][0]["score"] == "85.00"
    assert said["events"]
    assert said["notices"]
    assert lived_in.participant.password not in json.dumps(said)


def test_nothing_of_others_is_in_it(lived_in, as_user):
    text = json.dumps(taken(as_user(lived_in.participant)))
    for other in (lived_in.peer, lived_in.stranger, lived_in.lead):
        assert other.nip not in text
        assert other.email not in text
    assert lived_in.peer.name not in text


def test_what_is_not_released_is_not_in_it(cast, as_user, clock):
    Cohort.objects.filter(pk=cast.cohort.pk).update(release_policy="at_release")
    cast.enrolment.cohort.refresh_from_db()
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    said = taken(as_user(cast.participant))
    assert said["enrolments"][0]["feedback"] == []
    assert "Refleksi yang jujur." not in json.dumps(said)


def test_an_instructor_gets_what_they_wrote(lived_in, as_user):
    said = taken(as_user(lived_in.instructor))
    assert [review["comment"] for review in said["reviews_written"]] == ["Refleksi yang jujur."]
    assert said["teachings"][0]["cohort__name"] == lived_in.cohort.name
    assert "Draf saya yang rahasia." not in json.dumps(said)
