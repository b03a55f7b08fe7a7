"""The cells and the layout of an uploaded list as text, and back."""

import json
from dataclasses import asdict, fields
from datetime import date, datetime, time, timedelta

from berakhlak.tables import Cell
from journals.models import Roster
from journals.roster.columns import FIELDS, Layout
from journals.roster.reading import Reading, read


def written(rows: list[list[Cell]]) -> str:
    """JSON of the rows. A date stays recognisable as one: it is a damaged cell wherever people are listed."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_said)


def _said(cell: object) -> dict[str, str | float]:
    if isinstance(cell, timedelta):
        return {"seconds": cell.total_seconds()}
    if isinstance(cell, date | datetime | time):
        return {"date": cell.isoformat()}
    raise TypeError(f"a cell of an unknown kind: {type(cell)}")


def rows_of(roster: Roster) -> list[list[Cell]]:
    """The cells as they were read."""
    return [
        [_dated(cell) if isinstance(cell, dict) else cell for cell in row] for row in json.loads(roster.cells or "[]")
    ]


def _dated(said: dict) -> Cell:
    if "seconds" in said:
        return timedelta(seconds=said["seconds"])
    for kind in (date, datetime, time):
        try:
            return kind.fromisoformat(said["date"])
        except ValueError:
            continue
    return date.min  # a span of time as it was written once


def laid_out(layout: Layout) -> str:
    """JSON of a layout."""
    return json.dumps(asdict(layout))


def layout_of_roster(roster: Roster) -> Layout:
    """The layout that was found, or chosen since."""
    said = json.loads(roster.layout)
    layout = Layout(**{each.name: said[each.name] for each in fields(Layout) if each.name in said})
    layout.columns = {name: at for name, at in layout.columns.items() if name in FIELDS}
    return layout


def reading_of(roster: Roster) -> Reading:
    """Everybody in an uploaded list."""
    return read(rows_of(roster), layout_of_roster(roster))
