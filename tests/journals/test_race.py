"""Several reviewers reach for the same entry at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone

from journals import workflow
from journals.enums import ReviewState
from journals.models import Claim, Event, Review
from journals.workflow import Conflict, ReviewInput
from tests import factory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite has one writer: the race exists on PostgreSQL only (set TEST_DATABASE_URL)",
    ),
]
ROUNDS = 50
FEWER = 20  # each of these rounds has several moves before the race


def together(*jobs):
    """Run the jobs at the same moment, each on its own connection; their results, or what they raised."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait()
            return job()
        except workflow.Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def desk(transactional_db):
    """A cohort with two reviewers and one participant."""
    module, cohort = factory.make_module(1), factory.make_cohort()
    factory.make_schedule(cohort, module, opens=-400, due=4000, closes=4001)
    reviewers = [factory.make_user("Endah"), factory.make_user("Ketut")]
    for reviewer in reviewers:
        factory.teach(reviewer, cohort)
    group = factory.make_group(cohort)
    return module, cohort, group, reviewers


def submitted(desk, number):
    """A fresh entry that waits."""
    module, cohort, group, _reviewers = desk
    return factory.submitted(
        factory.enrol(factory.make_user(f"Orang {number}"), cohort, group), module, now=timezone.now()
    ).entry


def test_of_two_claims_exactly_one_wins(desk):
    for number in range(ROUNDS):
        entry, now = submitted(desk, number), timezone.now()
        results = together(
            *[
                lambda user=user, entry=entry, now=now: workflow.claim(user=user, entry=entry, now=now)
                for user in desk[3]
            ]
        )
        won = [result for result in results if isinstance(result, Review)]
        lost = [result for result in results if isinstance(result, Conflict)]
        assert (len(won), len(lost), lost[0].code) == (1, 1, "held")
        assert Claim.objects.get(entry=entry).reviewer_id == won[0].reviewer_id
        assert Review.objects.filter(submission__entry=entry).count() == 1


def test_of_two_grades_exactly_one_counts_and_no_text_is_lost(desk):
    first, second = desk[3]
    for number in range(FEWER):
        entry, now = submitted(desk, number), timezone.now()
        reviews = []
        for user, at in ((first, now), (second, now + workflow.reviewing.LEASE * 2)):
            review = workflow.claim(user=user, entry=entry, now=at)
            given = ReviewInput(f"Kata {user.name}", factory.scores("85"), (f"Butir {user.name}",))
            Claim.objects.filter(entry=entry).update(reviewer=user)
            workflow.save_review(user=user, entry=entry, version=review.version, given=given, now=at)
            reviews.append(review)
        Claim.objects.filter(entry=entry).update(expires_at=now)  # both leases ran out: whoever comes first may decide
        later = now + workflow.reviewing.LEASE * 5
        results = together(
            *[
                lambda user=user, entry=entry, later=later: workflow.grade(
                    user=user,
                    entry=entry,
                    version=1,
                    now=later,
                    given=ReviewInput(f"Kata {user.name}", factory.scores("85"), (f"Butir {user.name}",)),
                )
                for user in (first, second)
            ]
        )
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Review"]
        stored = Review.objects.filter(submission__entry=entry)
        assert sorted(stored.values_list("state", flat=True)) == [ReviewState.ABANDONED, ReviewState.FINAL]
        assert {review.comment for review in stored} == {"Kata Endah", "Kata Ketut"}
        assert Event.objects.filter(stream__name=f"entry:{entry.pk}", kind="graded").count() == 1


def test_two_saves_of_one_review_never_overwrite_each_other_unseen(desk):
    user = desk[3][0]
    for number in range(FEWER):
        entry, now = submitted(desk, number), timezone.now()
        review = workflow.claim(user=user, entry=entry, now=now)
        results = together(
            *[
                lambda words=words, entry=entry, now=now: workflow.save_review(
                    user=user, entry=entry, version=0, given=ReviewInput(words), now=now
                )
                for words in ("jendela satu", "jendela dua")
            ]
        )
        stale = [result for result in results if isinstance(result, Conflict)]
        assert [refusal.code for refusal in stale] == ["stale"]
        review.refresh_from_db()
        assert review.version == 1
        assert review.comment in {"jendela satu", "jendela dua"}
