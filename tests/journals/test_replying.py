"""What is said about a comment after the decision: the author's reply, and that it is dealt with."""

import pytest

from journals import workflow
from journals.enums import EnrolmentStatus
from journals.models import Annotation, AnnotationClosing, AnnotationReply, Notice, Teaching
from journals.workflow import Conflict, Forbidden, Invalid, ReviewInput
from journals.workflow.annotating import LONGEST
from tests import factory
from tests.factory import AT_RELEASE, NOW
from tests.journals.moves import DAY


@pytest.fixture
def working(cast) -> Annotation:
    """A comment of a review that is not finished."""
    return factory.annotated(factory.submitted(cast.enrolment, cast.modules[0]).entry, cast.instructor)


@pytest.fixture
def note(cast, working) -> Annotation:
    """The same, after grading."""
    graded(cast, working)
    return Annotation.objects.select_related("review__submission__entry").get()


def graded(cast, note: Annotation) -> None:
    entry = note.review.submission.entry
    given = ReviewInput("", factory.scores())
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=given, now=NOW)


def reply(cast, note, /, **change) -> AnnotationReply:
    return workflow.reply(**{"user": cast.participant, "annotation": note, "text": "Ibu-ibu.", "now": NOW} | change)


def refused(call) -> str:
    with pytest.raises(Conflict) as refusal:
        call()
    return refusal.value.code


def test_the_author_replies_and_may_change_it_until_the_comment_is_dealt_with(cast, note):
    assert reply(cast, note, text=" Ibu-ibu.\n").text == "Ibu-ibu."
    reply(cast, note, text="Tujuh ibu.", now=NOW + DAY)
    assert AnnotationReply.objects.values_list("text", "created_at").get() == ("Tujuh ibu.", NOW + DAY)
    workflow.close_annotation(user=cast.instructor, annotation=note, now=NOW)
    assert refused(lambda: reply(cast, note)) == "closed"
    assert AnnotationReply.objects.get().text == "Tujuh ibu."


@pytest.mark.parametrize("text", ["", " \n ", "x" * (LONGEST + 1)])
def test_an_empty_or_endless_reply_is_refused(cast, note, text):
    with pytest.raises(Invalid) as refusal:
        reply(cast, note, text=text)
    assert list(refusal.value.errors) == ["text"]


@pytest.mark.parametrize("role", [role for role in factory.ROLES if role != "participant"])
def test_nobody_else_replies(cast, note, role):
    with pytest.raises(Forbidden):
        reply(cast, note, user=getattr(cast, role))


def test_who_has_left_the_cohort_does_not_reply(cast, note):
    type(cast.enrolment).objects.filter(pk=cast.enrolment.pk).update(status=EnrolmentStatus.WITHDRAWN)
    with pytest.raises(Forbidden):
        reply(cast, note)


def test_only_to_what_the_author_may_see_and_what_counts(cast, working):
    cast.cohort.release_policy = AT_RELEASE
    cast.cohort.save()
    assert refused(lambda: reply(cast, working)) == "hidden"
    graded(cast, working)
    assert refused(lambda: reply(cast, working)) == "hidden"
    workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW)
    reply(cast, working)
    entry = working.review.submission.entry
    review = workflow.reopen(user=cast.lead, entry=entry, reason="Salah hitung", now=NOW)
    assert refused(lambda: reply(cast, working)) == "hidden"
    assert refused(lambda: reply(cast, review.annotations.get())) == "hidden"


def test_closing_twice_is_closing_once(cast, note):
    first = workflow.close_annotation(user=cast.instructor, annotation=note, now=NOW)
    again = workflow.close_annotation(user=cast.lead, annotation=note, now=NOW + DAY)
    assert (again, again.by, again.created_at) == (first, cast.instructor, NOW)


def test_an_unfinished_review_has_nothing_to_close(cast, working):
    assert refused(lambda: workflow.close_annotation(user=cast.instructor, annotation=working, now=NOW)) == "state"


@pytest.mark.parametrize("role", [role for role in factory.ROLES if role not in ("instructor", "lead")])
def test_only_reviewers_of_the_entry_close(cast, note, role):
    with pytest.raises(Forbidden):
        workflow.close_annotation(user=getattr(cast, role), annotation=note, now=NOW)
    assert not AnnotationClosing.objects.exists()


# --- The reviewer hears of it -----------------------------------------------------------------------


def unread() -> list[tuple[str, int, str]]:
    """Who has what to read about which comment."""
    found = Notice.objects.filter(kind="reply", read_at=None)
    return [(notice.recipient.name, notice.entry_id, notice.occasion) for notice in found]


def test_the_reviewer_is_told_once_for_each_comment(cast, note):
    reply(cast, note)
    reply(cast, note, text="Tujuh ibu.")
    assert unread() == [("Endah Lestari", note.review.submission.entry_id, str(note.pk))]
    assert Notice.objects.filter(kind="reply").count() == 1


def test_another_word_after_the_first_was_read_is_told_again(cast, note):
    reply(cast, note)
    Notice.objects.filter(kind="reply").update(read_at=NOW)
    reply(cast, note, text="Tujuh ibu.", now=NOW + DAY)
    assert len(unread()) == 1
    assert Notice.objects.get(kind="reply").created_at == NOW + DAY


def test_what_is_dealt_with_needs_no_reading(cast, note):
    reply(cast, note)
    workflow.close_annotation(user=cast.lead, annotation=note, now=NOW + DAY)
    assert unread() == []
    assert Notice.objects.get(kind="reply").read_at == NOW + DAY


def test_who_no_longer_reviews_the_entry_is_not_told(cast, note):
    Teaching.objects.filter(instructor=cast.instructor).delete()
    reply(cast, note)
    assert unread() == []


def test_a_refused_reply_is_not_told(cast, note):
    with pytest.raises(Invalid):
        reply(cast, note, text=" ")
    assert unread() == []
