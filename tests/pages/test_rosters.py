"""Participants from a spreadsheet, as an organiser does it: upload, look, add, undo."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from berakhlak.accounts.models import User
from journals.models import Enrolment, Event, Roster
from journals.workflow import enrolling
from tests import factory
from tests.factory import NOW

NIP = "19900101201603290{}"
LIST = [
    "NDH;Nama lengkap;NIP;Surel;Kelompok;Instansi",
    f"40;dr. Sri Wahyuni, Sp.A.;{NIP.format(1)};sri@contoh.go.id;1;Kota Contoh",
    f"41;Tono Sudirja;{NIP.format(2)};;Kelompok Baru;Kota Contoh",
]


@pytest.fixture
def organise(cast, as_user):
    """``organise(rows)`` uploads a list as the organiser and gives the client and the list."""

    def uploaded(rows, name="daftar.csv"):
        client = as_user(cast.organiser)
        file = SimpleUploadedFile(name, "\n".join(rows).encode())
        answer = client.post(reverse("roster_upload", args=[cast.cohort.key]), {"berkas": file})
        assert answer.status_code == 302
        return client, Roster.objects.first()

    return uploaded


def at(name, roster):
    return reverse(name, args=[roster.cohort.key, roster.key])


def shown(client, roster) -> str:
    return client.get(at("roster", roster)).content.decode()


def added(client, roster):
    """Press the button that the page shows."""
    page = client.get(at("roster", roster))
    return client.post(at("roster_add", roster), {"expected": page.context["plan"].digest})


def test_nobody_is_added_before_one_says_so_and_then_all_are(cast, organise):
    client, roster = organise(LIST)
    before = User.objects.count()
    page = shown(client, roster)
    assert "Masukkan 2 peserta" in page
    assert "Kelompok baru akan dibuat: Kelompok Baru." in page
    assert User.objects.count() == before
    assert added(client, roster).url == at("roster", roster)
    sri = User.objects.get(nip=NIP.format(1))
    assert (sri.full_name, sri.email, sri.agency) == ("dr. Sri Wahyuni, Sp.A.", "sri@contoh.go.id", "Kota Contoh")
    assert not sri.has_usable_password()
    places = Enrolment.objects.filter(ndh__in=(40, 41)).order_by("ndh").values_list("user__name", "group__name")
    assert list(places) == [("Sri Wahyuni", "Kelompok 1"), ("Tono Sudirja", "Kelompok Baru")]
    assert sri.history.get().history_user == cast.organiser
    assert Enrolment.objects.get(user=sri).history.get().history_user == cast.organiser
    event = Event.objects.get(kind="enrolled")
    assert (event.actor, json.loads(event.data)["new"]) == (cast.organiser, 2)
    roster.refresh_from_db()
    assert roster.cells == ""
    assert "Urungkan daftar ini" in shown(client, roster)


def test_a_problem_names_its_cell_and_what_stands_there(organise):
    client, roster = organise(["Kelas;Nama;NIP", "X;Budi <b>;1,98609E+17", "Y;Ani"])
    page = shown(client, roster)
    assert "NIP (C2: <q>1,98609E+17</q>): Excel menyimpan NIP ini sebagai angka" in page
    assert "NIP (C3): Isi NIP atau alamat surel" in page


def test_a_list_with_a_problem_adds_nobody_and_says_where(organise):
    client, roster = organise([*LIST, f"40;Budi;{NIP.format(3)};;1;"])
    page = shown(client, roster)
    assert "1 baris bermasalah" in page
    assert "Baris 2 sudah memuat yang sama." in page
    assert "Masukkan" not in page
    digest = client.get(at("roster", roster)).context["plan"].digest
    answer = client.post(at("roster_add", roster), {"expected": digest})
    assert answer.status_code == 409
    assert not User.objects.filter(nip=NIP.format(1)).exists()


def test_known_people_keep_their_account(cast, organise):
    known = factory.make_user("Sri", nip=NIP.format(1), email="lama@contoh.go.id", agency="Kota Lama")
    client, roster = organise(LIST)
    page = shown(client, roster)
    assert "Alamat untuk masuk tetap lama@contoh.go.id." in page
    assert "<del>Kota Lama</del> <ins>Kota Contoh</ins>" in page
    added(client, roster)
    known.refresh_from_db()
    assert (known.email, known.agency, known.name) == ("lama@contoh.go.id", "Kota Contoh", "Sri Wahyuni")
    assert known.check_password(factory.PASSWORD)
    assert known.history.first().history_user == cast.organiser


def test_staff_are_not_changed_by_a_list(cast, organise):
    User.objects.filter(pk=cast.superuser.pk).update(nip=NIP.format(1), name="Sri")
    client, roster = organise(LIST)
    added(client, roster)
    cast.superuser.refresh_from_db()
    assert (cast.superuser.name, cast.superuser.email, cast.superuser.agency) == ("Sri", "super@berakhlak.test", "")
    assert Enrolment.objects.filter(user=cast.superuser, cohort=cast.cohort).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda cast, user: factory.enrol(user, cast.outside_cohort, cast.outside_cohort.groups.get(), 9),
         "Mengikuti Angkatan V, yang berjalan pada waktu yang sama."),
        (lambda cast, user: User.objects.filter(pk=user.pk).update(is_active=False), "Akun ini dinonaktifkan."),
        (lambda cast, user: Enrolment.objects.create(user=user, cohort=cast.cohort, group=cast.group, ndh=50,
                                                     status="withdrawn"), "Pernah menjadi peserta angkatan ini"),
        (lambda cast, user: factory.make_user("Lain", email="sri@contoh.go.id"), "Alamat ini milik akun lain, Lain."),
        (lambda cast, user: factory.enrol(factory.make_user("Yang Punya"), cast.cohort, cast.group, 40),
         "Nomor 40 sudah dipakai Yang Punya."),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_said_at_its_row(cast, organise, change, said):
    change(cast, factory.make_user("Sri", nip=NIP.format(1)))
    client, roster = organise(LIST)
    assert said in shown(client, roster)


def test_numbers_and_groups_are_given_where_the_list_has_none(cast, organise):
    client, roster = organise(["Nama,NIP", f"Ani,{NIP.format(1)}", f"Budi,{NIP.format(2)}"])
    added(client, roster)
    # After 31, the highest; the second group had one person and the first two.
    new = Enrolment.objects.filter(ndh__gt=31).order_by("ndh").values_list("ndh", "group__name")
    assert list(new) == [(32, "Kelompok 2"), (33, "Kelompok 1")]


def test_one_person_known_by_nip_in_one_row_and_by_address_in_another(organise):
    factory.make_user("Sri", nip=NIP.format(1), email="sri@contoh.go.id")
    client, roster = organise(["Nama;NIP;Surel", f"Sri;{NIP.format(1)};", "Sri;;sri@contoh.go.id"])
    assert "Baris 2 sudah memuat yang sama." in shown(client, roster)


def test_somebody_who_is_here_stays_and_only_data_changes(cast, organise):
    client, roster = organise(["NDH;Nama;NIP;Jabatan", f"77;Ratna Kusumaningrum;{cast.participant.nip};Bidan Mahir"])
    assert "Nomor daftar hadir tetap 17." in shown(client, roster)
    added(client, roster)
    cast.enrolment.refresh_from_db()
    cast.participant.refresh_from_db()
    assert (cast.enrolment.ndh, cast.participant.position) == (17, "Bidan Mahir")
    assert cast.participant.title_after == "A.Md.Keb."  # the list says nothing about it


def test_what_was_shown_is_done_or_nothing(organise):
    client, roster = organise(LIST)
    digest = client.get(at("roster", roster)).context["plan"].digest
    factory.make_user("Sri", nip=NIP.format(1))
    answer = client.post(at("roster_add", roster), {"expected": digest})
    assert answer.status_code == 409
    assert "Ada yang berubah sejak halaman ini dibuat." in answer.content.decode()
    assert not User.objects.filter(nip=NIP.format(2)).exists()


def test_an_account_that_another_list_makes_in_this_very_moment(organise, monkeypatch):
    client, roster = organise(LIST)
    digest = client.get(at("roster", roster)).context["plan"].digest
    planned = enrolling.plan_of

    def overtaken(*given, **more):
        plan = planned(*given, **more)
        factory.make_user("Sri", nip=NIP.format(1))
        return plan

    monkeypatch.setattr(enrolling, "plan_of", overtaken)
    answer = client.post(at("roster_add", roster), {"expected": digest})
    assert answer.status_code == 409
    assert "Ada yang berubah sejak halaman ini dibuat." in answer.content.decode()
    assert not User.objects.filter(nip=NIP.format(2)).exists()


def test_a_second_click_adds_nobody_twice(organise):
    client, roster = organise(LIST)
    digest = client.get(at("roster", roster)).context["plan"].digest
    assert client.post(at("roster_add", roster), {"expected": digest}).status_code == 302
    answer = client.post(at("roster_add", roster), {"expected": digest})
    assert answer.status_code == 409
    assert "Daftar ini sudah diputuskan." in answer.content.decode()
    assert Enrolment.objects.filter(ndh__in=(40, 41)).count() == 2


def test_undone_as_a_whole(cast, organise):
    known = factory.make_user("Sri", nip=NIP.format(1), agency="Kota Lama")
    users, enrolments = User.objects.count(), Enrolment.objects.count()
    client, roster = organise(LIST)
    added(client, roster)
    answer = client.post(at("roster_undo", roster), follow=True)
    assert "Diurungkan" in answer.content.decode()
    assert (User.objects.count(), Enrolment.objects.count()) == (users, enrolments)
    assert not cast.cohort.groups.filter(name="Kelompok Baru").exists()
    assert cast.cohort.groups.filter(name="Kelompok 1").exists()
    known.refresh_from_db()
    assert (known.agency, known.name, known.title_after) == ("Kota Lama", "Sri", "")
    assert Event.objects.filter(kind="unenrolled", actor=cast.organiser).count() == 1
    assert "Daftar ini telah diurungkan." in shown(client, roster)
    assert client.post(at("roster_undo", roster)).status_code == 409


@pytest.mark.parametrize("what", ["signed in", "written", "teaches"])
def test_not_undone_once_somebody_has_begun(cast, organise, what):
    client, roster = organise(LIST)
    added(client, roster)
    sri = User.objects.get(nip=NIP.format(1))
    if what == "signed in":
        User.objects.filter(pk=sri.pk).update(last_login=NOW + timedelta(minutes=1))
    elif what == "written":
        factory.draft(Enrolment.objects.get(user=sri), cast.modules[0])
    else:
        factory.teach(sri, cast.outside_cohort)
    answer = client.post(at("roster_undo", roster))
    assert answer.status_code == 409
    assert User.objects.filter(pk=sri.pk).exists()
    assert Enrolment.objects.filter(user=sri).exists()


def test_columns_can_be_said_by_hand(organise):
    client, roster = organise(["X;Y", f"{NIP.format(1)};Sri Wahyuni"])
    assert "Tidak ada peserta yang ditemukan" in shown(client, roster)
    wrong = client.post(at("roster_columns", roster), {"name": "1", "nip": "1", "first": "2"})
    assert wrong.status_code == 422
    assert "Kolom ini dipilih dua kali." in wrong.content.decode()
    assert client.post(at("roster_columns", roster), {"name": "1", "nip": "0", "first": "2"}).status_code == 302
    assert "Masukkan 1 peserta" in shown(client, roster)


def test_a_file_that_is_no_list(cast, as_user):
    client = as_user(cast.organiser)
    file = SimpleUploadedFile("daftar.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    answer = client.post(reverse("roster_upload", args=[cast.cohort.key]), {"berkas": file})
    assert answer.status_code == 422
    assert "berkas Excel lama (.xls)" in answer.content.decode()
    assert not Roster.objects.exists()


def test_a_list_left_lying_goes_after_a_day(cast, organise, clock):
    _client, first = organise(LIST)
    clock.move_to(NOW + timedelta(days=1, minutes=1))
    organise(LIST)
    assert not Roster.objects.filter(pk=first.pk).exists()


def test_a_list_that_was_added_is_not_thrown_away(organise):
    client, roster = organise(LIST)
    added(client, roster)
    assert client.post(at("roster_discard", roster)).status_code == 409
    assert Roster.objects.get().rows.count() == 2


def test_a_list_is_thrown_away(cast, organise):
    client, roster = organise(LIST)
    assert client.post(at("roster_discard", roster)).url == reverse("rosters", args=[cast.cohort.key])
    assert not Roster.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_list(cast, organise, django_assert_num_queries, count):
    client, roster = organise(["Nama;NIP", *(f"Orang {n};{NIP.format(n)}" for n in range(1, count + 1))])
    shown(client, roster)
    with django_assert_num_queries(10):
        client.get(at("roster", roster))
    page = client.get(at("roster", roster))
    with django_assert_num_queries(27):
        client.post(at("roster_add", roster), {"expected": page.context["plan"].digest})
    with django_assert_num_queries(12):
        client.get(at("roster", roster))
    with django_assert_num_queries(7):
        client.get(reverse("rosters", args=[cast.cohort.key]))


def test_how_far_a_list_is_is_told_of_this_list_only(organise, monkeypatch):
    client, roster = organise(LIST)
    page = client.get(at("roster", roster))
    asked = []

    def ask(rows, *_args):
        asked.append(client.get(at("roster_progress", roster)).json())
        return take_in(rows, *_args)

    take_in = enrolling._take_in
    monkeypatch.setattr(enrolling, "_take_in", ask)
    monkeypatch.setattr(enrolling, "BATCH", 1)
    client.post(at("roster_add", roster), {"expected": page.context["plan"].digest})
    people = len(page.context["plan"].rows)
    assert asked == [{"done": done} for done in range(people)]
    assert client.get(at("roster_progress", roster)).json() == {"done": people}
    assert client.get(reverse("roster_progress", args=[roster.cohort.key, "abcdefghjkmn"])).json() == {"done": 0}
