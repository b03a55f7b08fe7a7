"""What each move of the author writes, and at which edge it refuses."""

import json
from datetime import timedelta

import pytest
from django.utils import translation

from journals import content, workflow
from journals.enums import EntryState
from journals.models import (
    Entry,
    Event,
    Response,
    Submission,
)
from journals.workflow import Conflict, Forbidden, Invalid
from tests import factory
from tests.factory import ANSWER, NOW
from tests.journals.moves import DAY, SECOND, claimed, save, submit

# --- Saving ---------------------------------------------------------------------------------------


def test_first_save_makes_the_entry_with_its_prompts_and_an_event(cast):
    entry = save(cast)
    assert (entry.state, entry.version, entry.due_at) == ("draft", 1, NOW + 3 * DAY)
    assert sorted(entry.responses.values_list("prompt__key", "words")) == [
        ("penerapan", 0),
        ("refleksi", 9),
        ("ringkasan", 0),
    ]
    assert [event.kind for event in Event.objects.all()] == ["created"]


def test_a_repeated_first_save_is_stale_and_makes_no_second_entry(cast):
    save(cast)
    with pytest.raises(Conflict) as refusal:
        save(cast)
    assert refusal.value.code == "stale"
    assert Entry.objects.count() == 1


def test_missing_keys_erase_nothing_and_unknown_ones_are_refused(cast):
    save(cast, answers={"refleksi": ANSWER, "ringkasan": ANSWER})
    save(cast, answers={"ringkasan": ""}, version=1)
    assert dict(Response.objects.values_list("prompt__key", "words")) == {
        "refleksi": 9,
        "ringkasan": 0,
        "penerapan": 0,
    }
    with pytest.raises(Invalid):
        save(cast, answers={"nilai": "100"}, version=2)


def test_saved_html_is_sanitised(cast):
    save(cast, answers={"refleksi": '<p onclick="x()">Halo</p><script>alert(1)</script>'})
    assert Response.objects.get(prompt__key="refleksi").body == "<p>Halo</p>"


def test_prompts_are_fixed_at_the_first_save(cast):
    save(cast)
    cast.modules[0].prompts.filter(key="penerapan").update(active=False)
    entry = save(cast, version=1, answers={"penerapan": ANSWER})
    assert entry.responses.count() == 3


def test_nothing_can_be_written_before_opening_and_drafts_are_kept_after_closing(cast):
    with pytest.raises(Conflict) as refusal:
        save(cast, now=NOW - 7 * DAY - SECOND)
    assert refusal.value.code == "not_open"
    entry = save(cast, now=NOW - 7 * DAY)
    save(cast, version=1, now=NOW + 20 * DAY)
    with pytest.raises(Conflict) as refusal:
        submit(cast, Entry.objects.get(pk=entry.pk), now=NOW + 20 * DAY)
    assert refusal.value.code == "closed"


def test_withdrawn_participants_keep_their_text_but_write_no_more(cast):
    save(cast)
    cast.enrolment.status = "withdrawn"
    cast.enrolment.save()
    with pytest.raises(Forbidden):
        save(cast, version=1)


# --- Submitting -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset", "late", "accepted"),
    [
        (3 * DAY, False, True),
        (3 * DAY + SECOND, True, True),
        (10 * DAY, True, True),
        (10 * DAY + SECOND, None, False),
    ],
)
def test_due_and_closing_to_the_second(cast, offset, late, accepted):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    if accepted:
        assert submit(cast, entry, now=NOW + offset).is_late is late
    else:
        with pytest.raises(Conflict):
            submit(cast, entry, now=NOW + offset)


@pytest.mark.parametrize(
    ("grace", "offset", "late"), [(60, timedelta(seconds=60), False), (60, timedelta(seconds=61), True)]
)
def test_grace_is_explicit(cast, grace, offset, late):
    cast.cohort.grace_seconds = grace
    cast.cohort.save()
    entry = factory.draft(cast.enrolment, cast.modules[0])
    assert submit(cast, entry, now=NOW + 3 * DAY + offset).is_late is late


def test_the_same_key_gives_the_same_submission(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    first = submit(cast, entry, key="satu")
    again = submit(cast, entry, key="satu", now=NOW + 30 * DAY)
    assert first == again
    assert (Submission.objects.count(), Event.objects.filter(kind="submitted").count()) == (1, 1)
    with pytest.raises(Conflict) as refusal:
        submit(cast, entry, key="dua")
    assert refusal.value.code == "state"


def test_a_stale_version_is_not_submitted(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    with pytest.raises(Conflict) as refusal:
        submit(cast, entry, version=0)
    assert refusal.value.code == "stale"


@pytest.mark.parametrize(("key", "words", "field"), [("refleksi", 4, "refleksi"), ("ringkasan", 301, "ringkasan")])
def test_word_limits_name_the_part(cast, key, words, field):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    entry = save(cast, version=1, answers={key: "<p>" + "kata " * words + "</p>"})
    with pytest.raises(Invalid) as refusal:
        submit(cast, entry)
    assert set(refusal.value.errors) == {field}
    assert not Submission.objects.exists()


@pytest.mark.parametrize("words", [5, 300])
def test_word_limits_include_their_ends(cast, words):
    factory.draft(cast.enrolment, cast.modules[0])
    entry = save(cast, version=1, answers={"ringkasan": "<p>" + "kata " * words + "</p>"})
    assert submit(cast, entry).number == 1


def test_the_statement_must_be_ticked(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    with pytest.raises(Invalid) as refusal:
        submit(cast, entry, accepted=False)
    assert set(refusal.value.errors) == {"statement"}


def test_content_freezes_prompts_author_and_statement(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    with translation.override("id"):
        submission = submit(cast, entry)
    frozen = submission.content
    cast.modules[0].prompts.update(title="Lain")
    cast.participant.position = "Lain"
    cast.participant.save()
    submission.refresh_from_db()
    data = content.read(submission)
    assert submission.content == frozen == json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert (data["format"], data["attachments"]) == (3, [])
    assert [answer["title"] for answer in data["answers"]] == [
        "Ringkasan materi",
        "Refleksi",
        "Rencana penerapan",
    ]
    assert data["answers"][1]["questions"] == ["Apa yang Anda rasakan?"]
    assert data["author"]["position"] == "Bidan Terampil"
    assert cast.participant.nip not in frozen
    assert data["statement"]


def test_tampered_content_is_noticed(cast):
    submission = factory.submitted(cast.enrolment, cast.modules[0])
    submission.content = submission.content.replace("Refleksi", "Refleksj")
    with pytest.raises(ValueError, match=submission.receipt):
        content.read(submission)


# --- Withdrawing ----------------------------------------------------------------------------------


def test_withdraw_gives_the_draft_back_and_the_next_submission_counts_on(cast):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.withdraw(user=cast.participant, entry=entry, now=NOW + SECOND)
    entry.refresh_from_db()
    assert (entry.state, entry.submissions.get().withdrawn_at) == ("draft", NOW + SECOND)
    assert submit(cast, entry, key="lagi").number == 2


def test_withdraw_after_a_return_goes_back_to_returned(cast):
    entry = factory.returned(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    entry.refresh_from_db()
    submit(cast, entry, key="lagi")
    workflow.withdraw(user=cast.participant, entry=entry, now=NOW + SECOND)
    entry.refresh_from_db()
    assert entry.state == EntryState.RETURNED


def test_no_withdrawal_once_a_review_was_begun_even_if_given_back(cast):
    entry, _review = claimed(cast)
    workflow.unclaim(user=cast.instructor, entry=entry, now=NOW)
    with pytest.raises(Conflict) as refusal:
        workflow.withdraw(user=cast.participant, entry=entry, now=NOW)
    assert refusal.value.code == "withdraw"


def test_the_last_second_counts_whole(cast):
    """23:59:59.9 is still 23.59.59, for lateness and for closing."""
    schedule = cast.cohort.schedules.get(module=cast.modules[0])
    almost = timedelta(microseconds=999_999)
    entry = factory.draft(cast.enrolment, cast.modules[0])
    assert submit(cast, entry, now=schedule.due + almost).is_late is False
    peer = factory.draft(cast.peer_enrolment, cast.modules[0])
    late = workflow.submit(
        user=cast.peer, entry=peer, version=peer.version, accepted=True, key="k", now=schedule.closes + almost
    )
    assert late.is_late is True


def test_a_withdrawal_that_waited_for_the_submission_is_not_older_than_it(cast):
    submission = factory.submitted(cast.enrolment, cast.modules[0])
    workflow.withdraw(user=cast.participant, entry=submission.entry, now=NOW - SECOND)
    submission.refresh_from_db()
    assert submission.withdrawn_at == submission.submitted_at


def test_no_withdrawal_after_closing(cast):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    with pytest.raises(Conflict):
        workflow.withdraw(user=cast.participant, entry=entry, now=NOW + 10 * DAY + SECOND)
