"""The cells and the layout of an uploaded list as text, and back."""

import json
from datetime import date, datetime, time, timedelta

from berakhlak.tables import Cell
from journals.models import Roster
from journals.roster.columns import FIELDS, Layout
from journals.roster.reading import Reading, read


def written(rows: list[list[Cell]]) -> str:
    """JSON of the rows. A date stays recognisable as one: it is a damaged cell wherever people are listed."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_said)


def _said(cell: object) -> dict[str, str]:
    if isinstance(cell, date | datetime | time | timedelta):
        return {"date": str(cell)}
    raise TypeError(f"a cell of an unknown kind: {type(cell)}")


def rows_of(roster: Roster) -> list[list[Cell]]:
    """The cells as they were read; any date or time comes back as a date, which says enough."""
    return [[date.min if isinstance(cell, dict) else cell for cell in row] for row in json.loads(roster.cells or "[]")]


def laid_out(layout: Layout) -> str:
    """JSON of a layout."""
    return json.dumps({"first": layout.first, "headings": layout.headings, "columns": layout.columns})


def layout_of_roster(roster: Roster) -> Layout:
    """The layout that was found, or chosen since."""
    said = json.loads(roster.layout)
    return Layout(said["first"], said["headings"], {k: v for k, v in said["columns"].items() if k in FIELDS})


def reading_of(roster: Roster) -> Reading:
    """Everybody in an uploaded list."""
    return read(rows_of(roster), layout_of_roster(roster))
