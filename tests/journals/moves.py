"""The moves as the tests of the workflow make them: each a valid call, of which a test changes one thing."""

from datetime import timedelta

from journals import workflow
from journals.models import Review
from tests import factory
from tests.factory import ANSWER, NOW

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
# What `return_it` asks for.
ITEMS = ("Ceritakan satu peristiwa.", "Sebutkan kapan rencana dimulai.")


def save(cast, *, version=0, answers=None, now=NOW, user=None, module=0):
    return workflow.save_draft(
        user=user or cast.participant,
        enrolment=cast.enrolment,
        module=cast.modules[module],
        answers=answers if answers is not None else {"refleksi": ANSWER},
        version=version,
        now=now,
    )


def submit(cast, entry, *, version=None, accepted=True, key="kunci", now=NOW):
    return workflow.submit(
        user=cast.participant,
        entry=entry,
        version=entry.version if version is None else version,
        accepted=accepted,
        key=key,
        now=now,
        answers={item.pk: "Sudah." for item in workflow.asked(entry)},
    )


def claimed(cast, *, user=None, now=NOW):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    return entry, workflow.claim(user=user or cast.instructor, entry=entry, now=now)


def return_it(cast, *, items=ITEMS, now=NOW) -> Review:
    """The participant's entry of module 1, handed in and sent back."""
    entry = factory.submitted(cast.enrolment, cast.modules[0], now=now).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=now)
    given = workflow.ReviewInput("Tambahkan.", {}, items)
    due = now + 5 * DAY
    return workflow.return_for_revision(
        user=cast.instructor, entry=entry, version=review.version, due=due, now=now, given=given
    )


def answers(review: Review, text: str = "Sudah saya ubah.") -> dict[int, str]:
    """An answer to each thing to improve."""
    return {item.pk: f"{text} {item.order}" for item in review.items.all()}


def hand_in(cast, entry, given, *, key="lagi", now=NOW):
    """Hand the participant's entry in again, with these answers."""
    return workflow.submit(
        user=cast.participant, entry=entry, version=entry.version, accepted=True, key=key, now=now, answers=given
    )
