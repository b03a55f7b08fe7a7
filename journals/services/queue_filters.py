"""What the address of the queue asks for, and how an address asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from re import fullmatch
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from journals import keys

TABS: dict[str, str | Promise] = {
    "menunggu": pgettext_lazy("queue tab", "Waiting"),
    "saya": pgettext_lazy("queue tab", "I am reviewing"),
    "dikembalikan": pgettext_lazy("queue tab", "With the participant"),
    "dinilai": pgettext_lazy("queue tab", "Graded"),
}
# Whose pile: without a choice one's own and what lies on nobody's.
SHARES: dict[str, str | Promise] = {
    "": pgettext_lazy("pile", "Mine and nobody's"),
    "saya": pgettext_lazy("pile", "Only mine"),
    "semua": pgettext_lazy("pile", "Everybody's"),
}
# In which order: without a choice by due time, graded ones by their decision.
SORTS: dict[str, str | Promise] = {
    "": pgettext_lazy("order", "Oldest due date"),
    "masuk": pgettext_lazy("order", "First submitted"),
    "terbaru": pgettext_lazy("order", "Last submitted"),
    "pendek": pgettext_lazy("order", "Shortest"),
    "panjang": pgettext_lazy("order", "Longest"),
}
LATEST_DECISION = pgettext_lazy("order", "Latest decision")
# Where somebody may have come from, other than the queue itself.
ORIGINS = ("angkatan",)
# Microseconds since then are the sortable half of a page's address.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything unknown or malformed counts as not asked."""

    tab: str = "menunggu"
    cohort: str = ""
    group: int | None = None
    module: int | None = None
    text: str = ""
    share: str = ""
    sort: str = ""
    # What the rows are sorted by, as a number, and the key of the last row before this page.
    after: tuple[int, int] | None = None
    origin: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """Read the query string of the queue's address."""
        tab = query.get("tab", "")
        return cls(
            tab=tab if tab in TABS else "menunggu",
            cohort=key if fullmatch(keys.PATTERN, key := query.get("angkatan", "")) else "",
            group=_number(query.get("kelompok")),
            module=_number(query.get("modul")),
            text=" ".join(query.get("cari", "").replace("\x00", "").split())[:80],
            share=query.get("bagian", "") if query.get("bagian") in SHARES else "",
            sort=query.get("urut", "") if query.get("urut") in SORTS else "",
            after=_position(query.get("sesudah", "")),
            origin=query.get("dari", "") if query.get("dari") in ORIGINS else "",
        )

    @property
    def narrowed(self) -> bool:
        """True when anything but the tab limits the list."""
        return bool(self.cohort or self.group or self.module or self.text or self.share == "saya")

    def query(self, *, tab: str | None = None, after: str = "") -> str:
        """The query string for these filters, another tab, or the page after a position; may be empty."""
        chosen = tab or self.tab
        pairs = {
            "tab": chosen if chosen != "menunggu" else "",
            "angkatan": self.cohort,
            "kelompok": self.group or "",
            "modul": self.module or "",
            "cari": self.text,
            "bagian": self.share,
            "urut": self.sort,
            "sesudah": after,
            "dari": self.origin,
        }
        return urlencode({name: value for name, value in pairs.items() if value})

    @property
    def by_words(self) -> bool:
        """True where the list is sorted by a number of words, not by a time."""
        return self.sort in ("pendek", "panjang")

    @property
    def descending(self) -> bool:
        """True where the greatest stands first."""
        return self.sort in ("terbaru", "panjang") or (not self.sort and self.tab == "dinilai")

    def order(self, sort: str | None = None) -> str | Promise:
        """What an order is called, this one or another: without a choice it depends on the tab."""
        code = self.sort if sort is None else sort
        return LATEST_DECISION if not code and self.tab == "dinilai" else SORTS[code]

    def onward(self) -> "Filters":
        """The same without where one came from: what follows is the next one of the queue."""
        return replace(self, tab="menunggu", origin="", after=None)


def is_number(text: str) -> bool:
    """A whole number that fits a database column."""
    return _digits(text, 9)


def _number(text: str | None) -> int | None:
    return int(text) if text and is_number(text) else None


def _position(text: str) -> tuple[int, int] | None:
    value, _dash, pk = text.partition("-")
    return (int(value), int(pk)) if _digits(value, 17) and _digits(pk, 18) else None


def _digits(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= most


def position_text(value: datetime | int, pk: int) -> str:
    """A row's place in its order, for the address of the page behind it."""
    return f"{value if isinstance(value, int) else (value - EPOCH) // MICROSECOND}-{pk}"


def moment(micros: int) -> datetime:
    """The time that a place in an order of times stands for."""
    return EPOCH + micros * MICROSECOND
