"""Lists of participants: taking one in, showing what it would do, and the template to start from."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import xlsxwriter
from django.utils.translation import gettext as _

from berakhlak.accounts.nip import format_nip
from berakhlak.names import full_name
from berakhlak.tables import Cell, Table, column_letters, plain
from journals.enums import RosterState
from journals.models import Cohort, Roster
from journals.roster.columns import Layout, label_of, layout_of
from journals.roster.keeping import laid_out, written
from journals.roster.planning import Planned
from journals.roster.sifting import EXAMPLE_EMAIL, EXAMPLE_NIP

KEPT = timedelta(days=1)  # an uploaded list that nobody decided on
VALUE_SHOWN = 60
DETAILS = ("position", "unit", "agency", "rank")  # of a new account: there is nothing yet to compare them with
# Headings and one example of the file that one can download; the person is invented.
EXAMPLE = [
    ("NDH", "1"),
    ("Nama lengkap dan gelar", "dr. Ratna Kusumaningrum, Sp.A., M.Kes."),
    ("NIP/NI PPPK", EXAMPLE_NIP),
    ("Surel", EXAMPLE_EMAIL),
    ("Kelompok", "Kelompok 1"),
    ("Instansi", "Pemerintah Kabupaten Lembah Asri"),
    ("Unit kerja", "Puskesmas Rawat Inap Sukamaju"),
    ("Jabatan", "Dokter Ahli Pertama"),
    ("Pangkat/golongan", "Penata Muda Tk. I (III/b)"),
]


def take_in(*, user, cohort: Cohort, table: Table, file_name: str, now: datetime) -> Roster:
    """Keep a list until it is decided on; lists that were left lying for a day go."""
    layout = layout_of(table.rows, table.spans)
    layout.sheet, layout.others, layout.hidden = table.sheet, table.others, table.hidden
    Roster.objects.filter(state=RosterState.OPEN, created_at__lt=now - KEPT).delete()
    return Roster.objects.create(
        cohort=cohort,
        by=user,
        created_at=now,
        file_name=file_name[-120:],
        cells=written(table.rows),
        layout=laid_out(layout),
    )


@dataclass
class Problem:
    """What is wrong, and where: the cell as a spreadsheet names it ("C7"), and what stands there."""

    label: str
    text: str
    cell: str = ""
    value: str = ""


@dataclass
class Line:
    """One row as the page shows it."""

    number: int
    name: str
    login: str
    details: str
    place: str
    label: str
    problems: list[Problem]
    changes: list[tuple[str, str, str]]
    notes: list[str]


def line_of(row: Planned, rows: list[list[Cell]], layout: Layout) -> Line:
    """The row with its problems and changes in words; `rows` is the whole list."""
    person = row.person
    problems = []
    for name, texts in person.problems.items():
        cell, value = _place(layout.columns.get(name), person.number, rows)
        problems += [Problem(label_of(name), str(text), cell, value) for text in texts]
    return Line(
        number=person.number,
        name=full_name(person.title_before, person.name, person.title_after),
        login=" · ".join(filter(None, (format_nip(person.nip), person.email))),
        details=" · ".join(filter(None, (getattr(person, name) for name in DETAILS))) if row.user is None else "",
        place=f"{row.ndh} · {row.group}" if row.joins and not problems else "",
        label=_("Problem") if problems else str(row.outcome.label),
        problems=problems,
        changes=[(label_of(name), old, new) for name, (old, new) in row.changes.items()],
        notes=row.notes,
    )


def _place(column: int | None, number: int, rows: list[list[Cell]]) -> tuple[str, str]:
    if column is None or column >= len(rows[number - 1]):
        return "", ""
    return f"{column_letters(column)}{number}", plain(rows[number - 1][column])[:VALUE_SHOWN]


def template() -> bytes:
    """A workbook to fill in. Every column is text, so that Excel damages no number."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Peserta")
        text = book.add_format({"num_format": "@"})
        head = book.add_format({"bold": True, "bg_color": "#F4E7E4", "bottom": 1, "num_format": "@"})
        for column, (heading, example) in enumerate(EXAMPLE):
            sheet.set_column(column, column, max(12, len(heading), len(example)) + 2, text)
            sheet.write_string(0, column, heading, head)
            sheet.write_string(1, column, example, text)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()
