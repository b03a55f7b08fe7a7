"""The audit trail finds what was done behind the application's back, on both databases."""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from journals import audit, triggers, workflow
from journals.enums import EventKind
from journals.models import Event, Remedial, Review, Stream, Submission
from tests import factory
from tests.factory import NOW


@pytest.fixture
def stream(cast):
    """The stream of an entry with five events; two more streams lie beside it."""
    review = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    factory.draft(cast.peer_enrolment, cast.modules[0])
    factory.draft(cast.enrolment, cast.modules[1])
    found = Stream.objects.get(name=f"entry:{review.submission.entry_id}")
    assert found.last_number >= 4
    return found


def verify(*options):
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", *options, stdout=out, stderr=err)
    except CommandError as error:
        return str(error), out.getvalue(), err.getvalue()
    return "", out.getvalue(), err.getvalue()


def test_a_whole_trail_is_whole(stream):
    error, out, err = verify()
    assert (error, err) == ("", "")
    assert "whole" in out


def test_heads_can_be_kept_outside(stream):
    _error, out, _err = verify("--heads")
    assert f"{stream.name} {stream.last_number} {stream.last_hash}\n" in out


def tamper_edit(stream):
    Event.objects.filter(stream=stream, number=2).update(data='{"submission":9}')
    return "event 2 was changed"


def tamper_actor(stream):
    Event.objects.filter(stream=stream, number=2).update(actor=None)
    return "event 2 was changed"


def tamper_time(stream):
    event = Event.objects.get(stream=stream, number=2)
    Event.objects.filter(pk=event.pk).update(at=event.at.replace(microsecond=event.at.microsecond ^ 1))
    return "event 2 was changed"


def tamper_delete_middle(stream):
    Event.objects.filter(stream=stream, number=2).delete()
    return "event 2 is missing"


def tamper_delete_last(stream):
    Event.objects.filter(stream=stream, number=stream.last_number).delete()
    return f"the head says {stream.last_number} events, the stream has {stream.last_number - 1}"


def tamper_insert(stream):
    last = Event.objects.get(stream=stream, number=stream.last_number)
    Event.objects.create(
        stream=stream,
        number=last.number + 1,
        previous=last.hash,
        hash="0" * 64,
        at=last.at,
        kind=EventKind.RELEASED,
        actor=last.actor,
        subject_kind="entry",
        subject_id="1",
        data="{}",
    )
    return f"event {last.number + 1} was changed"


def tamper_insert_with_a_right_hash(stream):
    last = Event.objects.get(stream=stream, number=stream.last_number)
    event = Event(
        stream=stream,
        number=last.number + 1,
        previous=last.hash,
        at=last.at,
        kind=EventKind.RELEASED,
        actor=last.actor,
        subject_kind="entry",
        subject_id="1",
        data="{}",
    )
    event.hash = audit.event_hash(event, stream.name)
    event.save()
    return f"the head says {last.number} events, the stream has {last.number + 1}"


def tamper_reorder(stream):
    Event.objects.filter(stream=stream, number=2).update(number=99)
    Event.objects.filter(stream=stream, number=3).update(number=2)
    Event.objects.filter(stream=stream, number=99).update(number=3)
    return "event 2 does not follow the one before it"


def tamper_head(stream):
    Stream.objects.filter(pk=stream.pk).update(last_hash="0" * 64)
    return f"the head says {stream.last_number} events, the stream has {stream.last_number}"


def tamper_head_number(stream):
    Stream.objects.filter(pk=stream.pk).update(last_number=F("last_number") + 1)
    return f"the head says {stream.last_number + 1} events"


def tamper_rehash_one(stream):
    event = Event.objects.get(stream=stream, number=2)
    event.data = '{"submission":9}'
    event.hash = audit.event_hash(event, stream.name)
    event.save()
    return "event 3 does not follow the one before it"


def submission_of(stream):
    return Submission.objects.filter(entry=stream.name.removeprefix("entry:"))


def grade_of(stream):
    return Review.objects.filter(submission__in=submission_of(stream))


def tamper_text(stream):
    """With a digest that fits, so that the submission alone looks right."""
    other = submission_of(stream).get().content.replace("mendengarkan", "menyimak")
    submission_of(stream).update(content=other, sha256=hashlib.sha256(other.encode()).hexdigest())
    return "submission 1 has another sha256 than event 2 says"


def tamper_lateness(stream):
    submission_of(stream).update(is_late=True)
    return "submission 1 has another late than event 2 says"


def tamper_score(stream):
    grade_of(stream).update(raw_score="95", score="95")
    return f"review {grade_of(stream).get().pk} has another raw than event 4 says"


def tamper_take_a_grade_away(stream):
    fields = {"raw_score": None, "deduction": None, "score": None}
    grade_of(stream).update(decision="returned", **fields)
    return f"review {grade_of(stream).get().pk} of event 4 is missing"


def tamper_invent_a_submission(stream):
    row = submission_of(stream).get()
    row.pk, row.number, row.receipt, row.idempotency_key = None, 2, "BA-X", "lain"
    row.save(force_insert=True)
    return "submission 2 is in no event"


def tamper_rename_stream(stream):
    Stream.objects.filter(pk=stream.pk).update(name="entry:4711")
    return "event 1 was changed"


TAMPERS = [value for name, value in sorted(globals().items()) if name.startswith("tamper_")]


@pytest.mark.parametrize("tamper", TAMPERS, ids=[tamper.__name__[7:] for tamper in TAMPERS])
def test_tampering_is_found_and_named(stream, tamper):
    with triggers.lifted():
        said = tamper(stream)
    error, _out, err = verify()
    assert error == f"The audit trail is broken in 1 of {Stream.objects.count()} streams."
    stream.refresh_from_db()
    assert err.startswith(f"{stream.name}: {said}")
    assert len(err.splitlines()) == 1


def test_the_first_break_of_each_stream_is_named(stream):
    other = Stream.objects.exclude(pk=stream.pk).first()
    with triggers.lifted():
        Event.objects.filter(stream=stream).update(data="{}")
        Event.objects.filter(stream=other).update(data="{}")
    error, _out, err = verify()
    assert "broken in 2 of" in error
    assert len(err.splitlines()) == 2


def test_without_lifting_the_triggers_nothing_can_be_changed(stream):
    for tamper in (tamper_edit, tamper_delete_middle, tamper_reorder):
        with pytest.raises(DatabaseError), transaction.atomic():
            tamper(stream)
    assert verify()[0] == ""


def test_a_rewritten_stream_differs_from_the_kept_head(stream):
    """Whoever rewrites a stream with its head convinces the database, but not the head kept outside."""
    kept = verify("--heads")[1]
    with triggers.lifted():
        events = list(stream.events.order_by("number"))
        events[2].data, previous = "{}", ""  # who began the review of which submission; no row says that again
        for event in events:
            event.previous = previous
            event.hash = previous = audit.event_hash(event, stream.name)
            event.save()
        Stream.objects.filter(pk=stream.pk).update(last_hash=previous)
    assert verify()[0] == ""
    assert f"{stream.name} {stream.last_number} {stream.last_hash}\n" in kept
    assert verify("--heads")[1] != kept


@pytest.mark.parametrize("microsecond", [0, 1, 120000, 123456, 999999])
def test_a_hash_is_the_same_on_both_databases(cast, microsecond):
    """The text that is hashed stands here letter for letter, so both databases must give back exactly that."""
    at = datetime(2026, 11, 23, 3, 0, 7, microsecond, tzinfo=UTC)
    text = (
        r'{"actor":null,"at":"2026-11-23T03:00:07.'
        f'{microsecond:06d}Z",'
        r'"data":"{\"due\":\"2026-11-26T15:59:59+00:00\",\"module\":1}","kind":"rescheduled","number":1,'
        r'"previous":"","stream":"system","subject":["schedule","7"]}'
    )
    expected = hashlib.sha256(text.encode()).hexdigest()
    with transaction.atomic():
        audit.append(
            stream="system",
            kind=EventKind.RESCHEDULED,
            actor=None,
            subject=("schedule", 7),
            at=at,
            data={"module": 1, "due": "2026-11-26T15:59:59+00:00"},
        )
    event = Event.objects.get(stream__name="system")
    assert event.hash == expected, connection.vendor
    assert audit.event_hash(event, "system") == expected


def test_the_zone_in_which_a_time_is_read_does_not_matter(cast):
    event = Event(
        number=1,
        previous="",
        kind="created",
        subject_kind="entry",
        subject_id="1",
        data="{}",
        at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    )
    first = audit.event_hash(event, "entry:1")
    event.at = event.at.astimezone(ZoneInfo("Asia/Jayapura"))
    assert audit.event_hash(event, "entry:1") == first


def record(cast, enrolment, score):
    return workflow.record_remedial(
        user=cast.lead, enrolment=enrolment, score=Decimal(score), reason="Menulis ulang", now=NOW
    )


@pytest.fixture
def remedials(cast):
    """Two of one participant, and between them one of another; their events name the participant only."""
    people = (cast.enrolment, cast.peer_enrolment, cast.enrolment)
    return [record(cast, who, score) for who, score in zip(people, ("55", "60.5", "62.00"), strict=True)]


def test_remedials_that_nobody_touched_are_whole(remedials):
    assert list(audit.breaks()) == []


def remedial_lifted(first, _other, _second):
    Remedial.objects.filter(pk=first.pk).update(score="70.01")
    return "remedial 1 of participant {mine} has another score than event 1 says"


def remedial_deleted(_first, other, _second):
    Remedial.objects.filter(pk=other.pk).delete()
    return "remedial 1 of participant {peer} of event 2 is missing"


def remedial_invented(first, _other, _second):
    Remedial.objects.create(enrolment=first.enrolment, score="70.01", reason="x", by=first.by, created_at=NOW)
    return "remedial 3 of participant {mine} is in no event"


def remedials_exchanged(first, _other, second):
    """The newest one counts."""
    Remedial.objects.filter(pk=first.pk).update(score=second.score)
    Remedial.objects.filter(pk=second.pk).update(score=first.score)
    return "remedial 1 of participant {mine} has another score than event 1 says"


def remedial_of_another(first, _other, second):
    Remedial.objects.filter(pk=second.pk).update(enrolment=_other.enrolment)
    return "remedial 2 of participant {mine} of event 3 is missing"


@pytest.mark.parametrize(
    "tamper", [remedial_lifted, remedial_deleted, remedial_invented, remedials_exchanged, remedial_of_another]
)
def test_a_remedial_that_is_not_what_was_recorded_is_found(cast, remedials, tamper):
    with triggers.lifted():
        said = tamper(*remedials)
    told = said.format(mine=cast.enrolment.pk, peer=cast.peer_enrolment.pk)
    assert list(audit.breaks()) == [f"cohort:{cast.cohort.pk}: {told}"]


def test_more_remedials_cost_no_more_queries(cast, remedials):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert list(audit.breaks()) == []
        return len(asked)

    before = queries()
    for score in range(5):
        record(cast, cast.peer_enrolment, score)
    assert queries() == before
