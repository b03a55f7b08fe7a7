"""What each move of a reviewer writes, and at which edge it refuses."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from journals import workflow
from journals.enums import LatePolicy, ReviewState
from journals.models import (
    Claim,
    Entry,
    Event,
    Extension,
    Notice,
    Release,
    Review,
    Score,
    Supersession,
)
from journals.workflow import Conflict, Invalid, ReviewInput, ScoreInput
from tests import factory
from tests.factory import NOW
from tests.journals.moves import DAY, SECOND, claimed, submit

# --- Claiming and saving a review -----------------------------------------------------------------


def test_a_live_claim_keeps_others_out_and_lapses_by_itself(cast):
    entry, _review = claimed(cast)
    lease = workflow.claiming.LEASE
    with pytest.raises(Conflict) as refusal:
        workflow.claim(user=cast.lead, entry=entry, now=NOW + lease - SECOND)
    assert refusal.value.code == "held"
    assert "Endah Lestari" in refusal.value.message
    review = workflow.claim(user=cast.lead, entry=entry, now=NOW + lease)
    assert review.reviewer == cast.lead
    assert Claim.objects.get().reviewer == cast.lead
    assert Review.objects.filter(state=ReviewState.WORKING).count() == 2


def test_saving_renews_the_lease_and_bumps_the_version(cast):
    entry, review = claimed(cast)
    later = NOW + timedelta(minutes=20)
    saved, holder = workflow.save_review(
        user=cast.instructor, entry=entry, version=0, given=ReviewInput("Bagus"), now=later
    )
    assert (saved.pk, saved.version, saved.comment, holder) == (review.pk, 1, "Bagus", None)
    assert Claim.objects.get().expires_at == later + workflow.claiming.LEASE
    with pytest.raises(Conflict) as refusal:
        workflow.save_review(user=cast.instructor, entry=entry, version=0, given=ReviewInput("Lama"), now=later)
    assert refusal.value.code == "stale"
    review.refresh_from_db()
    assert review.comment == "Bagus"


def test_text_is_kept_when_another_took_the_lapsed_entry(cast):
    entry, review = claimed(cast)
    later = NOW + workflow.claiming.LEASE + SECOND
    workflow.claim(user=cast.lead, entry=entry, now=later)
    _saved, holder = workflow.save_review(
        user=cast.instructor, entry=entry, version=0, given=ReviewInput("Milik saya"), now=later
    )
    review.refresh_from_db()
    assert (holder.reviewer, review.comment) == (cast.lead, "Milik saya")
    assert Claim.objects.get().reviewer == cast.lead
    with pytest.raises(Conflict) as refusal:
        workflow.grade(user=cast.instructor, entry=entry, version=1, given=ReviewInput("", factory.scores()), now=later)
    assert refusal.value.code == "lease"


def test_not_scored_and_zero_stay_apart(cast):
    entry, _review = claimed(cast)
    given = ReviewInput("", {"pemahaman": ScoreInput(Decimal(0)), "refleksi": ScoreInput(None, "Nanti")})
    workflow.save_review(user=cast.instructor, entry=entry, version=0, given=given, now=NOW)
    rows = dict(Score.objects.values_list("criterion__code", "points"))
    assert rows == {"pemahaman": Decimal(0), "refleksi": None}


def test_points_outside_every_level_and_unknown_criteria_are_refused(cast):
    entry, _review = claimed(cast)
    for code, points in (("pemahaman", "100.01"), ("pemahaman", "70.005"), ("lain", "80")):
        with pytest.raises(Invalid):
            workflow.save_review(
                user=cast.instructor,
                entry=entry,
                version=0,
                given=ReviewInput("", {code: ScoreInput(Decimal(points))}),
                now=NOW,
            )
    assert not Score.objects.exists()


# --- Deciding -------------------------------------------------------------------------------------


def test_return_freezes_extends_and_tells(cast):
    review = factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    entry = Entry.objects.get()
    extension = Extension.objects.get()
    assert (entry.state, entry.due_at) == ("returned", NOW + 5 * DAY)
    assert (extension.due, extension.closes, extension.kind) == (NOW + 5 * DAY, NOW + 12 * DAY, "returned")
    assert (review.decision, review.score, review.items.count()) == ("returned", None, 1)
    assert not Claim.objects.exists()
    assert Notice.objects.get().recipient == cast.participant


@pytest.mark.parametrize(
    ("items", "due", "field"),
    [
        ((), NOW + DAY, "items"),
        (("  ",), NOW + DAY, "items"),
        (("Perbaiki",), NOW, "due"),
        (("Perbaiki",), None, "due"),
        (("Perbaiki",), NOW + 500 * DAY, "due"),
        (("Perbaiki",), datetime.max.replace(tzinfo=UTC), "due"),
    ],
)
def test_return_needs_something_to_improve_and_a_future_due_time(cast, items, due, field):
    entry, review = claimed(cast)
    with pytest.raises(Invalid) as refusal:
        workflow.return_for_revision(
            user=cast.instructor, entry=entry, version=0, given=ReviewInput("", {}, items), due=due, now=NOW
        )
    assert set(refusal.value.errors) == {field}
    review.refresh_from_db()
    assert (review.state, review.version) == ("working", 0)


def test_returns_run_out(cast):
    cast.cohort.max_returns = 1
    cast.cohort.save()
    entry = factory.returned(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    entry.refresh_from_db()
    submit(cast, entry, key="lagi")
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    with pytest.raises(Conflict) as refusal:
        workflow.return_for_revision(
            user=cast.instructor,
            entry=entry,
            version=review.version,
            due=NOW + DAY,
            now=NOW,
            given=ReviewInput("", {}, ("Perbaiki",)),
        )
    assert refusal.value.code == "returns"


def test_who_put_the_entry_aside_decides_nothing(cast):
    entry, _review = claimed(cast)
    workflow.unclaim(user=cast.instructor, entry=entry, now=NOW)
    for move, more in ((workflow.grade, {}), (workflow.return_for_revision, {"due": NOW + DAY})):
        with pytest.raises(Conflict) as refusal:
            move(
                user=cast.instructor,
                entry=entry,
                version=0,
                now=NOW,
                given=ReviewInput("", factory.scores(), ("Perbaiki",)),
                **more,
            )
        assert refusal.value.code == "not_held"
    given = ReviewInput("A")
    assert workflow.save_review(user=cast.instructor, entry=entry, version=0, given=given, now=NOW)[1] is None
    assert workflow.lease(entry, NOW).reviewer == cast.instructor
    kinds = Event.objects.filter(subject_id=str(entry.pk)).order_by("number").values_list("kind", flat=True)
    assert list(kinds)[-3:] == ["claimed", "unclaimed", "claimed"]


def test_grade_needs_every_criterion(cast):
    entry, _review = claimed(cast)
    scores = factory.scores() | {"kualitas": ScoreInput(None, "belum")}
    with pytest.raises(Invalid) as refusal:
        workflow.grade(user=cast.instructor, entry=entry, version=0, given=ReviewInput("", scores), now=NOW)
    assert set(refusal.value.errors) == {"kualitas"}


def test_grade_scores_releases_and_puts_others_aside(cast):
    entry, _review = claimed(cast, user=cast.lead)
    workflow.unclaim(user=cast.lead, entry=entry, now=NOW)
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    review = workflow.grade(
        user=cast.instructor, entry=entry, version=0, given=ReviewInput("", factory.scores("85")), now=NOW
    )
    assert (review.raw_score, review.deduction, review.score) == (
        Decimal("85.00"),
        Decimal(0),
        Decimal("85.00"),
    )
    assert Release.objects.get().review == review
    assert Review.objects.get(reviewer=cast.lead).state == ReviewState.ABANDONED
    assert Notice.objects.get().kind == "graded"


def test_a_late_entry_loses_points_by_the_cohorts_policy(cast):
    cast.cohort.late_policy = LatePolicy.DEDUCT
    cast.cohort.save()
    entry = factory.draft(cast.enrolment, cast.modules[0])
    submit(cast, entry, now=NOW + 4 * DAY)
    workflow.claim(user=cast.instructor, entry=entry, now=NOW + 4 * DAY)
    review = workflow.grade(
        user=cast.instructor,
        entry=entry,
        version=0,
        given=ReviewInput("", factory.scores("85")),
        now=NOW + 4 * DAY,
    )
    assert (review.deduction, review.score) == (Decimal("5.00"), Decimal("80.00"))


# --- Release and reopening ------------------------------------------------------------------------


@pytest.fixture
def held_back(cast):
    cast.cohort.release_policy = factory.AT_RELEASE
    cast.cohort.save()
    return cast


def test_nothing_is_told_before_release_and_each_grade_once(held_back):
    cast = held_back
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    assert not Release.objects.exists()
    assert not Notice.objects.exists()
    assert workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW).grades == 1
    assert workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW) is None
    assert [notice.kind for notice in Notice.objects.all()] == ["released"]


def test_release_waits_for_half_done_reviews_and_can_take_one_module(held_back):
    cast = held_back
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    other = factory.submitted(cast.peer_enrolment, cast.modules[1]).entry
    workflow.claim(user=cast.instructor, entry=other, now=NOW)
    with pytest.raises(Conflict) as refusal:
        workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW)
    assert refusal.value.code == "half_reviewed"
    assert not Release.objects.exists()
    first = workflow.Choice(modules=[cast.modules[0].number])
    assert workflow.release(user=cast.lead, cohort=cast.cohort, choice=first, now=NOW).grades == 1


def test_reopen_copies_the_review_and_keeps_the_old_one(cast):
    old = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    entry = old.submission.entry
    with pytest.raises(Invalid):
        workflow.reopen(user=cast.instructor, entry=entry, reason=" ", now=NOW)
    new = workflow.reopen(user=cast.instructor, entry=entry, reason="Salah hitung", now=NOW)
    assert (new.round, new.state, new.comment, new.scores.count()) == (2, "working", old.comment, 4)
    assert Supersession.objects.get().review == old
    final = workflow.grade(
        user=cast.instructor, entry=entry, version=0, given=ReviewInput("", factory.scores("95")), now=NOW
    )
    old.refresh_from_db()
    assert (old.score, final.score, final.round) == (Decimal("85.00"), Decimal("95.00"), 2)
    assert list(Review.objects.in_force()) == [final]


def test_an_organiser_reopens_for_the_reviewer(cast):
    entry = factory.graded(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    new = workflow.reopen(user=cast.organiser, entry=entry, reason="Banding peserta", now=NOW)
    assert new.reviewer == cast.instructor
    assert not Claim.objects.exists()
