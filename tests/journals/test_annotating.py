"""Comments on passages of a submission: who writes them and when, where they stand, and when they are frozen."""

from datetime import timedelta

import pytest

from journals import triggers, workflow
from journals.models import Annotation, Claim, Event, Review
from journals.workflow import Conflict, Forbidden, Invalid, ReviewInput
from journals.workflow.annotating import LONGEST, MOST
from journals.workflow.claiming import LEASE
from tests import factory
from tests.factory import NOW
from tests.journals.moves import SECOND, claimed

QUOTE = "mendengarkan warga"
START = "Saya belajar mendengarkan warga".index(QUOTE)


@pytest.fixture
def entry(cast):
    return claimed(cast)[0]


@pytest.fixture
def note(cast, entry) -> Annotation:
    return factory.annotated(entry, cast.instructor)


def again(cast, entry, /, **change) -> Annotation:
    """The comment of the fixture once more, with one thing changed."""
    given = {
        "user": cast.instructor,
        "entry": entry,
        "submission": 1,
        "part": "refleksi",
        "start": START,
        "quote": QUOTE,
        "text": "Siapa mereka?",
        "now": NOW,
    }
    return workflow.annotate(**given | change)


def moves(cast, entry, note, **change):
    """Each of the three moves, as a call."""
    user, now = change.get("user", cast.instructor), change.get("now", NOW)
    return [
        lambda: again(cast, entry, text="Lagi.", user=user, now=now),
        lambda: workflow.edit_annotation(user=user, annotation=note, text="Diubah.", now=now),
        lambda: workflow.remove_annotation(user=user, annotation=note, now=now),
    ]


def test_the_passage_is_kept_with_what_stands_around_it(note):
    note.refresh_from_db()
    assert (note.prompt.key, note.start, note.quote, note.text) == ("refleksi", START, QUOTE, "Siapa mereka?")
    assert (note.prefix, note.suffix) == ("Saya belajar ", " sebelum memberi jawaban kepada ")


def test_a_second_click_makes_no_second_comment(cast, entry, note):
    assert again(cast, entry) == note
    assert again(cast, entry, text=" Siapa mereka?\n") == note
    assert again(cast, entry, text="Berapa orang?") != note
    assert again(cast, entry, part="ringkasan") != note
    assert again(cast, entry, quote="mendengarkan") != note
    assert Annotation.objects.count() == 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quote": "mendengarkan Warga"}, "passage"),
        ({"start": START + 1}, "passage"),
        ({"start": -1, "quote": ""}, "passage"),
        ({"start": START - 1, "quote": " "}, "passage"),
        ({"start": 10**9}, "passage"),
        ({"part": "lain"}, "passage"),
        ({"quote": "x" * 1001}, "passage"),
        ({"text": " \n "}, "text"),
        ({"text": "x" * (LONGEST + 1)}, "text"),
    ],
)
def test_what_is_missing_or_does_not_stand_there_is_refused(cast, entry, change, field):
    with pytest.raises(Invalid) as refusal:
        again(cast, entry, **change)
    assert list(refusal.value.errors) == [field]
    assert not Annotation.objects.exists()


def test_a_comment_of_full_length_is_kept(cast, entry):
    assert len(again(cast, entry, text="é" * LONGEST).text) == LONGEST


def test_a_damaged_submission_has_no_passages(cast, entry):
    with triggers.lifted():
        entry.submissions.update(sha256="0" * 64)
    with pytest.raises(Invalid):
        again(cast, entry)


def test_another_submission_is_not_commented_on_by_mistake(cast, entry):
    with pytest.raises(Conflict) as refusal:
        again(cast, entry, submission=2)
    assert refusal.value.code == "moved"


def test_there_is_an_end_to_it(cast, entry, note):
    rows = [Annotation(review=note.review, prompt=note.prompt, quote="a", start=0, text="b") for _ in range(MOST - 1)]
    Annotation.objects.bulk_create(rows)
    with pytest.raises(Conflict) as refusal:
        again(cast, entry, text="Satu lagi.")
    assert refusal.value.code == "full"
    assert again(cast, entry) == note
    workflow.remove_annotation(user=cast.instructor, annotation=note, now=NOW)
    again(cast, entry, text="Satu lagi.")


def test_changing_and_deleting(cast, entry, note):
    workflow.edit_annotation(user=cast.instructor, annotation=note, text=" Diubah. ", now=NOW)
    note.refresh_from_db()
    assert (note.text, note.quote) == ("Diubah.", QUOTE)
    for text in ("", "x" * (LONGEST + 1)):
        with pytest.raises(Invalid):
            workflow.edit_annotation(user=cast.instructor, annotation=note, text=text, now=NOW)
    workflow.remove_annotation(user=cast.instructor, annotation=note, now=NOW)
    workflow.remove_annotation(user=cast.instructor, annotation=note, now=NOW)
    assert not Annotation.objects.exists()
    with pytest.raises(Conflict) as refusal:
        workflow.edit_annotation(user=cast.instructor, annotation=note, text="Masih ada?", now=NOW)
    assert refusal.value.code == "gone"


# --- Who and when -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in factory.ROLES if role not in ("instructor", "lead")])
def test_nobody_else_writes_changes_or_deletes(cast, entry, note, role):
    for move in moves(cast, entry, note, user=getattr(cast, role)):
        with pytest.raises(Forbidden):
            move()
    assert Annotation.objects.get().text == "Siapa mereka?"


def test_a_colleague_who_covers_the_entry_has_a_review_of_their_own(cast, entry, note):
    for move in moves(cast, entry, note, user=cast.lead):
        with pytest.raises(Conflict) as refusal:
            move()
        assert refusal.value.code == "not_begun"
    later = NOW + LEASE
    workflow.claim(user=cast.lead, entry=entry, now=later)
    again(cast, entry, user=cast.lead, now=later)
    with pytest.raises(Conflict) as refusal:
        workflow.edit_annotation(user=cast.lead, annotation=note, text="Diubah.", now=later)
    assert refusal.value.code == "gone"
    workflow.remove_annotation(user=cast.lead, annotation=note, now=later)
    note.refresh_from_db()
    assert note.text == "Siapa mereka?"


def test_while_another_holds_the_entry_nothing_is_written(cast, entry, note):
    later = NOW + LEASE
    workflow.claim(user=cast.lead, entry=entry, now=later)
    for move in moves(cast, entry, note, now=later):
        with pytest.raises(Conflict) as refusal:
            move()
        assert (refusal.value.code, "Ketut Sudarma" in refusal.value.message) == ("lease", True)
    assert Annotation.objects.get().text == "Siapa mereka?"
    assert Claim.objects.get().reviewer == cast.lead


@pytest.mark.parametrize("number", range(3))
def test_each_move_renews_the_lease(cast, entry, note, number):
    moves(cast, entry, note, now=NOW + 600 * SECOND)[number]()
    assert Claim.objects.get().expires_at == NOW + 600 * SECOND + LEASE


def test_an_entry_put_aside_is_taken_up_again(cast, entry, note):
    workflow.unclaim(user=cast.instructor, entry=entry, now=NOW)
    again(cast, entry, text="Lagi.")
    assert Claim.objects.get().reviewer == cast.instructor
    assert list(Event.objects.order_by("-number").values_list("kind", flat=True))[:2] == ["claimed", "unclaimed"]


def test_an_open_review_form_saves_on(cast, entry, note):
    again(cast, entry, text="Lagi.")
    workflow.edit_annotation(user=cast.instructor, annotation=note, text="Diubah.", now=NOW)
    saved, _holder = workflow.save_review(
        user=cast.instructor, entry=entry, version=0, given=ReviewInput("Bagus"), now=NOW
    )
    assert (saved.version, saved.annotations.count()) == (1, 2)


@pytest.mark.parametrize("state", ["returned", "graded"])
def test_after_the_decision_they_are_frozen(cast, entry, note, state):
    given = {"user": cast.instructor, "entry": entry, "version": 0, "now": NOW}
    if state == "graded":
        workflow.grade(**given, given=ReviewInput("", factory.scores()))
    else:
        due = NOW + timedelta(days=3)
        workflow.return_for_revision(**given, given=ReviewInput("", {}, ("Perbaiki",)), due=due)
    for move in moves(cast, entry, note):
        with pytest.raises(Conflict) as refusal:
            move()
        assert refusal.value.code == "state"
    assert Annotation.objects.get().text == "Siapa mereka?"


def test_a_new_round_begins_with_a_copy(cast, entry, note):
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=ReviewInput("", factory.scores()), now=NOW)
    review = workflow.reopen(user=cast.lead, entry=entry, reason="Salah hitung", now=NOW)
    copy = review.annotations.get()
    values = "prompt_id", "quote", "prefix", "suffix", "start", "text"
    assert copy != note
    assert [getattr(copy, name) for name in values] == [getattr(note, name) for name in values]
    workflow.edit_annotation(user=cast.lead, annotation=copy, text="Diubah.", now=NOW)
    assert Review.objects.get(round=1).annotations.get().text == "Siapa mereka?"
