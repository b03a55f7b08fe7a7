"""Checkpoints: when one is kept, what it holds, how they thin out, and restoring."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journals import workflow
from journals.enums import CheckpointReason
from journals.models import Checkpoint, Entry, StrayDraft
from journals.workflow import Conflict, Forbidden, Invalid, Message
from journals.workflow.checkpoints import ALL_OF, HOURLY, MOST, Row, superfluous
from tests import factory
from tests.factory import NOW

MINUTE = timedelta(minutes=1)
PHONE = "telepon" + "0" * 16
LONG = " ".join(f"kata{number}" for number in range(100))


def html(text: str) -> str:
    return f"<p>{text}</p>"


def form(cast, text: str, *, now=NOW, title=None) -> Entry:
    """A save of the form, as without JavaScript."""
    entry = Entry.objects.filter(enrolment=cast.enrolment, module=cast.modules[0]).first()
    return workflow.save_draft(
        user=cast.participant,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        answers={"refleksi": html(text)},
        title=title,
        version=entry.version if entry else 0,
        now=now,
    )


def device(cast, text: str, *, now=NOW, title="") -> Entry:
    """The next message of a device."""
    entry = Entry.objects.filter(enrolment=cast.enrolment, module=cast.modules[0]).first()
    version = entry.version if entry else 0
    workflow.receive(
        user=cast.participant,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        entry=entry,
        message=Message(PHONE, version + 1, version, {"refleksi": html(text)}, title or ""),
        now=now,
    )
    return Entry.objects.get(enrolment=cast.enrolment, module=cast.modules[0])


@pytest.fixture(params=[form, device])
def save(request):
    """Both doors through which a text comes in."""
    return request.param


def kept() -> list[tuple[str, str]]:
    """(reason, reflection), oldest first."""
    return [(row.reason, row.answers["refleksi"]) for row in Checkpoint.objects.order_by("saved_at", "pk")]


# --- When one is kept ---------------------------------------------------------------------------------


def test_after_five_minutes_the_text_before_the_save_is_kept(cast, save):
    save(cast, "Satu.", title="Judul")
    save(cast, "Satu dua.", now=NOW + 4 * MINUTE)
    assert kept() == []
    save(cast, "Satu dua tiga.", now=NOW + 5 * MINUTE)
    assert kept() == [("time", html("Satu dua."))]
    save(cast, "Satu dua tiga empat.", now=NOW + 9 * MINUTE)
    assert len(kept()) == 1
    save(cast, "Satu dua tiga empat lima.", now=NOW + 10 * MINUTE)
    assert kept()[1:] == [("time", html("Satu dua tiga empat."))]
    first = Checkpoint.objects.first()
    assert (first.version, first.saved_at, first.made_at) == (2, NOW + 4 * MINUTE, NOW + 5 * MINUTE)
    assert (first.words, first.lengths["refleksi"], first.lengths["ringkasan"]) == (2, 2, 0)
    assert set(first.answers) == {"ringkasan", "refleksi", "penerapan"}


def test_the_first_save_after_a_pause_keeps_what_was_there(cast, save):
    save(cast, "Senin.")
    save(cast, "Jumat.", now=NOW + timedelta(days=4))
    assert kept() == [("time", html("Senin."))]


def test_a_large_deletion_keeps_what_was_there(cast, save):
    save(cast, LONG)
    save(cast, LONG[: len(LONG) // 2], now=NOW + MINUTE)
    assert kept() == [("change", html(LONG))]


def test_a_text_replaced_by_a_longer_one_is_kept(cast, save):
    save(cast, LONG)
    save(cast, LONG.replace("kata", "lain") + " dan lagi", now=NOW + MINUTE)
    assert kept() == [("change", html(LONG))]


def test_half_of_a_short_part_is_much_and_a_few_words_are_not(cast, save):
    save(cast, "satu dua tiga empat lima enam tujuh delapan")
    save(cast, "satu dua tiga empat", now=NOW + MINUTE)
    assert kept() == []
    save(cast, "satu dua tiga empat lima enam tujuh delapan", now=NOW + MINUTE)
    save(cast, "satu dua tiga", now=NOW + MINUTE)
    assert [reason for reason, _text in kept()] == ["change"]
    save(cast, "satu", now=NOW + MINUTE)
    assert len(kept()) == 1


def test_a_paragraph_that_goes_step_by_step_is_kept_once(cast, save):
    words = LONG.split()
    save(cast, "Awal.")
    for step, length in enumerate([20, 45, 60, 59, 57, 40, 30, 25, 21]):
        save(cast, " ".join(words[:length]), now=NOW + timedelta(seconds=step))
    assert kept() == [("change", html(" ".join(words[:60])))]


def test_a_save_without_a_change_keeps_nothing(cast, save):
    save(cast, "Satu.")
    save(cast, "Satu.", now=NOW + timedelta(days=1))
    assert kept() == []


def test_a_changed_title_is_a_change(cast, save):
    save(cast, "Satu.", title="Lama")
    save(cast, "Satu.", title="Baru", now=NOW + timedelta(days=1))
    assert Checkpoint.objects.get().title == "Lama"


def test_what_was_refused_or_came_too_late_keeps_nothing(cast):
    entry = form(cast, LONG)
    with pytest.raises(Conflict):
        workflow.save_draft(
            user=cast.participant,
            enrolment=cast.enrolment,
            module=cast.modules[0],
            answers={"refleksi": ""},
            version=entry.version + 1,
            now=NOW + timedelta(days=1),
        )
    workflow.receive(
        user=cast.participant,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        entry=entry,
        message=Message(PHONE, 1, 0, {"refleksi": ""}),
        now=NOW + timedelta(days=1),
    )
    assert StrayDraft.objects.exists()
    assert kept() == []


def test_what_is_handed_in_is_kept_and_stays_so_named(cast):
    review = factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    assert [reason for reason, _text in kept()] == ["submit"]
    later = NOW + timedelta(days=1)
    form(cast, "Baru.", now=later)  # what is due now is the version that was handed in
    assert kept() == [("submit", factory.ANSWER)]
    entry = Entry.objects.get(pk=review.submission.entry.pk)
    assert entry.checkpoint_at == later


def test_choosing_keeps_both_versions(cast):
    stray = factory.stray(cast.enrolment, cast.modules[0])
    answers = {"refleksi": html("Dari telepon. Disunting.")}
    common = {"user": cast.participant, "stray": stray, "sequence": stray.sequence, "now": NOW + MINUTE}
    workflow.settle(version=stray.entry.version, answers=answers, title=None, **common)
    assert sorted(kept()) == [("beside", html("Dari telepon.")), ("choice", factory.ANSWER)]
    beside = Checkpoint.objects.get(reason="beside")
    assert (beside.title, beside.answers["ringkasan"]) == ("Telepon", factory.ANSWER)
    workflow.settle(version=2, answers=answers, title=None, **common)  # settled already: nothing more to keep
    assert len(kept()) == 2


def test_a_version_that_is_put_away_stays_among_the_checkpoints(cast):
    stray = factory.stray(cast.enrolment, cast.modules[0])
    workflow.dismiss(user=cast.participant, stray=stray, sequence=stray.sequence + 1, now=NOW)
    assert kept() == []
    workflow.dismiss(user=cast.participant, stray=stray, sequence=stray.sequence, now=NOW)
    workflow.dismiss(user=cast.participant, stray=stray, sequence=stray.sequence, now=NOW)
    assert kept() == [("beside", html("Dari telepon."))]


def test_checkpoints_go_with_their_entry(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    factory.checkpoint(entry)
    entry.delete()
    assert not Checkpoint.objects.exists()


def test_they_are_thinned_when_one_is_made(cast, save):
    entry = save(cast, "Awal.")
    old = NOW - timedelta(days=30)
    for minute in range(5):
        factory.checkpoint(entry, now=old + minute * MINUTE)
    save(cast, "Awal lagi.", now=NOW + timedelta(minutes=5))
    assert [row.saved_at for row in Checkpoint.objects.order_by("saved_at")] == [old, old + 4 * MINUTE, NOW]


# --- Thinning -----------------------------------------------------------------------------------------

ZONE = ZoneInfo("Asia/Makassar")
moments = st.integers(0, 60 * 24 * 90).map(lambda minutes: NOW - timedelta(minutes=minutes))
rows = st.lists(
    st.tuples(moments, st.integers(0, 2000), st.sampled_from(CheckpointReason.values)), max_size=MOST + 60
).map(lambda found: [Row(pk, *values) for pk, values in enumerate(found)])


def remaining(found: list[Row], now: datetime = NOW) -> list[Row]:
    spare = superfluous(found, now, ZONE)
    return sorted((row for row in found if row.pk not in spare), key=lambda row: (row.saved_at, row.pk))


@given(rows)
def test_newest_oldest_and_handed_in_stay_and_the_number_is_bounded(found):
    left = remaining(found)
    in_order = sorted(found, key=lambda row: (row.saved_at, row.pk))
    assert left[:1] == in_order[:1]
    assert left[-1:] == in_order[-1:]
    assert {row for row in found if row.reason == "submit"} <= set(left)
    assert sum(row.reason != "submit" for row in left) <= MOST
    assert remaining(left) == left


@given(rows)
def test_of_a_day_all_stay_of_an_hour_and_a_day_the_fullest(found):
    left = [row for row in remaining(found) if row.reason != "submit"]
    others = {row for row in found if row.reason != "submit"}
    if len(others) <= MOST:
        assert {row for row in others if NOW - row.saved_at <= ALL_OF} <= set(left)
    ends = {row.pk for row in (min(found, key=by_time), max(found, key=by_time))} if found else set()
    inner = [row for row in left if row.pk not in ends and NOW - row.saved_at > ALL_OF]
    slots = [slot(row) for row in inner]
    assert len(slots) == len(set(slots))
    if len(others) <= MOST:
        for row in others - set(left):
            best = next(other for other in inner if slot(other) == slot(row))
            assert best.words >= row.words


def by_time(row: Row):
    return row.saved_at, row.pk


def slot(row: Row):
    local = row.saved_at.astimezone(ZONE)
    return (local.date(), local.hour) if NOW - row.saved_at <= HOURLY else (local.date(), None)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=200))
def test_a_life_of_saves_stays_bounded_and_keeps_the_last_day(gaps):
    """As in life: thinned each time that one is added."""
    now, left = datetime(2026, 1, 1, tzinfo=UTC), []
    for pk, gap in enumerate(gaps):
        now += timedelta(minutes=gap)
        left = remaining([*left, Row(pk, now, pk % 7, "time")], now)
        assert len(left) <= MOST
        assert left[0].pk == 0
        assert left[-1].pk == pk


def test_of_too_many_those_for_the_time_go_first():
    minute = [Row(pk, NOW - timedelta(minutes=200 - pk), 5, "change" if pk % 2 else "time") for pk in range(200)]
    left = remaining(minute)
    assert len(left) == MOST
    assert {row.reason for row in left[1:]} == {"change"}


# --- Restoring ----------------------------------------------------------------------------------------


def restore(cast, entry, checkpoint, *, user=None, version=None, now=NOW + MINUTE):
    return workflow.restore(
        user=user or cast.participant,
        entry=entry,
        checkpoint=checkpoint,
        version=entry.version if version is None else version,
        now=now,
    )


def bodies(entry) -> set[str]:
    return set(entry.responses.values_list("body", flat=True))


def test_restoring_and_undoing_it(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0], title="Sekarang")
    earlier = factory.checkpoint(entry)
    entry = restore(cast, entry, earlier)
    assert (bodies(entry), entry.title, entry.version) == ({"<p>Dahulu begini.</p>"}, "", 2)
    before = Checkpoint.objects.get(reason="restore")
    assert (before.version, before.title, before.answers["refleksi"]) == (1, "Sekarang", factory.ANSWER)
    entry = restore(cast, entry, before)
    assert (bodies(entry), entry.title, entry.version) == ({factory.ANSWER}, "Sekarang", 3)
    assert Checkpoint.objects.count() == 3


def test_restoring_what_stands_keeps_nothing_more(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    same = factory.checkpoint(entry, text=factory.ANSWER)
    restore(cast, entry, same)
    assert Checkpoint.objects.count() == 1


def test_a_stale_version_is_refused_and_changes_nothing(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    earlier = factory.checkpoint(entry)
    with pytest.raises(Conflict) as refusal:
        restore(cast, entry, earlier, version=entry.version - 1)
    assert refusal.value.code == "stale"
    assert (bodies(entry), Checkpoint.objects.count()) == ({factory.ANSWER}, 1)


def test_a_checkpoint_of_another_entry_is_refused(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    other = factory.checkpoint(factory.draft(cast.peer_enrolment, cast.modules[0]))
    with pytest.raises(Invalid):
        restore(cast, entry, other)
    assert bodies(entry) == {factory.ANSWER}


@pytest.mark.parametrize("who", ["peer", "stranger", "instructor", "lead", "organiser", "superuser", "nobody"])
def test_only_the_author_restores(cast, who):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    with pytest.raises(Forbidden):
        restore(cast, entry, factory.checkpoint(entry), user=getattr(cast, who))
    assert bodies(entry) == {factory.ANSWER}


@pytest.mark.parametrize("state", ["submitted", "graded"])
def test_nothing_is_restored_under_the_reviewers_eyes(cast, state):
    if state == "submitted":
        entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    else:
        entry = factory.graded(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    with pytest.raises(Conflict) as refusal:
        restore(cast, entry, factory.checkpoint(entry))
    assert (refusal.value.code, bodies(entry)) == ("state", {factory.ANSWER})


def test_what_came_back_for_improvement_can_be_restored(cast):
    entry = factory.returned(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    restore(cast, entry, factory.checkpoint(entry))
    assert bodies(entry) == {"<p>Dahulu begini.</p>"}


def test_a_device_that_writes_on_is_told_of_another_version(cast):
    entry = device(cast, "Di gawai.")
    restore(cast, entry, factory.checkpoint(entry))
    found = workflow.receive(
        user=cast.participant,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        entry=Entry.objects.get(pk=entry.pk),
        message=Message(PHONE, 2, 1, {"refleksi": html("Di gawai lagi.")}),
        now=NOW + 2 * MINUTE,
    )
    assert found == workflow.Strayed("stale", 2)
    assert bodies(entry) == {"<p>Dahulu begini.</p>"}
    assert StrayDraft.objects.get().answers == {"refleksi": html("Di gawai lagi.")}
