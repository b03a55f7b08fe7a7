"""What every move shares: refusals, the table of legal moves, locking, and leaving a trace."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from journals import audit, permissions
from journals.enums import EntryState, EventKind, NoticeKind
from journals.models import Cohort, Entry, Notice


class Refused(Exception):
    """A move that was not made; nothing was written. The message is for the person who tried."""

    status = 400

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Forbidden(Refused):
    """The wrong person (403)."""

    status = 403


class Invalid(Refused):
    """The right person with something missing or wrong in the form (422); `errors` by field name."""

    status = 422

    def __init__(self, message: str = "", errors: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.errors = errors or {}


class Conflict(Refused):
    """The right form at the wrong moment: state, version, time or lease (409); `code` says which."""

    status = 409

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


# The table of legal moves: from which states a move may be made, and where it leads (None: nowhere else).
LEGAL: dict[str, tuple[frozenset[EntryState], EntryState | None]] = {
    "save": (frozenset({EntryState.DRAFT, EntryState.RETURNED}), None),
    "submit": (frozenset({EntryState.DRAFT, EntryState.RETURNED}), EntryState.SUBMITTED),
    "withdraw": (frozenset({EntryState.SUBMITTED}), None),  # to draft or returned, by the entry's past
    "claim": (frozenset({EntryState.SUBMITTED}), None),
    "take_over": (frozenset({EntryState.SUBMITTED}), None),
    "unclaim": (frozenset({EntryState.SUBMITTED}), None),
    "save_review": (frozenset({EntryState.SUBMITTED}), None),
    "annotate": (frozenset({EntryState.SUBMITTED}), None),
    "return": (frozenset({EntryState.SUBMITTED}), EntryState.RETURNED),
    "grade": (frozenset({EntryState.SUBMITTED}), EntryState.GRADED),
    "release": (frozenset({EntryState.GRADED}), None),
    "extend": (frozenset({EntryState.DRAFT, EntryState.SUBMITTED, EntryState.RETURNED}), None),
    "reopen": (frozenset({EntryState.GRADED}), EntryState.SUBMITTED),
}


def require_kept(cohort: Cohort) -> None:
    """Raise Conflict "deleted" for a cohort whose journals were deleted: nobody would delete there once more."""
    if cohort.journals_deleted_at:
        raise Conflict("deleted", _("The journals of this cohort were deleted. Nothing new is kept in it."))


def locked(entry: Entry) -> Entry:
    """The entry as it is now, locked until the transaction ends. Always the first lock that a move takes.

    Whose it is, the caller has loaded; it is carried over while that person's place is still what it was. Raises
    Conflict "moved" when they changed cohorts, left or came back in this very moment.
    """
    entries = Entry.objects.select_for_update(of=("self",))
    if not {"enrolment", "module"} <= entry._state.fields_cache.keys():
        people = ("enrolment__user", "enrolment__cohort", "enrolment__group", "module")
        return entries.select_related(*people).get(pk=entry.pk)
    found = entries.annotate(status=F("enrolment__status")).get(pk=entry.pk)
    if (found.enrolment_id, found.status) != (entry.enrolment_id, entry.enrolment.status):
        raise Conflict("moved", _("The author has changed cohorts, or left, just now. Load the page once more."))
    found.enrolment, found.module = entry.enrolment, entry.module
    return found


def locked_for_review(user, entry: Entry) -> Entry:
    """Like `locked`, for a reviewer whose teaching covers the entry; otherwise raises Forbidden."""
    if not permissions.may_review(user, entry):
        raise Forbidden(_("This entry is not among those that you review."))
    return locked(entry)


def check_move(entry: Entry, move: str) -> None:
    """Raise Conflict when the move is not legal from the entry's state."""
    if entry.state not in LEGAL[move][0]:
        raise Conflict(
            "state",
            _("This entry is now in the state “%(state)s”.") % {"state": entry.get_state_display()},
        )


def set_state(entry: Entry, state: EntryState, **fields: Any) -> None:
    """Write the state and the named fields of a locked entry."""
    entry.state = state
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.save(update_fields=["state", *fields])


def record(entry: Entry, kind: EventKind, *, actor, at: datetime, **data: Any) -> None:
    """Append to the entry's stream. Data holds ids, codes and numbers only."""
    record_each([(entry, data)], kind, actor=actor, at=at)


def record_each(entries: Iterable[tuple[Entry, dict[str, Any]]], kind: EventKind, *, actor, at: datetime) -> None:
    """Append the same kind of event to each entry's stream, in as many queries as for one."""
    audit.append_to_each(
        {
            f"entry:{entry.pk}": {
                "kind": kind,
                "actor": actor,
                "subject": ("entry", entry.pk),
                "data": data,
                "at": at,
            }
            for entry, data in entries
        }
    )


def notify(entry: Entry, kind: NoticeKind, *, occasion: str | int, at: datetime) -> None:
    """Leave a notice for the author; the same occasion never twice."""
    notify_each([(entry, occasion)], kind, at=at)


def notify_each(occasions: Iterable[tuple[Entry, str | int]], kind: NoticeKind, *, at: datetime) -> None:
    """Leave a notice for each author, all in one statement: the unique key decides what was told already."""
    Notice.objects.bulk_create(
        [
            Notice(
                recipient_id=entry.enrolment.user_id,
                kind=kind,
                entry=entry,
                created_at=at,
                dedupe_key=_key(kind, entry, occasion),
            )
            for entry, occasion in occasions
        ],
        ignore_conflicts=True,
    )


# What makes a notice new again, for the page and for e-mail.
AGAIN = ("created_at", "read_at", "mail_try_at", "mail_attempts", "mailed_at")


def tell(reviewer: int, entry: Entry, kind: NoticeKind, *, occasion: str | int, at: datetime) -> None:
    """Leave a notice for a reviewer: one for each occasion, which is unread again when there is more about it."""
    key = _key(kind, entry, occasion)
    told = Notice(recipient_id=reviewer, kind=kind, entry=entry, created_at=at, dedupe_key=key)
    Notice.objects.bulk_create([told], update_conflicts=True, unique_fields=["dedupe_key"], update_fields=list(AGAIN))


def put_away(entry: Entry, kind: NoticeKind, *, occasion: str | int, at: datetime) -> None:
    """Whatever was told about an occasion needs no reading any more."""
    Notice.objects.filter(dedupe_key=_key(kind, entry, occasion), read_at=None).update(read_at=at)


def _key(kind: NoticeKind, entry: Entry, occasion: str | int) -> str:
    return f"{kind}:{entry.pk}:{occasion}"
