"""What is said about a comment on a passage after the decision: the author's reply, and that it is dealt with.

Rows of their own, because a finished review does not change any more.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journals import permissions
from journals.enums import NoticeKind
from journals.models import Annotation, AnnotationClosing, AnnotationReply, Review
from journals.workflow.annotating import LONGEST
from journals.workflow.core import Conflict, Forbidden, Invalid, locked, locked_for_review, put_away, tell


@transaction.atomic
def reply(*, user, annotation: Annotation, text: str, now: datetime) -> AnnotationReply:
    """The author's word on a comment, or another one in its place, until the comment is dealt with; its reviewer is
    told.

    Raises Forbidden, Conflict ("hidden", "closed") or Invalid with the error "text".
    """
    entry = locked(annotation.review.submission.entry)
    if not permissions.may_write(user, entry.enrolment):
        raise Forbidden(_("Only active participants may reply."))
    if not Review.objects.visible_to_author().filter(pk=annotation.review_id, supersession=None).exists():
        raise Conflict("hidden", _("This review no longer counts, so there is nothing to reply to."))
    if AnnotationClosing.objects.filter(annotation=annotation).exists():
        raise Conflict("closed", _("Your instructor has marked this comment as dealt with."))
    text = text.strip()
    if not text:
        raise Invalid(_("Write your reply first."), {"text": _("Write your reply first.")})
    if len(text) > LONGEST:
        message = _("Make the reply shorter: at most %(most)d characters.") % {"most": LONGEST}
        raise Invalid(message, {"text": message})
    said = {"text": text, "created_at": now}
    made = AnnotationReply.objects.update_or_create(annotation=annotation, defaults=said)[0]
    reviewer = annotation.review.reviewer
    if permissions.may_review(reviewer, entry):  # who has left the cohort could not open it
        tell(reviewer.pk, entry, NoticeKind.REPLY, occasion=annotation.pk, at=now)
    return made


@transaction.atomic
def close_annotation(*, user, annotation: Annotation, now: datetime) -> AnnotationClosing:
    """Take a comment of a finished review as dealt with; a second time changes nothing. Raises Forbidden, or Conflict
    ("state") while the review is not finished."""
    entry = locked_for_review(user, annotation.review.submission.entry)
    if not Review.objects.finished().filter(pk=annotation.review_id).exists():
        raise Conflict("state", _("This review is not finished."))
    put_away(entry, NoticeKind.REPLY, occasion=annotation.pk, at=now)
    told = {"by": user, "created_at": now}
    return AnnotationClosing.objects.get_or_create(annotation=annotation, defaults=told)[0]
