"""A lead takes an entry from the reviewer who holds it: somebody fell ill, or a tab stayed open."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journals.enums import EventKind, NoticeKind
from journals.models import Entry, Review, Takeover
from journals.workflow.claiming import begin, lease
from journals.workflow.core import Conflict, check_move, locked_for_review, record, tell
from journals.workflow.oversight import require_lead, require_reason


@transaction.atomic
def take_over(*, user, entry: Entry, reason: str, now: datetime) -> Review:
    """Take an entry that another reviewer holds, and tell them why; one's own unfinished review of it, as from `claim`.

    The other's unfinished review is kept. Raises Forbidden, Conflict ("state", "yours", "not_held") or Invalid (no
    reason).
    """
    entry = locked_for_review(user, entry)
    require_lead(user, entry.enrolment.cohort)
    check_move(entry, "take_over")
    claim = lease(entry, now)
    if claim is None:
        raise Conflict("not_held", _("Nobody is reviewing this entry any more. You can simply start."))
    if claim.reviewer_id == user.pk:
        raise Conflict("yours", _("You are reviewing this entry already."))
    reason = require_reason(reason)
    taken = Takeover.objects.create(entry=entry, holder=claim.reviewer, by=user, reason=reason, created_at=now)
    review = begin(entry, user, now)
    record(
        entry,
        EventKind.TAKEN_OVER,
        actor=user,
        at=now,
        submission=review.submission.number,
        holder=taken.holder_id,
    )
    tell(taken.holder_id, entry, NoticeKind.TAKEN_OVER, occasion=taken.pk, at=now)
    return review
