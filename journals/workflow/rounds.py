"""From one round to the next: what the author answers to each thing to improve, and which the reviewer holds done."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journals.enums import Decision, EntryState
from journals.models import Entry, ItemAnswer, ItemClosing, Review, RevisionItem
from journals.models.review import LONGEST_ANSWER
from journals.workflow.claiming import other_holder, own_working_review, renew
from journals.workflow.core import Conflict, Invalid, check_move, locked_for_review


def answer_name(pk: int) -> str:
    """What the answer to a thing to improve is called in forms and among the errors of `workflow.submit`."""
    return f"answer-{pk}"


def asked(entry: Entry) -> list[RevisionItem]:
    """The things to improve that handing in again must answer, each with the answer it may have already (one that was
    given with a submission since withdrawn); none but for a returned entry. One query."""
    if entry.state != EntryState.RETURNED:
        return []
    items = RevisionItem.objects.filter(review=_latest_return(entry).values("pk")[:1])
    return list(items.select_related("answer").order_by("order"))


def _latest_return(entry: Entry):
    """The return that stands last. A submission that was reviewed is never withdrawn."""
    returns = Review.objects.filter(submission__entry=entry, decision=Decision.RETURNED)
    return returns.order_by("-submission__number", "-round")


def unanswered(items: list[RevisionItem], answers: Mapping[int, str]) -> dict[str, str]:
    """What is wrong with the answers, by `answer_name`. Raises Invalid where one is to something else."""
    if set(answers) - {item.pk for item in items}:
        raise Invalid(_("Your instructor asks for something else by now. Your answers are not saved; copy them below."))
    errors = {}
    for item in items:
        length = len(answers.get(item.pk, "").strip())
        if not length:
            errors[answer_name(item.pk)] = _("Thing to improve %(number)d: say what you changed.") % {
                "number": item.order
            }
        elif length > LONGEST_ANSWER:
            errors[answer_name(item.pk)] = _(
                "Thing to improve %(number)d: at most %(most)d characters, you have %(length)d."
            ) % {"number": item.order, "most": LONGEST_ANSWER, "length": length}
    return errors


def write_answers(items: list[RevisionItem], answers: Mapping[int, str], now: datetime) -> None:
    """Write the answers that go with a submission, in place of those to the same return that went with a submission
    since withdrawn; one query. From the beginning of the next review the database keeps them as they are."""
    if items:
        ItemAnswer.objects.bulk_create(
            [ItemAnswer(item=item, text=answers[item.pk].strip(), created_at=now) for item in items],
            update_conflicts=True,
            unique_fields=["item"],
            update_fields=["text", "created_at"],
        )


@transaction.atomic
def close_item(*, user, entry: Entry, item: RevisionItem, now: datetime) -> None:
    """Say that a thing to improve is done. Saying it twice changes nothing.

    By whoever may save a review of the next submission, until that is decided. Raises Forbidden or Conflict
    ("state", "not_begun", "lease", "round").
    """
    _in_hand(user, entry, item, now)
    ItemClosing.objects.bulk_create([ItemClosing(item=item, by=user, created_at=now)], ignore_conflicts=True)


@transaction.atomic
def open_item(*, user, entry: Entry, item: RevisionItem, now: datetime) -> None:
    """Say that a thing to improve is not done after all. Raises what `close_item` raises."""
    _in_hand(user, entry, item, now)
    ItemClosing.objects.filter(item=item).delete()


def _in_hand(user, entry: Entry, item: RevisionItem, now: datetime) -> None:
    """Raise unless the user is reviewing the answer to this item just now; renews the lease."""
    entry = locked_for_review(user, entry)
    check_move(entry, "save_review")
    review = own_working_review(user, entry)
    if holder := other_holder(review, now):
        raise Conflict("lease", _("%(name)s has taken over this entry.") % {"name": holder.reviewer.full_name})
    # With a grade that was reopened, what was done then stays as the decision found it.
    if review.round > 1 or item.review_id != _latest_return(entry).values_list("pk", flat=True).first():
        raise Conflict("round", _("This round is over; what was done in it stays as it is."))
    renew(user, entry, review, now)
