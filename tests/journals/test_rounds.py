"""From one round to the next: answers to what was to be improved, and what a reviewer holds to be done."""

import pytest
from django.db import DatabaseError, transaction

from journals import triggers, workflow
from journals.enums import EntryState
from journals.models import Claim, Entry, Event, ItemAnswer, ItemClosing, Review, RevisionItem
from journals.services import comparing
from journals.workflow import Conflict, Forbidden, Invalid, ReviewInput, claiming
from tests import factory
from tests.factory import NOW
from tests.journals.moves import DAY, ITEMS, answers, hand_in, return_it, submit


@pytest.fixture
def back(cast) -> Review:
    """A return with two things to improve."""
    return return_it(cast)


@pytest.fixture
def entry(back) -> Entry:
    return Entry.objects.get()


@pytest.fixture
def again(cast, back, entry) -> Review:
    """The instructor's unfinished review of what was handed in again."""
    hand_in(cast, entry, answers(back))
    return workflow.claim(user=cast.instructor, entry=entry, now=NOW)


def said() -> list[str]:
    return list(ItemAnswer.objects.order_by("item__order").values_list("text", flat=True))


# --- Answering --------------------------------------------------------------------------------------


def test_a_first_hand_in_asks_for_nothing(cast):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    assert workflow.asked(entry) == []
    submit(cast, entry)
    assert not ItemAnswer.objects.exists()


def test_answers_are_written_with_the_submission(cast, back, entry):
    assert [item.text for item in workflow.asked(entry)] == list(ITEMS)
    hand_in(cast, entry, answers(back, "  Sudah.") | {})
    assert said() == ["Sudah. 1", "Sudah. 2"]
    assert workflow.asked(Entry.objects.get()) == []


@pytest.mark.parametrize(("text", "message"), [("", "tuliskan"), (" \n ", "tuliskan"), ("x" * 501, "501 karakter")])
def test_each_thing_is_answered_within_its_limits(cast, back, entry, text, message):
    first, second = back.items.all()
    with pytest.raises(Invalid) as caught:
        hand_in(cast, entry, {first.pk: "Sudah.", second.pk: text})
    assert list(caught.value.errors) == [workflow.answer_name(second.pk)]
    assert message in caught.value.errors[workflow.answer_name(second.pk)]
    assert not ItemAnswer.objects.exists()
    assert Entry.objects.get().state == EntryState.RETURNED
    hand_in(cast, entry, {first.pk: "Sudah.", second.pk: "x" * 500})


def test_what_is_missing_is_said_all_at_once(cast, back, entry):
    with pytest.raises(Invalid) as caught:
        workflow.submit(user=cast.participant, entry=entry, version=1, accepted=False, key="lagi", now=NOW)
    assert list(caught.value.errors) == [*(workflow.answer_name(item.pk) for item in back.items.all()), "statement"]


def test_only_the_things_of_the_latest_return_are_answered(cast, back, entry):
    hand_in(cast, entry, answers(back))
    second = return_it_again(cast, entry)
    assert [item.text for item in workflow.asked(entry)] == ["Lebih rinci."]
    for given in (answers(back), answers(back) | answers(second), answers(second) | {999_999: "Lain."}):
        with pytest.raises(Invalid, match="perbaikan yang lain"):
            hand_in(cast, entry, given, key="ketiga")
    hand_in(cast, entry, answers(second), key="ketiga")
    assert ItemAnswer.objects.count() == 3


def return_it_again(cast, entry) -> Review:
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    given = ReviewInput("", {}, ("Lebih rinci.",))
    workflow.return_for_revision(user=cast.instructor, entry=entry, version=0, due=NOW + 6 * DAY, now=NOW, given=given)
    entry.refresh_from_db()
    return review


def test_after_taking_it_back_the_answers_are_there_and_may_change(cast, back, entry):
    hand_in(cast, entry, answers(back))
    workflow.withdraw(user=cast.participant, entry=entry, now=NOW)
    entry.refresh_from_db()
    assert [item.answer.text for item in workflow.asked(entry)] == ["Sudah saya ubah. 1", "Sudah saya ubah. 2"]
    hand_in(cast, entry, answers(back, "Lain."), key="ketiga", now=NOW + DAY)
    assert said() == ["Lain. 1", "Lain. 2"]
    assert set(ItemAnswer.objects.values_list("created_at", flat=True)) == {NOW + DAY}


def test_a_repeated_form_changes_nothing(cast, back, entry):
    first = hand_in(cast, entry, answers(back))
    assert hand_in(cast, entry, answers(back, "Lain.")) == first
    assert said() == ["Sudah saya ubah. 1", "Sudah saya ubah. 2"]


def refused(action):
    with pytest.raises(DatabaseError, match="the row is frozen"), transaction.atomic():
        action()


def test_the_database_keeps_answers_once_they_are_reviewed(cast, back, entry):
    hand_in(cast, entry, answers(back))
    row = ItemAnswer.objects.first()
    assert ItemAnswer.objects.filter(pk=row.pk).update(text="Masih boleh.") == 1
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    refused(lambda: ItemAnswer.objects.filter(pk=row.pk).update(text="Terlambat."))
    refused(row.delete)
    with triggers.lifted():
        ItemAnswer.objects.all().delete()
    refused(lambda: ItemAnswer.objects.create(item=row.item, text="Terlambat.", created_at=NOW))


def test_the_database_refuses_answers_to_what_was_not_returned(cast):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    item = RevisionItem.objects.create(review=review, order=1, text="Belum dikirim.")
    refused(lambda: ItemAnswer.objects.create(item=item, text="Sudah.", created_at=NOW))
    refused(lambda: ItemClosing.objects.create(item=item, by=cast.instructor, created_at=NOW))


def test_an_answer_never_moves_to_another_thing(cast, back, entry):
    first, second = back.items.all()
    ItemAnswer.objects.create(item=first, text="Sudah.", created_at=NOW)
    refused(lambda: ItemAnswer.objects.update(item=second))


# --- Closing ----------------------------------------------------------------------------------------


def close(cast, entry, item, *, user=None, now=NOW):
    workflow.close_item(user=user or cast.instructor, entry=entry, item=item, now=now)


def test_closing_and_opening_as_often_as_one_likes(cast, back, entry, again):
    first, second = back.items.all()
    for _twice in range(2):
        close(cast, entry, first)
        assert ItemClosing.objects.get().item == first
    close(cast, entry, second)
    for _twice in range(2):
        workflow.open_item(user=cast.instructor, entry=entry, item=first, now=NOW)
        assert ItemClosing.objects.get().item == second
    assert ItemClosing.objects.get().by == cast.instructor


def test_closing_renews_the_lease(cast, back, entry, again):
    later = NOW + claiming.LEASE / 2
    close(cast, entry, back.items.first(), now=later)
    assert Claim.objects.get().expires_at == later + claiming.LEASE


def test_closing_after_putting_the_entry_aside_takes_it_up(cast, back, entry, again):
    workflow.unclaim(user=cast.instructor, entry=entry, now=NOW)
    close(cast, entry, back.items.first())
    assert Claim.objects.get().reviewer == cast.instructor
    assert Event.objects.order_by("pk").last().kind == "claimed"


def test_only_a_reviewer_who_has_begun(cast, back, entry, again):
    item = back.items.first()
    for role in ("participant", "peer", "other_instructor", "organiser", "superuser"):
        with pytest.raises(Forbidden):
            close(cast, entry, item, user=getattr(cast, role))
    with pytest.raises(Conflict) as caught:
        close(cast, entry, item, user=cast.lead)
    assert caught.value.code == "not_begun"
    assert not ItemClosing.objects.exists()


def test_not_while_another_holds_the_entry(cast, back, entry, again):
    later = NOW + claiming.LEASE * 2
    workflow.claim(user=cast.lead, entry=entry, now=later)
    for move in (workflow.close_item, workflow.open_item):
        with pytest.raises(Conflict, match="Ketut Sudarma telah mengambil alih") as caught:
            move(user=cast.instructor, entry=entry, item=back.items.first(), now=later)
        assert caught.value.code == "lease"
    close(cast, entry, back.items.first(), user=cast.lead, now=later)


def test_a_decision_freezes_what_was_closed(cast, back, entry, again):
    first, second = back.items.all()
    close(cast, entry, first)
    workflow.grade(user=cast.instructor, entry=entry, version=0, now=NOW, given=ReviewInput("", factory.scores()))
    for move, item in ((workflow.open_item, first), (workflow.close_item, second)):
        with pytest.raises(Conflict):
            move(user=cast.instructor, entry=entry, item=item, now=NOW)
    row = ItemClosing.objects.get()
    refused(row.delete)
    refused(lambda: ItemClosing.objects.create(item=second, by=cast.instructor, created_at=NOW))
    refused(lambda: ItemClosing.objects.update(by=cast.lead))


def test_with_a_reopened_grade_the_closings_stay(cast, back, entry, again):
    workflow.grade(user=cast.instructor, entry=entry, version=0, now=NOW, given=ReviewInput("", factory.scores()))
    workflow.reopen(user=cast.instructor, entry=entry, reason="Salah hitung", now=NOW)
    with pytest.raises(Conflict) as caught:
        close(cast, entry, back.items.first())
    assert caught.value.code == "round"


def test_things_of_an_older_return_are_over(cast, back, entry, again):
    second = return_it_again(cast, entry)
    hand_in(cast, entry, answers(second), key="ketiga")
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    with pytest.raises(Conflict) as caught:
        close(cast, entry, back.items.first())
    assert caught.value.code == "round"
    close(cast, entry, second.items.get())


# --- What changed -----------------------------------------------------------------------------------


def content(title: str = "Antrean", **parts: str) -> dict:
    return {"title": title, "answers": [{"key": key, "title": key, "html": html} for key, html in parts.items()]}


def test_what_a_submission_changed():
    old = content(a="<p>Saya mendengar warga.</p>", b="<p>Tetap.</p>", c="<p>Hilang.</p>")
    new = content("Loket", a="<p>Saya mendengarkan warga.</p>", b="<p>Tetap.</p>")
    found = comparing.changes(1, old, new)
    assert (found.number, found.differs, found.title.differs) == (1, True, True)
    assert [(part.title, part.differs) for part in found.parts] == [("a", True), ("b", False), ("c", True)]
    spans = [(span.kind, span.html.strip()) for span in found.parts[0].lines[0].spans]
    assert spans == [("same", "Saya"), ("del", "mendengar"), ("ins", "mendengarkan"), ("same", "warga.")]
    assert not comparing.changes(1, old, old).differs


@pytest.mark.parametrize("signs", ["<p>.</p>" * 999, f"<p>{'. ' * 50_000}</p>", "<h3>-</h3>" * 1_000])
def test_texts_of_nothing_but_signs_are_not_compared(signs):
    """Words have a limit and signs have none: a part filled with them must not cost its reader seconds."""
    part = comparing.changes(1, content(a="<p>Pendek.</p><p>Sekali.</p>"), content(a=signs)).parts[0]
    assert (part.differs, part.too_long, part.lines) == (True, True, [])
    assert not comparing.changes(1, content(a=signs), content(a=signs)).parts[0].too_long


def test_long_texts_are_compared():
    words = "<p>" + "Saya mendengar warga. " * 60 + "</p>"
    part = comparing.changes(1, content(a=words * 30), content(a=words * 31)).parts[0]
    assert (part.differs, part.too_long) == (True, False)
