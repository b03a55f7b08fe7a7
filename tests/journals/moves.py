"""The moves as the tests of the workflow make them: each a valid call, of which a test changes one thing."""

from datetime import timedelta

from journals import workflow
from tests import factory
from tests.factory import ANSWER, NOW

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


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
    )


def claimed(cast, *, user=None, now=NOW):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    return entry, workflow.claim(user=user or cast.instructor, entry=entry, now=now)
