"""Sharing out what waits, and the queue that follows it."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from journals import workflow
from journals.models import Entry, Event
from tests import factory
from tests.factory import NOW
from tests.pages.recap import address
from tests.pages.test_queue import names


@pytest.fixture
def colleague(cast):
    """A second instructor of the whole cohort."""
    found = factory.make_user("Rina Wulandari")
    factory.teach(found, cast.cohort)
    return found


@pytest.fixture
def waiting(cast):
    """Six entries of the first group that wait, the longest first."""
    group, module = cast.enrolment.group, cast.modules[0]
    return [
        factory.submitted(
            factory.enrol(factory.make_user(f"Orang {n}"), cast.cohort, group, 60 + n), module, now=NOW + n * MINUTE
        ).entry
        for n in range(6)
    ]


MINUTE = timedelta(minutes=1)


def share(client, cast, *to, **more):
    return client.post(
        address(cast, "cohort_allocate"), {"dari": "belum", "modul": "semua", "ke": [each.pk for each in to], **more}
    )


def pile(user) -> int:
    return Entry.objects.filter(assignee=user).count()


def test_what_waits_is_shared_out_evenly(cast, as_user, colleague, waiting):
    client = as_user(cast.lead)
    answer = share(client, cast, cast.instructor, colleague)
    assert (pile(cast.instructor), pile(colleague)) == (3, 3)
    assert "6 entri dibagikan." in client.get(answer.url).content.decode()
    event = Event.objects.get(kind="allocated")
    assert json.loads(event.data) == {
        "from": None,
        "to": {str(cast.instructor.pk): 3, str(colleague.pk): 3},
        "module": None,
    }


def test_whoever_has_little_gets_more(cast, as_user, colleague, waiting):
    Entry.objects.filter(pk__in=[entry.pk for entry in waiting[:3]]).update(assignee=colleague)
    share(as_user(cast.lead), cast, cast.instructor, colleague)
    assert (pile(cast.instructor), pile(colleague)) == (3, 3)


def test_the_pile_of_somebody_absent_moves(cast, as_user, colleague, waiting):
    Entry.objects.update(assignee=cast.instructor)
    workflow.claim(user=cast.instructor, entry=waiting[0], now=NOW)
    share(as_user(cast.lead), cast, cast.instructor, colleague, dari=str(cast.instructor.pk))
    assert (pile(cast.instructor), pile(colleague)) == (1, 5)  # what is being reviewed stays


def test_nobody_gets_what_they_do_not_cover(cast, as_user, waiting):
    client = as_user(cast.lead)
    answer = share(client, cast, cast.other_instructor)
    assert pile(cast.other_instructor) == 0
    assert "6 entri tidak dicakup" in client.get(answer.url).content.decode()
    narrow = factory.make_user("Hanya Modul 2")
    factory.teach(narrow, cast.cohort, modules=[cast.modules[1]])
    share(client, cast, narrow)
    assert pile(narrow) == 0


def test_one_module_can_be_shared_out_alone(cast, as_user, colleague, waiting):
    other = factory.submitted(cast.enrolment, cast.modules[1]).entry
    share(as_user(cast.lead), cast, colleague, modul="2")
    assert list(Entry.objects.filter(assignee=colleague)) == [other]


def test_nobody_reviews_their_own(cast, as_user, colleague):
    own = factory.submitted(factory.enrol(colleague, cast.cohort, cast.enrolment.group, 70), cast.modules[0]).entry
    share(as_user(cast.lead), cast, colleague)
    own.refresh_from_db()
    assert own.assignee is None


@pytest.mark.parametrize("change", [{"ke": []}, {"ke": ["999999"]}, {"dari": "x"}, {"modul": "77"}])
def test_a_wrong_form_is_said(cast, as_user, waiting, change):
    data = {"dari": "belum", "modul": "semua", "ke": [cast.instructor.pk]} | change
    answer = as_user(cast.lead).post(address(cast, "cohort_allocate"), data)
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.content.decode()
    assert pile(cast.instructor) == 0


def test_a_pile_is_not_shared_out_onto_itself_alone(cast, as_user, waiting):
    Entry.objects.update(assignee=cast.instructor)
    answer = share(as_user(cast.lead), cast, cast.instructor, dari=str(cast.instructor.pk))
    assert answer.status_code == 422
    assert "Pilih sedikitnya satu widyaiswara angkatan ini." in answer.content.decode()


def test_the_page_says_who_is_behind(cast, as_user, colleague, waiting):
    Entry.objects.filter(pk__in=[entry.pk for entry in waiting[:2]]).update(
        assignee=colleague, due_at=NOW - timedelta(days=1)
    )
    factory.decided(waiting[5], cast.instructor)
    html = as_user(cast.lead).get(address(cast, "cohort_piles")).content.decode()
    rows = [re.sub(r"<[^>]*>", " ", row).split() for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", html, re.S)]
    found = {" ".join(row[:2]): [cell for cell in row if cell.isdigit()] for row in rows}
    assert found["Belum dibagikan"][:2] == ["3", "0"]
    assert found["Rina Wulandari"][:2] == ["2", "2"]
    assert found[" ".join(cast.instructor.full_name.split()[:2])][-1] == "1"


def test_the_queue_begins_with_ones_own_pile_and_nobodys(cast, as_user, colleague, waiting):
    Entry.objects.filter(pk=waiting[0].pk).update(assignee=cast.instructor)
    Entry.objects.filter(pk__in=[waiting[1].pk, waiting[2].pk]).update(assignee=colleague)
    get = as_user(cast.instructor).get
    shown = {
        choice: names(get(reverse("queue"), {"bagian": choice}).content.decode()) for choice in ("", "saya", "semua")
    }
    assert shown[""] == ["Orang 0", "Orang 3", "Orang 4", "Orang 5"]
    assert shown["saya"] == ["Orang 0"]
    assert len(shown["semua"]) == 6
    html = get(reverse("queue"), {"bagian": "semua"}).content.decode()
    assert html.count(">Rina Wulandari</span>") == 2
    assert "Tumpukan saya" in html


def test_the_next_entry_is_never_on_a_colleagues_pile(cast, as_user, colleague, waiting):
    Entry.objects.exclude(pk=waiting[5].pk).update(assignee=colleague)
    taken = as_user(cast.instructor).post(reverse("review_next"))
    assert taken.url == reverse("review", args=[waiting[5].key])
    everybody = as_user(cast.instructor).post(reverse("review_next"), {"filter": "bagian=semua"})
    assert everybody.url == reverse("review", args=[waiting[0].key]) + "?bagian=semua"


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(cast, as_user, django_assert_num_queries, rows):
    group = cast.enrolment.group
    for n in range(rows):
        factory.submitted(factory.enrol(factory.make_user(f"Orang {n}"), cast.cohort, group, 60 + n), cast.modules[0])
    client = as_user(cast.lead)
    with django_assert_num_queries(11):
        assert client.get(address(cast, "cohort_piles")).status_code == 200
    with django_assert_num_queries(18):
        assert share(client, cast, cast.instructor, cast.lead).status_code == 302
    assert pile(cast.instructor) + pile(cast.lead) == rows
