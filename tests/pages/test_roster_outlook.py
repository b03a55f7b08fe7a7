"""What the page of a list shows before anybody is added, and what stands in the way of the list as a whole."""

import io
from datetime import date

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from berakhlak.accounts.models import User
from journals.models import Enrolment, Roster
from tests import factory
from tests.pages.test_rosters import NIP, added, at, organise, shown  # noqa: F401 (a fixture)


@pytest.fixture
def upload(cast, as_user):
    """``upload(fill)`` uploads a workbook (`fill` gets it and its first sheet) and gives the client and the list."""

    def uploaded(fill):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
            fill(book, book.add_worksheet("Peserta"))
        client = as_user(cast.organiser)
        file = SimpleUploadedFile("daftar.xlsx", buffer.getvalue())
        assert client.post(reverse("roster_upload", args=[cast.cohort.key]), {"berkas": file}).status_code == 302
        return client, Roster.objects.first()

    return uploaded


def plan(client, roster):
    return client.get(at("roster", roster)).context["plan"]


def line(client, roster, number=0):
    return client.get(at("roster", roster)).context["lines"][number]


def test_everything_that_is_taken_in_of_a_new_person_is_shown(organise):  # noqa: F811
    rows = [
        "Nama;NIP;Surel;Jabatan;OPD;Instansi;Pangkat",
        f"Ani;{NIP.format(1)};ani@contoh.go.id;Bidan;RSUD;Kota;III/a",
    ]
    client, roster = organise(rows)
    page = shown(client, roster)
    assert f"{NIP.format(1)[:8]} {NIP.format(1)[8:14]} 2 901 · ani@contoh.go.id" in page
    assert "Bidan · RSUD · Kota · III/a" in page
    factory.make_user("Ani", nip=NIP.format(1))
    assert line(client, roster).details == ""  # of an account there is, the changes say it


def test_the_number_of_one_account_with_the_name_of_another(organise):  # noqa: F811
    factory.make_user("Budi Santoso", nip=NIP.format(1))
    client, roster = organise(["Nama;NIP", f"Ani Wijaya, S.E.;{NIP.format(1)}"])
    [problem] = line(client, roster).problems
    assert problem.value == "Ani Wijaya, S.E."
    assert "Budi Santoso" in problem.text


@pytest.mark.parametrize(
    ("known", "said", "changed"),
    [
        (("dr.", "Ani Wijaya", "S.Kep., Ns."), "dr ANI WIJAYA, S.KEP, NS", []),
        (("", "Nur Sa'diyah", "S.E."), "Nur Sa’diyah, SE", []),
        (("dr.", "Ani Wijaya", ""), "Dr. Ani Wijaya", ["title_before"]),
        (("", "Ani Wijaya", "S.E."), "Ani Wijayanti, S.E., M.M.", ["name", "title_after"]),
    ],
)
def test_how_a_name_is_written_is_no_change(organise, known, said, changed):  # noqa: F811
    before, name, after = known
    factory.make_user(name, nip=NIP.format(1), title_before=before, title_after=after)
    client, roster = organise(["Nama;NIP", f"{said};{NIP.format(1)}"])
    [row] = plan(client, roster).rows
    assert (list(row.changes), row.person.problems) == (changed, {})


@pytest.mark.parametrize("moves", [False, True])
@pytest.mark.parametrize("later", [False, True])
def test_who_is_active_here_and_elsewhere_stays_in_both(cast, organise, moves, later):  # noqa: F811
    user = factory.make_user("Sri", nip=NIP.format(1))
    both = [(cast.outside_cohort, cast.outside_cohort.groups.get()), (cast.cohort, cast.group)]
    for number, (cohort, group) in enumerate(reversed(both) if later else both):
        factory.enrol(user, cohort, group, 90 + number)
    client, roster = organise(["Nama;NIP;Jabatan", f"Sri;{NIP.format(1)};Bidan"])
    Roster.objects.update(moves=moves)
    [row] = plan(client, roster).rows
    assert (row.joins, row.leaves, row.person.problems, row.outcome) == (False, None, {}, "changed")
    assert cast.outside_cohort.name in row.notes[0]
    assert added(client, roster).status_code == 302
    assert set(Enrolment.objects.filter(user=user).values_list("status", flat=True)) == {"active"}


def test_which_sheets_were_not_read_is_said(upload):
    def fill(book, sheet):
        sheet.write(0, 0, "Petunjuk pengisian")
        for name in ("Kelompok 1", "Kelompok 2"):
            book.add_worksheet(name).write_row(0, 0, ["Nama", "NIP"])
        book.get_worksheet_by_name("Kelompok 1").write_row(1, 0, ["Ani", NIP.format(1)])

    client, roster = upload(fill)
    layout = client.get(at("roster", roster)).context["form"].layout
    assert (layout.sheet, layout.others) == ("Kelompok 1", ["Peserta", "Kelompok 2"])
    assert "Kelompok 2." in shown(client, roster)
    assert len(plan(client, roster).rows) == 1


def test_two_tables_beside_each_other_are_taken_in_once_somebody_has_said_which(organise):  # noqa: F811
    client, roster = organise(["Nama;NIP;Nama;NIP", f"Ani;{NIP.format(1)};Budi;{NIP.format(2)}"])
    before = User.objects.count()
    assert not plan(client, roster).possible
    assert added(client, roster).status_code == 409
    assert User.objects.count() == before
    client.post(at("roster_columns", roster), {"name": "2", "nip": "3", "first": "2"})
    assert [row.person.name for row in plan(client, roster).rows] == ["Budi"]
    assert added(client, roster).status_code == 302


def test_a_date_is_shown_as_it_stands_in_its_cell(upload):
    def fill(book, sheet):
        sheet.write_row(0, 0, ["Nama", "NIP", "Kelompok"])
        sheet.write_row(1, 0, ["Ani", NIP.format(1)])
        sheet.write_datetime(1, 2, date(2026, 2, 1), book.add_format({"num_format": "dd/mm/yyyy"}))

    client, roster = upload(fill)
    assert [(each.cell, each.value) for each in line(client, roster).problems] == [("C2", "2026-02-01")]
    assert "0001-01-01" not in shown(client, roster)


def test_a_hidden_row_stays_a_problem_when_columns_are_chosen(upload):
    def fill(_book, sheet):
        sheet.write_row(0, 0, ["Nama", "NIP"])
        sheet.write_row(1, 0, ["Ani", NIP.format(1)])
        sheet.set_row(1, None, None, {"hidden": True})

    client, roster = upload(fill)
    client.post(at("roster_columns", roster), {"name": "0", "nip": "1", "first": "2"})
    assert list(plan(client, roster).rows[0].person.problems) == ["name"]
