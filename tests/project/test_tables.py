"""Spreadsheets that strangers send: read as they are meant, or refused for a reason, within bounds."""

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from berakhlak import tables
from berakhlak.tables import UnusableTable, column_letters, read_table


def workbook(fill, **options) -> bytes:
    """An XLSX file; `fill` gets the book and its first sheet."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **options}) as book:
        fill(book, book.add_worksheet("Peserta"))
    return buffer.getvalue()


def packed(how: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook of which one member is replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return packed(**members | {name: content})


def with_sheet(data: bytes, content: bytes) -> bytes:
    """A workbook whose first sheet is replaced by this XML."""
    return with_member(data, "xl/worksheets/sheet1.xml", content)


def merged(ranges: list[str], rows: int = 2) -> bytes:
    """A workbook of so many rows with these ranges merged, which may overlap as no program writes them."""
    cells = b"".join(b'<row r="%d"><c r="B%d"><v>1</v></c></row>' % (row, row) for row in range(1, rows + 1))
    told = "".join(f'<x:mergeCell ref="{place}"/>' for place in ranges).encode()
    sheet = SHEET.replace(
        b"<worksheet ", b'<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    )
    return with_sheet(
        PLAIN, (sheet % cells).replace(b"</sheetData>", b"</sheetData><x:mergeCells>%s</x:mergeCells>" % told)
    )


SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
PLAIN = workbook(lambda _book, sheet: sheet.write_row(0, 0, ["Nama", "NIP"]))


def refusal(data: bytes) -> UnusableTable:
    with pytest.raises(UnusableTable) as caught:
        read_table(data)
    return caught.value


def test_a_workbook_keeps_text_as_text_and_numbers_as_numbers():
    def fill(book, sheet):
        sheet.write_row(0, 0, [" Nama ", "NIP", "Lahir"])
        sheet.write_string(1, 1, "198609262015051001")
        sheet.write_number(2, 1, 198609262015051001)
        sheet.write_datetime(2, 2, datetime(2026, 1, 3), book.add_format({"num_format": "dd/mm/yyyy"}))

    table = read_table(workbook(fill))
    assert table.sheet == "Peserta"
    assert table.rows[0] == ["Nama", "NIP", "Lahir"]
    assert table.rows[1] == ["", "198609262015051001", ""]
    assert isinstance(table.rows[2][1], float)
    assert table.rows[2][2] == date(2026, 1, 3)


def test_a_cell_merged_over_rows_means_all_of_them_and_colours_mean_nothing():
    def fill(book, sheet):
        sheet.write_row(0, 0, ["Kelompok", "Nama"])
        sheet.merge_range("A2:A4", "Kelompok 1")
        sheet.write_column(1, 1, ["Ani", "Budi", "Citra"])
        sheet.write_blank(900_000, 90, None, book.add_format({"bold": True}))

    assert read_table(workbook(fill)).rows[1:] == [
        ["Kelompok 1", "Ani"],
        ["Kelompok 1", "Budi"],
        ["Kelompok 1", "Citra"],
    ]


def test_the_first_visible_sheet_with_something_in_it_is_read():
    def fill(book, sheet):
        sheet.write(0, 0, "rahasia")
        sheet.hide()
        book.add_worksheet("Kosong").set_first_sheet()
        second = book.add_worksheet("Isi")
        second.write(0, 0, "Nama")
        second.activate()
        book.add_worksheet("Rekap").write_formula(0, 0, "=1+1")

    table = read_table(workbook(fill))
    assert (table.sheet, table.rows) == ("Isi", [["Nama"]])


def test_of_several_sheets_the_first_that_fits_is_read_and_the_others_are_named():
    def fill(book, sheet):
        sheet.write(0, 0, "Petunjuk")
        sheet.write_formula(1, 0, "=1+1")
        for name in ("Satu", "Dua"):
            book.add_worksheet(name).write_row(0, 0, ["Nama", "NIP"])
        book.add_worksheet("Besar").write(tables.MAX_ROWS, 0, "x")
        book.add_worksheet("Kosong")
        hidden = book.add_worksheet("Rahasia")
        hidden.write(0, 0, "Nama")
        hidden.hide()

    data = workbook(fill)
    table = read_table(data, fits=lambda rows: "NIP" in rows[0])
    assert (table.sheet, table.others) == ("Satu", ["Peserta", "Dua", "Besar"])
    with pytest.raises(UnusableTable, match="formulas"):  # none fits: the first, with what is wrong with it
        read_table(data, fits=lambda _rows: False)


def test_sheets_are_not_tried_without_end():
    def fill(book, sheet):
        for page in (sheet, *(book.add_worksheet(f"Lembar {number}") for number in range(2))):
            page.write(0, 0, page.get_name())
            page.write(tables.MAX_ROWS - 1, tables.MAX_COLUMNS // 2 - 2, "x")

    data, tried = workbook(fill), []
    assert read_table(data, fits=lambda rows: bool(tried.append(rows[0][0]))).sheet == "Peserta"
    assert tried == ["Peserta", "Lembar 0"]


def test_errors_hidden_rows_and_cells_merged_over_columns_are_told():
    def fill(book, sheet):
        sheet.write_row(0, 0, ["Nama", "", "NIP"])
        sheet.merge_range("A1:B1", "Nama")
        sheet.write_column(1, 0, ["Ani", "Budi", "Citra"])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(900, None, None, {"hidden": True})
        sheet.write_formula(3, 2, "=NA()", value="#N/A")

    told = with_member(
        workbook(fill), "xl/worksheets/sheet1.xml", sheet_of(workbook(fill)).replace(b"<f>NA()</f>", b"")
    )
    table = read_table(told)
    assert (table.hidden, table.spans) == ([3], {0: {0: 1}})
    assert [row[2] for row in table.rows] == ["NIP", "", "", "#N/A"]


def sheet_of(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read("xl/worksheets/sheet1.xml")


def test_more_errors_than_a_list_has_are_a_bomb(monkeypatch):
    cells = b'<row r="1"><c r="A1" t="e"><v>#N/A</v></c> <c r="B1" t="e"><v>#REF!</v></c></row>'
    assert read_table(with_sheet(PLAIN, SHEET % cells)).rows == [["#N/A", "#REF!"]]
    monkeypatch.setattr(tables, "MAX_ERRORS", 1)
    assert refusal(with_sheet(PLAIN, SHEET % cells)).code == "bomb"


def test_formulas_are_named():
    def fill(_book, sheet):
        sheet.write(0, 0, "Nama")
        for row in range(1, 6):
            sheet.write_formula(row, 2, "=A1")

    found = refusal(workbook(fill))
    assert (found.code, found.places) == ("formulas", ["C2", "C3", "C4"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook", "old"),
        (packed(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "kind"),
        (PLAIN[:-40], "broken"),
        (b"PK\x03\x04 and nothing else", "broken"),
        (b"%PDF-1.7\0\0", "kind"),
        (b"\xef\xbb\xbf <html><table><tr><td>Nama</td></tr></table></html>", "kind"),
        (b"<?xml version='1.0'?><Workbook/>", "kind"),
        (rb"{\rtf1\ansi Nama;NIP}", "kind"),
        (b"", "empty"),
        (b";;\r\n;;\r\n", "empty"),
        (b"x" * (tables.MAX_FILE + 1), "large"),
        (b"Nama\n" + b"a\n" * 20_001, "size"),
        (b"a;" * 101, "size"),
        (with_sheet(PLAIN, SHEET % b'<row r="1"><c r="XFD1048576"><v>1</v></c></row>'), "size"),
        (with_sheet(PLAIN, SHEET % b'<row r="1"><c><v>1</v></c></row>'), "broken"),
        (with_sheet(PLAIN, b'<!DOCTYPE a [<!ENTITY b "c">]>' + SHEET % b"&b;"), "broken"),
        (with_sheet(PLAIN, b"<worksheet>"), "broken"),
        (packed(**{f"xl/{number}.xml": b"" for number in range(501)}), "bomb"),
        (b"Nama\n" + b"a" * 131_073, "broken"),
        (b"Nama\n" * 30 + b"a" * 131_073, "broken"),
        *(
            (with_member(PLAIN, name, b'<?xml version="1.0" encoding="%s"?><a/>' % encoding), "broken")
            for name in (tables.STRINGS, tables.RELATIONS, tables.WORKBOOK, "xl/worksheets/sheet1.xml")
            for encoding in (b"foo", b"shift_jis", b"rot13")
        ),
    ],
)
def test_what_is_no_list_is_refused_for_its_reason(data, code):
    assert refusal(data).code == code


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(tables, "MAX_UNPACKED", 100_000)
    assert refusal(with_sheet(PLAIN, SHEET % (b"<!--" + b" " * 200_000 + b"-->"))).code == "bomb"


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_cannot_be_unpacked_piece_by_piece_is_not_opened(how, monkeypatch):
    data = packed(how, **{tables.WORKBOOK: b"x" * 1000})
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert refusal(data).code == "broken"


def test_one_long_text_in_many_cells_is_a_bomb(monkeypatch):
    data = workbook(lambda _book, sheet: [sheet.write_row(row, 0, ["x" * 1000] * 20) for row in range(20)])
    assert len(read_table(data).rows) == 20
    monkeypatch.setattr(tables, "MAX_UNPACKED", 399_999)
    assert refusal(data).code == "bomb"


@pytest.mark.parametrize(
    "ranges",
    [
        ["A1:A2"] * (tables.MAX_MERGED + 1),
        ["A1:B1"] * (tables.MAX_MERGED + 1),
        ["A1:A2000"] * 1_001,  # each over all rows
    ],
    ids=["many", "flat", "high"],
)
def test_cells_merged_over_and_over_are_a_bomb(ranges):
    assert refusal(merged(ranges, rows=2_000)).code == "bomb"


def test_too_many_merged_cells_never_reach_the_library(monkeypatch):
    monkeypatch.setattr(tables, "_spread_merged", None)
    assert refusal(merged(["A1:A2"] * (tables.MAX_MERGED + 1))).code == "bomb"


def test_as_many_merged_cells_as_a_long_list_has():
    rows = tables.MAX_MERGED // 2
    table = read_table(merged([f"A{row}:B{row}" for row in range(1, rows + 1)] * 2, rows=rows))
    assert len(table.rows) == rows


def test_one_long_text_merged_over_many_rows_is_a_bomb(monkeypatch):
    def fill(_book, sheet):
        sheet.merge_range("A1:A20", "x" * 1000)
        sheet.write(19, 1, "Ani")

    data = workbook(fill)
    assert len(read_table(data).rows) == 20
    monkeypatch.setattr(tables, "MAX_UNPACKED", 18_999)
    assert refusal(data).code == "bomb"


def test_an_archive_that_lies_about_a_size_is_refused():
    true, said = (200_000).to_bytes(4, "little"), (100).to_bytes(4, "little")
    comment = b"<!--" + b" " * (200_000 - len(SHEET % b"") - 7) + b"-->"
    data = with_sheet(PLAIN, SHEET % comment)
    assert data.count(true) == 2
    assert refusal(data.replace(true, said)).code == "broken"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_text_files_in_every_usual_spelling(sign, encoding):
    text = f'Nama{sign}Instansi\r\n"José Ximenes{sign} S.Pd."{sign}Dinas\r\n'
    assert read_table(text.encode(encoding)).rows == [["Nama", "Instansi"], [f"José Ximenes{sign} S.Pd.", "Dinas"]]


@pytest.mark.parametrize("quoted", [False, True])
def test_titles_after_names_are_no_columns(quoted):
    names = ["Ani Wijaya, S.E., M.M., M.H.", "Budi, S.T., M.Si., M.T.", "Dr. Citra, S.Pd., M.Pd., M.M."]
    sign = "," if quoted else ";"
    lines = [f"Nama{sign}NIP", *(f'"{name}"{sign}1' if quoted else f"{name}{sign}1" for name in names)]
    assert read_table("\n".join(lines).encode()).rows == [["Nama", "NIP"], *([name, "1"] for name in names)]


def test_excels_own_line_says_the_separator():
    assert read_table(b"sep=;\r\nNama;Gelar\r\nAni;S.T., M.Si., M.H.\r\n").rows == [
        ["Nama", "Gelar"],
        ["Ani", "S.T., M.Si., M.H."],
    ]


def test_columns_have_letters():
    assert [column_letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
