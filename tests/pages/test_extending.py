"""More time for one participant, a group or a selection."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from journals import workflow
from journals.models import Entry, Event, Extension, Notice
from tests import factory
from tests.factory import NOW
from tests.pages.recap import address

DUE = "2026-12-01T23:59"
DAY = timedelta(days=1)


@pytest.fixture
def more(cast):
    """Two more participants of the first group."""
    group = cast.enrolment.group
    return [factory.enrol(factory.make_user(f"Peserta {ndh}"), cast.cohort, group, ndh) for ndh in (60, 61)]


def asked(*people: int, **more) -> dict:
    return {"modul": "1", "peserta": [str(ndh) for ndh in people], "tenggat": DUE, "alasan": "Tugas luar", **more}


def extend(client, cast, *people: int, **more):
    return client.post(address(cast, "cohort_extend"), asked(*people, **more))


def test_one_participant_gets_more_time_at_once(cast, as_user):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    client = as_user(cast.lead)
    answer = extend(client, cast, 17)
    assert answer.url == address(cast)
    given = Extension.objects.get()
    assert (given.due.isoformat(), given.reason, given.by) == ("2026-12-01T15:59:59+00:00", "Tugas luar", cast.lead)
    assert given.closes - given.due == timedelta(days=7)  # as far apart as in the schedule
    entry.refresh_from_db()
    assert entry.due_at == given.due
    assert Event.objects.filter(kind="extended", subject_kind="entry", actor=cast.lead).count() == 1
    assert Notice.objects.get(kind="extended").recipient == cast.participant
    page = client.get(answer.url).content.decode()
    assert f"{cast.participant.full_name} kini mendapat waktu tambahan." in page


def test_a_cohort_that_is_over_says_that_nobody_is_left(cast, as_user):
    page = reverse("cohort_extension", args=[cast.cohort.key])
    text = "Tidak ada lagi peserta aktif di angkatan ini"
    assert text not in as_user(cast.lead).get(page).content.decode()
    cast.cohort.enrolments.update(status="completed")
    assert text in as_user(cast.lead).get(page).content.decode()


def test_several_are_shown_first_and_each_gets_it_or_says_why_not(cast, as_user, more):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.lead)
    shown = extend(client, cast, 17, 60, 61).content.decode()
    assert "Waktu tambahan untuk 2 peserta?" in shown
    assert re.search(rf"{re.escape(cast.participant.full_name)} – Entri ini sekarang berstatus", shown)
    assert not Extension.objects.exists()
    answer = extend(client, cast, 17, 60, 61, confirmed="1")
    assert sorted(Extension.objects.values_list("enrolment__ndh", flat=True)) == [60, 61]
    page = client.get(answer.url).content.decode()
    assert "2 peserta kini mendapat waktu tambahan." in page
    assert f"Tanpa waktu tambahan: {cast.participant.full_name} – Entri ini sekarang berstatus" in page
    event = Event.objects.get(kind="extended")
    assert (event.subject_kind, more[0].pk in json.loads(event.data)["enrolments"]) == ("cohort", True)


def test_the_way_back_from_the_preview_brings_everything_along(cast, as_user, more):
    client = as_user(cast.lead)
    shown = extend(client, cast, 60, 61, alasan="Dinas & luar kota").content.decode()
    back = re.search(r'<a class="btn" href="([^"]*perpanjang[^"]*)"', shown).group(1).replace("&amp;", "&")
    page = client.get(back).content.decode()
    assert "Dinas &amp; luar kota" in page
    assert f'value="{DUE}"' in page
    assert re.findall(r'value="(\d+)" checked', page) == ["60", "61"]


def test_a_group_can_be_chosen_by_address(cast, as_user, more):
    page = as_user(cast.lead).get(
        address(cast, "cohort_extension"), {"kelompok": cast.enrolment.group_id, "modul": "2"}
    )
    html = page.content.decode()
    checked = re.findall(r'value="(\d+)" checked', html)
    assert {"17", "60", "61"} <= set(checked)
    assert re.search(r'<option value="2" selected', html)
    others = cast.cohort.enrolments.exclude(group=cast.enrolment.group).values_list("ndh", flat=True)
    assert not set(checked) & {str(ndh) for ndh in others}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"alasan": " "}, "Tuliskan alasannya."),
        ({"peserta": []}, "Pilih sedikitnya satu peserta."),
        ({"peserta": ["999"]}, "999"),
        ({"modul": "99"}, "99"),
        ({"tenggat": "besok"}, "tanggal"),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_typed(cast, as_user, change, message):
    answer = as_user(cast.lead).post(address(cast, "cohort_extend"), asked(17) | {"alasan": "Sakit"} | change)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert message in re.search(r'class="error-summary".*?</ul>', html, re.S).group()
    assert ("Sakit" in html) == (change.get("alasan") is None)
    assert not Extension.objects.exists()


def test_less_time_is_refused_with_what_was_typed(cast, as_user):
    answer = extend(as_user(cast.lead), cast, 17, tenggat="2026-11-24T23:59")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Perpanjangan memberi waktu lebih" in html
    assert "Tugas luar" in html


def test_a_lead_gives_themselves_nothing(cast, as_user):
    factory.enrol(cast.lead, cast.cohort, cast.enrolment.group, 40)
    answer = extend(as_user(cast.lead), cast, 40)
    assert answer.status_code == 409
    assert "Tidak seorang pun memutuskan pekerjaannya sendiri" in answer.content.decode()


def test_an_extension_that_is_longer_already_stays(cast, as_user, more):
    for enrolment, days in zip(more, (4, 40), strict=True):
        due = NOW + days * DAY
        common = {"user": cast.lead, "module": cast.modules[0], "reason": "Sakit", "now": NOW}
        workflow.extend(enrolment=enrolment, due=due, closes=due + 7 * DAY, **common)
    extend(as_user(cast.lead), cast, 60, 61, confirmed="1")
    assert Entry.objects.count() == 0
    newest = {one.enrolment.ndh: one.due for one in Extension.objects.order_by("id")}
    assert newest[61] == NOW + 40 * DAY


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(cast, as_user, django_assert_num_queries, rows):
    group = cast.enrolment.group
    people = [factory.enrol(factory.make_user(f"Orang {n}"), cast.cohort, group, 50 + n) for n in range(rows)]
    for enrolment in people:
        factory.draft(enrolment, cast.modules[0])
    client = as_user(cast.lead)
    with django_assert_num_queries(6):
        assert client.get(address(cast, "cohort_extension")).status_code == 200
    with django_assert_num_queries(16):
        assert extend(client, cast, *(one.ndh for one in people), confirmed="1").status_code == 302
    assert Extension.objects.count() == rows


def test_the_cohort_and_the_cell_lead_here_for_leads_only(cast, as_user):
    for user, offered in ((cast.lead, True), (cast.organiser, True), (cast.instructor, False)):
        for page in (address(cast), address(cast, "cohort_entry", 17, 1)):
            html = as_user(user).get(page).content.decode()
            assert ("perpanjang/" in html) == offered, (user, page)


def test_leads_tick_participants_in_the_gradebook(cast, as_user):
    page = as_user(cast.lead).get(address(cast)).content.decode()
    assert "<input type=checkbox name=peserta form=pick value=17>" in page
    assert (
        f'<form id="pick" class="cluster no-print" method="get" action="{address(cast, "cohort_extension")}">' in page
    )
    assert f'formaction="{address(cast, "cohort_release_choice")}"' in page
    assert "name=peserta" not in as_user(cast.instructor).get(address(cast)).content.decode()


def test_the_review_page_leads_to_more_time(cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    there = f'href="{address(cast, "cohort_extension")}?modul=1&amp;peserta=17"'
    review = reverse("review", args=[entry.key])
    assert there in as_user(cast.lead).get(review).content.decode()
    assert there not in as_user(cast.instructor).get(review).content.decode()
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    given = workflow.ReviewInput("", factory.scores())
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=given, now=NOW)
    assert there not in as_user(cast.lead).get(review).content.decode()


def queue_page(as_user, user, **query) -> str:
    return as_user(user).get(reverse("queue"), query).content.decode()


def test_a_row_of_the_queue_leads_to_more_time(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    there = f'href="{address(cast, "cohort_extension")}?modul=1&amp;peserta=17"'
    assert there in queue_page(as_user, cast.lead)
    assert there not in queue_page(as_user, cast.instructor)


def test_rows_of_one_module_are_chosen_together(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor)
    box = 'class="queue-pick" name="peserta" value="{}" form="pick"'
    waiting = queue_page(as_user, cast.lead, modul="1")
    assert box.format(17) in waiting
    assert f'id="pick" class="cluster no-print" method="get" action="{address(cast, "cohort_extension")}"' in waiting
    graded = queue_page(as_user, cast.lead, modul="1", tab="dinilai")
    assert box.format(31) in graded
    assert f'action="{address(cast, "cohort_release_choice")}"><input type="hidden" name="modul" value="1">' in graded
    for who, query in ((cast.lead, {}), (cast.instructor, {"modul": "1"})):
        assert "queue-pick" not in queue_page(as_user, who, **query)
    elsewhere = factory.make_cohort("Angkatan V", rubric=cast.cohort.rubric)
    factory.teach(cast.lead, elsewhere)
    assert "queue-pick" not in queue_page(as_user, cast.lead, modul="1")
    assert box.format(17) in queue_page(as_user, cast.lead, modul="1", angkatan=cast.cohort.key)
