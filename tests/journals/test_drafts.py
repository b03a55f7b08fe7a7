"""Messages of devices: compare and set, repeats change nothing, and what comes too late is kept beside the draft."""

from datetime import timedelta

import pytest

from journals import workflow
from journals.models import Entry, StrayDraft
from journals.workflow import Conflict, Forbidden, Invalid, Kept, Message, Strayed, drafts
from tests import factory
from tests.factory import NOW

PHONE, OFFICE = "telepon" + "0" * 16, "kantor" + "0" * 16


def html(text: str) -> str:
    return f"<p>{text}</p>"


def send(cast, client=PHONE, sequence=1, base=0, text="Satu.", *, user=None, title="", now=NOW, **answers):
    entry = Entry.objects.filter(enrolment=cast.enrolment, module=cast.modules[0]).first()
    message = Message(client, sequence, base, answers or {"refleksi": html(text)}, title)
    return workflow.receive(
        user=user or cast.participant,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        entry=entry,
        message=message,
        now=now,
    )


def draft(cast) -> tuple[int, str]:
    entry = Entry.objects.get(enrolment=cast.enrolment, module=cast.modules[0])
    return entry.version, entry.responses.get(prompt__key="refleksi").body


def test_the_first_message_creates_the_entry_and_the_next_go_on(cast):
    assert send(cast, sequence=3) == Kept(1, NOW)
    later = NOW + timedelta(minutes=1)
    assert send(cast, sequence=4, base=1, text="Dua.", title=" Judul ", now=later) == Kept(2, later)
    assert draft(cast) == (2, html("Dua."))
    entry = Entry.objects.get()
    assert (entry.title, entry.saved_at, entry.state) == ("Judul", later, "draft")


def test_a_repeated_message_changes_nothing_and_is_answered_as_before(cast):
    send(cast, sequence=1)
    send(cast, sequence=2, base=1, text="Dua.")
    assert send(cast, sequence=2, base=1, text="Dua.").version == 2
    assert send(cast, sequence=1, text="Satu.").version == 2  # an older one that was under way for long
    assert draft(cast) == (2, html("Dua."))
    assert not StrayDraft.objects.exists()


def test_a_lost_answer_is_no_conflict_with_oneself(cast):
    send(cast, sequence=1)
    send(cast, sequence=2, base=1, text="Dua.")  # its answer never arrived
    assert send(cast, sequence=3, base=1, text="Dua, tiga.") == Kept(3, NOW)
    assert draft(cast) == (3, html("Dua, tiga."))


def test_after_a_lost_answer_another_device_still_is_one(cast):
    send(cast, sequence=1)
    send(cast, sequence=2, base=1, text="Telepon.")  # its answer never arrived
    send(cast, OFFICE, sequence=1, base=2, text="Kantor.")
    assert send(cast, sequence=3, base=1, text="Telepon lagi.") == Strayed("stale", 3)
    assert draft(cast) == (3, html("Kantor."))


def test_two_devices_keep_both_texts(cast):
    send(cast, sequence=1)
    assert send(cast, OFFICE, sequence=1, base=1, text="Kantor.") == Kept(2, NOW)
    assert send(cast, sequence=2, base=1, text="Telepon.", title="T") == Strayed("stale", 2)
    assert draft(cast) == (2, html("Kantor."))
    stray = StrayDraft.objects.get()
    assert (stray.client, stray.answers, stray.title, stray.base) == (PHONE, {"refleksi": html("Telepon.")}, "T", 1)
    # The newest text of a device takes the place of its older one; a repeated older one does not.
    send(cast, sequence=3, base=1, text="Telepon lagi.")
    send(cast, sequence=2, base=1, text="Telepon.")
    assert StrayDraft.objects.get().answers == {"refleksi": html("Telepon lagi.")}


def test_the_same_text_twice_is_no_conflict(cast):
    send(cast, sequence=1)
    send(cast, OFFICE, sequence=1, base=1, text="Sama.")
    assert send(cast, sequence=2, base=1, text="Sama.") == Kept(2, NOW)
    assert not StrayDraft.objects.exists()


def test_a_message_after_handing_in_is_kept_and_the_submission_stands(cast):
    submission = factory.submitted(cast.enrolment, cast.modules[0])
    frozen = submission.content
    assert send(cast, sequence=9, base=1, text="Terlambat.") == Strayed("state", 1)
    submission.refresh_from_db()
    assert (submission.content, draft(cast)[1]) == (frozen, factory.ANSWER)
    assert StrayDraft.objects.get().answers == {"refleksi": html("Terlambat.")}


def test_choosing_settles_and_the_device_is_told(cast):
    send(cast, sequence=1)
    send(cast, OFFICE, sequence=1, base=1, text="Kantor.")
    send(cast, sequence=2, base=1, text="Telepon.")
    stray = StrayDraft.objects.get()
    entry = workflow.settle(
        user=cast.participant,
        stray=stray,
        sequence=2,
        version=2,
        answers={"refleksi": html("Kantor.") + html("Telepon.")},
        title=None,
        now=NOW,
    )
    assert entry.version == 3
    stray.refresh_from_db()
    assert stray.settled_at == NOW
    assert send(cast, sequence=2, base=1, text="Telepon.") == Strayed("settled", 3)
    # What the device wrote after that is new, and based on what it knew.
    assert send(cast, sequence=3, base=1, text="Telepon baru.") == Strayed("stale", 3)
    assert draft(cast) == (3, html("Kantor.") + html("Telepon."))


def test_a_text_that_came_while_choosing_is_not_settled_with_the_old_one(cast):
    send(cast, sequence=1)
    send(cast, OFFICE, sequence=1, base=1, text="Kantor.")
    send(cast, sequence=2, base=1, text="Telepon.")
    stray = StrayDraft.objects.get()
    send(cast, sequence=3, base=1, text="Telepon lagi.")
    workflow.dismiss(user=cast.participant, stray=stray, sequence=2, now=NOW)
    assert StrayDraft.objects.get().settled_at is None


def test_many_devices_are_remembered_and_the_silent_forgotten(cast):
    send(cast, sequence=1)
    for number in range(12):
        client = f"perangkat{number:02d}".ljust(20, "0")
        send(cast, client, sequence=1, base=number + 1, text=f"Kali {number}.")
    heard = Entry.objects.get().heard
    assert len(heard) == 8
    assert PHONE not in heard


@pytest.mark.parametrize("who", ["peer", "instructor", "organiser", "nobody"])
def test_only_the_author_sends(cast, who):
    with pytest.raises(Forbidden):
        send(cast, user=getattr(cast, who))
    assert not Entry.objects.exists()


def test_before_opening_nothing_is_begun(cast):
    with pytest.raises(Conflict) as refusal:
        send(cast, now=NOW - timedelta(days=8))
    assert refusal.value.code == "not_open"


@pytest.mark.parametrize("base", [1, 7])
def test_a_part_that_the_entry_does_not_have_is_refused(cast, base):
    send(cast, sequence=1)
    with pytest.raises(Invalid):
        send(cast, sequence=2, base=base, lain=html("Apa?"))
    assert draft(cast) == (1, html("Satu."))


def test_a_first_message_that_another_one_overtook_is_kept(cast, monkeypatch):
    """Both found no entry; on PostgreSQL the loser learns of the other only when it writes."""
    real = drafts._first

    def overtaken(*given):
        monkeypatch.setattr(drafts, "_first", real)
        send(cast, OFFICE, text="Kantor.")
        return real(*given)

    monkeypatch.setattr(drafts, "_first", overtaken)
    assert send(cast, text="Telepon.") == Strayed("stale", 1)
    assert draft(cast) == (1, html("Kantor."))
    assert StrayDraft.objects.get().answers == {"refleksi": html("Telepon.")}


def test_a_message_overtaken_by_the_same_devices_newer_one_is_no_conflict(cast):
    send(cast, sequence=1)
    seen = Entry.objects.get()  # as the slower request has read it
    send(cast, sequence=3, base=1, text="Tiga.")
    for number, text in ((2, "Dua."), (4, "Empat.")):
        message = Message(PHONE, number, 1, {"refleksi": html(text)})
        workflow.receive(
            user=cast.participant,
            enrolment=cast.enrolment,
            module=cast.modules[0],
            entry=seen,
            message=message,
            now=NOW,
        )
    assert draft(cast) == (3, html("Empat."))
    assert not StrayDraft.objects.exists()


def test_settling_an_older_text_forgets_no_newer_message(cast):
    send(cast, sequence=1)
    send(cast, OFFICE, sequence=1, base=1, text="Kantor.")
    send(cast, sequence=2, base=1, text="Telepon.")
    send(cast, sequence=3, base=2, text="Lanjut.")  # after a reload, on the other device's text
    workflow.dismiss(user=cast.participant, stray=StrayDraft.objects.get(), sequence=2, now=NOW)
    assert send(cast, sequence=3, base=2, text="Lanjut.") == Kept(3, NOW)
