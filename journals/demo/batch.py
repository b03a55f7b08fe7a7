"""Writes the demo in bulk.

Bulk inserts do not pass the workflow, so tests/journals/test_demo.py checks what comes out: constraints,
hashes, audit chains, arithmetic.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from journals import audit
from journals.enums import ReviewState
from journals.models import (
    Annotation,
    Checkpoint,
    Claim,
    Entry,
    Event,
    Evidence,
    Extension,
    Notice,
    Release,
    Response,
    Review,
    RevisionItem,
    Score,
    Stream,
    Submission,
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
    # The guard on final reviews refuses scores that come later, so reviews become final last.
    finals = [(review, review.state, review.decision, review.finished_at) for review in batch.reviews]
    grades = [(review.raw_score, review.deduction, review.score) for review in batch.reviews]
    for review in batch.reviews:
        review.state, review.decision, review.finished_at = ReviewState.ABANDONED, "", None
        review.raw_score = review.deduction = review.score = None
    Review.objects.bulk_create(batch.reviews, batch_size=BATCH)
    Score.objects.bulk_create(batch.scores, batch_size=BATCH)
    RevisionItem.objects.bulk_create(batch.items, batch_size=BATCH)
    Annotation.objects.bulk_create(batch.annotations, batch_size=BATCH)
    for (review, state, decision, finished), (raw, deduction, score) in zip(finals, grades, strict=True):
        review.state, review.decision, review.finished_at = state, decision, finished
        review.raw_score, review.deduction, review.score = raw, deduction, score
    _finish_reviews(batch.reviews)
    Release.objects.bulk_create(batch.releases, batch_size=BATCH)
    for notice in batch.notices:
        notice.dedupe_key = f"{notice.kind}:{notice.entry.pk}:{notice.created_at:%Y%m%d%H%M%S}"
    Notice.objects.bulk_create(batch.notices, batch_size=BATCH)
    Claim.objects.bulk_create(batch.claims, batch_size=BATCH)
    _write_events(batch)


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
