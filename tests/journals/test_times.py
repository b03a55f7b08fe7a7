"""Whose time counts: schedules, extensions, and at which edge they refuse."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from journals import audit, workflow
from journals.models import (
    Entry,
    Event,
)
from journals.workflow import Conflict, Forbidden, Invalid
from tests import factory
from tests.factory import NOW
from tests.journals.moves import DAY, submit

FAR = [datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, 20, tzinfo=UTC), NOW + 500 * DAY]


@pytest.mark.parametrize(
    ("due", "closes", "field"),
    [
        *((far, far, "due") for far in FAR),
        (NOW + 4 * DAY, NOW + 500 * DAY, "closes"),
        (NOW + 4 * DAY, NOW + 3 * DAY, "closes"),
        (NOW, NOW + 10 * DAY, "due"),
        (NOW + 2 * DAY, NOW + 10 * DAY, "due"),  # earlier than the schedule's due time
        (NOW + 4 * DAY, NOW + 9 * DAY, "closes"),  # earlier than the schedule's closing time
    ],
)
def test_an_extension_gives_more_time(cast, due, closes, field):
    with pytest.raises(Invalid) as refusal:
        workflow.extend(
            user=cast.lead,
            enrolment=cast.enrolment,
            module=cast.modules[0],
            due=due,
            closes=closes,
            reason="Sakit",
            now=NOW,
        )
    assert set(refusal.value.errors) == {field}


def test_a_graded_entry_gets_no_extension(cast):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    with pytest.raises(Conflict):
        workflow.extend(
            user=cast.lead,
            enrolment=cast.enrolment,
            module=cast.modules[0],
            due=NOW + 5 * DAY,
            closes=NOW + 12 * DAY,
            reason="Sakit",
            now=NOW,
        )


def test_nobody_extends_or_mends_for_themselves(cast):
    factory.teach(cast.participant, cast.cohort, is_lead=True)
    me, mine = cast.participant, cast.enrolment
    with pytest.raises(Forbidden):
        workflow.extend(user=me, enrolment=mine, module=cast.modules[0], due=NOW, closes=NOW, reason="Saya", now=NOW)
    with pytest.raises(Forbidden):
        workflow.record_remedial(user=me, enrolment=mine, score=70, reason="Saya", now=NOW)


def test_an_extension_moves_the_due_time_for_one_person(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    workflow.extend(
        user=cast.lead,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        due=NOW + 20 * DAY,
        closes=NOW + 21 * DAY,
        reason="Sakit",
        now=NOW,
    )
    entry.refresh_from_db()
    assert entry.due_at == NOW + 20 * DAY
    assert submit(cast, entry, now=NOW + 20 * DAY).is_late is False
    with pytest.raises(Forbidden):
        workflow.extend(
            user=cast.instructor,
            enrolment=cast.enrolment,
            module=cast.modules[0],
            due=NOW + DAY,
            closes=NOW + DAY,
            reason="x",
            now=NOW,
        )


def test_a_new_schedule_moves_drafts_but_not_what_was_handed_in_or_extended(cast):
    module = cast.modules[0]
    submission = factory.submitted(cast.enrolment, module)
    extended = factory.draft(cast.peer_enrolment, module)
    workflow.extend(
        user=cast.lead,
        enrolment=cast.peer_enrolment,
        module=module,
        due=NOW + 20 * DAY,
        closes=NOW + 21 * DAY,
        reason="Sakit",
        now=NOW,
    )
    schedule = cast.cohort.schedules.get(module=module)
    schedule.due = NOW - DAY
    schedule.save()
    workflow.reschedule(user=cast.organiser, schedule=schedule, now=NOW)
    submission.refresh_from_db()
    extended.refresh_from_db()
    assert (submission.is_late, submission.due_at) == (False, NOW + 3 * DAY)
    assert Entry.objects.get(pk=submission.entry_id).due_at == NOW - DAY
    assert extended.due_at == NOW + 20 * DAY


def test_remedial_is_capped(cast):
    with pytest.raises(Invalid):
        workflow.record_remedial(user=cast.lead, enrolment=cast.enrolment, score=Decimal("70.02"), reason="x", now=NOW)
    assert workflow.record_remedial(
        user=cast.lead, enrolment=cast.enrolment, score=Decimal("70.01"), reason="Lulus", now=NOW
    ).score == Decimal("70.01")


def test_every_move_left_its_event_and_the_chains_are_whole(cast):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor)
    workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW)
    assert [event.kind for event in Event.objects.filter(stream__name__startswith="entry:").order_by("id")] == [
        "created",
        "submitted",
        "claimed",
        "returned",
        "created",
        "submitted",
        "claimed",
        "graded",
    ]
    assert list(audit.breaks()) == []
    for event in Event.objects.all():
        assert not {"Ratna", "Dimas", "Endah"} & set(event.data.split())
