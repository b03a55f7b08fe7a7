"""Everything that somebody was ever told, read or not, the newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet, Value

from journals.models import Notice, Receipt, Reminder
from journals.services import news

PER_PAGE = 30


WHEN = {"notice": "created_at", "reminder": "created_at", "announcement": "announcement__created_at"}
LOADS: dict[str, Callable[[QuerySet], QuerySet]] = {
    "notice": news.told,
    "reminder": lambda found: found.select_related("module", "enrolment__cohort"),
    "announcement": lambda found: found.select_related("announcement", "enrolment__cohort"),
}


@dataclass(frozen=True)
class Item:
    """One message. `kind` is "notice", "reminder" or "announcement"; `own`: about the reader's own journal."""

    kind: str
    row: Notice | Reminder | Receipt
    own: bool = True


def _sources(user, now: datetime) -> dict[str, QuerySet]:
    """A notice may be written ahead of its time; nobody reads it before."""
    return {
        "notice": Notice.objects.filter(recipient=user, created_at__lte=now),
        "reminder": Reminder.objects.filter(enrolment__user=user, created_at__lte=now),
        "announcement": Receipt.objects.filter(enrolment__user=user),
    }


def page_of(user, number: str | None, now: datetime) -> tuple[Page, list[Item]]:
    """A page, and its items in their order; five queries, whatever it holds."""
    sources = _sources(user, now)
    keys = [
        found.order_by().annotate(what=Value(kind), at=F(WHEN[kind])).values_list("what", "pk", "at")
        for kind, found in sources.items()
    ]
    # Of one moment the later row first.
    page = Paginator(keys[0].union(*keys[1:], all=True).order_by("-at", "-pk"), PER_PAGE).get_page(number)
    shown = [(what, pk) for what, pk, _at in page]
    rows = {
        (what, row.pk): row
        for what, load in LOADS.items()
        for row in load(sources[what].filter(pk__in=[pk for kind, pk in shown if kind == what]))
    }
    return page, [_item(what, rows[what, pk], user) for what, pk in shown]


def _item(what: str, row, user) -> Item:
    return Item(what, row, what != "notice" or row.entry.enrolment.user_id == user.pk)


def mark_all_read(user, now: datetime) -> int:
    """Notices and reminders count as read; announcements do so when they are opened. How many there were."""
    sources = _sources(user, now)
    return sum(sources[kind].filter(read_at=None).update(read_at=now) for kind in ("notice", "reminder"))
