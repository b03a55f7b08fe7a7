"""A word both ways, and when the participant gets to see it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from journals import permissions
from journals.enums import EDITABLE_STATES, NoticeKind
from journals.models import Entry, Notice, Remark, Review
from journals.models.remark import LONGEST_REMARK
from journals.workflow.core import Forbidden, Invalid, locked, notify

# Nobody talks that much about one entry; somebody who does is a script.
MOST_REMARKS = 200


@transaction.atomic
def remark(*, user, entry: Entry, text: str, key: str, now: datetime) -> Remark:
    """Add a message to the thread; the form's `key` makes a repeat harmless.

    What a reviewer writes while a decision is open or not released is held until it is known. Raises Forbidden or
    Invalid (empty, too long, too many).
    """
    entry = locked(entry)
    author = entry.enrolment.user_id == user.pk
    if not (permissions.may_write(user, entry.enrolment) if author else permissions.may_review(user, entry)):
        raise Forbidden(_("Only the participant and the instructors of this entry write here."))
    if done := Remark.objects.filter(entry=entry, idempotency_key=key).first():
        return done
    text = text.strip()
    if problem := _problem(entry, text, key):
        raise Invalid(problem, {"text": problem})
    shown_at = now if author or is_known(entry) else None
    made = Remark.objects.create(
        entry=entry, author=user, text=text, created_at=now, shown_at=shown_at, idempotency_key=key
    )
    if author:
        _tell_reviewers(made)
    elif shown_at:
        notify(entry, NoticeKind.REMARK, occasion=made.pk, at=now)
    return made


def _problem(entry: Entry, text: str, key: str) -> str:
    if not text or not key:
        return _("Write a message first.")
    if len(text) > LONGEST_REMARK:
        return _("A message has at most %(most)d characters.") % {"most": LONGEST_REMARK}
    if Remark.objects.filter(entry=entry).count() >= MOST_REMARKS:
        return _("This conversation is full.")
    return ""


def is_known(entry: Entry) -> bool:
    """True while the participant knows all that was decided: nothing is handed in, or the grade is released."""
    if entry.state in EDITABLE_STATES:
        return True
    return Review.objects.in_force().released().filter(submission__entry=entry).exists()


def held(entry_lookup: str):
    """Whether something about an entry is held back, for an annotation; `entry_lookup` leads to the entry."""
    return Exists(Remark.objects.filter(entry=OuterRef(entry_lookup), shown_at=None))


def show_held(entries: Collection[int], now: datetime) -> None:
    """What was held back about these entries is shown from now on; one statement."""
    Remark.objects.filter(entry__in=entries, shown_at=None).update(shown_at=now)


def _tell_reviewers(made: Remark) -> None:
    """A notice for everybody who has reviewed this entry or is about to."""
    reviewers = Review.objects.filter(submission__entry=made.entry).order_by().values_list("reviewer", flat=True)
    Notice.objects.bulk_create(
        [
            Notice(
                recipient_id=reviewer,
                kind=NoticeKind.REMARK,
                entry=made.entry,
                created_at=made.created_at,
                dedupe_key=f"{NoticeKind.REMARK}:{made.entry_id}:{made.pk}:{reviewer}",
            )
            for reviewer in reviewers.distinct()
        ],
        ignore_conflicts=True,
    )
