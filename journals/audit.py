"""Appending to the audit trail, and proving that nobody changed it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction

from journals.content import canonical, digest
from journals.enums import EventKind
from journals.models import Event, Stream

BATCH = 2000


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
    head = _locked_head(stream)
    [event] = chain(head, [{"kind": kind, "actor": actor, "subject": subject, "data": data, "at": at}])
    event.save(force_insert=True)
    head.save(update_fields=["last_number", "last_hash"])
    return event


def chain(head: Stream, records: Iterable[dict[str, Any]]) -> list[Event]:
    """The events of a new stream, hashed but not saved, with the head brought up to date.

    For bulk loading only; each record has ``kind``, ``actor``, ``subject``, ``data`` and ``at`` as in `append`.
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


def _locked_head(name: str) -> Stream:
    head = Stream.objects.select_for_update().filter(name=name).first()
    if head is not None:
        return head
    try:
        with transaction.atomic():
            return Stream.objects.create(name=name)
    except IntegrityError:  # another process was first
        return Stream.objects.select_for_update().get(name=name)


def breaks() -> Iterator[str]:
    """Walk every stream and say where the first break of each stands; nothing when all is whole."""
    for stream in Stream.objects.order_by("id").iterator(chunk_size=BATCH):
        problem = first_break(stream)
        if problem:
            yield f"{stream.name}: {problem}"


def first_break(stream: Stream) -> str:
    """What is wrong with a stream, or the empty string."""
    number, previous = 0, ""
    for event in stream.events.order_by("number").iterator(chunk_size=BATCH):
        number += 1
        if event.number != number:
            return f"event {number} is missing"
        if event.previous != previous:
            return f"event {number} does not follow the one before it"
        if event.hash != event_hash(event, stream.name):
            return f"event {number} was changed"
        previous = event.hash
    if (number, previous) != (stream.last_number, stream.last_hash):
        return f"the head says {stream.last_number} events, the stream has {number}"
    return ""
