"""Which column of a list is which: headings as Indonesian offices write them, in any order."""

import re
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from berakhlak.tables import Cell, plain

# By field: what to call it, and headings that mean it (letters only, the more special ones first).
FIELDS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "name": (_("Name"), ("namalengkap", "namalengkapdangelar", "namapeserta", "namapesertadiklat",
                        "namapesertapelatihan", "namapegawai", "nama", "peserta", "name")),
    "nip": (_("NIP"), ("nippppk", "nippns", "nipbaru", "nomorindukpegawai", "nomorinduk", "nipnipppk", "nipnrp", "nip",
                      "nipppk")),
    "email": (_("E-mail"), ("alamatemail", "alamatsurel", "email", "surel", "posel")),
    "ndh": (_("Attendance-list number (NDH)"), ("ndh", "nomordaftarhadir", "nodaftarhadir", "nomorabsen", "noabsen")),
    "group": (_("Group"), ("namakelompok", "kelompok", "kelompokdiskusi", "kelompokbelajar", "keldiskusi", "kel",
                          "group")),
    "agency": (_("Agency"), ("asalinstansi", "namainstansi", "instansi", "pemerintahdaerah", "agency")),
    "unit": (_("Work unit"), ("unitkerja", "namaunitkerja", "unitorganisasi", "namaunit", "perangkatdaerah",
                              "namaperangkatdaerah", "satuankerja", "namasatuankerja", "satker", "namasatker", "opd",
                              "namaopd", "skpd", "namaskpd", "unit")),
    "position": (_("Position"), ("namajabatan", "jabatan", "position")),
    "rank": (_("Rank"), ("pangkatgolonganruang", "pangkatgolruang", "pangkatgolongan", "pangkatgol", "pangkat",
                         "golonganruang", "golruang", "golongan", "gol", "rank")),
    "title_before": (_("Title before the name"), ("gelardepan", "gelardidepan")),
    "title_after": (_("Title after the name"), ("gelarbelakang", "gelardibelakang")),
}  # fmt: skip
# Words that may stand beside a heading and change nothing of what it means. With any other word ("NIP Atasan",
# "Nama Diklat", "Golongan Darah") it means something else, or the organiser says what.
BESIDE = frozenset(
    ["dan", "gelar", "lengkap", "dengan", "beserta", "tanpa", "peserta", "pegawai", "asn", "cpns", "pns", "pppk", "ni",
     "nip", "nrp", "nrk", "nik", "no", "nomor", "angka", "digit", "aktif", "baru", "pribadi", "asal", "ruang", "upt",
     "terakhir", "saat", "ini", "sekarang", "sesuai", "ktp"]
)  # fmt: skip
# What makes a column under it one of somebody else, in two rows of headings.
OTHERS = frozenset({"atasan", "pimpinan", "mentor", "coach", "pembimbing", "penguji", "lama"})
LOOKED_AT = 25  # letterheads are not longer


@dataclass
class Layout:
    """Where the people begin (a row by its position from 0), what the headings say, and which column is which field."""

    first: int
    headings: list[str]
    columns: dict[str, int] = field(default_factory=dict)


def label_of(name: str) -> str:
    """What a field is called on the page."""
    return str(FIELDS[name][0])


def field_of(heading: str) -> str:
    """The field that a heading means, or nothing."""
    return _exactly(heading) or _with_more(heading)


def _exactly(heading: str) -> str:
    letters = "".join(_words(heading))
    return next((name for name, (_label, aliases) in FIELDS.items() if letters in aliases), "")


def _with_more(heading: str) -> str:
    """ "Nama lengkap dan gelar", "NIP/NI PPPK (18 angka)": what it begins with, the longest, where the rest says no
    more."""
    words = _words(heading)
    for end in range(len(words) - 1, 0, -1):
        if name := _exactly(" ".join(words[:end])):
            rest = words[end:]
            return name if all(word in BESIDE or _exactly(word) == name for word in rest) else ""
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def layout_of(rows: list[list[Cell]]) -> Layout:
    """The row of headings that tells most, or two of them that lie over each other; without any, all is data."""
    best, best_count = Layout(0, [""] * len(rows[0])), 0
    for index in range(min(LOOKED_AT, len(rows))):
        single = _texts(rows[index])
        candidates = [(index + 1, single)]
        below = _texts(rows[index + 1]) if index + 1 < len(rows) else []
        # One cell alone is the line of a group.
        if sum(map(bool, below)) > 1 and not any(char.isdigit() for text in below for char in text):
            candidates.append((index + 2, _laid_over(single, below)))
        for first, headings in candidates:
            columns = _columns(headings)
            # "Lama" and "Baru" under "NIP" say as much as "NIP", but of another column.
            other = first == best.first + 1 and columns.keys() == best.columns.keys() and columns != best.columns
            if (len(columns) > best_count or other) and ("name" in columns or "nip" in columns):
                best, best_count = Layout(first, headings, columns), len(columns)
    if best.first < len(rows) and is_count(rows[best.first]):
        best.first += 1
    return best


def _texts(row: list[Cell]) -> list[str]:
    return [" ".join(plain(cell).split()) for cell in row]


def _laid_over(above: list[str], below: list[str]) -> list[str]:
    """Two rows of headings as one: "Gelar" over "Depan" and "Belakang", the first of them over both columns."""
    headings, over = [], ""
    for upper, lower in zip(above, below, strict=True):
        over = upper or over
        whole = f"{over} {lower}".strip()
        meant = field_of(whole)
        more = meant and (meant != field_of(over) or (_exactly(whole) and not field_of(lower)))
        # "Atasan" over "Nama" and "NIP" takes both away.
        headings.append(whole if lower and (more or not OTHERS.isdisjoint(_words(over))) else lower or upper)
    return headings


def _columns(headings: list[str]) -> dict[str, int]:
    """What is said exactly goes first, wherever it stands."""
    columns: dict[str, int] = {}
    for meaning in (_exactly, field_of):
        for index, heading in enumerate(headings):
            if (name := meaning(heading)) and name not in columns:
                columns[name] = index
    return columns


def is_count(row: list[Cell]) -> bool:
    """The line "(1) (2) (3)" that official tables have under their headings."""
    texts = [text.strip("()") for text in _texts(row) if text]
    return len(texts) >= 3 and texts == [str(place) for place in range(1, len(texts) + 1)]
