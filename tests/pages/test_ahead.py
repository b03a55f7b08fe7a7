"""The next entry's page, at hand before it is asked for: it takes nothing, and stands only while it is still true."""

import pytest
from django.urls import reverse

from journals import workflow
from journals.enums import EntryState
from journals.models import Claim, Entry, Event, Review
from tests import factory
from tests.factory import NOW
from tests.pages.test_review import form_data

SCRIPT = {"Accept": "text/html, application/json"}


@pytest.fixture
def entry(cast) -> Entry:
    """The entry on the bench."""
    return factory.submitted(cast.enrolment, cast.modules[0]).entry


@pytest.fixture
def review(cast, entry) -> Review:
    """The instructor's unfinished review of it."""
    return workflow.claim(user=cast.instructor, entry=entry, now=NOW)


@pytest.fixture
def following(cast, entry) -> Entry:
    """The entry that comes next."""
    return factory.submitted(cast.peer_enrolment, cast.modules[0]).entry


def look(as_user, cast, entry, **query):
    """Ask for the page that follows."""
    return as_user(cast.instructor).get(reverse("review_ahead", args=[entry.key]), query)


def stand(html: str) -> str:
    """What the form on a page was made for."""
    return html.partition('data-stand="')[2].partition('"')[0]


def grade(as_user, cast, entry, review, ahead: str, **more):
    """Grade and go on, with that page at hand."""
    data = form_data(review, then="next", items=["", ""], ahead=ahead, **more)
    return as_user(cast.instructor).post(reverse("review_grade", args=[entry.key]), data, headers=SCRIPT)


def test_it_is_the_bench_of_the_next_entry_and_takes_nothing(cast, as_user, review, entry, following):
    events = Event.objects.count()
    html = look(as_user, cast, entry, modul="1").content.decode()
    assert "Dimas Prayogo" in html
    assert 'name="points_pemahaman"' in html
    assert f'formaction="{reverse("review_grade", args=[following.key])}"' in html
    assert f'data-address="{reverse("review", args=[following.key])}?modul=1"' in html
    assert [claim.entry for claim in Claim.objects.all()] == [entry]
    assert (Review.objects.count(), Event.objects.count()) == (1, events)


def test_what_one_had_begun_is_in_its_form(cast, as_user, review, entry, following):
    begun = workflow.claim(user=cast.instructor, entry=following, now=NOW)
    given = workflow.ReviewInput(comment="Sudah saya baca.", scores=factory.scores("75"))
    workflow.save_review(user=cast.instructor, entry=following, version=begun.version, given=given, now=NOW)
    workflow.unclaim(user=cast.instructor, entry=following, now=NOW)
    html = look(as_user, cast, entry).content.decode()
    assert "Sudah saya baca." in html
    assert 'value="75"' in html
    answer = grade(as_user, cast, entry, review, stand(html))
    assert answer.json()["location"] == reverse("review", args=[following.key])


def test_after_the_decision_the_page_at_hand_is_enough(cast, as_user, review, entry, following):
    html = look(as_user, cast, entry).content.decode()
    answer = grade(as_user, cast, entry, review, stand(html), filter="modul=1")
    said = answer.json()
    assert said["location"] == reverse("review", args=[following.key]) + "?modul=1"
    assert "85,00" in said["messages"]
    assert Claim.objects.get().entry == following
    client = as_user(cast.instructor)
    page = client.get(said["location"]).content.decode()
    assert stand(page) == stand(html)
    assert "85,00 (" not in page  # it was said already


@pytest.mark.parametrize("what", ["another form", "a new submission", "a saved review", "taken"])
def test_a_page_that_is_no_longer_true_is_not_used(cast, as_user, review, entry, following, what):
    ahead = stand(look(as_user, cast, entry).content.decode())
    to = following
    if what == "another form":
        ahead = "1.1.1"
    elif what == "a new submission":
        workflow.withdraw(user=cast.peer, entry=following, now=NOW)
        factory.submitted(cast.peer_enrolment, cast.modules[0])
    elif what == "a saved review":
        begun = workflow.claim(user=cast.instructor, entry=following, now=NOW)
        given = workflow.ReviewInput(comment="Di komputer lain.")
        workflow.save_review(user=cast.instructor, entry=following, version=begun.version, given=given, now=NOW)
    else:
        workflow.claim(user=cast.lead, entry=following, now=NOW)
        to = factory.submitted(cast.peer_enrolment, cast.modules[1]).entry
    answer = grade(as_user, cast, entry, review, ahead)
    assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("review", args=[to.key]))


def test_a_refused_decision_takes_nothing(cast, as_user, review, entry, following):
    ahead = stand(look(as_user, cast, entry).content.decode())
    answer = grade(as_user, cast, entry, review, ahead, points_refleksi="")
    assert answer.status_code == 422
    assert Claim.objects.get().entry == entry
    following.refresh_from_db()
    assert following.state == EntryState.SUBMITTED


def test_nothing_follows(cast, as_user, review, entry):
    answer = look(as_user, cast, entry)
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("more", [False, True])
def test_it_costs_the_same_however_much_waits(cast, as_user, review, entry, following, more, django_assert_num_queries):
    if more:
        factory.submitted(cast.peer_enrolment, cast.modules[1])
        factory.submitted(cast.enrolment, cast.modules[1])
    client = as_user(cast.instructor)
    with django_assert_num_queries(11):
        client.get(reverse("review_ahead", args=[entry.key]))
