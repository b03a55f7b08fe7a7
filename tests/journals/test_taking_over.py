"""A lead takes an entry from the reviewer who holds it."""

import json
from datetime import timedelta

import pytest

from journals import workflow
from journals.models import Claim, Event, Notice, Review, Takeover
from journals.workflow import Conflict, Forbidden, Invalid, ReviewInput, claiming
from tests import factory
from tests.factory import NOW
from tests.journals.moves import claimed

LATER = NOW + timedelta(minutes=10)


def take(cast, entry, /, **change) -> Review:
    given = {"user": cast.lead, "entry": entry, "reason": " Bu Endah sakit.\n", "now": LATER}
    return workflow.take_over(**given | change)


def refused(call) -> str:
    with pytest.raises(Conflict) as refusal:
        call()
    return refusal.value.code


def kinds(entry) -> list[str]:
    events = Event.objects.filter(stream__name=f"entry:{entry.pk}").order_by("number")
    return list(events.values_list("kind", flat=True))


def test_the_lead_holds_it_from_now_on_and_the_former_holder_is_told(cast):
    entry, theirs = claimed(cast)
    workflow.save_review(user=cast.instructor, entry=entry, version=0, given=ReviewInput("Milik saya"), now=NOW)
    review = take(cast, entry)
    assert (review.reviewer, review.state, review.submission.number) == (cast.lead, "working", 1)
    assert Claim.objects.values_list("reviewer", "expires_at").get() == (cast.lead.pk, LATER + claiming.LEASE)
    row = Takeover.objects.get()
    assert (row.entry, row.holder, row.by) == (entry, cast.instructor, cast.lead)
    assert (row.reason, row.created_at) == ("Bu Endah sakit.", LATER)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind, notice.entry, notice.read_at) == (cast.instructor, "taken_over", entry, None)
    event = Event.objects.get(kind="taken_over")
    assert event.actor == cast.lead
    assert json.loads(event.data) == {"holder": cast.instructor.pk, "submission": 1}
    assert kinds(entry)[-2:] == ["claimed", "taken_over"]
    theirs.refresh_from_db()
    assert (theirs.state, theirs.comment) == ("working", "Milik saya")


def test_the_former_holder_saves_and_does_not_decide(cast):
    entry, theirs = claimed(cast)
    take(cast, entry)
    given = ReviewInput("Tetap ada", factory.scores())
    saved, holder = workflow.save_review(user=cast.instructor, entry=entry, version=0, given=given, now=LATER)
    assert (saved.pk, saved.comment, holder.reviewer) == (theirs.pk, "Tetap ada", cast.lead)
    decide = lambda: workflow.grade(user=cast.instructor, entry=entry, version=1, given=given, now=LATER)  # noqa: E731
    assert refused(decide) == "lease"
    assert refused(lambda: workflow.claim(user=cast.instructor, entry=entry, now=LATER)) == "held"
    assert Claim.objects.get().reviewer == cast.lead


def test_the_lead_goes_on_with_an_own_unfinished_review(cast):
    entry, mine = claimed(cast, user=cast.lead)
    workflow.unclaim(user=cast.lead, entry=entry, now=NOW)
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    assert take(cast, entry) == mine
    assert Review.objects.count() == 2


def test_it_comes_and_goes_and_each_time_is_told(cast):
    entry, _theirs = claimed(cast)
    take(cast, entry)
    workflow.unclaim(user=cast.lead, entry=entry, now=LATER)
    workflow.claim(user=cast.instructor, entry=entry, now=LATER)
    take(cast, entry, now=LATER + timedelta(minutes=1))
    assert Notice.objects.count() == Takeover.objects.count() == 2


@pytest.mark.parametrize("reason", ["", " \n"])
def test_no_reason_no_takeover(cast, reason):
    entry, _theirs = claimed(cast)
    with pytest.raises(Invalid) as refusal:
        take(cast, entry, reason=reason)
    assert list(refusal.value.errors) == ["reason"]
    assert Claim.objects.get().reviewer == cast.instructor
    assert not Takeover.objects.exists()


def test_only_what_another_holds_at_the_moment(cast):
    entry, _theirs = claimed(cast)
    assert refused(lambda: take(cast, entry, now=NOW + claiming.LEASE)) == "not_held"
    take(cast, entry)
    assert refused(lambda: take(cast, entry)) == "yours"
    workflow.unclaim(user=cast.lead, entry=entry, now=LATER)
    assert refused(lambda: take(cast, entry)) == "not_held"
    assert Takeover.objects.count() == Notice.objects.count() == 1


def test_a_lead_who_does_not_review_the_entry_takes_nothing(cast):
    entry, _theirs = claimed(cast)
    elsewhere = factory.make_user("Ketua Kelompok Lain")
    factory.teach(elsewhere, cast.cohort, cast.other_group, is_lead=True)
    with pytest.raises(Forbidden):
        take(cast, entry, user=elsewhere)


def test_an_organiser_who_reviews_the_entry_may(cast):
    entry, _theirs = claimed(cast)
    factory.teach(cast.organiser, cast.cohort)
    assert take(cast, entry, user=cast.organiser).reviewer == cast.organiser


def test_a_colleague_may_not(cast):
    entry, _theirs = claimed(cast)
    colleague = factory.make_user("Rekan Satu")
    factory.teach(colleague, cast.cohort)
    with pytest.raises(Forbidden):
        take(cast, entry, user=colleague)
