"""Lists of people as offices make them: headings, damaged numbers, titles in names, rows that name nobody."""

import pytest

from berakhlak.names import full_name, split_name
from berakhlak.tables import read_table
from journals.roster.columns import field_of, layout_of
from journals.roster.reading import CUT, read
from journals.services import rosters

HEAD = ["Nama", "NIP", "Surel"]
NIP = "19900101 201501 2 9{:02}"


def people(*rows, head=HEAD):
    """What a list with these rows says."""
    rows = [head, *rows]
    return read(rows, layout_of(rows)).people


def test_the_template_can_be_uploaded_as_it_is():
    table = read_table(rosters.template())
    found = read(table.rows, layout_of(table.rows))
    assert (found.people, [number for number, _text in found.left_out]) == ([], [2])  # nobody but the example
    table.rows[1][2] = "198609262015052902"
    [person] = read(table.rows, layout_of(table.rows)).people
    assert not person.problems
    assert full_name(person.title_before, person.name, person.title_after) == rosters.EXAMPLE[1][1]
    assert (person.ndh, person.nip, person.group, person.rank) == (
        1,
        "198609262015052902",
        "Kelompok 1",
        "Penata Muda Tk. I (III/b)",
    )


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("NAMA LENGKAP DAN GELAR", "name"), ("Nama Peserta", "name"), ("N I P", "nip"), ("NIP/NI PPPK", "nip"),
        ("NIP (18 angka)", "nip"), ("E-mail", "email"), ("No. Daftar Hadir", "ndh"), ("Asal Instansi", "agency"),
        ("Unit Kerja/OPD", "unit"), ("Pangkat/Gol. Ruang", "rank"), ("Gol.", "rank"), ("Jabatan", "position"),
        ("Nama Unit Kerja", "unit"),
        ("Kel.", "group"), ("Gelar Depan", "title_before"), ("Tanggal lahir", ""), ("No", ""), ("", ""),
        # What only begins like one of them.
        ("NIP Atasan", ""), ("NIP (lama)", ""), ("NIP_Lama", ""), ("niplama", ""), ("Nomor Induk Kependudukan", ""),
        ("Nomor Induk Pegawai Lama", ""), ("No. KK", ""), ("Nama Ibu Kandung", ""), ("Nama Lengkap Atasan", ""),
        ("Nama Sekolah", ""), ("Nama Kepala Sekolah", ""), ("Nama Pengguna", ""), ("Nama Panggilan", ""),
        ("Kelas", ""), ("Kelamin", ""), ("Kelurahan", ""), ("Kel./Desa", ""), ("Kelompok Jabatan", ""),
        ("kelompokjabatan", ""), ("Kelompok Umur", ""), ("Golongan Darah", ""), ("Gol. Darah", ""),
        ("golongandarah", ""), ("Email Atasan", ""), ("E-mail Instansi", ""), ("Jabatan Atasan Langsung", ""),
        ("Instansi Pembina", ""), ("Unit Kompetensi", ""), ("Unit Kerja Lama", ""), ("Unit Kerja Alamat", ""),
        # What goes on as one of them.
        ("NIP Baru", "nip"), ("NIPBaru", "nip"), ("Nomor Induk Pegawai (NIP)", "nip"), ("NIP/NIK", "nip"),
        ("Nomor Induk PNS/PPPK", "nip"), ("Nama (sesuai KTP)", "name"), ("Nama & Gelar", "name"),
        ("namalengkapdangelar", "name"), ("Nama/NIP", "name"), ("Nama OPD", "unit"), ("Nama SKPD/UPT", "unit"),
        ("Nama Satuan Kerja", "unit"), ("Nama Instansi Asal", "agency"), ("Nama Jabatan Terakhir", "position"),
        ("NAMA PESERTA DIKLAT", "name"), ("Nama, NIP, Pangkat", ""),
        ("Kelompok Diskusi", "group"), ("Kel. Diskusi", "group"), ("Golongan Ruang Terakhir", "rank"),
        ("Email Address", "email"), ("Klp.", "group"), ("Kelompok/Kelas", "group"), ("Instansi/Unit Kerja", "agency"),
        ("Instansi / OPD", "agency"), ("Nama Peserta Latsar CPNS", "name"), ("Full Name", "name"),
        ("Employee ID (NIP)", "nip"), ("Employee ID", ""), ("Email Aktif", "email"),
        ("Alamat Email (aktif)", "email"), ("NDH Peserta", "ndh"),
    ],
)  # fmt: skip
def test_headings(heading, name):
    assert field_of(heading) == name
    columns = layout_of([["Nama" if name != "name" else "NIP", heading], ["Ani", ""]]).columns
    assert [field for field, column in columns.items() if column == 1] == ([name] if name else [])


def test_a_letterhead_two_rows_of_headings_and_a_count_of_columns():
    rows = [
        ["DAFTAR PESERTA", "", "", ""],
        ["", "", "", ""],
        ["No", "Nama", "Instansi", ""],
        ["", "", "Instansi", "Unit Kerja"],
        ["(1)", "(2)", "(3)", "(4)"],
        [1.0, "Ani Wijaya", "Kota Contoh", "Dinas Contoh"],
        ["", "", "", "Mengetahui,"],
    ]
    layout = layout_of(rows)
    found = read(rows, layout)
    assert layout.columns == {"name": 1, "agency": 2, "unit": 3}
    assert [(person.number, person.agency, person.unit) for person in found.people] == [
        (6, "Kota Contoh", "Dinas Contoh")
    ]
    assert found.left_out == [(7, "Mengetahui,")]


def test_a_heading_over_two_columns():
    rows = [["No", "Nama", "Gelar", "", "NIP"], ["", "", "Depan", "Belakang", ""], [1.0, "Ani", "dr.", "Sp.A.", "x"]]
    assert layout_of(rows).columns == {"name": 1, "title_before": 2, "title_after": 3, "nip": 4}


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("Nama;NIP Atasan;NIP", {"name": 0, "nip": 2}),
        ("Nama OPD;Nama", {"unit": 0, "name": 1}),
        ("Nama Instansi;Nama Lengkap dan Gelar;NIP", {"agency": 0, "name": 1, "nip": 2}),
        ("Nama;NIP Lama;NIP Baru", {"name": 0, "nip": 2}),
        ("Nomor Induk Kependudukan;Nomor Induk Pegawai;Nama", {"nip": 1, "name": 2}),
        ("NIP (18 angka);NIP;Nama", {"nip": 1, "name": 2}),  # what says it exactly goes before what begins with it
        ("Nama;Kelas;Kelompok Jabatan;Kelompok", {"name": 0, "group": 3}),
        ("Nama;Golongan Darah;Golongan", {"name": 0, "rank": 2}),
        ("Nama;Email Atasan;Email", {"name": 0, "email": 2}),
        ("Nama Atasan;NIP Atasan;Nama;NIP", {"name": 2, "nip": 3}),
        ("Nama;NIP;Nama", {"name": 0, "nip": 1}),
    ],
)
def test_headings_beside_others_that_begin_like_them(head, columns):
    assert layout_of([head.split(";"), ["x"] * (head.count(";") + 1)]).columns == columns


@pytest.mark.parametrize(
    ("above", "below", "columns"),
    [
        ("No;Atasan Langsung;;Peserta;", ";Nama;NIP;Nama;NIP", {"name": 3, "nip": 4}),
        ("No;Nama;NIP;;Gol.", ";;Lama;Baru;", {"name": 1, "nip": 3, "rank": 4}),
        ("No;Nama;NIP Atasan;NIP;Gol.", "No;Nama;NIP Atasan;NIP;Gol.", {"name": 1, "nip": 3, "rank": 4}),
    ],
)
def test_headings_of_others_over_two_columns(above, below, columns):
    rows = [above.split(";"), below.split(";"), ["x"] * 5]
    assert layout_of(rows).columns == columns


@pytest.mark.parametrize(
    ("above", "below", "columns"),
    [
        ("No;Kepala OPD;;;Peserta;;", ";Nama;NIP;Email;Nama;NIP;Jabatan", {"name": 4, "nip": 5, "position": 6}),
        ("No;Peserta;;;PIC;;", ";Nama;NIP;Jabatan;Nama;NIP;Email", {"name": 1, "nip": 2, "position": 3}),
        ("No;Peserta;;;Penanggung Jawab;;", ";Nama;NIP;Jabatan;Nama;NIP;Email", {"name": 1, "nip": 2, "position": 3}),
        ("No;Data Peserta;;;Data Kepala Sekolah;;", ";Nama;NIP;OPD;Nama;NIP;Email", {"name": 1, "nip": 2, "unit": 3}),
        ("No;Biodata;;;Kontak darurat;;", ";Nama;NIP;Unit;Nama;Hubungan;Email", {"name": 1, "nip": 2, "unit": 3}),
        ("No;Kontak;;;Peserta;;", ";Nama;HP;Email;Nama;NIP;Jabatan", {"name": 4, "nip": 5, "position": 6}),
        ("DAFTAR PESERTA DIKLAT KEPALA SEKOLAH;;;;;;", "No;Nama;NIP;Jabatan;;;", {"name": 1, "nip": 2, "position": 3}),
    ],
)
def test_what_stands_under_the_heading_of_somebody_else_is_nobodys_here(above, below, columns):
    layout = layout_of([above.split(";"), below.split(";"), ["1", *"xxxxxx"]])
    assert (layout.columns, layout.twice) == (columns, False)


def test_a_merged_heading_reaches_as_far_as_it_is_merged():
    rows = [["", "", "", "Atasan", "", "", ""], ["No", "Nama", "NIP", "Nama", "NIP", "Instansi", "Email"], ["x"] * 7]
    assert layout_of(rows).columns == {"name": 1, "nip": 2}
    assert layout_of(rows, {0: {3: 4}}).columns == {"name": 1, "nip": 2, "agency": 5, "email": 6}


@pytest.mark.parametrize("above", ["KELOMPOK 1;;;KELOMPOK 2;;", ";;;;;", "DAFTAR PESERTA;;;;;"])
def test_two_tables_side_by_side_are_refused_until_somebody_says_which(above):
    rows = [
        above.split(";"),
        ["No", "Nama", "NIP", "No", "Nama", "NIP"],
        ["1", "Ani", NIP.format(1), "2", "Budi", NIP.format(2)],
    ]
    layout = layout_of(rows)
    assert len(read(rows, layout).obstacles) == 1
    assert read(rows, layout.chosen(2, {"name": 4, "nip": 5})).obstacles == []


def test_a_group_under_the_headings_is_no_heading():
    rows = [["No", "Nama", "NIP"], ["KELOMPOK I", "", ""], ["1", "Ani Wijaya", NIP.format("01")]]
    layout = layout_of(rows)
    assert layout.columns == {"name": 1, "nip": 2}
    assert [(person.name, person.group) for person in read(rows, layout).people] == [("Ani Wijaya", "Kelompok I")]


def test_names_without_any_number_are_a_problem_and_not_left_out():
    found = people(["Ani", "", ""], ["Budi", "", ""])
    assert [sorted(person.problems) for person in found] == [["nip"], ["nip"]]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("dr. Ratna Kusumaningrum, Sp.A., M.Kes.", ("dr.", "Ratna Kusumaningrum", "Sp.A., M.Kes.")),
        ("Prof. Dr. Ir. H. Budi Santoso, S.T.,M.Si.", ("Prof. Dr. Ir. H.", "Budi Santoso", "S.T., M.Si.")),
        ("M. Hasanuddin", ("", "M. Hasanuddin", "")),
        ("Aminah, Siti", ("", "Aminah, Siti", "")),
        ("Andi Baso, SE, MM", ("", "Andi Baso", "SE, MM")),
        ("Nur Sa'diyah, Ners", ("", "Nur Sa'diyah", "Ners")),
        ("Siti Aminah S.Pd., M.Pd.", ("", "Siti Aminah", "S.Pd., M.Pd.")),
        ("H. Abdul Wahid Lc. M.A.", ("H.", "Abdul Wahid", "Lc., M.A.")),
        ("A.H. Nasution", ("", "A.H. Nasution", "")),
        ("R. Soepomo", ("", "R. Soepomo", "")),
        ("Dr.", ("", "Dr.", "")),
        ("1. Ani Wijaya, S.E.", ("", "Ani Wijaya", "S.E.")),
        ("3) dr. Citra", ("dr.", "Citra", "")),
        ("SANTOSO, BUDI", ("", "SANTOSO, BUDI", "")),
        ("BUDI SANTOSO, SE, MM", ("", "BUDI SANTOSO", "SE, MM")),
        ("dr.Ratna Kusuma, Sp.A", ("dr.", "Ratna Kusuma", "Sp.A")),
        ("Dra.Hj.Siti", ("Dra. Hj.", "Siti", "")),
        ("H.M. Noor", ("", "H.M. Noor", "")),
        ("Hj Siti", ("Hj", "Siti", "")),
        ("Drs Budi", ("Drs", "Budi", "")),
        ("drg Ani", ("drg", "Ani", "")),
        ("K.H. Ahmad Dahlan", ("K.H.", "Ahmad Dahlan", "")),
        ("Dr. (H.C.) Budi", ("Dr. (H.C.)", "Budi", "")),
        ("BUDI SANTOSO, S. Pd., M. Pd.", ("", "BUDI SANTOSO", "S.Pd., M.Pd.")),
        ("Budi Santoso S. Pd.", ("", "Budi Santoso", "S.Pd.")),
        ("M. Ali S.T.", ("", "M. Ali", "S.T.")),
        ("Siti Aminah, S.Kep, Ns", ("", "Siti Aminah", "S.Kep, Ns")),
        ("Budi Santoso, S.Si., Apt", ("", "Budi Santoso", "S.Si., Apt")),
        ("H. Yusuf, Sp.PD-KGEH", ("H.", "Yusuf", "Sp.PD-KGEH")),
    ],
)
def test_titles_in_names(text, parts):
    assert split_name(text) == parts


@pytest.mark.parametrize(
    "cell",
    [198609262015051001.0, 198609262015051001, "1,98609E+17", "1.98609262015051E+17", "2E+17", "1,98609E 17",
     "198609262015050000", "198609262015051000"],
)  # fmt: skip
def test_a_nip_that_came_as_a_number_is_refused_with_advice(cell):
    assert people(["Ani", cell, ""])[0].problems == {"nip": [CUT]}


def test_a_nip_that_ends_in_zeros_and_numbers_that_were_rounded_are_recognised():
    assert CUT in people(["Ani", "198609262015051000", ""])[0].problems["nip"]
    rounded = [str(198609262015051001 // 32 * 32 + 32 * step) for step in (4, 7, 9)]
    assert all(int(float(nip)) == int(nip) for nip in rounded)
    assert all(person.problems == {"nip": [CUT]} for person in people(*[["Ani", nip, ""] for nip in rounded]))
    # A few such numbers among others are chance; four that are a quarter of all were rounded, and others mended.
    others = [NIP.format(number) for number in range(1, 27, 2)]
    assert not any(person.problems for person in people(*[["Ani", nip, ""] for nip in [*rounded, others[0]]]))
    rounded.append(str(int(rounded[0]) + 32 * 10))
    for mended in (others[:12], others):
        found = people(*[["Ani", nip, ""] for nip in [*rounded, *mended]])
        told = [person.number for person in found if person.problems == {"nip": [CUT]}]
        assert told == ([2, 3, 4, 5] if len(mended) == 12 else [])
        assert not any(person.problems for person in found[4:])


def test_problems_stand_at_their_cells():
    found = people(
        ["Ani", NIP.format(1), "ani@contoh.go.id"],
        ["Budi", NIP.format(1), "ANI@contoh.go.id"],
        ["", NIP.format(2), ""],
        ["Citra", "", ""],
        ["Dewi", "", "bukan-surel"],
        ["Eko", "12345", ""],
    )
    assert [sorted(person.problems) for person in found] == [
        [],
        ["email", "nip"],
        ["name"],
        ["nip"],
        ["email"],
        ["nip"],
    ]


def test_name_and_nip_in_one_cell():
    found = people(["Ani Wijaya, S.E.\nNIP. 19900101 201501 2 901"], ["Budi / 199001012015011902"], head=["Nama/NIP"])
    assert [(person.name, person.title_after, person.nip) for person in found] == [
        ("Ani Wijaya", "S.E.", "199001012015012901"),
        ("Budi", "", "199001012015011902"),
    ]
    assert not any(person.problems for person in found)


def test_a_group_as_a_line_above_its_people():
    found = people(
        ["KELOMPOK 1", "", ""], ["Ani", NIP.format(1), ""], ["Kelompok 2", "", ""], ["Budi", NIP.format(2), ""]
    )
    assert [(person.name, person.group) for person in found] == [("Ani", "Kelompok 1"), ("Budi", "Kelompok 2")]


def test_numbers_and_groups():
    rows = [["Ani", NIP.format(1), 7.0, 2.0], ["Budi", NIP.format(2), "08", "Kelompok Tiga"],
            ["Citra", NIP.format(3), "0", "IV"], ["Dewi", NIP.format(4), "7", ""]]  # fmt: skip
    found = people(*rows, head=["Nama", "NIP", "NDH", "Kelompok"])
    assert [(person.ndh, person.group) for person in found] == [
        (7, "Kelompok 2"),
        (8, "Kelompok Tiga"),
        (None, "Kelompok IV"),
        (7, ""),
    ]
    assert [sorted(person.problems) for person in found] == [[], [], ["ndh"], ["group", "ndh"]]


@pytest.mark.parametrize(
    "cell",
    ["NIP. {}", "NIP {}", "N.I.P : {}", "NIP PPPK {}", '="{}"', "\u200b{}\ufeff", "'{}", "\u2018{}", "`{}", "{}.0",
     "NI PPPK. {}", "NI PPPK {}", "NIPPPK. {}", "NI. PPPK {}", "NIP/NI PPPK: {}", "NRP/NIP {}", "NIP - {}"],
)  # fmt: skip
def test_numbers_as_they_come(cell):
    [person] = people(["Ani\u200b Wijaya", cell.format(NIP.format("01")), "\u2013"])
    assert (person.name, person.nip, person.problems) == ("Ani Wijaya", "199001012015012901", {})


def test_digits_of_another_width_and_two_addresses():
    [person] = people(["Ani", "\uff11\uff19" + NIP.format("01")[2:], "ani@contoh.go.id; ani@surel.example"])
    assert person.nip == "199001012015012901"
    assert person.problems == {"email": ["Isi satu alamat saja."]}
