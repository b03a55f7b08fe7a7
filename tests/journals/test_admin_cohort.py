"""The organiser's cohort page: zones, seconds, schedules, defaults, and what it refuses."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from journals import audit, workflow
from journals.models import Cohort, Enrolment, Entry, Event, GradeBand, Rubric, Schedule, Teaching
from journals.services import rubrics
from tests import factory
from tests.factory import NOW

EMPTY = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}


def page_of(cast):
    return reverse("admin:journals_cohort_change", args=[cast.cohort.pk])


def posted(response) -> dict[str, str | list[str]]:
    """What a browser would send back, unchanged: every named control of the page's main form."""
    data = {}
    form = BeautifulSoup(response.content, "html.parser").select_one("#content-main form")
    for control in form.select("input[name], textarea[name], select[name]"):
        name, kind = control["name"], control.get("type")
        if control.has_attr("disabled") or "__prefix__" in name or kind in ("submit", "file"):
            continue
        if control.name == "select":
            data[name] = [option["value"] for option in control.select("option[selected]")]
        elif kind in ("checkbox", "radio"):
            if control.has_attr("checked"):
                data[name] = control.get("value", "on")
        else:
            data[name] = control.get("value", "") if control.name == "input" else control.text.strip()
    return data


def row(data, prefix, **wanted):
    """The number of the formset's row with these values."""
    for number in range(int(data[f"{prefix}-TOTAL_FORMS"])):
        if all(data.get(f"{prefix}-{number}-{name}") == str(value) for name, value in wanted.items()):
            return f"{prefix}-{number}"
    raise AssertionError(wanted)


@pytest.fixture
def desk(cast, as_user):
    """The cohort's page as the organiser has it open: client, address, data to send."""
    client = as_user(cast.organiser)
    response = client.get(page_of(cast))
    assert response.status_code == 200
    return client, page_of(cast), posted(response)


def test_times_are_shown_in_the_cohorts_zone(cast, as_user):
    response = as_user(cast.organiser).get(page_of(cast))  # the organiser lives in WIB, the cohort in WITA
    page = response.content.decode()
    assert "Jadwal (waktu dalam WITA)" in page
    assert 'value="2026-11-26T11:00"' in page  # NOW + 3 days is 10.00 WIB, 11.00 WITA
    assert 'value="2026-11-26T10:00"' not in page
    assert timezone.get_current_timezone_name() != "Asia/Makassar"


def test_saving_without_a_change_changes_nothing(desk, cast):
    client, url, data = desk
    before = list(Schedule.objects.order_by("pk").values())
    events = Event.objects.count()
    answer = client.post(url, data)
    assert answer.status_code == 302
    assert list(Schedule.objects.order_by("pk").values()) == before
    assert Event.objects.count() == events


def test_a_new_due_time_means_its_whole_minute_in_the_cohorts_zone(desk, cast):
    client, url, data = desk
    follows = factory.draft(cast.enrolment, cast.modules[0])
    first = Schedule.objects.get(cohort=cast.cohort, module=cast.modules[0])
    line = row(data, "schedules", id=first.pk)
    data |= {
        f"{line}-opens": "2026-11-16T07:00",
        f"{line}-due": "2026-11-30T23:59",
        f"{line}-closes": "2026-12-07T23.59",
    }
    assert client.post(url, data).status_code == 302
    first.refresh_from_db()
    assert first.opens == datetime(2026, 11, 15, 23, 0, tzinfo=UTC)
    assert first.due == datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
    follows.refresh_from_db()
    assert follows.due_at == first.due
    assert Event.objects.filter(kind="rescheduled", actor=cast.organiser).count() == 1


@pytest.mark.parametrize(("typed", "second"), [("2026-12-07T23:59", 59), ("2026-12-07 23:59:30", 30)])
def test_seconds_that_were_typed_are_kept(desk, typed, second):
    client, url, data = desk
    data["schedules-0-closes"] = typed
    assert client.post(url, data).status_code == 302
    closes = Schedule.objects.get(pk=data["schedules-0-id"]).closes
    assert closes == datetime(2026, 12, 7, 15, 59, second, tzinfo=UTC)


def test_entries_with_an_extension_do_not_follow_the_schedule(desk, cast):
    client, url, data = desk
    entry = factory.draft(cast.enrolment, cast.modules[0])
    own = NOW + timedelta(days=20)
    workflow.extend(
        user=cast.lead, enrolment=cast.enrolment, module=cast.modules[0], due=own, closes=own, reason="Sakit", now=NOW
    )
    data["schedules-0-due"] = "2026-11-29T23:59"
    assert client.post(url, data).status_code == 302
    assert Entry.objects.get(pk=entry.pk).due_at == own


def test_a_changed_zone_is_the_zone_of_the_times_posted_with_it(desk, cast):
    client, url, data = desk
    data |= {
        "timezone": "Asia/Jayapura",
        "schedules-0-due": "2026-11-30T23:59",
        "schedules-0-closes": "2026-12-07T23:59",
    }
    assert client.post(url, data).status_code == 302
    assert Schedule.objects.get(pk=data["schedules-0-id"]).due == datetime(2026, 11, 30, 14, 59, 59, tzinfo=UTC)


def test_errors_keep_the_zone(desk):
    client, url, data = desk
    data |= {"timezone": "Asia/Jayapura", "schedules-0-due": "2020-11-30T23:59"}
    answer = client.post(url, data)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Jadwal (waktu dalam WIT)" in page
    assert 'value="2020-11-30T23:59"' in page


@pytest.mark.parametrize("zone", ["Europe/Paris", "../../etc", ""])
def test_an_unknown_zone_is_refused(desk, zone):
    client, url, data = desk
    answer = client.post(url, data | {"timezone": zone})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["timezone"]


def test_a_module_with_entries_cannot_leave_the_schedule(desk, cast):
    client, url, data = desk
    factory.draft(cast.enrolment, cast.modules[0])
    second = row(data, "schedules", id=Schedule.objects.get(cohort=cast.cohort, module=cast.modules[1]).pk)
    answer = client.post(url, data | {"schedules-0-DELETE": "on", f"{second}-DELETE": "on"})
    assert "Peserta sudah menulis tentang modul 1;" in answer.content.decode()
    assert cast.cohort.schedules.count() == 2
    assert client.post(url, data | {f"{second}-DELETE": "on"}).status_code == 302
    assert cast.cohort.schedules.count() == 1


def test_the_module_of_a_schedule_cannot_be_swapped(desk, cast):
    client, url, data = desk
    third = factory.make_module(3)
    assert client.post(url, data | {"schedules-0-module": third.pk}).status_code == 302
    assert not Schedule.objects.filter(module=third).exists()


def test_a_participant_and_an_instructor_are_added_on_the_page(desk, cast):
    client, url, data = desk
    newcomer = factory.make_user("Nurul Huda")
    teachings = int(data["teachings-TOTAL_FORMS"])
    answer = client.post(
        url,
        data
        | {
            "enrolments-0-user": newcomer.pk,
            "enrolments-0-ndh": "40",
            "enrolments-0-group": cast.group.pk,
            "teachings-TOTAL_FORMS": teachings + 1,
            f"teachings-{teachings}-instructor": newcomer.pk,
            f"teachings-{teachings}-group": cast.other_group.pk,
        },
    )
    assert answer.status_code == 302
    assert Enrolment.objects.get(user=newcomer).ndh == 40
    assert Teaching.objects.get(instructor=newcomer).group == cast.other_group


def test_groups_of_other_cohorts_are_not_offered(desk, cast):
    client, url, data = desk
    foreign = factory.make_group(cast.outside_cohort)
    answer = client.post(
        url, data | {"enrolments-0-user": cast.nobody.pk, "enrolments-0-ndh": "40", "enrolments-0-group": foreign.pk}
    )
    assert answer.status_code == 200
    assert not Enrolment.objects.filter(user=cast.nobody).exists()


def test_participants_are_linked_and_not_listed(cast, as_user):
    page = as_user(cast.organiser).get(page_of(cast)).content.decode()
    assert f"{reverse('admin:journals_enrolment_changelist')}?cohort__id__exact={cast.cohort.pk}" in page
    assert "3 peserta" in page
    assert "Ratna Kusumaningrum" not in page


def test_overlapping_bands_are_refused(desk):
    client, url, data = desk
    line = row(data, "bands", name="Memuaskan")
    answer = client.post(url, data | {f"{line}-max_score": "90.01"})
    assert "bertumpang tindih" in answer.content.decode()


def test_a_gap_between_bands_is_refused(desk):
    client, url, data = desk
    line = row(data, "bands", name="Memuaskan")
    answer = client.post(url, data | {f"{line}-min_score": "80.50"})
    assert "Nilai antara 80,00 dan 80,50 tidak termasuk kualifikasi mana pun." in answer.content.decode()


def test_two_bands_are_moved_together(desk, cast):
    client, url, data = desk
    upper, lower = row(data, "bands", name="Sangat Memuaskan"), row(data, "bands", name="Memuaskan")
    assert client.post(url, data | {f"{upper}-min_score": "92.01", f"{lower}-max_score": "92"}).status_code == 302
    assert GradeBand.objects.get(cohort=cast.cohort, name="Memuaskan").max_score == Decimal("92.00")
    told = Event.objects.get(kind="bands")
    said = json.loads(told.data)
    assert (told.stream.name, told.actor) == (f"cohort:{cast.cohort.pk}", cast.organiser)
    assert said["before"]["Memuaskan"] == ["80.01", "90.00"]
    assert said["after"]["Memuaskan"] == ["80.01", "92.00"]
    assert list(audit.breaks()) == []
    client.post(url, posted(client.get(url)))
    assert Event.objects.filter(kind="bands").count() == 1  # saved without a change


def test_history_remembers_who(desk, cast):
    client, url, data = desk
    client.post(url, data | {"name": "Angkatan IV A"})
    newest = Cohort.history.filter(id=cast.cohort.pk).first()
    assert (newest.name, newest.history_user) == ("Angkatan IV A", cast.organiser)
    assert client.get(reverse("admin:journals_cohort_history", args=[cast.cohort.pk])).status_code == 200


# --- A new cohort -----------------------------------------------------------------------------------


def new_cohort(rubric, **more):
    data = {
        "name": "Angkatan VI",
        "programme": "Diklat ASN BerAKHLAK",
        "agency": "BPSDM",
        "timezone": "Asia/Jayapura",
        "starts": "2027-01-04",
        "ends": "2027-01-23",
        "rubric": rubric.pk,
        "release_policy": "at_once",
        "pass_mark": "70.01",
        "max_returns": "2",
        "late_policy": "mark",
        "late_deduction": "5",
        "late_floor": "70.01",
        "grace_seconds": "0",
        "make_schedule": "on",
        **{f"groups-{name}": value for name, value in EMPTY.items()},
    }
    return data | {"groups-TOTAL_FORMS": "2", "groups-0-name": "Kelompok 1", "groups-1-name": "Kelompok 2"} | more


@pytest.fixture
def bands(db):
    """Default grade bands."""
    for name, low, high in factory.BANDS:
        GradeBand.objects.create(name=name, min_score=Decimal(low), max_score=Decimal(high))


def test_a_new_cohort_gets_bands_groups_and_a_first_schedule(cast, as_user, bands):
    client = as_user(cast.organiser)
    answer = client.post(reverse("admin:journals_cohort_add"), new_cohort(cast.cohort.rubric))
    cohort = Cohort.objects.get(name="Angkatan VI")
    assert answer.url == reverse("admin:journals_cohort_change", args=[cohort.pk])
    assert list(cohort.groups.values_list("name", flat=True)) == ["Kelompok 1", "Kelompok 2"]
    assert list(cohort.bands.values_list("name", flat=True)) == [name for name, *_ in factory.BANDS]
    first, second = cohort.schedules.all()
    # 07.00 WIT is 22.00 UTC of the day before; due at the end of the next day, in WIT.
    assert first.opens == datetime(2027, 1, 3, 22, 0, tzinfo=UTC)
    assert first.due == datetime(2027, 1, 5, 14, 59, 59, tzinfo=UTC)
    assert first.closes == datetime(2027, 1, 12, 14, 59, 59, tzinfo=UTC)
    assert second.opens == first.opens + timedelta(days=10)


def test_the_first_schedule_can_be_declined(cast, as_user):
    as_user(cast.organiser).post(reverse("admin:journals_cohort_add"), new_cohort(cast.cohort.rubric, make_schedule=""))
    assert Cohort.objects.get(name="Angkatan VI").schedules.count() == 0


def test_the_default_rubric_is_chosen_beforehand(cast, as_user):
    rubrics.make_default(cast.outside_cohort.rubric)
    response = as_user(cast.organiser).get(reverse("admin:journals_cohort_add"))
    assert response.context["adminform"].form["rubric"].value() == cast.outside_cohort.rubric_id


def test_a_rubric_that_does_not_add_up_cannot_be_chosen(cast, as_user):
    rubric = factory.make_rubric("Timpang")
    rubric.criteria.filter(code="kualitas").update(weight=10)
    answer = as_user(cast.organiser).post(reverse("admin:journals_cohort_add"), new_cohort(rubric))
    assert "Jumlah bobot 95,00" in answer.content.decode()
    assert not Cohort.objects.filter(name="Angkatan VI").exists()


def test_a_rubric_without_levels_cannot_be_chosen(cast, as_user):
    rubric = factory.make_rubric("Kosong")
    rubric.criteria.first().levels.all().delete()
    answer = as_user(cast.organiser).post(reverse("admin:journals_cohort_add"), new_cohort(rubric))
    assert "belum memiliki tingkat" in answer.content.decode()


def test_retired_rubrics_are_not_offered(cast, as_user):
    Rubric.objects.filter(pk=cast.outside_cohort.rubric_id).update(active=False)
    answer = as_user(cast.organiser).post(reverse("admin:journals_cohort_add"), new_cohort(cast.outside_cohort.rubric))
    assert answer.context["adminform"].form.errors["rubric"]


# --- Participants and instructors -------------------------------------------------------------------


def test_an_enrolment_stays_what_it_is_and_leads_to_the_page_where_people_are_moved(cast, as_user):
    url = reverse("admin:journals_enrolment_change", args=[cast.enrolment.pk])
    client = as_user(cast.organiser)
    person = reverse("member", args=[cast.cohort.key, cast.enrolment.ndh])
    assert f'href="{person}"' in client.get(url).content.decode()
    answer = client.post(
        url,
        {
            "cohort": cast.outside_cohort.pk,
            "user": cast.nobody.pk,
            "ndh": "18",
            "group": cast.other_group.pk,
            "status": "withdrawn",
        },
    )
    assert answer.status_code == 302
    after = Enrolment.objects.get(pk=cast.enrolment.pk)
    assert (after.cohort, after.user, after.ndh, after.status) == (cast.cohort, cast.participant, 18, "active")
    assert after.group == cast.group


def test_enrolling_checks_group_number_and_person(cast, as_user):
    client, url = as_user(cast.organiser), reverse("admin:journals_enrolment_add")
    good = {"cohort": cast.cohort.pk, "user": cast.nobody.pk, "ndh": "50", "group": cast.group.pk, "status": "active"}
    foreign = factory.make_group(cast.outside_cohort)
    for wrong in ({"group": foreign.pk}, {"ndh": "17"}, {"ndh": "0"}, {"user": cast.participant.pk}):
        assert client.post(url, good | wrong).status_code == 200, wrong
    assert client.post(url, good).status_code == 302


def test_the_organiser_cannot_delete_enrolments_or_cohorts(cast, as_user):
    client = as_user(cast.organiser)
    for url in (
        reverse("admin:journals_enrolment_delete", args=[cast.enrolment.pk]),
        reverse("admin:journals_cohort_delete", args=[cast.cohort.pk]),
    ):
        assert client.post(url, {"post": "yes"}).status_code == 403


def test_enrolments_are_filtered_and_searched(cast, as_user):
    client, url = as_user(cast.organiser), reverse("admin:journals_enrolment_changelist")
    page = client.get(url, {"cohort__id__exact": cast.outside_cohort.pk}).content.decode()
    assert "Nur Sa&#x27;diyah" in page
    assert "Ratna" not in page
    assert "Ratna" in client.get(url, {"q": "ratna"}).content.decode()


def test_a_teaching_with_modules(cast, as_user):
    answer = as_user(cast.organiser).post(
        reverse("admin:journals_teaching_add"),
        {"cohort": cast.cohort.pk, "instructor": cast.nobody.pk, "modules": [cast.modules[1].pk]},
    )
    assert answer.status_code == 302
    assert list(Teaching.objects.get(instructor=cast.nobody).modules.all()) == [cast.modules[1]]
    foreign = factory.make_group(cast.outside_cohort)
    assert (
        as_user(cast.organiser)
        .post(
            reverse("admin:journals_teaching_add"),
            {"cohort": cast.cohort.pk, "instructor": cast.peer.pk, "group": foreign.pk},
        )
        .status_code
        == 200
    )


def test_default_bands(cast, as_user, bands):
    client, url = as_user(cast.organiser), reverse("admin:journals_gradeband_changelist")
    page = client.get(url).content.decode()
    assert "Kualifikasi nilai bawaan" in page
    assert page.count('class="field-name"') == 5  # not those of the cohorts
    add = reverse("admin:journals_gradeband_add")
    assert (
        "bertumpang tindih"
        in client.post(add, {"name": "Istimewa", "min_score": "99", "max_score": "100"}).content.decode()
    )
    band = GradeBand.objects.get(cohort=None, name="Sangat Memuaskan")
    change = reverse("admin:journals_gradeband_change", args=[band.pk])
    assert client.post(change, {"name": "Sangat Memuaskan", "min_score": "90.01", "max_score": "98"}).status_code == 302
    assert client.post(add, {"name": "Istimewa", "min_score": "99", "max_score": "100"}).status_code == 302
    cohorts_own = GradeBand.objects.filter(cohort=cast.cohort).first()
    assert client.get(reverse("admin:journals_gradeband_change", args=[cohorts_own.pk])).status_code == 302
