"""Every (state, move, role) triple: what is not listed here is refused."""

from datetime import timedelta

import pytest

from journals import workflow
from journals.enums import EntryState
from journals.models import Entry
from journals.workflow import Conflict, Forbidden, ReviewInput
from tests import factory
from tests.factory import NOW, ROLES

STATES = [state.value for state in EntryState]

# Who may make which move from which state. Everything else must be refused and change nothing.
ALLOWED = {
    ("save", "draft", "participant"),
    ("save", "returned", "participant"),
    ("submit", "draft", "participant"),
    ("submit", "returned", "participant"),
    ("withdraw", "submitted", "participant"),
    ("claim", "submitted", "instructor"),
    ("claim", "submitted", "lead"),
    ("take_over", "submitted", "lead"),
    ("unclaim", "submitted", "instructor"),
    ("save_review", "submitted", "instructor"),
    ("annotate", "submitted", "instructor"),
    ("return", "submitted", "instructor"),
    ("grade", "submitted", "instructor"),
    ("release", "graded", "lead"),
    ("release", "graded", "organiser"),
    ("release", "graded", "superuser"),
    # Releasing a cohort in which nothing waits for release is a harmless nothing for those who may.
    *{
        ("release", state, role)
        for state in ("draft", "submitted", "returned")
        for role in ("lead", "organiser", "superuser")
    },
    *{
        ("extend", state, role)
        for state in ("draft", "submitted", "returned")
        for role in ("lead", "organiser", "superuser")
    },
    ("reopen", "graded", "instructor"),
    ("reopen", "graded", "lead"),
    ("reopen", "graded", "organiser"),
    ("reopen", "graded", "superuser"),
}
# These moves need a claim first; in these tests the instructor holds it.
HELD_MOVES = {"take_over", "unclaim", "save_review", "annotate", "return", "grade"}


def entry_in(cast, state: str) -> Entry:
    """The participant's entry for module 1, brought to a state by legal moves only."""
    enrolment, module = cast.enrolment, cast.modules[0]
    if state == "draft":
        return factory.draft(enrolment, module)
    if state == "submitted":
        return factory.submitted(enrolment, module).entry
    if state == "returned":
        return factory.returned(enrolment, module, cast.instructor).submission.entry
    return factory.graded(enrolment, module, cast.instructor).submission.entry


def make(move: str, cast, user, entry: Entry):
    """Try a move; the arguments are right, so only state and role can be wrong."""
    version = entry.version
    calls = {
        "save": lambda: workflow.save_draft(
            user=user,
            enrolment=cast.enrolment,
            module=cast.modules[0],
            answers={"refleksi": factory.ANSWER},
            version=version,
            now=NOW,
        ),
        "submit": lambda: workflow.submit(
            user=user,
            entry=entry,
            version=version,
            accepted=True,
            key="k",
            now=NOW,
            answers={item.pk: "Sudah." for item in workflow.asked(entry)},
        ),
        "withdraw": lambda: workflow.withdraw(user=user, entry=entry, now=NOW),
        "claim": lambda: workflow.claim(user=user, entry=entry, now=NOW),
        "take_over": lambda: workflow.take_over(user=user, entry=entry, reason="Sakit", now=NOW),
        "unclaim": lambda: workflow.unclaim(user=user, entry=entry, now=NOW),
        "save_review": lambda: workflow.save_review(
            user=user, entry=entry, version=0, given=ReviewInput("Baik"), now=NOW
        ),
        "annotate": lambda: workflow.annotate(
            user=user,
            entry=entry,
            submission=1,
            part="refleksi",
            start=0,
            quote="Saya belajar",
            text="Apa tepatnya?",
            now=NOW,
        ),
        "return": lambda: workflow.return_for_revision(
            user=user,
            entry=entry,
            version=0,
            given=ReviewInput("", {}, ("Perbaiki",)),
            due=NOW + timedelta(days=3),
            now=NOW,
        ),
        "grade": lambda: workflow.grade(
            user=user, entry=entry, version=0, given=ReviewInput("", factory.scores()), now=NOW
        ),
        "extend": lambda: workflow.extend(
            user=user,
            enrolment=cast.enrolment,
            module=cast.modules[0],
            due=NOW + timedelta(days=6),
            closes=NOW + timedelta(days=30),
            reason="Sakit",
            now=NOW,
        ),
        "release": lambda: workflow.release(user=user, cohort=cast.cohort, now=NOW),
        "reopen": lambda: workflow.reopen(user=user, entry=entry, reason="Salah hitung", now=NOW),
    }
    return calls[move]()


def test_the_table_names_every_move_of_the_workflow():
    assert {move for move, _, _ in ALLOWED} == set(workflow.LEGAL)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", sorted(workflow.LEGAL))
def test_state_move_role(cast, move, state):
    entry = entry_in(cast, state)
    if move in HELD_MOVES and state == "submitted":
        workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    entry.refresh_from_db()
    # Allowed roles last: they change the entry.
    for role in sorted(ROLES, key=lambda role: (move, state, role) in ALLOWED):
        user = getattr(cast, role)
        if (move, state, role) not in ALLOWED:
            with pytest.raises((Forbidden, Conflict)):
                make(move, cast, user, entry)
            entry.refresh_from_db()
            assert entry.state == state, (move, state, role)
    for role in [role for role in ROLES if (move, state, role) in ALLOWED]:
        make(move, cast, getattr(cast, role), entry)
        after = Entry.objects.get(pk=entry.pk)
        expected = workflow.LEGAL[move][1]
        if move == "withdraw":
            assert after.state == EntryState.DRAFT
        elif expected is not None:
            assert after.state == expected
        else:
            assert after.state == state
        if expected is not None:
            break  # the state has moved on; the others are tried in their own states
        if move == "claim":
            workflow.unclaim(user=getattr(cast, role), entry=entry, now=NOW)


@pytest.mark.parametrize("role", ["instructor", "lead", "organiser", "superuser"])
def test_each_who_may_reopen_does(cast, role):
    entry = entry_in(cast, "graded")
    workflow.reopen(user=getattr(cast, role), entry=entry, reason="Salah hitung", now=NOW)
    entry.refresh_from_db()
    assert entry.state == EntryState.SUBMITTED
