"""Setting a cohort up as an organiser does it: made, or copied, then step by step until nothing is missing."""

from copy import copy
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from journals.keys import random_key
from journals.models import Cohort, Enrolment, Event, Group, Rubric, Schedule, Teaching
from journals.services import arranging
from tests import factory
from tests.factory import NOW

NEW = {
    "name": "Angkatan IX Tahun 2027",
    "programme": "Diklat ASN BerAKHLAK",
    "agency": "BPSDM Contoh",
    "timezone": "Asia/Jayapura",
    "starts": "2027-01-04",  # a Monday
    "ends": "2027-02-26",
    "salin": "",
}


@pytest.fixture
def client(cast, as_user, clock):
    Rubric.objects.filter(pk=cast.cohort.rubric_id).update(is_default=True)
    return as_user(cast.organiser)


def at(name, cohort, **more):
    return reverse(name, kwargs={"cohort": cohort.key, **more})


def begin(client, **changed):
    return client.post(reverse("cohort_begin"), {**NEW, "kunci": random_key(), **changed})


def made(client, **changed) -> Cohort:
    answer = begin(client, **changed)
    assert answer.status_code == 302, answer.context["form"].errors
    return Cohort.objects.get(key=answer.url.split("/")[2])


def times(cohort, **changed) -> dict[str, str]:
    """The form of the schedule as it stands on the page, with some other values."""
    data = {}
    for module in arranging.writable_modules():
        row = cohort.schedules.filter(module=module).first()
        name = f"modul{module.number}"
        if row is not None:
            data[f"{name}-pakai"] = "on"
            for field in ("opens", "due", "closes"):
                data[f"{name}-{field}"] = getattr(row, field).astimezone(cohort.tz).strftime("%Y-%m-%dT%H:%M")
            data[f"{name}-weight"] = str(row.weight)
    return {name: value for name, value in (data | changed).items() if value is not None}


# --- Beginning ---------------------------------------------------------------------------------------


def test_a_new_cohort_says_what_is_missing_until_nothing_is(client, cast):
    cohort = made(client)
    assert (cohort.name, cohort.timezone, cohort.starts) == (NEW["name"], "Asia/Jayapura", date(2027, 1, 4))
    setup = at("cohort_setup", cohort)
    page = client.get(setup).content.decode()
    assert "Masih kurang 5 hal" in page
    assert "Belum ada rentang kualifikasi" in page  # the installation of this test has no default bands
    factory.GradeBand.objects.create(cohort=cohort, name="Semua", min_score=0, max_score=100)
    groups = client.get(at("cohort_groups", cohort)).context["form"]
    assert [field.value() for field in groups] == ["Kelompok 1", "Kelompok 2", "Kelompok 3", "Kelompok 4"]
    saved = client.post(at("cohort_groups", cohort), {"baru-1": "Kelompok 1", "baru-2": " Kelompok  2 "})
    assert saved.url == setup
    assert list(cohort.groups.values_list("name", flat=True)) == ["Kelompok 1", "Kelompok 2"]
    proposed = client.get(at("cohort_schedule", cohort))
    assert "Waktu ini baru usulan." in proposed.content.decode()
    assert not cohort.schedules.exists()
    data = {}
    with timezone.override(cohort.tz):
        for field in [field for row in proposed.context["rows"] for field in row]:
            value = field.value()
            data[field.html_name] = value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "year") else value
    assert client.post(at("cohort_schedule", cohort), data).url == setup
    first = cohort.schedules.order_by("module__number").first()
    assert first.opens.astimezone(cohort.tz).isoformat() == "2027-01-04T07:00:00+09:00"
    assert first.due.astimezone(cohort.tz).isoformat() == "2027-01-05T23:59:59+09:00"
    add = at("cohort_instructor_add", cohort)
    who = {"siapa": cast.instructor.email, "ketua": "on", "kelompok": cohort.groups.get(name="Kelompok 1").pk}
    assert client.post(add, who).status_code == 302
    assert "Belum ada widyaiswara untuk Kelompok 2." in client.get(setup).content.decode()
    modul = cohort.schedules.get(module__number=1).module_id
    partly = {"siapa": cast.lead.nip, "kelompok": cohort.groups.get(name="Kelompok 2").pk, "modul": [modul]}
    assert client.post(add, partly).status_code == 302
    assert "Di Kelompok 2 belum ada yang menelaah modul 2." in client.get(setup).content.decode()
    assert client.post(add, {"siapa": cast.other_instructor.email}).status_code == 302
    assert "Masih kurang 1 hal" in client.get(setup).content.decode()
    Enrolment.objects.create(user=cast.nobody, cohort=cohort, group=cohort.groups.first(), ndh=1)
    page = client.get(setup).content.decode()
    assert "Tidak ada yang kurang." in page
    assert "Belum pernah masuk:" in page  # the instructors, as everybody in this cast
    type(cast.other_instructor).objects.filter(pk=cast.other_instructor.pk).update(is_active=False)
    assert "Di Kelompok 2 belum ada yang menelaah modul 2." in client.get(setup).content.decode()
    type(cast.other_instructor).objects.filter(pk=cast.other_instructor.pk).update(is_active=True)


def test_a_second_click_makes_no_second_cohort(client):
    key = random_key()
    first, second = begin(client, kunci=key), begin(client, kunci=key)
    assert first.url == second.url
    assert Cohort.objects.filter(name=NEW["name"]).count() == 1


def test_nor_do_two_of_the_same_moment(client, monkeypatch):
    make = arranging.create

    def overtaken(*, cohort, **given):
        make(cohort=copy(cohort), **given)
        return make(cohort=cohort, **given)

    monkeypatch.setattr(arranging, "create", overtaken)
    key = random_key()
    assert begin(client, kunci=key).url == reverse("cohort_setup", args=[key])
    assert Cohort.objects.filter(name=NEW["name"]).count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": ""}, "Wajib diisi."),
        ({"ends": "2027-01-03"}, "Tanggal selesai mendahului tanggal mulai."),
        ({"starts": "kapan"}, "Masukkan tanggal yang valid"),
        ({"timezone": "Europe/Paris"}, "Masukkan pilihan yang valid"),
        ({"salin": "999"}, "Masukkan pilihan yang valid"),
        ({"kunci": "../../x"}, "Masukkan nilai yang valid"),
    ],
)
def test_what_was_typed_comes_back(client, changed, said):
    refused = begin(client, **changed)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert said in page, refused.context["form"].errors
    assert refused.context["form"].errors.keys() >= set(changed) or "__all__" in refused.context["form"].errors
    assert not Cohort.objects.filter(agency="BPSDM Contoh", timezone="Asia/Jayapura").exists()


def test_without_any_rubric_one_is_asked_for(client):
    Rubric.objects.update(is_default=False)
    assert "Buat rubrik di administrasi dahulu." in begin(client).content.decode()


def test_a_copy_has_everything_but_people_and_keeps_the_hours(client, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(max_returns=5, pass_mark=75)
    factory.GradeBand.objects.filter(cohort=cast.cohort, name="Tidak Memuaskan").update(name="Belum")
    cohort = made(client, salin=cast.cohort.pk, widyaiswara="on")
    assert (cohort.max_returns, cohort.pass_mark, cohort.rubric) == (5, 75, cast.cohort.rubric)
    assert set(cohort.bands.values_list("name", "min_score")) == set(cast.cohort.bands.values_list("name", "min_score"))
    assert set(cohort.groups.values_list("name", flat=True)) == set(cast.cohort.groups.values_list("name", flat=True))
    shift = cohort.starts - cast.cohort.starts
    for row in cohort.schedules.all():
        old = cast.cohort.schedules.get(module=row.module)
        for name in ("opens", "due", "closes"):
            before, after = getattr(old, name).astimezone(cast.cohort.tz), getattr(row, name).astimezone(cohort.tz)
            assert after.replace(tzinfo=None) == (before + shift).replace(tzinfo=None)
    assert cohort.schedules.count() == cast.cohort.schedules.count() == 2
    places = {
        (each.instructor_id, each.group.name if each.group else "", each.is_lead) for each in cohort.teachings.all()
    }
    assert places == {
        (each.instructor_id, each.group.name if each.group else "", each.is_lead)
        for each in cast.cohort.teachings.all()
    }
    assert all(each.group is None or each.group.cohort_id == cohort.pk for each in cohort.teachings.all())
    assert not cohort.enrolments.exists()


def test_a_copy_without_its_instructors(client, cast):
    assert not made(client, salin=cast.cohort.pk).teachings.exists()


# --- Name, dates, zone -------------------------------------------------------------------------------


def test_in_another_zone_the_hours_on_the_clock_stay(client, cast):
    cohort = made(client, salin=cast.cohort.pk)
    before = [row.opens.astimezone(cohort.tz).replace(tzinfo=None) for row in cohort.schedules.all()]
    changed = {**NEW, "timezone": "Asia/Jakarta", "name": "Nama Lain"}
    assert client.post(at("cohort_basics", cohort), changed).status_code == 302
    cohort.refresh_from_db()
    assert (cohort.timezone, cohort.name) == ("Asia/Jakarta", "Nama Lain")
    assert [row.opens.astimezone(cohort.tz).replace(tzinfo=None) for row in cohort.schedules.all()] == before
    assert Event.objects.filter(stream__name=f"cohort:{cohort.pk}", kind="rescheduled").count() == 2


def test_the_zone_stays_once_somebody_has_written(client, cast):
    factory.draft(cast.enrolment, cast.modules[0])
    data = {**NEW, "starts": cast.cohort.starts, "ends": cast.cohort.ends, "timezone": "Asia/Jakarta"}
    assert client.post(at("cohort_basics", cast.cohort), data).status_code == 302
    cast.cohort.refresh_from_db()
    assert cast.cohort.timezone == "Asia/Makassar"


def test_a_refused_name_does_not_stand_in_the_heading(client, cast):
    refused = client.post(at("cohort_basics", cast.cohort), {**NEW, "name": "Salah", "ends": "2020-01-01"})
    assert refused.status_code == 422
    assert refused.context["cohort"].name == cast.cohort.name
    assert 'value="Salah"' in refused.content.decode()


# --- Groups ------------------------------------------------------------------------------------------


def test_groups_change_places_and_empty_ones_leave(client, cast):
    spare = Group.objects.create(cohort=cast.cohort, name="Cadangan")
    one, two = cast.group, cast.other_group
    data = {f"kelompok-{one.pk}": two.name, f"kelompok-{two.pk}": one.name, f"kelompok-{spare.pk}": ""}
    assert client.post(at("cohort_groups", cast.cohort), data).status_code == 302
    assert dict(cast.cohort.groups.values_list("pk", "name")) == {one.pk: two.name, two.pk: one.name}


def test_a_group_with_people_stays_and_no_name_comes_twice(client, cast):
    data = {f"kelompok-{cast.group.pk}": "", f"kelompok-{cast.other_group.pk}": "Baru", "baru-1": "baru"}
    refused = client.post(at("cohort_groups", cast.cohort), data)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "Masih ada peserta atau widyaiswara di kelompok ini." in page
    assert "Kelompok dengan nama ini sudah ada dalam angkatan." in page
    assert cast.cohort.groups.count() == 2


# --- Schedule ----------------------------------------------------------------------------------------


def test_a_proposal_follows_the_pace_and_leaves_weekends_out(client, cast):
    cohort = made(client)
    query = "?mulai=2027-01-08&jarak=1&menulis=1&susulan=3&libur=on"
    rows = client.get(at("cohort_schedule", cohort) + query).context["rows"]
    with timezone.override(cohort.tz):
        local = [[row[name].value().strftime("%a %d %H.%M") for name in ("opens", "due", "closes")] for row in rows]
    # Friday 8 January: due on Saturday would be, so on Monday; the next would open on Saturday.
    assert local == [
        ["Fri 08 07.00", "Mon 11 23.59", "Thu 14 23.59"],
        ["Mon 11 07.00", "Tue 12 23.59", "Fri 15 23.59"],
    ]
    assert not cohort.schedules.exists()


def test_a_wrong_pace_proposes_nothing(client, cast):
    refused = client.get(at("cohort_schedule", cast.cohort) + "?mulai=&jarak=-1&menulis=x&susulan=999")
    assert refused.status_code == 422
    assert not refused.context["proposed"]


def test_changed_times_reach_the_entries_and_others_are_left_alone(client, cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    histories = {row.pk: row.history.count() for row in cast.cohort.schedules.all()}
    data = times(cast.cohort, **{"modul1-due": "2026-11-29T20:00", "modul1-closes": "2026-12-20T20:00"})
    assert client.post(at("cohort_schedule", cast.cohort), data).status_code == 302
    entry.refresh_from_db()
    assert entry.due_at == datetime(2026, 11, 29, 12, 0, 59, tzinfo=UTC)  # 20.00 WITA, to the end of the minute
    changed = [row.module.number for row in cast.cohort.schedules.all() if row.history.count() != histories[row.pk]]
    assert changed == [1]


def test_a_module_that_was_written_about_stays(client, cast):
    factory.draft(cast.enrolment, cast.modules[0])
    refused = client.post(at("cohort_schedule", cast.cohort), times(cast.cohort, **{"modul1-pakai": None}))
    assert refused.status_code == 422
    assert "modul ini tetap ada" in refused.content.decode()
    assert (
        client.post(at("cohort_schedule", cast.cohort), times(cast.cohort, **{"modul2-pakai": None})).status_code == 302
    )
    assert list(cast.cohort.schedules.values_list("module__number", flat=True)) == [1]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"modul1-due": "2026-11-01T10:00"}, "Urutannya harus"),
        ({"modul1-closes": "2206-11-01T10:00"}, "Periksa tahunnya"),
        ({"modul1-opens": ""}, "Mohon diisi"),
        ({"modul1-weight": "0"}, "0"),
        ({"modul1-weight": "x"}, "Masukkan"),
        ({"modul1-due": "besok"}, "Masukkan"),
    ],
)
def test_a_wrong_time_is_said_at_its_place(client, cast, changed, said):
    before = list(cast.cohort.schedules.values())
    refused = client.post(at("cohort_schedule", cast.cohort), times(cast.cohort, **changed))
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert refused.context["rows"][0].errors
    assert list(cast.cohort.schedules.values()) == before


# --- Assessment --------------------------------------------------------------------------------------


def test_rules_are_saved_and_a_broken_rubric_is_refused(client, cast):
    page = client.get(at("cohort_assessment", cast.cohort))
    data = {field.html_name: field.value() for field in page.context["form"]}
    assert client.post(at("cohort_assessment", cast.cohort), {**data, "pass_mark": "72.5"}).status_code == 302
    cast.cohort.refresh_from_db()
    assert cast.cohort.pass_mark == Decimal("72.5")
    empty = Rubric.objects.create(name="Kosong")
    refused = client.post(at("cohort_assessment", cast.cohort), {**data, "rubric": empty.pk})
    assert refused.status_code == 422
    assert "100" in refused.content.decode()


# --- How it holds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 3])
def test_queries_of_the_overview(client, cast, django_assert_num_queries, more):
    for number in range(more):
        group = factory.make_group(cast.cohort, f"Kelompok {number + 5}")
        factory.enrol(factory.make_user(f"Peserta {number}"), cast.cohort, group, 70 + number)
        Teaching.objects.create(instructor=factory.make_user(f"W {number}"), cohort=cast.cohort, group=group)
        factory.make_schedule(cast.cohort, factory.make_module(number + 4))
    client.get(at("cohort_setup", cast.cohort))
    with django_assert_num_queries(17):
        client.get(at("cohort_setup", cast.cohort))


@pytest.mark.parametrize("more", [1, 3])
def test_queries_of_the_schedule(client, cast, django_assert_num_queries, more):
    for number in range(more):
        factory.make_schedule(cast.cohort, factory.make_module(number + 4))
    with django_assert_num_queries(9):
        client.get(at("cohort_schedule", cast.cohort))


def test_a_schedule_far_from_the_dates_is_noted(client, cast):
    Schedule.objects.filter(cohort=cast.cohort).update(due=NOW + timedelta(days=60), closes=NOW + timedelta(days=61))
    assert "di luar tanggal angkatan" in client.get(at("cohort_setup", cast.cohort)).content.decode()
