"""Rows of a list that are people, and those that are headings, groups, sums, signatures or other tables."""

import pytest

from journals.roster.columns import layout_of
from journals.roster.reading import read

NIP = "19900101 201501 2 9{:02}"


def sifted(*rows):
    found = read([*rows], layout_of([*rows]))
    return [(person.number, person.name, sorted(person.problems)) for person in found.people], [
        number for number, _text in found.left_out
    ]


def padded(*rows):
    """Rows of one width, as a file has them."""
    return [[*row, *[""] * (6 - len(row))] for row in rows]


def test_signatures_under_a_list_are_no_participants():
    rows = [
        ["No", "Nama", "NIP", "Jabatan", "Unit kerja"],
        ["1", "Ani Wijaya", NIP.format("01"), "Bidan", "Puskesmas"],
        ["2", "Budi Santoso", NIP.format("02"), "Bidan", "Puskesmas"],
        ["", "", "", "", ""],
        ["", "", "", "", "Lembah Asri, 23 November 2026"],
        ["", "Mengetahui,", "", "", "Kepala BKPSDM,"],
        ["", "Drs. Sutrisno, M.M.", "", "", "Dra. Wiwik, M.Si."],
        ["", "NIP. 19700101 199503 1 901", "", "", "NIP. 19710202 199603 2 902"],
    ]
    assert sifted(*rows) == ([(2, "Ani Wijaya", []), (3, "Budi Santoso", [])], [5, 6, 7, 8])
    under_the_numbers = [["", row[4], row[1], "", ""] if index > 3 else row for index, row in enumerate(rows)]
    assert sifted(*under_the_numbers)[0] == [(2, "Ani Wijaya", []), (3, "Budi Santoso", [])]


@pytest.mark.parametrize(
    ("gap", "row", "kept"),
    [
        (0, ["3", "Citra", "", "Bidan"], True),  # somebody whose number is missing
        (0, ["3", "Citra", "", ""], True),
        (1, ["3", "Citra", "", "Bidan"], True),  # a row of the list, as full as the others
        (1, ["", "Citra", "", ""], False),
        (0, ["", "Citra", "", ""], False),
        (0, ["Jumlah", 2.0, "", ""], False),
    ],
)
def test_who_has_no_number_at_the_end_is_not_lost(gap, row, kept):
    head = [["No", "Nama", "NIP", "Jabatan"], ["1", "Ani Wijaya", NIP.format("01"), "Bidan"]]
    found, left = sifted(*head, *[["", "", "", ""]] * gap, row)
    assert [person[1:] for person in found[1:]] == ([("Citra", ["nip"])] if kept else [])
    assert left == ([] if kept else [3 + gap])


def test_headings_and_sums_between_the_people():
    head = ["No", "Nama lengkap", "NIP/NI PPPK", "Surel aktif"]
    people_of_it = [
        head,
        ["1", "Ani Wijaya", NIP.format("01"), "-"],
        ["Jumlah", 1.0, "", ""],
        head,
        [1.0, 2.0, 3.0, 4.0],
        ["2", "Peserta Budi", NIP.format("02"), ""],
    ]
    assert sifted(*people_of_it) == ([(2, "Ani Wijaya", []), (6, "Peserta Budi", [])], [3, 4, 5])


def test_merged_headings_come_twice_and_groups_have_their_own():
    rows = [
        ["KELOMPOK I", "", "", ""],
        ["No", "Nama", "NIP", "Pangkat"],
        ["No", "Nama", "NIP", "Gol."],
        ["1", "Ani Wijaya", NIP.format("01"), "III/a"],
        ["KELOMPOK II", "", "", ""],
        ["No", "Nama", "NIP", "Pangkat"],
        ["1", "Budi Santoso", NIP.format("02"), "III/b"],
    ]
    found = read(rows, layout_of(rows))
    assert [(person.name, person.group, person.rank) for person in found.people] == [
        ("Ani Wijaya", "Kelompok I", "III/a"),
        ("Budi Santoso", "Kelompok II", "III/b"),
    ]


# --- Groups, and tables of others -------------------------------------------------------------------

HEAD = ["No", "Nama", "NIP"]
ANI, BUDI = ["1", "Ani Wijaya", NIP.format("01")], ["2", "Budi Santoso", NIP.format("02")]


def told(*rows):
    """Of each person the group, or the fields with a problem."""
    rows = padded(*rows)
    return [sorted(person.problems) or person.group for person in read(rows, layout_of(rows)).people]


@pytest.mark.parametrize(
    "line",
    [
        ["Kelompok 2"], ["KELOMPOK 2 (Widyaiswara: Dr. Endah Lestari, M.Pd.)"], ["KLP. 2"], ["KEL 2"], ["Kelompok2"],
        ["Kelompok 2", "", "", "Ruang B"], ["Kelompok", 2.0], ["Kelompok", ":", "2"], ["Daftar Peserta Kelompok 2"],
        ["KELOMPOK: 2"], ["Kelompok 2 / Ketua: Budi"], ["KELOMPOK 2 \u2013 PUSKESMAS DAN RSUD"], ["B.", "KELOMPOK 2"],
        ["", "KELOMPOK 2", "Pembimbing: Endah"], ["Kelompok 2 Widyaiswara Endah"], ["Kelompok 2 (20 orang)"],
    ],
)  # fmt: skip
def test_the_line_of_a_group_in_every_usual_spelling(line):
    assert told(HEAD, ["KELOMPOK 1"], ANI, line, BUDI) == ["Kelompok 1", "Kelompok 2"]


@pytest.mark.parametrize(
    ("line", "group"),
    [("Kelompok 2A", "Kelompok 2A"), ("Kelompok iv", "Kelompok IV"), ("Kelompok Melati", "Kelompok Melati")],
)
def test_groups_with_other_names(line, group):
    assert told(HEAD, ["KELOMPOK 1"], ANI, [line], BUDI) == ["Kelompok 1", group]


@pytest.mark.parametrize("line", [["Kelompok 2 dan 3"], ["KELOMPOK 2-B"], ["Mulai di sini kelompok dua", "", "", "B"]])
def test_nobody_falls_into_the_group_above_a_line_that_is_not_understood(line):
    assert told(HEAD, ["KELOMPOK 1"], ANI, line, BUDI) == ["Kelompok 1", ["group"]]
    assert told(HEAD, ["KELOMPOK 1"], ANI, line, ["Kelompok 3"], BUDI) == ["Kelompok 1", "Kelompok 3"]


def test_the_first_group_stands_above_an_empty_row_two_rows_of_headings_and_a_count():
    heads = [["No", "Nama", "NIP", "Gelar", ""], ["", "", "", "Depan", "Belakang"], [1.0, 2.0, 3.0, 4.0, 5.0]]
    assert told(["DAFTAR"], ["KELOMPOK I"], [], *heads, ANI, ["KELOMPOK II"], BUDI) == ["Kelompok I", "Kelompok II"]


def test_a_group_written_once_for_several_rows_is_a_problem_of_the_others():
    head, rows = [*HEAD, "Kelompok"], [[*ANI, "1"], [*BUDI, ""]]
    assert told(head, *rows) == ["Kelompok 1", ["group"]]
    assert told(head, [*ANI, ""], rows[1]) == ["", ""]
    assert told(HEAD, ANI, ["Kelompok 2"], BUDI) == [["group"], "Kelompok 2"]


@pytest.mark.parametrize("cell", ["2", "2.", "Klp 2", "kelompok-2", "KELOMPOK  2", "Kel. 2", 2.0])
def test_a_group_in_its_column_in_every_usual_spelling(cell):
    assert told([*HEAD, "Kelompok"], [*ANI, cell]) == ["Kelompok 2"]


@pytest.mark.parametrize(
    "lines",
    [
        [["DAFTAR WIDYAISWARA"], HEAD], [["PESERTA YANG MENGUNDURKAN DIRI"]], [["", "Cadangan"]], [["B.", "PANITIA"]],
        [["Tim Pengajar"]], [["Nama-nama fasilitator"], ["KELOMPOK 1"]], [["Ketua Panitia", "Nama", "NIP"]],
        [["No", "NIP", "Nama"]], [["No", "Nama", "Jabatan", "NIP"]],
    ],
)  # fmt: skip
def test_another_table_on_the_sheet_is_not_taken_in(lines):
    assert "name" in told(HEAD, ANI, [], *lines, BUDI)[1]
    assert told(HEAD, ANI, [], *lines, BUDI, ["DAFTAR PESERTA"], HEAD, ["3", "Citra", NIP.format("03")])[2] == ""


def test_a_table_of_others_above_that_of_the_participants():
    other = ["1", "Endah", NIP.format("09")]
    assert told(["DAFTAR WIDYAISWARA"], HEAD, other, [], ["DAFTAR PESERTA"], HEAD, ANI) == [["name"], ""]
    assert told(["Ketua Panitia", "Nama", "NIP"], other, [], HEAD, ANI) == [["name"], ""]
    for above in (["DAFTAR PESERTA PELATIHAN WIDYAISWARA"], ["Widyaiswara: Dr. Endah"], ["Widyaiswara", ":", "Endah"]):
        assert told(above, HEAD, ANI) == [""]


def test_headings_that_come_again_in_another_order_swap_nothing():
    head = ["No", "Nama", "NIP", "Jabatan", "Instansi"]
    rows = [head, [*ANI, "Bidan", "Dinkes"], [*head[:3], "Instansi", "Jabatan"], [*BUDI, "RSUD", "Guru"]]
    assert told(*rows) == ["", ["name"]]
    assert told(*rows, head, ["3", "Citra", NIP.format("03"), "Guru", "SD 1"]) == ["", ["name"], ""]


# --- Signatures with a number, and what else is nobody ----------------------------------------------

SIGNED = "Mengetahui,\nKepala BKPSDM\n\nDrs. Sutrisno, M.M.\nNIP. 19700101 199503 1 901"
SIGNER = "Drs. Sutrisno, M.M.\nNIP. 19700101 199503 1 901"


@pytest.mark.parametrize("lines", [[["", SIGNED]], [["", "Mengetahui,"], ["", "Kepala BKPSDM"], [], ["", SIGNER]]])
@pytest.mark.parametrize("gap", [[[]], []])
def test_who_signs_with_name_and_number_in_one_cell_is_no_participant(lines, gap):
    found, _left = sifted(*(padded(HEAD, ANI, BUDI, *gap, *lines)))
    assert [name for _number, name, _problems in found] == ["Ani Wijaya", "Budi Santoso"]
    both = [["No", "Nama/NIP", "Jabatan"], *([row[0], f"{row[1]} NIP. {row[2]}", "Bidan"] for row in (ANI, BUDI))]
    found, _left = sifted(*(padded(*both, *gap, *lines)))
    assert [name for _number, name, _problems in found] == ["Ani Wijaya", "Budi Santoso"]


def test_three_signatures_beside_each_other():
    names = [["", "Mengetahui,", "", "Panitia,", "", "Lembah Asri"], ["", "Kepala", "", "Ketua", "", "Widyaiswara"],
             ["", "Drs. Sutrisno", "", "Dra. Wiwik", "", "Dr. Endah"]]  # fmt: skip
    assert len(sifted(*padded([*HEAD, "Jabatan", "Unit"], ANI, [], *names))[0]) == 1


@pytest.mark.parametrize(
    "line",
    [
        ["", "Jumlah", 2.0], ["", "Laki-laki", 1.0], ["", "Jumlah", "1 orang"], ["A.", "DINAS KESEHATAN"],
        ["II", "RSUD"], ["*)", "Peserta dari luar daerah"], ["1.", "2.", "3."],
    ],
)  # fmt: skip
def test_furniture_between_and_after_the_people(line):
    assert sifted(*padded(HEAD, ANI, line, BUDI)) == ([(2, "Ani Wijaya", []), (4, "Budi Santoso", [])], [3])
    assert sifted(*padded(HEAD, ANI, line)) == ([(2, "Ani Wijaya", [])], [3])


@pytest.mark.parametrize(
    ("heads", "first"),
    [
        ([HEAD, ["", "(tanpa gelar)", "(18 angka)"]], 3), ([HEAD, ["diisi", "tanpa gelar", "tanpa spasi"]], 3),
        ([HEAD, ["a", "b", "c"]], 3), ([HEAD, [1.0, 2.0, "3 = 1+2"]], 3), ([HEAD, ["1.", "2.", "3."]], 3),
        ([["No", "Identitas"], ["", "Nama", "NIP"], ["", "Lengkap", "Baru"]], 4),
    ],
)  # fmt: skip
def test_hints_and_counts_between_headings_and_people(heads, first):
    assert sifted(*padded(*heads, ANI))[0] == [(first, "Ani Wijaya", [])]


def test_a_count_over_two_columns():
    assert sifted(["Nama", "NIP"], ["(1)", "(2)"], ANI[1:])[0] == [(3, "Ani Wijaya", [])]


def test_notes_under_a_list():
    notes = [[], ["Catatan:"], ["1.", "Peserta hadir pukul 07.30"], ["2.", "Membawa laptop", "", "dan alat tulis"]]
    assert sifted(*padded(HEAD, ANI, *notes)) == ([(2, "Ani Wijaya", [])], [4, 5, 6])
