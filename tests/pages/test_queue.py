"""The instructor's queue as its readers see it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from journals import workflow
from journals.models import Claim, Entry
from journals.services import queue as queues
from tests import factory
from tests.factory import NOW


def page(as_user, user, **query) -> str:
    """The queue's HTML for a user."""
    answer = as_user(user).get(reverse("queue"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def names(html: str) -> list[str]:
    """The names in the rows, in their order."""
    return re.findall(r'class="queue-name"[^>]*>([^<]+)<', html)


def counts(html: str) -> list[int]:
    """The numbers on the four tabs."""
    return [int(number) for number in re.findall(r'class="tab-count num">(\d+)<', html)]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("instructor", 200),
        ("lead", 200),
        ("outside_instructor", 200),
        ("peer", 403),
        ("nobody", 403),
        ("organiser", 403),
    ],
)
def test_the_queue_is_for_instructors(cast, as_user, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(reverse("queue")).status_code == status
    assert client.post(reverse("queue")).status_code == (405 if status == 200 else status)
    if status != 200:
        assert client.post(reverse("review_next")).status_code == status


def test_oldest_due_first_and_only_what_one_covers(cast, as_user):
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    older = factory.submitted(cast.enrolment, cast.modules[0]).entry
    Entry.objects.filter(pk=older.pk).update(due_at=NOW - timedelta(days=1))
    factory.draft(cast.enrolment, cast.modules[1])
    assert names(page(as_user, cast.instructor)) == ["Ratna Kusumaningrum, A.Md.Keb.", "Dimas Prayogo, S.E."]
    assert names(page(as_user, cast.other_instructor)) == []
    assert names(page(as_user, cast.outside_instructor)) == []
    assert len(names(page(as_user, cast.lead))) == 2


def test_an_instructor_never_meets_an_own_entry(cast, as_user):
    own = factory.enrol(cast.lead, cast.cohort, cast.group)
    factory.submitted(own, cast.modules[0])
    assert names(page(as_user, cast.lead)) == []
    assert len(names(page(as_user, cast.instructor))) == 1


def test_tabs_count_and_show_each_state(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.returned(cast.enrolment, cast.modules[1], cast.instructor)
    factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor, points="92.5")
    begun = factory.submitted(cast.peer_enrolment, cast.modules[1]).entry
    workflow.claim(user=cast.instructor, entry=begun, now=NOW)
    html = page(as_user, cast.instructor)
    assert counts(html) == [2, 1, 1, 1]
    assert "Anda menelaah, sampai 11.30&nbsp;WITA" in html
    assert names(page(as_user, cast.instructor, tab="saya")) == ["Dimas Prayogo, S.E."]
    returned = page(as_user, cast.instructor, tab="dikembalikan")
    assert names(returned) == ["Ratna Kusumaningrum, A.Md.Keb."]
    graded = page(as_user, cast.instructor, tab="dinilai")
    assert "92,50" in graded
    assert "Dr. Endah Lestari" not in html.split("<main")[1].split("<table")[0]
    # What one has begun stays in one's own pile after the lease is gone.
    workflow.unclaim(user=cast.instructor, entry=begun, now=NOW)
    assert names(page(as_user, cast.instructor, tab="saya")) == ["Dimas Prayogo, S.E."]


def test_rows_say_who_holds_what_is_late_and_what_comes_again(cast, as_user, clock):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    again = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.lead, entry=again, now=NOW)
    late = NOW + timedelta(days=4)
    factory.submitted(cast.peer_enrolment, cast.modules[0], now=late)
    html = page(as_user, cast.instructor)
    assert "Sedang ditelaah oleh Ketut Sudarma sampai 11.30&nbsp;WITA" in html
    assert "badge--returned" in html
    assert "Terlambat" in html
    clock.move_to(NOW + workflow.claiming.LEASE * 2)
    assert "Sedang ditelaah" not in page(as_user, cast.instructor)  # the lease ran out by itself


def test_filters_stand_in_the_address(cast, as_user):
    factory.teach(cast.instructor, cast.outside_cohort)
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.submitted(cast.peer_enrolment, cast.modules[1])
    outside = factory.enrol(
        factory.make_user("Rosalina"), cast.outside_cohort, factory.make_group(cast.outside_cohort), 17
    )
    factory.submitted(outside, cast.modules[0])
    see = lambda **query: names(page(as_user, cast.instructor, **query))  # noqa: E731
    assert len(see()) == 3
    assert see(angkatan=cast.outside_cohort.key) == ["Rosalina"]
    assert see(modul="2") == ["Dimas Prayogo, S.E."]
    assert len(see(cari="17")) == 2  # an attendance-list number
    assert see(cari="dimas  pra") == ["Dimas Prayogo, S.E."]
    assert see(kelompok=str(cast.group.pk), modul="1") == ["Ratna Kusumaningrum, A.Md.Keb."]
    assert see(cari="tidak ada") == []
    assert "Hapus saringan" in page(as_user, cast.instructor, cari="tidak ada")


def test_the_cohort_choice_counts_what_waits_there(cast, as_user):
    factory.teach(cast.instructor, cast.outside_cohort)
    factory.submitted(cast.enrolment, cast.modules[0])
    html = page(as_user, cast.instructor)
    assert "Angkatan IV (1)" in html
    assert "Angkatan V (0)" in html


@pytest.mark.parametrize(
    "query",
    [
        {"angkatan": "x" * 12},
        {"kelompok": "9" * 5000},
        {"kelompok": "9999999"},
        {"kelompok": "abc"},
        {"modul": "-1"},
        {"tab": "lain"},
        {"sesudah": "1-"},
        {"sesudah": "99999999999999999999-1"},
        {"modul": "9" * 40},
        {"urut": "lain"},
        {"urut": "pendek", "sesudah": "99999999999999999-1"},
        {"urut": "masuk", "sesudah": "99999999999999999-999999999999999999"},
        {"cari": "%"},
        {"cari": "_ ' \" \\ a" * 9},
    ],
)
def test_nonsense_in_the_address_does_no_harm(cast, as_user, query):
    factory.submitted(cast.enrolment, cast.modules[0])
    page(as_user, cast.instructor, **query)


def test_pages_follow_each_other_without_gap_or_repetition(cast, as_user, monkeypatch):
    monkeypatch.setattr(queues, "PAGE_SIZE", 2)
    for number in range(5):
        enrolment = factory.enrol(factory.make_user(f"Orang {number}"), cast.cohort, cast.group, 100 + number)
        factory.submitted(enrolment, cast.modules[0])
    for tab in ("menunggu", "dinilai"):
        client, seen, query = as_user(cast.instructor), [], f"?tab={tab}"
        while query:
            html = client.get(reverse("queue") + query).content.decode()
            seen += names(html)
            more = re.search(r'rel="next" href="[^?]*(\?[^"]+)"', html)
            query = more and more[1].replace("&amp;", "&")
        assert sorted(seen) == [f"Orang {number}" for number in range(5)]
        for entry in Entry.objects.filter(state="submitted"):
            review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
            workflow.grade(
                user=cast.instructor,
                entry=entry,
                version=review.version,
                now=NOW,
                given=workflow.ReviewInput("", factory.scores()),
            )


def test_the_next_button_and_the_choices_can_be_swapped_even_when_empty(cast, as_user):
    """htmx replaces them with the list: a place that is missing could not be filled again."""
    for html in (page(as_user, cast.instructor), page(as_user, cast.instructor, modul="2")):
        for place in ("queue-next", "queue-cohort", "queue-group", "queue-module"):
            assert html.count(f'id="{place}"') == 1
            assert f"#{place}" in html.split('hx-select-oob="')[1].split('"')[0]
    factory.submitted(cast.enrolment, cast.modules[0])
    inside = page(as_user, cast.instructor, modul="1").split('id="queue-next"')[1].split("</div>")[0]
    assert 'name="filter" value="modul=1"' in inside


def test_clearing_the_filters_keeps_the_tab(cast, as_user):
    html = page(as_user, cast.instructor, tab="dinilai", modul="2")
    assert f'href="{reverse("queue")}?tab=dinilai">Hapus saringan' in html
    assert "Ubah pilihan" in html  # no words were typed that could be fewer
    assert "kata yang lebih sedikit" in page(as_user, cast.instructor, cari="tidak ada")


def test_the_graded_tab_says_when_and_with_which_band(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="92.5")
    rows = page(as_user, cast.instructor, tab="dinilai").split("<tbody")[1]
    assert "Senin, 23 November, " in rows
    assert "Sangat Memuaskan" in rows


def test_another_year_is_said(cast, as_user):
    entry = factory.returned(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    assert "28 November, " in page(as_user, cast.instructor, tab="dikembalikan")
    Entry.objects.filter(pk=entry.pk).update(due_at=NOW + timedelta(days=100))
    assert "3 Maret 2027, " in page(as_user, cast.instructor, tab="dikembalikan")


def test_a_row_names_its_cohort_only_where_that_is_not_chosen(cast, as_user):
    factory.teach(cast.instructor, cast.outside_cohort)
    factory.submitted(cast.enrolment, cast.modules[0])
    said = f'class="queue-who">{cast.cohort.name}<'
    assert said in page(as_user, cast.instructor)
    assert said not in page(as_user, cast.instructor, angkatan=cast.cohort.key)


def test_an_empty_queue_is_kind(cast, as_user):
    html = page(as_user, cast.instructor)
    assert "Tidak ada yang menunggu" in html
    assert reverse("review_next") not in html


def test_next_takes_the_oldest_that_nobody_holds(cast, as_user):
    first = factory.submitted(cast.enrolment, cast.modules[0]).entry
    second = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.lead, entry=first, now=NOW)
    answer = as_user(cast.instructor).post(reverse("review_next"))
    assert answer.url == reverse("review", args=[second.key])
    assert Claim.objects.get(entry=second).reviewer == cast.instructor
    assert Claim.objects.get(entry=first).reviewer == cast.lead


def test_next_stays_within_the_filter_and_says_when_there_is_nothing(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    answer = as_user(cast.instructor).post(reverse("review_next"), {"filter": "modul=2"}, follow=True)
    assert "Tidak ada lagi yang menunggu di sini." in answer.content.decode()
    assert answer.request["QUERY_STRING"] == "modul=2"
    assert not Claim.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("tab", ["menunggu", "saya", "dikembalikan", "dinilai"])
def test_queries(cast, as_user, django_assert_num_queries, rows, tab):
    make = {
        "menunggu": lambda *it: factory.submitted(*it[:2]),
        "dikembalikan": factory.returned,
        "dinilai": factory.graded,
        "saya": lambda *it: workflow.claim(user=it[2], entry=factory.submitted(*it[:2]).entry, now=NOW),
    }[tab]
    for number in range(rows):
        enrolment = factory.enrol(factory.make_user(f"Orang {number}"), cast.cohort, cast.group, 100 + number)
        make(enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.instructor)
    client.get(reverse("queue"))
    with django_assert_num_queries(10):
        html = client.get(reverse("queue"), {"tab": tab}).content.decode()
    assert len(names(html)) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_next(cast, as_user, django_assert_num_queries, rows):
    for number in range(rows):
        enrolment = factory.enrol(factory.make_user(f"Orang {number}"), cast.cohort, cast.group, 100 + number)
        factory.submitted(enrolment, cast.modules[0])
    client = as_user(cast.instructor)
    with django_assert_num_queries(20):
        client.post(reverse("review_next"))
