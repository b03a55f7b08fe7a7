"""Cells that a spreadsheet has spoilt, and names and numbers in more or fewer columns than one each."""

from datetime import date, datetime, time, timedelta

import pytest

from journals.forms.rosters import ColumnsForm
from journals.models import Roster
from journals.roster.columns import layout_of
from journals.roster.keeping import laid_out, layout_of_roster, rows_of, written
from journals.roster.reading import BROKEN, DATED, read

NIP = "19900101 201501 2 9{:02}"
PLAIN = "1990010120150129{:02}"


def only(*rows, spans=None, hidden=()):
    """The one person of a list."""
    layout = layout_of([*rows], spans)
    layout.hidden = [*hidden]
    [person] = read([*rows], layout).people
    return person


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Ani Wijaya, S.E.\nNI PPPK. {}", "Ani Wijaya"), ("Ani\nNIPPPK. {}", "Ani"), ("Ani\nNIP - {}", "Ani"),
        ("Ani (NIP. {})", "Ani"), ("Ani NRP/NIP {}", "Ani"), ("Ani|{}", "Ani"), ("1. Ani / {}", "Ani"),
        ("Danip {}", "Danip"),
    ],
)  # fmt: skip
def test_name_and_number_in_one_cell_with_every_label(cell, name):
    person = only(["Nama / NIP"], [cell.format(NIP.format(1))])
    assert (person.name, person.nip, person.problems) == (name, PLAIN.format("01"), {})


def test_a_number_beside_the_name_is_that_of_its_column():
    rows = [["Nama", "NIP"], [f"Ani, S.E.\nNIP. {NIP.format(1)}", NIP.format(1)]]
    assert (only(*rows).name, only(*rows).title_after, only(*rows).problems) == ("Ani", "S.E.", {})
    rows[1][1] = NIP.format(2)
    assert list(only(*rows).problems) == ["nip"]


@pytest.mark.parametrize("name", ["Ani 198609", "dr.", "Drs. Hj.", "Ani (0812 34567)"])
def test_what_is_no_name_alone(name):
    assert list(only(["Nama", "NIP"], [name, NIP.format(1)]).problems) == ["name"]


def test_a_name_over_two_columns_under_one_heading():
    rows = [["Nama", "", "NIP"], ["dr.", "Ani Wijaya", NIP.format(1)]]
    person = only(*rows, spans={0: {0: 1}})
    assert (person.title_before, person.name, person.problems) == ("dr.", "Ani Wijaya", {})
    assert list(only(*rows).problems) == ["name"]  # not merged: nobody knows what the second column is


def test_titles_of_a_column_and_of_the_name_are_both_kept():
    person = only(["Nama", "Gelar belakang", "NIP"], ["Ani, S.E.", "M.M.", NIP.format(1)])
    assert person.title_after == "S.E., M.M."
    assert (
        only(["Nama", "Gelar belakang", "NIP"], ["Ani, S.E.", "S.E., M.M.", NIP.format(1)]).title_after == "S.E., M.M."
    )


@pytest.mark.parametrize(
    ("pns", "pppk", "nip"),
    [
        (NIP.format(1), "", PLAIN.format("01")),
        ("", NIP.format(2), PLAIN.format("02")),
        (NIP.format(1), NIP.format(2), None),
    ],
)
def test_numbers_of_pns_and_of_pppk_in_two_columns(pns, pppk, nip):
    person = only(["Nama", "NIP PNS", "NI PPPK"], ["Ani", pns, pppk])
    assert (person.nip, list(person.problems)) == (nip, [] if nip else ["nip"])


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"])
@pytest.mark.parametrize("at", range(4))
def test_the_error_of_a_formula_is_a_problem_of_its_cell(error, at):
    row = ["Ani", NIP.format(1), "ani@contoh.go.id", "Dinkes"]
    row[at] = error
    problems = only(["Nama", "NIP", "Surel", "Instansi"], row).problems
    assert problems == {("name", "nip", "email", "agency")[at]: [BROKEN]}


@pytest.mark.parametrize("text", ["mailto:ani@contoh.go.id", "ani@contoh.go.id,", "Ani <Ani@contoh.go.id>"])
def test_addresses_as_programs_copy_them(text):
    assert only(["Nama", "Surel"], ["Ani", text]).email == "ani@contoh.go.id"


def test_a_hidden_row_is_a_problem():
    assert list(only(["Nama", "NIP"], ["Ani", NIP.format(1)], hidden=[2]).problems) == ["name"]
    assert only(["Nama", "NIP"], ["Ani", NIP.format(1)], hidden=[3]).problems == {}


def test_a_date_for_a_name_is_one_problem():
    assert only(["Nama", "NIP"], [date(2026, 4, 3), NIP.format(1)]).problems == {"name": [DATED]}


def test_a_list_without_names_says_so_once():
    rows = [["NIP", "Surel"], [NIP.format(1), ""], [NIP.format(2), ""]]
    found = read(rows, layout_of(rows))
    assert [person.problems for person in found.people] == [{}, {}]
    assert len(found.obstacles) == 1


@pytest.mark.parametrize(
    "cell", [date(2026, 2, 1), datetime(2026, 2, 1, 8, 30), time(8, 30), timedelta(days=2, hours=3)]
)
def test_dates_come_back_as_they_were(cell):
    assert rows_of(Roster(cells=written([["Ani", cell, 1.5]]))) == [["Ani", cell, 1.5]]


def test_what_is_known_of_a_file_is_kept_with_its_layout():
    layout = layout_of([["Nama", "", "NIP PNS", "NI PPPK"], ["dr.", "Ani", "", ""]], {0: {0: 1}})
    layout.sheet, layout.others, layout.hidden = "Peserta", ["Panitia"], [7]
    kept = layout_of_roster(Roster(layout=laid_out(layout)))
    assert kept == layout
    assert (kept.also, kept.chosen(3, kept.columns).also) == ({"name": [1], "nip": [3]}, {"name": [1], "nip": [3]})
    assert kept.chosen(3, {"name": 1, "nip": 2}).also == {"nip": [3]}


def test_the_choice_of_columns_shows_the_first_person_as_one_reads_it():
    rows = [["No", "Nama", "NIP"], ["", "DINAS", ""], [1.0, "Ani Wijaya", NIP.format(1)]]
    choices = dict(ColumnsForm(layout=layout_of(rows), rows=rows, moves=False).fields["name"].choices)
    assert (choices["0"], choices["1"]) == ("A · No · 1", "B · Nama · Ani Wijaya")
