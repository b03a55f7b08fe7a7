"""Lines of a list that name nobody: groups, titles of further tables, sums, hints, signatures, footnotes."""

import re

from berakhlak.tables import Cell, plain
from journals.roster.cells import has_number
from journals.roster.columns import BESIDE, Layout, field_of, is_count, meanings

LONGEST_NAME = 30  # of a group that has a name and no number
LONGEST_TITLE = 60  # what is longer explains something
_label = r"(?:kelompok|klp\b\.?|kel\b\.?|group\b)"
_number = r"(?P<number>[0-9]{1,3}[A-Za-z]?|[IVX]{1,5}|[A-Za-z])(?![A-Za-z0-9])"
# What may follow the number of a group: who leads it, a room, how many it has; no number or letter that says more.
_behind = (
    r"(?:\s*\((?![A-Za-z0-9]{1,2}\)).*|\s*\.|"
    r"\s*[:,;/\u2010-\u2015-]\s*(?:(?![0-9]|[A-Za-z]\b).*|[0-9]+\s*(?:orang|peserta)))?"
)
_plain_group = re.compile(
    rf"{_label}\s*[:.\u2010-\u2015-]?\s*{_number}\s*\.?|(?P<alone>[0-9]{{1,3}}|[IVX]{{1,5}}|[A-Z])\.?", re.IGNORECASE
)
_group = re.compile(rf"{_label}\s*[:.\u2010-\u2015-]?\s*{_number}{_behind}", re.IGNORECASE | re.DOTALL)
_group_and_words = re.compile(
    r"(?:kelompok|klp\.?)\s*(?P<number>[0-9]{1,3})\s+(?!(?:dan|atau|sampai|hingga)\b)[^\W\d_]{3}[^0-9]*", re.IGNORECASE
)
_group_of_people = re.compile(rf"(?:daftar|data|nama|peserta)\b[^0-9:]{{0,60}}?\b(?={_label})", re.IGNORECASE)
_named_group = re.compile(rf"kelompok\s+[^\W\d_][^\d:]{{0,{LONGEST_NAME}}}", re.IGNORECASE)
_bare_label = re.compile(rf"{_label}\s*:?", re.IGNORECASE)
_speaks_of_group = re.compile(r"\b(?:kelompok|klp)|\Akel\b", re.IGNORECASE)
_enumerator = re.compile(r"[0-9]{1,3}[.)]?|[IVXL]{1,5}[.)]?|[A-Za-z][.)]?")
_letter = re.compile(r"[IVXL]{1,5}[.)]?|[A-Za-z][.)]?")
# Tables of others on the same sheet, and of people who do not take part any more or not yet.
_of_others = re.compile(
    r"(?:(?:daftar|data|nama|susunan|tim|para)[\s-]+)*(?:ketua\s+)?(?:panitia|widyaiswara|pengajar|fasilitator|tutor|"
    r"narasumber|penceramah|moderator|pembimbing|coach|mentor|penguji)\b[^:]*",
    re.IGNORECASE,
)
_out = re.compile(r"undur|\b(?:di)?batal|cadangan", re.IGNORECASE)
_of_people = re.compile(
    r"(?:daftar|data|nama|rekap)\b.*\bpeserta\b.*|"
    r"peserta(?:\s+(?:latsar|pelatihan|diklat|kelompok|angkatan|aktif|cpns|pppk|pns)\b.*)?",
    re.IGNORECASE,
)
_sum = re.compile(r"(?:sub\s*)?(?:jumlah|total)\b|(?:laki|perempuan|pria|wanita)\b", re.IGNORECASE)
_hint = re.compile(r"\(.*\)|.*\b(?:angka|digit|spasi|diisi|wajib|contoh|format)\b.*", re.IGNORECASE)
_footnote = re.compile(r"\*|(?:catatan|keterangan|ket|nb)\b\s*[:.]?", re.IGNORECASE)
_signs = re.compile(r"(?:mengetahui|menyetujui|mengesahkan)\b|a\.\s?n\.", re.IGNORECASE)
_office = re.compile(r"(?:mengetahui|menyetujui|mengesahkan|kepala|ketua|plt|plh|panitia)\b|a\.\s?n\.", re.IGNORECASE)
# What a further row of headings says beside the words that stand beside a heading.
_heads = BESIDE | frozenset(
    ["gol", "golongan", "ruang", "kerja", "unit", "depan", "belakang", "pangkat", "jabatan", "instansi", "nama", "tgl"]
)


def group_of(filled: list[str]) -> str:
    """The group that a line names, as "Kelompok 2" where it has a number, or nothing."""
    if any(map(has_number, filled)):
        return ""
    if len(filled) > 1 and _enumerator.fullmatch(filled[0]) and not _bare_label.fullmatch(filled[0]):
        filled = filled[1:]
    text = " ".join(filled[0].split())
    if _bare_label.fullmatch(text):
        number = next((cell for cell in filled[1:3] if cell != ":"), "")
        text = f"{text} {number}" if re.fullmatch(_number, number) else ""
    if found := _group_of_people.match(text):
        text = text[found.end() :]
    if (found := _group.fullmatch(text) or _group_and_words.fullmatch(text)) is not None:
        return _numbered(found["number"])
    return text if _named_group.fullmatch(text) and len(filled) == 1 else ""


def tidy_group(text: str) -> str:
    """A group as a cell says it: "2", "Klp. 2" and "kelompok-2" are one."""
    text = " ".join(text.split())
    if (found := _plain_group.fullmatch(text)) is None:
        return text
    return _numbered(found["number"] or found["alone"])


def _numbered(number: str) -> str:
    return f"Kelompok {number.upper()}"


def speaks_of_group(filled: list[str]) -> bool:
    """Whether a line is about a group, although it does not say which."""
    return any(_speaks_of_group.search(text) for text in filled)


def is_of_others(filled: list[str]) -> bool:
    """A title over people who are no participants: "DAFTAR WIDYAISWARA", "Peserta yang mengundurkan diri"."""
    text = _title(filled)
    return bool(_of_others.fullmatch(text) or (text and not has_number(text) and _out.search(text)))


def is_of_people(filled: list[str]) -> bool:
    """A title over participants."""
    return _of_people.fullmatch(_title(filled)) is not None


def _title(filled: list[str]) -> str:
    if len(filled) == 2 and _enumerator.fullmatch(filled[0]):
        filled = filled[1:]
    return filled[0] if len(filled) == 1 and len(filled[0]) <= LONGEST_TITLE else ""


def heads_of_others(filled: list[str]) -> bool:
    """A row of headings that says itself whose they are: "Ketua Panitia" | "Nama" | "NIP"."""
    return "panitia" in filled[0].lower()


def is_heading(row: list[Cell]) -> bool:
    """Headings once more, as on each page of a printed list or above each group."""
    return not any(has_number(cell) for cell in row) and bool(meanings(row))


def same_headings(row: list[Cell], layout: Layout) -> bool:
    """Whether headings that come once more say of every column what the first ones say."""
    for name, at in layout.columns.items():
        said, first = (" ".join(plain(text).lower().split()) for text in (row[at], layout.headings[at]))
        if said and said not in first and field_of(said) != name:
            return False
    by_hand = [name for name, at in layout.columns.items() if field_of(layout.headings[at]) != name]
    found = meanings(row)
    return bool(by_hand) or all(layout.columns.get(name) == at for name, at in found.items())


def is_furniture(filled: list[str], name: str) -> bool:
    """Sums, counts of columns and footnotes; `name` is what stands in the column of names."""
    sums = _sum.match(name) or (_sum.match(filled[0]) and len(filled) <= 3)
    return bool(sums) or is_count(list(filled)) or filled[0].startswith("*")


def is_hint(name: str, nip: str) -> bool:
    """ "(tanpa gelar)" | "(18 angka)" between the headings and the people."""
    return bool((name.startswith("(") and name.endswith(")")) or (nip and _hint.fullmatch(nip)))


def is_further_heading(filled: list[str]) -> bool:
    """A third row of headings: "Lengkap" | "Baru" | "Gol./Ruang"."""
    words = [word for text in filled for word in re.findall(r"[^\W\d_]+", text.lower())]
    return len(filled) > 1 and not any(char.isdigit() for char in "".join(filled)) and _heads.issuperset(words)


def is_numbered_title(filled: list[str]) -> bool:
    """ "A." | "DINAS KESEHATAN", in a list whose people have numbers."""
    return len(filled) == 2 and _letter.fullmatch(filled[0]) is not None


def ends_list(filled: list[str], name: str) -> bool:
    """What begins the signatures or the notes under a list."""
    return bool(any(map(_signs.match, filled)) or _office.match(name) or _footnote.fullmatch(filled[0]))


def is_office(text: str) -> bool:
    """ "Kepala BKPSDM": how a signature begins."""
    return _office.match(text) is not None
