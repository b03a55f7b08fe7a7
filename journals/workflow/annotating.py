"""The reviewer's comments on passages of a submission: writing one, changing it, taking it back.

Only in one's own unfinished review, while nobody else holds the entry. With the decision they are frozen (triggers).
None of these moves raises `Review.version`: that number guards what the review form replaces as a whole, and the form
holds no comments. So a form that stands open beside the text saves on as if nothing had happened.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from curriculum.models import Prompt
from journals import anchors, content
from journals.models import Annotation, Entry, Review
from journals.workflow.claiming import other_holder, own_working_review, renew
from journals.workflow.core import Conflict, Invalid, check_move, locked_for_review

MOST = 50  # of one review
LONGEST = 2000  # characters of a comment


@transaction.atomic
def annotate(
    *, user, entry: Entry, submission: int, part: str, start: int, quote: str, text: str, now: datetime
) -> Annotation:
    """Comment on the words `quote` that begin at the character `start` of a part (a prompt's key) of a submission.

    The same comment on the same words again, such as a second click, gives the one that is there. Renews the lease.
    Raises Forbidden, Conflict ("state", "not_begun", "lease", "moved", "full") or Invalid with errors "passage" or
    "text".
    """
    entry, review = _begin(user, entry, now)
    if review.submission.number != submission:
        raise Conflict("moved", _("A newer submission has taken the place of this one."))
    text = _checked(text)
    prefix, suffix = _around(review, part, start, quote)
    prompt = Prompt.objects.get(module=entry.module_id, key=part)
    rows = list(review.annotations.all())
    for row in rows:
        if (row.prompt_id, row.start, row.quote, row.text) == (prompt.pk, start, quote, text):
            return row
    if len(rows) >= MOST:
        raise Conflict("full", _("A review has at most %(most)d comments. Delete one first.") % {"most": MOST})
    made = Annotation.objects.create(
        review=review,
        prompt=prompt,
        start=start,
        quote=quote,
        prefix=prefix,
        suffix=suffix,
        text=text,
    )
    renew(user, entry, review, now)
    return made


@transaction.atomic
def edit_annotation(*, user, annotation: Annotation, text: str, now: datetime) -> Annotation:
    """Change what a comment says. Raises what `annotate` raises, or Conflict ("gone")."""
    entry, review = _begin(user, annotation.review.submission.entry, now)
    text = _checked(text)
    row = review.annotations.filter(pk=annotation.pk).first()
    if row is None:
        raise Conflict("gone", _("This comment was deleted already."))
    row.text = text
    row.save(update_fields=["text"])
    renew(user, entry, review, now)
    return row


@transaction.atomic
def remove_annotation(*, user, annotation: Annotation, now: datetime) -> None:
    """Delete a comment; one that is gone already is no mistake. Raises Forbidden or Conflict, as `annotate`."""
    entry, review = _begin(user, annotation.review.submission.entry, now)
    review.annotations.filter(pk=annotation.pk).delete()
    renew(user, entry, review, now)


# --- What the moves share -----------------------------------------------------------------------------


def _begin(user, entry: Entry, now: datetime) -> tuple[Entry, Review]:
    entry = locked_for_review(user, entry)
    check_move(entry, "annotate")
    review = own_working_review(user, entry)
    if holder := other_holder(review, now):
        raise Conflict(
            "lease",
            _("%(name)s has taken over this entry. Your comment is not saved.") % {"name": holder.reviewer.full_name},
        )
    return entry, review


def _checked(text: str) -> str:
    """The comment as it is stored."""
    text = text.strip()
    if not text:
        raise Invalid(_("Write your comment first."), {"text": _("Write your comment first.")})
    if len(text) > LONGEST:
        message = _("Make the comment shorter: at most %(most)d characters.") % {"most": LONGEST}
        raise Invalid(message, {"text": message})
    return text


def _around(review: Review, part: str, start: int, quote: str) -> tuple[str, str]:
    """What stands around the words, which must stand at this place in what was handed in.

    The text is frozen, so the place alone is enough; what stands around is kept for whoever reads the row without it.
    """
    if len(quote) > anchors.LONGEST:
        message = _("Choose a shorter passage: at most %(most)d characters.") % {"most": anchors.LONGEST}
        raise Invalid(message, {"passage": message})
    frozen = content.intact(review.submission) or {"answers": []}
    html = next((answer["html"] for answer in frozen["answers"] if answer["key"] == part), "")
    text, end = anchors.plain(html), start + len(quote)
    if start < 0 or not any(map(str.isalnum, quote)) or text[start:end] != quote:
        message = _("These words do not stand in the submission at this place. Choose them again.")
        raise Invalid(message, {"passage": message})
    return anchors.around(text, start, end)
