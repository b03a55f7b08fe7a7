"""Which column of a list is which: headings as Indonesian offices write them, in any order."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from berakhlak.tables import Cell, plain
from journals.roster.cells import has_number

# By field: what to call it, and headings that mean it (letters only, the more special ones first).
FIELDS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "name": (_("Name"), ("namalengkap", "namalengkapdangelar", "namapeserta", "namapesertadiklat",
                        "namapesertapelatihan", "namapegawai", "namapesertalatsar", "nama", "peserta", "fullname",
                        "name")),
    "nip": (_("NIP"), ("nippppk", "nippns", "nipbaru", "nomorindukpegawai", "nomorinduk", "nipnipppk", "nipnrp", "nip",
                      "nipppk", "employeeidnip")),
    "email": (_("E-mail"), ("alamatemail", "alamatsurel", "emailaddress", "email", "surel", "posel")),
    "ndh": (_("Attendance-list number (NDH)"), ("ndh", "nomordaftarhadir", "nodaftarhadir", "nomorabsen", "noabsen")),
    "group": (_("Group"), ("namakelompok", "kelompok", "kelompokdiskusi", "kelompokbelajar", "kelompokkelas",
                          "keldiskusi", "kel", "klp", "group")),
    "agency": (_("Agency"), ("asalinstansi", "namainstansi", "instansiunitkerja", "instansiopd", "instansi",
                            "pemerintahdaerah", "agency")),
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
OTHERS = frozenset(
    ["atasan", "pimpinan", "mentor", "coach", "pembimbing", "penguji", "lama", "kepala", "pejabat", "penanggung", "pic",
     "tutor", "fasilitator", "widyaiswara", "operator", "pendamping", "wali", "pasangan", "suami", "istri"]
)  # fmt: skip
PARTICIPANTS = frozenset({"peserta", "pegawai"})
NUMBERS_OF = (frozenset({"nip", "nippns", "nipbaru"}), frozenset({"nipppk", "nippppk"}))  # of PNS, of PPPK
LOGINS = ("nip", "email")
LOOKED_AT = 25  # letterheads are not longer
Spans = dict[int, dict[int, int]]


@dataclass
class Layout:
    """Where the people begin (a row by its position from 0), what the headings say, and which column is which field.

    `also` are further columns of a field: the rest of a name, the number of PPPK beside that of PNS. `twice`: two
    tables stand side by side. What is known of the file: the sheet that was read, those that were not, hidden rows.
    """

    first: int
    headings: list[str]
    columns: dict[str, int] = field(default_factory=dict)
    also: dict[str, list[int]] = field(default_factory=dict)
    twice: bool = False
    sheet: str = ""
    others: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)

    def chosen(self, first: int, columns: dict[str, int]) -> "Layout":
        """The same list as somebody says that it is to be read."""
        also = {name: more for name, more in self.also.items() if columns.get(name) == self.columns.get(name)}
        also = {name: more for name, more in also.items() if not set(more) & set(columns.values())}
        return replace(self, first=first, columns=columns, also=also, twice=False)


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


def layout_of(rows: list[list[Cell]], spans: Spans | None = None) -> Layout:
    """The row of headings that tells most, or two of them that lie over each other; without any, all is data.

    `spans` are the merged cells of the first rows; without them a heading reaches to the next one."""
    spans = spans or {}
    best, best_count = Layout(0, [""] * len(rows[0])), 0
    above: list[str] = [""] * len(rows[0])
    for index in range(min(LOOKED_AT, len(rows))):
        if any(has_number(rows[index][best.columns[login]]) for login in LOGINS if login in best.columns):
            break  # here are people already; headings further down are those of another table
        single = _texts(rows[index])
        candidates = [_candidate(index + 1, above, single, spans.get(index - 1, {}), over=False)]
        below = _texts(rows[index + 1]) if index + 1 < len(rows) else []
        # One cell alone is the line of a group.
        if sum(map(bool, below)) > 1 and not any(char.isdigit() for text in below for char in text):
            candidates.append(_candidate(index + 2, single, below, spans.get(index, {}), over=True))
        for found in candidates:
            # "Lama" and "Baru" under "NIP" say as much as "NIP", but of another column.
            other = found.first == best.first + 1 and found.columns.keys() == best.columns.keys()
            more = len(found.columns) > best_count or (other and found.columns != best.columns)
            if more and ("name" in found.columns or "nip" in found.columns):
                best, best_count = found, len(found.columns)
        above = single
    if "name" in best.columns and (rest := _rest_of_name(best, spans)):
        best.also["name"] = rest
    if best.first < len(rows) and is_count(rows[best.first]):
        best.first += 1
    return best


def fits(rows: list[list[Cell]]) -> bool:
    """Whether a sheet looks like a list of people."""
    return not {"name", "nip"}.isdisjoint(layout_of(rows).columns)


def _candidate(first: int, upper: list[str], lower: list[str], spans: dict[int, int], *, over: bool) -> Layout:
    """The layout with `lower` as the headings; with `over` they are read as one with what stands above them."""
    blocks = _blocks(upper, spans)
    strangers, twice = _strangers(blocks, lower)
    headings = _laid_over(blocks, upper, lower, strangers) if over else lower
    columns, also = _columns(headings, strangers)
    return Layout(first, headings, columns, also, twice)


def _texts(row: list[Cell]) -> list[str]:
    return [" ".join(plain(cell).split()) for cell in row]


def _blocks(upper: list[str], spans: dict[int, int]) -> list[tuple[int, str]]:
    """For each column the heading above it, and where that begins: as far as it is merged, or to the next one."""
    blocks: list[tuple[int, str]] = []
    begin, end, text = 0, len(upper), ""
    for index, said in enumerate(upper):
        if said or index in spans or index > end:
            begin, text, end = index, said, spans.get(index, len(upper))
        blocks.append((begin, text))
    return blocks


def _strangers(blocks: list[tuple[int, str]], lower: list[str]) -> tuple[set[int], bool]:
    """The columns under a heading of somebody else; and whether two tables stand side by side.

    Whose a second "Nama" is nobody can say, so it goes with all that stands under the same heading."""
    others = {index for index, (_begin, text) in enumerate(blocks) if not OTHERS.isdisjoint(_words(text))}
    said: dict[int, Counter[str]] = {}
    for index, (begin, _text) in enumerate(blocks):
        if index not in others and (name := field_of(lower[index])) in ("name", "nip"):
            said.setdefault(begin, Counter())[name] += _exactly(lower[index]) == name
    if not said:  # a title over the whole table says nothing of single columns
        return set(), False
    texts = dict(blocks)
    rank = {begin: (PARTICIPANTS.isdisjoint(_words(texts[begin])), bool(texts[begin]), begin) for begin in said}
    ours, *rest = sorted(said, key=lambda begin: rank[begin])
    double = [begin for begin in rest if said[begin].keys() & said[ours].keys()]
    twice = all(sum(said[begin][name] for begin in (ours, *double)) > 1 for name in ("name", "nip"))
    if twice and double and rank[ours][0] != rank[double[0]][0]:  # one of them is headed "Peserta"
        twice = False
    # Without anything above, each column is read by itself.
    taken = {begin for begin in double if texts[begin]}
    return others | {index for index, (begin, _text) in enumerate(blocks) if begin in taken}, twice


def _laid_over(blocks: list[tuple[int, str]], upper: list[str], lower: list[str], strangers: set[int]) -> list[str]:
    """Two rows of headings as one: "Gelar" over "Depan" and "Belakang", the first of them over both columns."""
    headings = []
    for index, (_begin, over) in enumerate(blocks):
        whole = f"{over} {lower[index]}".strip()
        meant = field_of(whole)
        more = meant and (meant != field_of(over) or (_exactly(whole) and not field_of(lower[index])))
        headings.append(whole if lower[index] and (more or index in strangers) else lower[index] or upper[index])
    return headings


def _rest_of_name(layout: Layout, spans: Spans) -> list[int]:
    """The further columns under a merged "Nama", where nothing else is said of them: "dr." | "Ani Wijaya"."""
    begin = layout.columns["name"]
    ends = [spans.get(row, {}).get(begin, begin) for row in (layout.first - 1, layout.first - 2) if row >= 0]
    rest = range(begin + 1, min(max(ends, default=begin) + 1, len(layout.headings)))
    return list(rest) if not any(layout.headings[index] for index in rest) else []


def _columns(headings: list[str], strangers: set[int]) -> tuple[dict[str, int], dict[str, list[int]]]:
    """What is said exactly goes first, wherever it stands; and a second column of numbers, of PNS or of PPPK."""
    columns: dict[str, int] = {}
    for meaning in (_exactly, field_of):
        for index, heading in enumerate(headings):
            if index not in strangers and (name := meaning(heading)) and name not in columns:
                columns[name] = index
    if "nip" not in columns:
        return columns, {}
    kinds = [_kind_of_number(heading) if index not in strangers else None for index, heading in enumerate(headings)]
    ours = kinds[columns["nip"]]
    second = [index for index, kind in enumerate(kinds) if None not in (kind, ours) and kind != ours]
    return columns, {"nip": second[:1]} if second else {}


def _kind_of_number(heading: str) -> int | None:
    letters = "".join(_words(heading))
    return next((kind for kind, spellings in enumerate(NUMBERS_OF) if letters in spellings), None)


def meanings(row: list[Cell]) -> dict[str, int]:
    """The fields that a row names, as a row of headings does; nothing for a row of people."""
    found, _also = _columns(_texts(row), set())
    return found if len(found) > 1 and not {"name", *LOGINS}.isdisjoint(found) else {}


def is_count(row: list[Cell]) -> bool:
    """The line "(1) (2) (3)" that official tables have under their headings, also as "a b c" or "3 = 1+2"."""
    texts = [text.split("=")[0].strip(" ().").lower() for text in _texts(row) if text]
    if len(texts) == 2 and "(" not in plain(next(cell for cell in row if cell != "")):
        return False  # two numbers may be anything
    return len(texts) >= 2 and any(
        texts == [sign(place) for place in range(len(texts))] for sign in (lambda n: str(n + 1), lambda n: chr(97 + n))
    )
