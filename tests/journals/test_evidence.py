"""Evidence of behaviour on a draft: who marks what and when, how marks live with the text, and what is frozen."""

from datetime import timedelta

import pytest

from journals import anchors, content, workflow
from journals.models import Evidence, Response
from journals.workflow.evidence import MOST
from tests import factory
from tests.factory import NOW
from tests.journals.moves import save, submit

TEXT = "<p>Pagi itu antrean ramai. Saya mendahulukan ibu hamil dengan santun. Semua menerima dengan baik.</p>"
QUOTE = "Saya mendahulukan ibu hamil dengan santun."


@pytest.fixture
def behaviour(db):
    return factory.make_behaviour()


@pytest.fixture
def entry(cast):
    return factory.draft(cast.enrolment, cast.modules[0], text=TEXT)


@pytest.fixture
def mark(cast, entry, behaviour):
    return factory.marked(cast.enrolment, cast.modules[0], quote=QUOTE)


def anchor_of(quote: str = QUOTE, html: str = TEXT) -> anchors.Anchor:
    text = anchors.plain(html)
    found = anchors.at(text, text.index(quote), text.index(quote) + len(quote))
    assert found is not None
    return found


def again(cast, entry, shown, /, **change) -> Evidence:
    given = {
        "user": cast.participant,
        "entry": entry,
        "part": "refleksi",
        "anchor": anchor_of(),
        "behaviour": shown.code,
        "now": NOW,
    }
    return workflow.mark(**given | change)


def where(mark: Evidence) -> int | None:
    row = Evidence.objects.select_related("response__prompt").get(pk=mark.pk)
    mark.__dict__.update(row.__dict__)
    return row.start_in(anchors.plain(row.response.body))


@pytest.mark.parametrize("role", ["peer", "instructor", "lead", "organiser", "superuser"])
def test_only_the_author_marks_moves_and_removes(cast, entry, behaviour, mark, role):
    other = getattr(cast, role)
    for move in (
        lambda: again(cast, entry, behaviour, user=other),
        lambda: workflow.move(user=other, evidence=mark, part="refleksi", anchor=anchor_of("Pagi itu")),
        lambda: workflow.unmark(user=other, evidence=mark),
    ):
        with pytest.raises(workflow.Forbidden):
            move()
    assert Evidence.objects.get() == mark


@pytest.mark.parametrize(
    ("state", "editable"), [("draft", True), ("submitted", False), ("returned", True), ("graded", False)]
)
def test_only_while_the_entry_is_editable(cast, behaviour, state, editable):
    module = cast.modules[0]
    mark = factory.marked(cast.enrolment, module)
    if state == "submitted":
        factory.submitted(cast.enrolment, module)
    elif state != "draft":
        getattr(factory, state)(cast.enrolment, module, cast.instructor)
    other = anchor_of("memberi jawaban", factory.ANSWER)
    entry = mark.response.entry
    for move in (
        lambda: again(cast, entry, behaviour, anchor=other),
        lambda: workflow.move(user=cast.participant, evidence=mark, part="penerapan", anchor=other),
        lambda: workflow.unmark(user=cast.participant, evidence=mark),
    ):
        if editable:
            move()
            continue
        with pytest.raises(workflow.Conflict) as caught:
            move()
        assert caught.value.code == "state"


def test_the_same_mark_again_is_the_same(cast, entry, behaviour, mark):
    assert again(cast, entry, behaviour) == mark
    assert again(cast, entry, behaviour, part="ringkasan") != mark
    assert again(cast, entry, factory.make_behaviour(behaviour.value, 2, "Lain")) != mark
    assert Evidence.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"behaviour": "tidak-ada"}, "behaviour"),
        ({"anchor": anchors.Anchor("  ", "", "", lone=True)}, "passage"),
        ({"anchor": anchors.Anchor("x" * 1001, "", "", lone=True)}, "passage"),
        ({"part": "lain"}, None),
    ],
)
def test_what_is_missing_or_wrong_is_refused(cast, entry, behaviour, change, field):
    with pytest.raises(workflow.Invalid) as caught:
        again(cast, entry, behaviour, **change)
    assert (next(iter(caught.value.errors), None)) == field
    assert not Evidence.objects.exists()


def test_a_retired_behaviour_is_offered_to_nobody(cast, entry, behaviour):
    behaviour.active = False
    behaviour.save()
    with pytest.raises(workflow.Invalid):
        again(cast, entry, behaviour)


def test_words_that_the_saved_text_does_not_have_are_refused(cast, entry, behaviour):
    with pytest.raises(workflow.Conflict) as caught:
        again(cast, entry, behaviour, anchor=anchors.Anchor("Saya tidak ada", "", "", lone=True))
    assert caught.value.code == "moved"


def test_there_is_an_end_to_it(cast, entry, behaviour):
    for number in range(2, MOST + 2):
        again(cast, entry, factory.make_behaviour(behaviour.value, number, f"Perilaku {number}"))
    with pytest.raises(workflow.Conflict) as caught:
        again(cast, entry, behaviour)
    assert caught.value.code == "full"


def test_a_mark_moves_only_by_its_author(cast, entry, mark):
    text = "<p>Kalimat baru. Semua menerima dengan baik.</p>"
    entry = save(cast, version=entry.version, answers={"refleksi": text})
    assert where(mark) is None
    workflow.move(user=cast.participant, evidence=mark, part="refleksi", anchor=anchor_of("Kalimat baru.", text))
    assert where(mark) == 0
    workflow.move(user=cast.participant, evidence=mark, part="penerapan", anchor=anchor_of())
    assert (where(mark), mark.response.prompt.key) == (TEXT.index(QUOTE) - 3, "penerapan")


def test_two_marks_of_one_behaviour_on_one_passage_become_one(cast, entry, behaviour, mark):
    other = again(cast, entry, behaviour, anchor=anchor_of("Pagi itu"))
    assert workflow.move(user=cast.participant, evidence=other, part="refleksi", anchor=anchor_of()) == mark
    assert Evidence.objects.get() == mark
    assert where(mark) is not None


def test_a_removed_mark_is_gone(cast, mark):
    workflow.unmark(user=cast.participant, evidence=mark)
    assert not Evidence.objects.exists()
    with pytest.raises(workflow.Conflict) as caught:
        workflow.unmark(user=cast.participant, evidence=mark)
    assert caught.value.code == "gone"


# --- While the text lives ---------------------------------------------------------------------------------


def test_each_save_carries_it_on(cast, entry, mark):
    """First what stands before it is rewritten, a minute later what stands after it."""
    for minute, (old, new) in enumerate([("Pagi itu antrean ramai", "Loket dibuka"), ("Semua menerima", "Esoknya")]):
        text = Response.objects.get(entry=entry, prompt__key="refleksi").body.replace(old, new)
        entry = save(cast, version=entry.version, answers={"refleksi": text}, now=NOW + timedelta(minutes=minute))
        assert where(mark) == anchors.plain(text).index(QUOTE)


def test_a_devices_message_carries_it_on_for_no_more_queries(cast, entry, mark, django_assert_num_queries):
    message = workflow.Message("telepon" * 2, 1, entry.version, {"refleksi": TEXT.replace("ramai", "ramai sekali")})
    given = {"user": cast.participant, "enrolment": cast.enrolment, "module": cast.modules[0], "now": NOW}
    with django_assert_num_queries(5):  # two of them for the savepoint
        workflow.receive(entry=entry, message=message, **given)
    assert where(mark) == len("Pagi itu antrean ramai sekali. ")
    assert mark.prefix == "Pagi itu antrean ramai. "  # noted with the next checkpoint


def test_a_checkpoint_notes_what_stands_around_it(cast, entry, mark):
    text = TEXT.replace("antrean ramai", "sepi")
    save(cast, version=entry.version, answers={"refleksi": text}, now=NOW + timedelta(minutes=6))
    mark.refresh_from_db()
    assert mark.prefix == "Pagi itu sepi. "


def test_of_two_equal_sentences_the_marked_one_is_deleted(cast, entry, behaviour):
    twice = "<p>Saya melayani warga. Siang hari kami beristirahat. Saya melayani warga. Sore hari sepi.</p>"
    entry = save(cast, version=entry.version, answers={"refleksi": twice})
    mark = factory.marked(cast.enrolment, cast.modules[0], quote="Saya melayani warga.")
    assert where(mark) == 0
    once = "<p>Siang hari kami beristirahat. Saya melayani warga. Sore hari sepi.</p>"
    entry = save(cast, version=entry.version, answers={"refleksi": once})
    assert where(mark) is None
    save(cast, version=entry.version, answers={"refleksi": twice})
    assert where(mark) == 0


def test_a_twin_that_is_written_later_changes_nothing_and_takes_nothing(cast, entry, mark):
    twin = TEXT.replace("</p>", f" Esok harinya antrean ramai. {QUOTE} Lalu pulang.</p>")
    entry = save(cast, version=entry.version, answers={"refleksi": twin})
    assert where(mark) == TEXT.index(QUOTE) - 3
    save(cast, version=entry.version, answers={"refleksi": f"<p>Esok harinya antrean ramai. {QUOTE} Lalu pulang.</p>"})
    assert where(mark) is None


def test_what_is_lost_comes_back_with_its_words(cast, entry, mark):
    entry = save(cast, version=entry.version, answers={"refleksi": "<p>Lain sama sekali.</p>"})
    assert where(mark) is None
    save(cast, version=entry.version, answers={"refleksi": TEXT})
    assert where(mark) == TEXT.index(QUOTE) - 3


# --- Handing in -------------------------------------------------------------------------------------------


def test_a_submission_keeps_what_has_a_place(cast, entry, behaviour, mark):
    lost = factory.marked(cast.enrolment, cast.modules[0], quote="Semua menerima", part="penerapan")
    entry = save(cast, version=entry.version, answers={"penerapan": factory.ANSWER})
    assert where(lost) is None
    submission = submit(cast, entry)
    workflow.withdraw(user=cast.participant, entry=entry, now=NOW)
    workflow.unmark(user=cast.participant, evidence=mark)
    behaviour.text = "Diubah kemudian"
    behaviour.save()
    answers = {answer["key"]: answer for answer in content.read(submission)["answers"]}
    assert answers["refleksi"]["evidence"] == [
        {
            "code": behaviour.code,
            "behaviour": "Ramah, cekatan, dan solutif",
            "value": behaviour.value.name,
            "quote": QUOTE,
            "start": TEXT.index(QUOTE) - 3,
        }
    ]
    assert answers["penerapan"]["evidence"] == answers["ringkasan"]["evidence"] == []
