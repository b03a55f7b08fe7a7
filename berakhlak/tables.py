"""Tables that strangers send, as XLSX or CSV: opened within bounds, and given back as plain rows.

A workbook is a ZIP archive of XML. A small file may unpack to gigabytes, may say wrong sizes, or may put one cell at
the far end of a sheet, for which a reader then makes room for all cells before it. So the members that are needed are
unpacked here, within a limit, and looked through; only then the library reads them, from an archive of our own making.
"""

import csv
import io
import re
import xml.parsers.expat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from posixpath import normpath

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

MAX_FILE = 10 * 1024 * 1024
MAX_UNPACKED = 50 * 1024 * 1024
MAX_MEMBERS = 500
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_MERGED = 20_000  # ranges
MAX_FORMULAS_NAMED = 3
MAX_ERRORS = 100_000  # cells that hold an error
MAX_HEAD = 40  # rows in which headings stand, and in which merged ones are told
# What the library unpacks piece by piece; of others (bzip2, LZMA) it may make gigabytes of a few hundred bytes at once.
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what old Excel files and encrypted new ones begin with
WORKBOOK = "xl/workbook.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
NEEDED = re.compile(r"(\[Content_Types\]\.xml|_rels/\.rels|xl/(?!media/|embeddings/|externalLinks/).*\.(xml|rels))\Z")
REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
DELIMITERS = (";", ",", "\t")
MARKUP = ("<", "{\\rtf")  # a web page or an RTF text that is called .xls or .csv

Cell = str | int | float | bool | date | datetime | time | timedelta
Ranges = list[tuple[tuple[int, int], tuple[int, int]]]


class UnusableTable(Exception):
    """Why a file is refused.

    `code` is "large", "encrypted", "old", "kind", "broken", "bomb", "size", "formulas" or "empty"; `places` are cells.
    """

    def __init__(self, code: str, places: list[str] | None = None) -> None:
        super().__init__(code)
        self.code, self.places = code, places or []


@dataclass
class Table:
    """The rows of one sheet, all of one width; text is what was typed as text, and an error ("#N/A") is one as well.

    `others` are the visible sheets with something in them that were not read, `hidden` the rows that nobody sees (as a
    spreadsheet counts them), `spans` the cells of the first rows that are merged over columns: by row, from 0, where
    each begins and ends.
    """

    rows: list[list[Cell]]
    sheet: str = ""
    others: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    spans: dict[int, dict[int, int]] = field(default_factory=dict)


@dataclass
class _Sheet:
    """What a look through the XML of a sheet finds."""

    rows: int = 0
    columns: int = 0
    merged: int = 0
    formulas: list[str] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)


def read_table(data: bytes, *, fits: Callable[[list[list[Cell]]], bool] = bool) -> Table:
    """The table in a file, recognised by its content. Raises `UnusableTable`.

    Of several visible sheets the first is read whose first rows `fits` says yes to; without any, the first."""
    if len(data) > MAX_FILE:
        raise UnusableTable("large")
    if data.startswith(OLE):
        raise UnusableTable("encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "old")
    if data.startswith(b"PK"):
        return _read_workbook(data, fits)
    return Table(_shaped(_read_csv(data)))


def plain(cell: Cell) -> str:
    """The cell as somebody would read it: a whole number without its ".0"."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def column_letters(index: int) -> str:
    """The name of a column by its position from 0: "A", "Z", "AA"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# --- Workbooks --------------------------------------------------------------------------------------


def _read_workbook(data: bytes, fits: Callable[[list[list[Cell]]], bool]) -> Table:
    members = _unpacked(data)
    if WORKBOOK not in members:
        raise UnusableTable("kind")
    clean = io.BytesIO()
    with zipfile.ZipFile(clean, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    try:
        clean.seek(0)
        with CalamineWorkbook.from_filelike(clean) as book:
            sheets = _sheets(book, members)
            if not sheets:
                raise UnusableTable("empty")
            name = _chosen(book, sheets, fits)
            found = sheets[name]
            if isinstance(found, UnusableTable):
                raise found
            if found.formulas:
                raise UnusableTable("formulas", found.formulas[:MAX_FORMULAS_NAMED])
            table = _table_of(book.get_sheet_by_name(name), found)
    except (CalamineError, ValueError) as error:
        raise UnusableTable("broken") from error
    table.others = [other for other in sheets if other != name]
    return table


def _sheets(book: CalamineWorkbook, members: dict[str, bytes]) -> dict[str, _Sheet | UnusableTable]:
    """The visible sheets that hold something, or why one cannot be read."""
    lengths, paths = _lengths(members.get(STRINGS, b"")), _paths_of_sheets(members)
    found: dict[str, _Sheet | UnusableTable] = {}
    for sheet in book.sheets_metadata:
        inside = members.get(paths.get(sheet.name, ""))
        if inside is None or sheet.visible != SheetVisibleEnum.Visible:
            continue
        try:
            if (seen := _look_through(inside, lengths)).rows:
                found[sheet.name] = seen
        except UnusableTable as refusal:
            found[sheet.name] = refusal
    return found


def _chosen(
    book: CalamineWorkbook, sheets: dict[str, _Sheet | UnusableTable], fits: Callable[[list[list[Cell]]], bool]
) -> str:
    """The first sheet that fits, or the first. For each one that is tried the library makes room for all its cells."""
    first, *more = sheets
    cells = 0
    for name, found in sheets.items() if more else ():
        if isinstance(found, UnusableTable):
            continue
        cells += found.rows * found.columns
        if cells > MAX_ROWS * MAX_COLUMNS:
            break
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=MAX_HEAD)
        if any(cell != "" for row in rows for cell in row) and fits(_shaped([list(row) for row in rows])):
            return name
    return first


def _table_of(opened: CalamineSheet, found: _Sheet) -> Table:
    """The rows of a sheet, with what a look through it has found."""
    rows: list[list[Cell]] = [list(row) for row in opened.to_python(skip_empty_area=False)]
    for (row, column), text in found.errors.items():  # the library leaves these cells empty
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    ranges = opened.merged_cell_ranges or []
    _spread_merged(rows, ranges)
    return Table(_shaped(rows), opened.name, hidden=sorted(found.hidden), spans=_spans(ranges))


def _spans(ranges: Ranges) -> dict[int, dict[int, int]]:
    spans: dict[int, dict[int, int]] = {}
    for (top, left), (bottom, right) in ranges:
        if right > left:
            for row in range(top, min(bottom + 1, MAX_HEAD)):
                spans.setdefault(row, {})[left] = right
    return spans


def _unpacked(data: bytes) -> dict[str, bytes]:
    """The members that hold the table. Sizes are counted while unpacking, since an archive may lie about them."""
    found: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            if len(infos) > MAX_MEMBERS:
                raise UnusableTable("bomb")
            if any(info.flag_bits & 1 for info in infos):
                raise UnusableTable("encrypted")
            for info in infos:
                if not NEEDED.match(info.filename):
                    continue
                if info.compress_type not in BOUNDED:
                    raise UnusableTable("broken")
                with archive.open(info) as member:
                    content = member.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise UnusableTable("bomb")
                found[info.filename] = content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise UnusableTable("broken") from error
    return found


def _lengths(content: bytes) -> list[int]:
    """How long each of the texts is that the cells of a workbook share."""
    lengths: list[int] = []

    def begin(name: str, _attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "si":
            lengths.append(0)

    def text(data: str) -> None:
        if lengths:
            lengths[-1] += len(data)

    if content:
        _walk(content, begin, text)
    return lengths


def _walk(content: bytes, begin: Callable[[str, dict[str, str]], None], text: Callable[[str], None]) -> None:
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = begin, text
    parser.EntityDeclHandler = _refuse_entities
    try:
        parser.Parse(content, True)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError) as error:  # the last two: encodings it cannot read
        raise UnusableTable("broken") from error


def _look_through(content: bytes, lengths: list[int]) -> _Sheet:
    """How far the cells of a sheet reach, and where formulas, errors and hidden rows stand. Empty cells that are only
    coloured are none.

    Many cells may share one long text (`lengths`), which each of them would then hold.
    """
    sheet, here, at, kind, element, left, unseen = _Sheet(), "", (0, 0), "", "", MAX_UNPACKED, False

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal here, kind, element, unseen, at
        element = name = name.rpartition(":")[2]
        if name == "c":
            here, kind = attributes.get("r", ""), attributes.get("t", "")
        elif name == "row":
            unseen = attributes.get("hidden", "") in ("1", "true")
        elif name in ("v", "is", "f"):
            place = REFERENCE.match(here)
            if place is None:  # every program writes it, and without it nobody can say how far the cells reach
                raise UnusableTable("broken")
            at = (int(place[2]) - 1, _column_index(place[1]))
            sheet.rows, sheet.columns = max(sheet.rows, at[0] + 1), max(sheet.columns, at[1] + 1)
            if unseen:
                sheet.hidden.add(at[0] + 1)
            if name == "f":
                sheet.formulas.append(here)
            if sheet.rows > MAX_ROWS or sheet.columns > MAX_COLUMNS:
                raise UnusableTable("size")
        elif name == "mergeCell":
            sheet.merged += 1
            if sheet.merged > MAX_MERGED:
                raise UnusableTable("bomb")

    def text(data: str) -> None:
        nonlocal left
        if kind == "e" and element == "v" and data.strip():
            sheet.errors[at] = data.strip()[:20]
            if len(sheet.errors) > MAX_ERRORS:
                raise UnusableTable("bomb")
        if kind == "s" and element == "v" and data.strip().isdecimal() and int(data) < len(lengths):
            left -= lengths[int(data)]
            if left < 0:
                raise UnusableTable("bomb")

    _walk(content, begin, text)
    return sheet


def _refuse_entities(*_declaration) -> None:
    raise UnusableTable("broken")


def _paths_of_sheets(members: dict[str, bytes]) -> dict[str, str]:
    """In which member each sheet stands, by the sheet's name."""
    targets: dict[str, str] = {}
    names: dict[str, str] = {}

    def relation(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            target = attributes.get("Target", "")
            targets[attributes.get("Id", "")] = normpath(
                target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            )

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            reference = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            names[attributes.get("name", "")] = reference

    for path, handler in ((RELATIONS, relation), (WORKBOOK, sheet)):
        _walk(members.get(path, b""), handler, lambda _text: None)
    return {name: targets.get(reference, "") for name, reference in names.items()}


def _column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _spread_merged(rows: list[list[Cell]], ranges: Ranges) -> None:
    """A cell that was merged over several rows means all of them: "Kelompok 1" beside its ten people.

    Ranges that overlap, as no program makes them, could cost more than all cells there are; so could one long text.
    """
    cells, signs = MAX_ROWS * MAX_COLUMNS, MAX_UNPACKED
    for (top, left), (bottom, _right) in ranges:
        if top < len(rows) and left < len(rows[top]):
            below = rows[top + 1 : bottom + 1]
            cells -= len(below)
            signs -= len(below) * len(str(rows[top][left]))
            if cells < 0 or signs < 0:
                raise UnusableTable("bomb")
            for row in below:
                if left < len(row) and row[left] == "":
                    row[left] = rows[top][left]


# --- Text files -------------------------------------------------------------------------------------


def _read_csv(data: bytes) -> list[list[Cell]]:
    text = _decoded(data)
    if "\0" in text or text[:200].lstrip().startswith(MARKUP):
        raise UnusableTable("kind")
    lines = text.splitlines()
    said = re.match(r"sep=(.)\Z", lines[0].strip()) if lines else None  # Excel's own way to say the separator
    rows: list[list[Cell]] = []
    try:
        delimiter = said[1] if said else _delimiter(lines[:20])
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(list(row))
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                raise UnusableTable("size")
    except csv.Error as error:
        raise UnusableTable("broken") from error
    return rows[1:] if said else rows


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # what Excel writes where UTF-8 was not asked for


def _delimiter(lines: list[str]) -> str:
    """The sign that divides most lines into equally many columns; titles after names have commas as well."""

    def agreed(sign: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=sign) if len(row) > 1)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(DELIMITERS, key=agreed)


def _shaped(rows: list[list[Cell]]) -> list[list[Cell]]:
    """White space taken off, empty rows at the end left out, every row as wide as the widest."""
    tidy = [[cell.strip() if isinstance(cell, str) else cell for cell in row] for row in rows]
    while tidy and not any(cell != "" for cell in tidy[-1]):
        tidy.pop()
    if not tidy:
        raise UnusableTable("empty")
    width = max(len(row) for row in tidy)
    return [row + [""] * (width - len(row)) for row in tidy]
