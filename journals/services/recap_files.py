"""The recap as files: a workbook as an official wants to receive it, CSV and JSON for machines."""

import csv
import io
import json
import math
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from berakhlak.accounts.nip import format_nip
from berakhlak.zones import Zone
from journals.models import Event, Score

AT_ONCE = 500
# What a spreadsheet takes for a formula when it stands at the beginning of a cell.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
PLAIN = ("No", "NDH", "Nama", "NIP/NI PPPK", "Instansi", "Unit kerja", "Kelompok")
LINE = 15  # points of height
# Narrow, so that an A4 page across can be read: names wrap, titles of modules stand upright.
WIDTHS = (5, 5, 26, 21, 17, 17, 11)
MODULE_WIDTH, RESULT_WIDTHS = 6.5, (9, 13, 15)
SMALLEST_MARGINS = (0.3, 0.3, 0.5, 0.6)  # inches: left, right, top, bottom


def workbook(content: dict[str, Any], *, log: Iterable[tuple[Event, str]], made_at: datetime, title: str) -> bytes:
    """Three sheets: the recap with heading and signature, the criteria of each grade, and the log: events, each with
    what it is about in words."""
    zone = ZoneInfo(content["cohort"]["timezone"])
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(buffer, options) as book:
        # The same recap gives the same bytes but for when it was made.
        book.set_properties({"title": title, "created": made_at.astimezone(zone).replace(tzinfo=None)})
        style = _Styles(book)
        _recap_sheet(book, style, content, made_at.astimezone(zone), title)
        _criteria_sheet(book, style, content)
        _log_sheet(book, style, log, zone)
    return buffer.getvalue()


class _Styles:
    """The few looks of the cells."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        edge = {"border": 1, "border_color": "#B8A99B", "valign": "top"}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True})
        self.plain = book.add_format()
        self.head = book.add_format(
            {**edge, "bold": True, "bg_color": "#F4E7E4", "text_wrap": True, "align": "center", "valign": "vcenter"}
        )
        self.turned = book.add_format(
            {**edge, "bold": True, "bg_color": "#F4E7E4", "text_wrap": True, "rotation": 90, "valign": "bottom"}
        )
        self.text = book.add_format({**edge, "num_format": "@", "text_wrap": True})
        self.count = book.add_format({**edge, "num_format": "0", "align": "center"})
        self.number = book.add_format({**edge, "num_format": "0.00"})
        self.total = book.add_format({**edge, "num_format": "0.00", "bold": True})
        self.moment = book.add_format({**edge, "num_format": "dd/mm/yyyy hh:mm"})


def _recap_sheet(book, style: _Styles, content: dict[str, Any], made_at: datetime, title: str) -> None:
    cohort, modules = content["cohort"], content["modules"]
    sheet = book.add_worksheet(pgettext("sheet", "Recap"))
    zone = Zone(cohort["timezone"]).label
    dates = " – ".join(dateformat.format(date.fromisoformat(cohort[name]), "j F Y") for name in ("starts", "ends"))
    sheet.write_string(0, 0, title, style.title)
    for row, text in enumerate(
        (
            f"{cohort['programme']} · {cohort['name']}",
            cohort["agency"],
            _("Held %(dates)s; pass mark %(mark)s") % {"dates": dates, "mark": cohort["pass_mark"].replace(".", ",")},
            _("Made on %(when)s %(zone)s") % {"when": dateformat.format(made_at, "j F Y H.i"), "zone": zone},
        ),
        start=1,
    ):
        sheet.write_string(row, 0, text, style.plain)
    head, first = 6, 7
    labels = [*PLAIN, *(f"{each['number']}. {each['title']}" for each in modules)]
    labels += [_("Result"), _("Qualification"), _("Remark")]
    for column, label in enumerate(labels):
        turned = len(PLAIN) <= column < len(PLAIN) + len(modules)
        sheet.write_string(head, column, str(label), style.turned if turned else style.head)
    sheet.set_row(head, 150)
    for column, width in enumerate((*WIDTHS, *(MODULE_WIDTH for _each in modules), *RESULT_WIDTHS)):
        sheet.set_column(column, column, width)
    for place, person in enumerate(content["people"]):
        _person_row(sheet, style, first + place, place + 1, person)
    _signature(sheet, style, first + len(content["people"]) + 2, len(PLAIN) + len(modules) - 1, made_at)
    sheet.freeze_panes(first, 3)
    _for_print(sheet, head, title)


def _for_print(sheet, head: int, title: str) -> None:
    """A4 across, as wide as one page, the headings on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(*SMALLEST_MARGINS)
    sheet.repeat_rows(head)
    sheet.set_footer("&L" + title.replace("&", "&&") + "&R&P / &N")


def _person_row(sheet, style: _Styles, row: int, number: int, person: dict[str, Any]) -> None:
    # Not every program finds the height of wrapped text by itself.
    texts = zip(("name", "nip", "agency", "unit", "group"), WIDTHS[2:], strict=True)
    lines = max(math.ceil(len(person[name] or "") / (width - 2)) for name, width in texts)
    sheet.set_row(row, LINE * max(lines, 1))
    sheet.write_number(row, 0, number, style.count)
    sheet.write_number(row, 1, person["ndh"], style.count)
    for column, name in enumerate(("name", "nip", "agency", "unit", "group"), start=2):
        sheet.write_string(row, column, person[name] or "", style.text)
    column = len(PLAIN)
    for module in person["modules"]:
        _amount(sheet, row, column, module["score"], style.number)
        column += 1
    _amount(sheet, row, column, person["result"], style.total)
    sheet.write_string(row, column + 1, person["band"] or "", style.text)
    sheet.write_string(row, column + 2, remark_of(person), style.text)


def remark_of(person: dict[str, Any]) -> str:
    """ "Lulus", "Belum lulus", "Belum lengkap: modul 3, 5", and whether a remedial lifted the result."""
    if person["result"] is None:
        numbers = ", ".join(str(each["number"]) for each in person["modules"] if each["score"] is None)
        return _("Incomplete: module %(numbers)s") % {"numbers": numbers}
    said = _("Passed") if person["passed"] else _("Not passed")
    lifted = _("after remedial")
    return f"{said} ({lifted})" if person["result"] != person["earned"] else said


def _amount(sheet, row: int, column: int, text: str | None, style) -> None:
    if text is None:
        sheet.write_blank(row, column, None, style)
    else:
        sheet.write_number(row, column, float(text), style)


def _signature(sheet, style: _Styles, row: int, column: int, made_at: datetime) -> None:
    lines = (
        f"………………, {dateformat.format(made_at, 'j F Y')}",
        _("Organiser,"),
        "",
        "",
        "",
        "(……………………………………)",
        "NIP ………………………………",
    )
    for place, text in enumerate(lines):
        sheet.write_string(row + place, column, text, style.plain)


def _criteria_sheet(book, style: _Styles, content: dict[str, Any]) -> None:
    sheet = book.add_worksheet(pgettext("sheet", "Criteria"))
    labels = ("NDH", _("Name"), _("Module"), _("Criterion"), _("Weight"), _("Level"), _("Points"),
              _("Score before deduction"), _("Deduction"), _("Score"), _("Instructor"))  # fmt: skip
    for column, label in enumerate(labels):
        sheet.write_string(0, column, str(label), style.head)
    for column, width in enumerate((6, 38, 8, 34, 8, 18, 8, 12, 12, 9, 34)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 2)
    scores = _scores_of([each["review"] for person in content["people"] for each in person["modules"] if each["score"]])
    row = 0
    for person in content["people"]:
        for module in person["modules"]:
            for name, weight, level, points in scores.get(module.get("review"), ()):
                row += 1
                sheet.write_number(row, 0, person["ndh"], style.count)
                sheet.write_string(row, 1, person["name"], style.text)
                sheet.write_number(row, 2, module["number"], style.count)
                sheet.write_string(row, 3, name, style.text)
                sheet.write_number(row, 4, float(weight), style.number)
                sheet.write_string(row, 5, level or "", style.text)
                sheet.write_number(row, 6, float(points), style.number)
                for column, key in enumerate(("raw", "deduction", "score"), start=7):
                    _amount(sheet, row, column, module[key], style.number)
                sheet.write_string(row, 10, module["reviewer"], style.text)
    sheet.autofilter(0, 0, max(row, 1), len(labels) - 1)
    _for_print(sheet, 0, pgettext("sheet", "Criteria"))


def _scores_of(reviews: list[int]) -> dict[int, list[tuple[str, Decimal, str | None, Decimal]]]:
    """Criterion, weight, level and points by the review's key; one query for each few hundred reviews."""
    found: dict[int, list] = {}
    columns = ("review_id", "criterion__name", "criterion__weight", "level__name", "points")
    for begin in range(0, len(reviews), AT_ONCE):
        some = Score.objects.filter(review__in=reviews[begin : begin + AT_ONCE], points__isnull=False)
        for review, *rest in some.order_by("criterion__order", "criterion_id").values_list(*columns):
            found.setdefault(review, []).append(tuple(rest))
    return found


def _log_sheet(book, style: _Styles, log: Iterable[tuple[Event, str]], zone: ZoneInfo) -> None:
    sheet = book.add_worksheet(pgettext("sheet", "Log"))
    labels = (_("Time"), _("Event"), _("Actor"), _("Subject"), _("Hash"))
    for column, label in enumerate(labels):
        sheet.write_string(0, column, str(label), style.head)
    for column, width in enumerate((18, 30, 34, 44, 68)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    row = 0
    for row, (event, subject) in enumerate(log, start=1):
        sheet.write_datetime(row, 0, event.at.astimezone(zone).replace(tzinfo=None, microsecond=0), style.moment)
        sheet.write_string(row, 1, event.get_kind_display(), style.text)
        sheet.write_string(row, 2, event.actor.full_name if event.actor else "", style.text)
        sheet.write_string(row, 3, subject, style.text)
        sheet.write_string(row, 4, event.hash, style.text)
    sheet.autofilter(0, 0, max(row, 1), len(labels) - 1)
    _for_print(sheet, 0, pgettext("sheet", "Log"))


def table(content: dict[str, Any]) -> bytes:
    """CSV with a byte order mark and semicolons, as Excel here opens it; no cell is taken for a formula.

    A NIP is written in its groups: of eighteen digits in a row a spreadsheet would make a number and lose the last.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [
            *PLAIN,
            *(f"Modul {each['number']}" for each in content["modules"]),
            "Nilai akhir",
            "Kualifikasi",
            "Keterangan",
        ]
    )
    for number, person in enumerate(content["people"], start=1):
        texts = [
            person["name"],
            format_nip(person["nip"]),
            *(person[name] or "" for name in ("agency", "unit", "group")),
        ]
        scores = [(each["score"] or "").replace(".", ",") for each in person["modules"]]
        result = (person["result"] or "").replace(".", ",")
        row = [number, person["ndh"], *texts, *scores, result, person["band"] or "", remark_of(person)]
        writer.writerow([harmless(str(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def harmless(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run."""
    return f"'{text}" if text.startswith(FORMULA) else text


def data(content: dict[str, Any]) -> bytes:
    """JSON, indented, with sorted keys."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=2).encode()
