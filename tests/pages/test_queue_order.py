"""The orders of the queue: pages, "the next one" and the counts of the choices follow what one sees."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse

from journals import workflow
from journals.models import Entry
from journals.services import queue as queues
from journals.services import queue_entries
from journals.services.queue_filters import SORTS, Filters
from tests import factory
from tests.factory import NOW
from tests.pages.test_queue import names, page

# Name, when it arrived and came due (in hours), and how many words each part has; two of each are the same.
PEOPLE = [("A", 1, 9, 7), ("B", 2, 8, 6), ("C", 2, 8, 6), ("D", 3, 7, 9), ("E", 0, 7, 5)]
ORDERS = {
    "": "DEBCA",
    "masuk": "EABCD",
    "terbaru": "DCBAE",
    "pendek": "EBCAD",
    "panjang": "DACBE",
    "lain": "DEBCA",
}


@pytest.fixture
def waiting(cast):
    """Five entries that wait; by name."""
    entries = {}
    for number, (name, arrived, due, words) in enumerate(PEOPLE):
        enrolment = factory.enrol(factory.make_user(name), cast.cohort, cast.group, 100 + number)
        text = f"<p>{' '.join(['kata'] * words)}</p>"
        entry = factory.submitted(enrolment, cast.modules[0], text=text, now=NOW + timedelta(hours=arrived)).entry
        Entry.objects.filter(pk=entry.pk).update(due_at=NOW + timedelta(days=due))
        entries[name] = entry
    return entries


def all_pages(as_user, user, query: str) -> list[str]:
    """The names of a list that is read to its end."""
    client, seen, query = as_user(user), [], f"?{query}"
    while query:
        html = client.get(reverse("queue") + query).content.decode()
        seen += names(html)
        more = re.search(r'rel="next" href="[^?]*(\?[^"]+)"', html)
        query = more and more[1].replace("&amp;", "&")
    return seen


@pytest.mark.parametrize("size", [1, 2, 25])
@pytest.mark.parametrize(("sort", "order"), ORDERS.items())
def test_pages_follow_each_other_in_each_order(cast, as_user, waiting, monkeypatch, sort, order, size):
    monkeypatch.setattr(queues, "PAGE_SIZE", size)
    assert "".join(all_pages(as_user, cast.instructor, f"urut={sort}")) == order


@pytest.mark.parametrize(("sort", "order"), ORDERS.items())
def test_the_next_one_is_the_one_below(cast, as_user, waiting, sort, order):
    """Behind the last one it starts again from the first."""
    filters = Filters.of({"urut": sort})
    find = lambda after: queue_entries.next_waiting(cast.instructor, filters, NOW, after=after)  # noqa: E731
    assert find(None) == waiting[order[0]]
    for before, behind in pairwise(order + order[0]):
        assert find(Entry.objects.get(pk=waiting[before].pk)) == waiting[behind]


def test_save_and_next_goes_on_in_the_order_of_the_list(cast, as_user, waiting):
    """Below what was graded, also where that was opened from the middle."""
    client = as_user(cast.instructor)
    entry, seen = waiting["A"], ["A"]
    for _round in range(4):
        review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
        data = {"version": review.version, "then": "next", "filter": "urut=panjang", "submission": 1}
        data |= {f"points_{code}": "85" for code, _weight in factory.CRITERIA}
        answer = client.post(reverse("review_grade", args=[entry.key]), data)
        assert answer.status_code == 302
        assert answer.url.endswith("?urut=panjang")
        entry = next(one for one in waiting.values() if one.key in answer.url)
        seen += [name for name, one in waiting.items() if one == entry]
    assert "".join(seen) == "ACBED"


def test_graded_ones_stand_by_their_decision_unless_asked_otherwise(cast, as_user, waiting, monkeypatch):
    monkeypatch.setattr(queues, "PAGE_SIZE", 2)
    for hours, name in enumerate("CADBE"):
        at = NOW + timedelta(hours=7 + hours)
        review = workflow.claim(user=cast.instructor, entry=waiting[name], now=at)
        given = workflow.ReviewInput("", factory.scores())
        workflow.grade(user=cast.instructor, entry=waiting[name], version=review.version, given=given, now=at)
    assert "".join(all_pages(as_user, cast.instructor, "tab=dinilai")) == "EBDAC"
    assert "".join(all_pages(as_user, cast.instructor, "tab=dinilai&urut=terbaru")) == ORDERS["terbaru"]
    html = page(as_user, cast.instructor, tab="dinilai", urut="pendek")
    assert 'value="">Keputusan terbaru' in html
    assert "22.00 WITA" in html.split("queue-entry")[1]  # when E was decided, whatever the order


def test_the_latest_submission_decides(cast, as_user, waiting):
    factory.sent_back(waiting["E"], cast.instructor, now=NOW + timedelta(hours=4))
    longer = f"<p>{' '.join(['kata'] * 20)}</p>"
    factory.submitted(waiting["E"].enrolment, cast.modules[0], text=longer, now=NOW + timedelta(hours=5))
    assert names(page(as_user, cast.instructor, urut="terbaru"))[0] == "E"
    assert names(page(as_user, cast.instructor, urut="panjang"))[0] == "E"


@pytest.mark.parametrize("sort", SORTS)
def test_the_page_says_its_order_and_keeps_it(cast, as_user, waiting, sort, monkeypatch):
    monkeypatch.setattr(queues, "PAGE_SIZE", 2)
    html = page(as_user, cast.instructor, urut=sort, modul="1")
    chosen = re.search(rf'<option value="{sort}" selected>([^<]+)<', html.split('id="id_urut"')[1])[1]
    assert f"Entri, urutan: {chosen}</caption>" in html
    inside = html.split('id="queue-next"')[1].split("</div>")[0]
    query = f"modul=1&amp;urut={sort}" if sort else "modul=1"
    assert f'name="filter" value="{query}"' in inside
    for place in ('class="queue-name" href="', 'rel="next" href="', 'class="tabs"'):
        assert f"?{query}" in html.split(place)[1].split("</nav>")[0]


def test_choices_count_what_they_would_show(cast, as_user):
    """Cohorts under the chosen module, modules under the chosen cohort, both under what is searched."""
    factory.teach(cast.instructor, cast.outside_cohort)
    group = factory.make_group(cast.outside_cohort)
    outside = factory.enrol(factory.make_user("Rosalina"), cast.outside_cohort, group, 17)
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    factory.submitted(cast.enrolment, cast.modules[1])
    factory.submitted(outside, cast.modules[0])

    def seen(**query) -> list[int]:
        html = page(as_user, cast.instructor, **query)
        options = [html.split(f'id="{name}"')[1].split("</select>")[0] for name in ("id_angkatan", "id_modul")]
        return [int(number) for part in options for number in re.findall(r'value="[^"]+"[^>]*>[^<]*\((\d+)\)<', part)]

    cohorts, modules = slice(0, 2), slice(2, 4)
    everything = seen()
    assert (sorted(everything[cohorts]), everything[modules]) == ([1, 3], [3, 1])
    assert sorted(seen(modul="2")[cohorts]) == [0, 1]
    assert seen(modul="2")[modules] == [3, 1]  # what another choice would show
    assert seen(angkatan=cast.outside_cohort.key)[modules] == [1, 0]
    assert sorted(seen(angkatan=cast.outside_cohort.key)[cohorts]) == [1, 3]
    assert seen(cari="rosalina")[modules] == [1, 0]
    assert seen(tab="dinilai") == [0, 0, 0, 0]
