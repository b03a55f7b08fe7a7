"""Appending to the audit trail, and proving that nobody changed it, or what it is about."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from journals.content import canonical, digest, read
from journals.enums import Decision, EventKind
from journals.models import Book, Event, Finalisation, Remedial, Review, Stream, Submission

BATCH = 2000
# Events that tell of a row, and under which word.
ABOUT: dict[str, str] = {
    EventKind.SUBMITTED: "submission",
    EventKind.GRADED: "review",
    EventKind.FINALISED: "finalisation",
    EventKind.BOOK_ISSUED: "book",
    EventKind.REMEDIAL: "remedial",
}
AT_ONCE = 500  # streams that are compared with their rows together


def event_hash(event: Event, stream_name: str) -> str:
    """SHA-256 over everything the event says and over the hash of the one before it."""
    # UTC with microseconds: both databases give this back exactly.
    at = event.at.astimezone(UTC)
    record = {
        "stream": stream_name,
        "number": event.number,
        "previous": event.previous,
        "at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "kind": str(event.kind),
        "actor": event.actor_id,
        "subject": [event.subject_kind, event.subject_id],
        "data": event.data,
    }
    return digest(canonical(record))


def append(
    *, stream: str, kind: EventKind, actor, subject: tuple[str, str | int], data: dict[str, Any], at: datetime
) -> Event:
    """Add an event to a stream, inside the caller's transaction and after it has locked its own rows.

    ``data`` may hold ids, codes and numbers only.
    """
    record = {"kind": kind, "actor": actor, "subject": subject, "data": data, "at": at}
    return append_to_each({stream: record})[0]


def append_to_each(records: dict[str, dict[str, Any]]) -> list[Event]:
    """Add one event to each of many streams, in as many queries as for one; a record as in `append`."""
    heads = _locked_heads(list(records))
    events = [event for name, record in records.items() for event in chain(heads[name], [record])]
    Event.objects.bulk_create(events)
    Stream.objects.bulk_update(heads.values(), ["last_number", "last_hash"])
    return events


def chain(head: Stream, records: Iterable[dict[str, Any]]) -> list[Event]:
    """The next events of a stream, hashed but not saved, with the head brought up to date.

    Each record has ``kind``, ``actor``, ``subject``, ``data`` and ``at`` as in `append`.
    """
    events = []
    for record in records:
        event = Event(
            stream=head,
            number=head.last_number + 1,
            previous=head.last_hash,
            at=record["at"],
            kind=record["kind"],
            actor=record["actor"],
            subject_kind=record["subject"][0],
            subject_id=str(record["subject"][1]),
            data=canonical(record["data"]),
        )
        event.hash = event_hash(event, head.name)
        head.last_number, head.last_hash = event.number, event.hash
        events.append(event)
    return events


def _locked_heads(names: list[str]) -> dict[str, Stream]:
    """The heads by name, made where there are none; in one order for everybody, so that nobody waits in a ring."""
    wanted = Stream.objects.select_for_update().order_by("name")
    heads = {head.name: head for head in wanted.filter(name__in=names)}
    if missing := [name for name in names if name not in heads]:
        # Another process may be making the same ones: then its rows are taken once it is done.
        Stream.objects.bulk_create([Stream(name=name) for name in missing], ignore_conflicts=True)
        heads |= {head.name: head for head in wanted.filter(name__in=missing)}
    return heads


def breaks() -> Iterator[str]:
    """Walk every stream and say where the first break of each stands; nothing when all is whole."""
    streams = Stream.objects.order_by("id").iterator(chunk_size=BATCH)
    while some := list(islice(streams, AT_ONCE)):
        facts = _facts(some)
        for stream in some:
            problem = first_break(stream, facts[stream.name])
            if problem:
                yield f"{stream.name}: {problem}"


@dataclass
class Facts:
    """What stands in the rows that the events of a stream are about."""

    submissions: dict[int, dict[str, Any]] = field(default_factory=dict)  # by number
    grades: dict[int, dict[str, Any]] = field(default_factory=dict)  # by the review's id
    finals: dict[int, dict[str, Any]] = field(default_factory=dict)  # by number
    books: dict[int, dict[str, Any]] = field(default_factory=dict)  # by the book's id
    remedials: dict[str, dict[str, Any]] = field(default_factory=dict)  # by `_nth`


def _facts(streams: list[Stream]) -> dict[str, Facts]:
    """By stream; five queries for all of them."""
    entries = {int(pk): stream.name for stream in streams if (pk := stream.name.removeprefix("entry:")).isdecimal()}
    found = {stream.name: Facts() for stream in streams}
    handed_in = Submission.objects.filter(entry__in=entries).order_by()
    for entry, number, sha256, words, late in handed_in.values_list("entry", "number", "sha256", "words", "is_late"):
        found[entries[entry]].submissions[number] = {"sha256": sha256, "words": words, "late": late}
    graded = Review.objects.filter(decision=Decision.GRADED, submission__entry__in=entries).order_by()
    columns = ("submission__entry", "pk", "submission__number", "round", "raw_score", "deduction", "score")
    for entry, pk, number, round_, *amounts in graded.values_list(*columns):
        scores = dict(zip(("raw", "deduction", "score"), amounts, strict=True))
        found[entries[entry]].grades[pk] = {"submission": number, "round": round_, **scores}
    cohorts = {int(pk): stream.name for stream in streams if (pk := stream.name.removeprefix("cohort:")).isdecimal()}
    finals = Finalisation.objects.filter(cohort__in=cohorts).order_by()
    for cohort, number, content in finals.values_list("cohort_id", "number", "content"):
        # Of the text as it is now, so that the text itself is compared with what was declared.
        found[cohorts[cohort]].finals[number] = {"sha256": digest(content)}
    books = Book.objects.filter(enrolment__cohort__in=cohorts).order_by()
    of_book = books.values_list("enrolment__cohort_id", "pk", "inputs", "sha256")
    for cohort, book, inputs, sha in of_book.iterator(chunk_size=AT_ONCE):
        found[cohorts[cohort]].books[book] = {"sha256": sha, "inputs": digest(inputs)}
    remedials, places = Remedial.objects.filter(enrolment__cohort__in=cohorts).order_by("pk"), Counter[int]()
    for cohort, enrolment, score in remedials.values_list("enrolment__cohort_id", "enrolment_id", "score"):
        found[cohorts[cohort]].remedials[_nth(enrolment, places)] = {"score": score}
    return found


def _nth(enrolment: int, places: Counter[int]) -> str:
    """Which remedial of a participant comes next: events name the participant only, in the order of the rows."""
    places[enrolment] += 1
    return f"{places[enrolment]} of participant {enrolment}"


def first_break(stream: Stream, facts: Facts) -> str:
    """What is wrong with a stream or with the rows that it is about, or the empty string."""
    number, previous, telling = 0, "", []
    for event in stream.events.order_by("number").iterator(chunk_size=BATCH):
        number += 1
        if event.number != number:
            return f"event {number} is missing"
        if event.previous != previous:
            return f"event {number} does not follow the one before it"
        if event.hash != event_hash(event, stream.name):
            return f"event {number} was changed"
        previous = event.hash
        if event.kind in ABOUT:
            telling.append(event)
        elif event.kind == EventKind.JOURNALS_DELETED:
            # Only what was declared final outlives the journals (workflow.retiring).
            telling = [told for told in telling if told.kind == EventKind.FINALISED]
    if (number, previous) != (stream.last_number, stream.last_hash):
        return f"the head says {stream.last_number} events, the stream has {number}"
    return _first_untruth(telling, facts)


def _first_untruth(events: list[Event], facts: Facts) -> str:
    """Where a submission, a grade or another row is not what its event says, or has none."""
    untold: dict[str, dict[Any, dict[str, Any]]] = {
        "submission": dict(facts.submissions),
        "review": dict(facts.grades),
        "finalisation": dict(facts.finals),
        "book": dict(facts.books),
        "remedial": dict(facts.remedials),
    }
    places = Counter[int]()
    for event in events:
        said, kind = json.loads(event.data), ABOUT[event.kind]
        if kind == "remedial":
            said[kind] = _nth(int(event.subject_id), places)
        row = untold[kind].pop(said.get(kind), None)
        if row is None:
            return f"{kind} {said.get(kind)} of event {event.number} is missing"
        for name, value in row.items():
            if name in said and (Decimal(said[name]) if isinstance(value, Decimal) else said[name]) != value:
                return f"{kind} {said[kind]} has another {name} than event {event.number} says"
    for kind, rows in untold.items():
        for number in rows:
            return f"{kind} {number} is in no event"
    return ""


def damaged_files() -> Iterator[str]:
    """Compare what submissions say about their files with the files as they lie in the store."""
    submissions = Submission.objects.order_by("id").prefetch_related("frozen_attachments__attachment")
    for submission in submissions.iterator(chunk_size=BATCH // 10):
        try:
            said = {item["key"]: item["sha256"] for item in read(submission).get("attachments", [])}
        except ValueError:
            yield f"{submission.receipt}: the text does not match its digest"
            continue
        there = {frozen.attachment.key: frozen.attachment for frozen in submission.frozen_attachments.all()}
        for key in sorted(said.keys() ^ there.keys()):
            yield f"{submission.receipt}: attachment {key} is {'missing' if key in said else 'too many'}"
        for key in sorted(said.keys() & there.keys()):
            if problem := _damage(there[key], said[key]):
                yield f"{submission.receipt}: attachment {key} {problem}"


def _damage(attachment, sha256: str) -> str:
    try:
        with attachment.file.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == sha256 == attachment.sha256
    except OSError:
        return "cannot be read"
    return "" if same else "was changed"
