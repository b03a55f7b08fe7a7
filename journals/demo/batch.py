"""Writes the demo in bulk.

Bulk inserts do not pass the workflow, so tests/journals/test_demo.py checks what comes out: constraints,
hashes, audit chains, arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from journals import audit, content
from journals.demo import replies
from journals.enums import Decision, ReviewState
from journals.models import (
    Annotation,
    AnnotationClosing,
    AnnotationReply,
    Checkpoint,
    Claim,
    Entry,
    Event,
    Evidence,
    Extension,
    ItemAnswer,
    ItemClosing,
    Notice,
    Release,
    Response,
    Review,
    RevisionItem,
    Score,
    Stream,
    Submission,
    SubmissionText,
)

BATCH = 2000


@dataclass
class Batch:
    """Rows of one cohort, kept until they are written together."""

    entries: list[Entry] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    scores: list[Score] = field(default_factory=list)
    items: list[RevisionItem] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    talks: list[tuple[Entry, replies.Talk]] = field(default_factory=list)
    answers: list[ItemAnswer] = field(default_factory=list)
    closings: list[ItemClosing] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    # Events need the entry's id, so they are made after the entries are written.
    records: list[tuple[Entry, list[dict[str, Any]]]] = field(default_factory=list)


@transaction.atomic
def flush(batch: Batch) -> None:
    """Write a batch in the order of its references."""
    Entry.objects.bulk_create(batch.entries, batch_size=BATCH)
    Response.objects.bulk_create(batch.responses, batch_size=BATCH)
    Evidence.objects.bulk_create(batch.evidence, batch_size=BATCH)
    Checkpoint.objects.bulk_create(batch.checkpoints, batch_size=BATCH)
    Extension.objects.bulk_create(batch.extensions, batch_size=BATCH)
    Submission.objects.bulk_create(batch.submissions, batch_size=BATCH)
    SubmissionText.objects.bulk_create(
        (SubmissionText(submission=given, words=content.searchable(given.content)) for given in batch.submissions),
        batch_size=BATCH,
    )
    # Answers are given to what was returned, and before anybody reviews them.
    returned, others = _split(batch.reviews)
    _write_reviews(batch, returned)
    ItemAnswer.objects.bulk_create(batch.answers, batch_size=BATCH)
    _write_reviews(batch, others, batch.closings)
    Release.objects.bulk_create(batch.releases, batch_size=BATCH)
    for notice in batch.notices:
        notice.dedupe_key = f"{notice.kind}:{notice.entry.pk}:{notice.created_at:%Y%m%d%H%M%S}"
    Notice.objects.bulk_create(batch.notices, batch_size=BATCH)
    _write_talks(batch.talks)
    Claim.objects.bulk_create(batch.claims, batch_size=BATCH)
    _write_events(batch)


def _write_talks(talks: list[tuple[Entry, replies.Talk]]) -> None:
    """Replies to comments, those that were dealt with, and that the reviewers hear of them."""
    AnnotationReply.objects.bulk_create((reply for _entry, (reply, _) in talks), batch_size=BATCH)
    AnnotationClosing.objects.bulk_create((closing for _entry, (_, closing) in talks if closing), batch_size=BATCH)
    now = timezone.now()
    Notice.objects.bulk_create((replies.told(entry, talk, now) for entry, talk in talks), batch_size=BATCH)


def _split(reviews: list[Review]) -> tuple[list[Review], list[Review]]:
    """The returns, and all others."""
    returned = [review for review in reviews if review.decision == Decision.RETURNED]
    return returned, [review for review in reviews if review.decision != Decision.RETURNED]


def _write_reviews(batch: Batch, reviews: list[Review], closings: Sequence[ItemClosing] = ()) -> None:
    """Reviews with their parts. The guard on final ones refuses what comes later, so they become final last."""
    finals = [(review, review.state, review.decision, review.finished_at) for review in reviews]
    grades = [(review.raw_score, review.deduction, review.score) for review in reviews]
    for review in reviews:
        review.state, review.decision, review.finished_at = ReviewState.ABANDONED, "", None
        review.raw_score = review.deduction = review.score = None
    Review.objects.bulk_create(reviews, batch_size=BATCH)
    written = {id(review) for review in reviews}
    Score.objects.bulk_create((row for row in batch.scores if id(row.review) in written), batch_size=BATCH)
    RevisionItem.objects.bulk_create((row for row in batch.items if id(row.review) in written), batch_size=BATCH)
    Annotation.objects.bulk_create((row for row in batch.annotations if id(row.review) in written), batch_size=BATCH)
    ItemClosing.objects.bulk_create(closings, batch_size=BATCH)
    for (review, state, decision, finished), (raw, deduction, score) in zip(finals, grades, strict=True):
        review.state, review.decision, review.finished_at = state, decision, finished
        review.raw_score, review.deduction, review.score = raw, deduction, score
    _finish_reviews(reviews)


def _finish_reviews(reviews: list[Review]) -> None:
    """One prepared statement for all rows: bulk_update builds a CASE for each, which is ten times slower."""
    columns = ["state", "decision", "finished_at", "raw_score", "deduction", "score"]
    known = {field.name: field for field in Review._meta.concrete_fields}
    fields = [known[name] for name in columns]
    rows = [
        [field.get_db_prep_save(getattr(review, field.attname), connection) for field in fields] + [review.pk]
        for review in reviews
    ]
    assignments = ", ".join(f"{name} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE journals_review SET {assignments} WHERE id = %s", rows)  # noqa: S608 -- names above


def _record(entry: Entry, record: dict[str, Any]) -> dict[str, Any]:
    """With the ids that are known only now."""
    data = {name: value.pk if isinstance(value, Review) else value for name, value in record["data"].items()}
    return {**record, "data": data, "subject": ("entry", entry.pk)}


def _write_events(batch: Batch) -> None:
    streams, chains = [], []
    for entry, records in batch.records:
        stream = Stream(name=f"entry:{entry.pk}")
        chains.append(audit.chain(stream, [_record(entry, record) for record in records]))
        streams.append(stream)
    Stream.objects.bulk_create(streams, batch_size=BATCH)
    Event.objects.bulk_create((event for chain in chains for event in chain), batch_size=BATCH)
