"""Several reviewers reach for the same entry at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone

from berakhlak.accounts.models import User
from journals import keys, workflow
from journals.enums import ReviewState
from journals.models import Claim, Enrolment, Entry, Event, Review, RevisionItem, Submission, Takeover, Teaching
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
ROUNDS = 200


@pytest.fixture
def together(transactional_db):
    """``together(job, job)`` runs both at the same moment, each on a connection of its own; their results, or how they
    were refused. Threads and connections live as long as the test: two hundred rounds would make four hundred."""
    barrier = Barrier(2, timeout=60)

    def run(job):
        barrier.wait()
        try:
            return job()
        except workflow.Refused as refusal:
            return refusal

    with ThreadPoolExecutor(2) as pool:
        yield lambda *jobs: list(pool.map(run, jobs))
        list(pool.map(run, [connections.close_all] * 2))


@pytest.fixture
def desk(transactional_db):
    """A cohort with two reviewers."""
    module, cohort = factory.make_module(1), factory.make_cohort()
    factory.make_schedule(cohort, module, opens=-400, due=4000, closes=4001)
    reviewers = [factory.make_user("Endah"), factory.make_user("Ketut")]
    for reviewer in reviewers:
        factory.teach(reviewer, cohort)
    return module, cohort, reviewers


def waiting(desk, count: int) -> list[Entry]:
    """Entries that wait, each of another participant: one handed in by the workflow, the others copied from it at once,
    because making them costs more than the races themselves."""
    module, cohort, _reviewers = desk
    group = factory.make_group(cohort)
    first = factory.submitted(factory.enrol(factory.make_user("Orang"), cohort, group), module, now=timezone.now())
    people = User.objects.bulk_create(User(name="Orang", email=f"peserta{number}@x.test") for number in range(1, count))
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(user=user, cohort=cohort, group=group, ndh=number) for number, user in enumerate(people, 2)
    )
    entries, submissions = [first.entry], []
    for enrolment in enrolments:
        entry, submission = Entry.objects.get(pk=first.entry_id), Submission.objects.get(pk=first.pk)
        entry.pk, entry.key, entry.enrolment = None, keys.random_key(), enrolment
        submission.pk, submission.receipt, submission.entry = None, f"BA-{enrolment.ndh}", entry
        entries.append(entry)
        submissions.append(submission)
    Entry.objects.bulk_create(entries[1:])
    Submission.objects.bulk_create(submissions)
    return entries


def test_of_two_claims_exactly_one_wins(desk, together):
    for entry in waiting(desk, ROUNDS):
        now = timezone.now()
        claim = partial(workflow.claim, entry=entry, now=now)
        results = together(*[partial(claim, user=user) for user in desk[2]])
        won = [result for result in results if isinstance(result, Review)]
        lost = [result for result in results if isinstance(result, Conflict)]
        assert (len(won), len(lost), lost[0].code) == (1, 1, "held")
        assert Claim.objects.get(entry=entry).reviewer_id == won[0].reviewer_id
        assert Review.objects.filter(submission__entry=entry).count() == 1
        assert Event.objects.filter(stream__name=f"entry:{entry.pk}", kind="claimed").count() == 1


def begun(desk, entries: list[Entry], *, until: datetime) -> None:
    """Both reviewers have an unfinished review of each; the first of them has the lease."""
    _module, cohort, reviewers = desk
    at = timezone.now()
    reviews = Review.objects.bulk_create(
        Review(
            submission=submission,
            reviewer=user,
            rubric_id=cohort.rubric_id,
            comment=f"Kata {user.name}",
            version=1,
            started_at=at,
            saved_at=at,
        )
        for submission in Submission.objects.filter(entry__in=entries)
        for user in reviewers
    )
    RevisionItem.objects.bulk_create(
        RevisionItem(review=review, order=1, text=f"Butir {review.reviewer.name}") for review in reviews
    )
    Claim.objects.bulk_create(Claim(entry=entry, reviewer=reviewers[0], expires_at=until) for entry in entries)


def test_of_two_grades_exactly_one_counts_and_no_text_is_lost(desk, together):
    entries = waiting(desk, ROUNDS)
    now = timezone.now()
    begun(desk, entries, until=now)  # the leases ran out: whoever comes first may decide
    for entry in entries:
        results = together(
            *[
                partial(
                    workflow.grade,
                    user=user,
                    entry=entry,
                    version=1,
                    now=now,
                    given=ReviewInput(f"Kata {user.name}", factory.scores("85"), (f"Butir {user.name}",)),
                )
                for user in desk[2]
            ]
        )
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "Review"]
        stored = Review.objects.filter(submission__entry=entry)
        assert sorted(stored.values_list("state", flat=True)) == [ReviewState.ABANDONED, ReviewState.FINAL]
        assert {review.comment for review in stored} == {"Kata Endah", "Kata Ketut"}
        items = RevisionItem.objects.filter(review__in=stored)
        assert set(items.values_list("text", flat=True)) == {"Butir Endah", "Butir Ketut"}
        assert Event.objects.filter(stream__name=f"entry:{entry.pk}", kind="graded").count() == 1


def test_of_a_takeover_and_a_grade_exactly_one_counts_and_no_text_is_lost(desk, together):
    """The holder decides in the moment in which the lead takes the entry."""
    holder, lead = desk[2]
    Teaching.objects.filter(instructor=lead).update(is_lead=True)
    entries, now = waiting(desk, ROUNDS), timezone.now()
    begun(desk, entries, until=now + workflow.claiming.LEASE)
    for entry in entries:
        given = ReviewInput("Kata terakhir", factory.scores("85"))
        results = together(
            partial(workflow.grade, user=holder, entry=entry, version=1, given=given, now=now),
            partial(workflow.take_over, user=lead, entry=entry, reason="Sakit", now=now),
        )
        lost = [result for result in results if isinstance(result, Conflict)]
        assert [refusal.code for refusal in lost] in (["state"], ["lease"])
        entry.refresh_from_db()
        graded = lost[0].code == "state"
        assert entry.state == ("graded" if graded else "submitted")
        assert Takeover.objects.filter(entry=entry).exists() is not graded
        if not graded:  # the view then keeps the text in this way
            workflow.save_review(user=holder, entry=entry, version=1, given=given, now=now)
        assert Review.objects.get(submission__entry=entry, reviewer=holder).comment == "Kata terakhir"


def test_two_saves_of_one_review_never_overwrite_each_other_unseen(desk, together):
    (entry,), user, now = waiting(desk, 1), desk[2][0], timezone.now()
    review = workflow.claim(user=user, entry=entry, now=now)
    for version in range(ROUNDS):
        words = [f"jendela {window}, putaran {version}" for window in ("satu", "dua")]
        save = partial(workflow.save_review, user=user, entry=entry, version=version, now=now)
        results = together(*[partial(save, given=ReviewInput(text)) for text in words])
        stale = [result for result in results if isinstance(result, Conflict)]
        assert [refusal.code for refusal in stale] == ["stale"]
        winner = next(number for number, result in enumerate(results) if not isinstance(result, Conflict))
        review.refresh_from_db()
        assert (review.version, review.comment) == (version + 1, words[winner])
