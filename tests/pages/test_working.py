"""How a score came about, as reviewer and participant read it: the sum, and what lateness took off."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from journals import workflow
from journals.enums import LatePolicy
from journals.models import Review
from tests import factory
from tests.factory import NOW
from tests.pages.writing import address, text_of

DUE = NOW + timedelta(days=3)  # of the cast's schedule
TAKEN = "86,25 − 3 hari × 5,00 = 71,25"
FLOORED = "86,25 − 4 hari × 5,00 = 66,25; tidak di bawah 70,00, jadi 70,00"
SPARED = "Terlambat 3 hari; nilai 70,00 ke bawah tidak dikurangi."
MARKED = "Terlambat 3 hari; nilai tidak dikurangi."
CASES = [
    (LatePolicy.DEDUCT, "86.25", 3, TAKEN, "71,25"),
    (LatePolicy.DEDUCT, "86.25", 4, FLOORED, "70,00"),
    (LatePolicy.DEDUCT, "65", 3, SPARED, "65,00"),
    (LatePolicy.DEDUCT, "70", 3, SPARED, "70,00"),
    (LatePolicy.MARK, "86.25", 3, MARKED, "86,25"),
    (LatePolicy.DEDUCT, "86.25", 0, "", "86,25"),
]
NAMES = ["taken", "floored", "spared", "spared at the floor", "marked", "on time"]


@pytest.fixture
def late_policy(cast):
    """``late_policy("deduct")`` with 5 points a day, not below 70."""

    def sets(policy, **more):
        values = {"late_policy": policy, "late_deduction": 5, "late_floor": 70, **more}
        for name, value in values.items():
            setattr(cast.cohort, name, value)
        cast.cohort.save()
        cast.enrolment.cohort.refresh_from_db()

    return sets


def at(days: int):
    """So many days late, each of them just begun; or well before."""
    return DUE + timedelta(days=days - 1, hours=1) if days else NOW


def pages(cast, as_user) -> dict[str, str]:
    """What the reviewer and the author see of the graded entry."""
    entry = Review.objects.filter(decision="graded").get().submission.entry
    submission = entry.submissions.count()
    addresses = {
        "decision": (cast.instructor, reverse("review", args=[entry.key])),
        "feedback": (cast.participant, address("submission", cast, 1, submission)),
        "entry": (cast.participant, address("entry", cast, 1)),
    }
    with time_machine.travel(DUE + timedelta(days=30), tick=False):  # a grade is seen from its own time on
        return {name: unescape(text_of(as_user(user).get(url))) for name, (user, url) in addresses.items()}


@pytest.mark.parametrize(("policy", "points", "days", "line", "score"), CASES, ids=NAMES)
def test_what_lateness_did_is_readable_wherever_the_score_is(
    cast, as_user, late_policy, policy, points, days, line, score
):
    late_policy(policy)
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points=points, now=at(days))
    for name, page in pages(cast, as_user).items():
        assert f">{score}" in page, name
        assert line in page, name
        assert ("hari ×" in page) == ("×" in line), name
        assert ("erlambat 3 hari" in page) == ("erlambat 3 hari" in line), name
        assert ("Cara menghitung" in page) == (name != "entry")


@pytest.mark.parametrize(("policy", "points", "days", "line", "score"), CASES, ids=NAMES)
def test_the_bench_says_it_while_one_scores(cast, as_user, late_policy, policy, points, days, line, score):
    late_policy(policy)
    entry = factory.submitted(cast.enrolment, cast.modules[0], now=at(days)).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    given = workflow.ReviewInput("", factory.scores(points))
    workflow.save_review(user=cast.instructor, entry=entry, version=review.version, now=NOW, given=given)
    page = text_of(as_user(cast.instructor).get(reverse("review", args=[entry.key])))
    assert f"data-score>{score}<" in page
    assert f"data-taken>{line}<" in unescape(page)


def test_nothing_is_said_before_everything_is_scored(cast, as_user, late_policy):
    """No score is never 0: neither the sum nor what lateness takes off it stands there before there is one."""
    late_policy(LatePolicy.DEDUCT)
    entry = factory.submitted(cast.enrolment, cast.modules[0], now=at(3)).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    page = text_of(as_user(cast.instructor).get(reverse("review", args=[entry.key])))
    assert "data-score>–<" in page
    assert "data-taken><" in page
    assert "0 dari 4 dinilai" in page


def test_nought_points_are_points(cast, as_user, late_policy):
    late_policy(LatePolicy.DEDUCT)
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="0", now=at(3))
    for name, page in pages(cast, as_user).items():
        assert ">0,00" in page, name
        assert SPARED in page, name


def test_the_sum_row_by_row(cast, as_user, late_policy):
    late_policy(LatePolicy.DEDUCT)
    entry = factory.submitted(cast.enrolment, cast.modules[0], now=at(4)).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    given = factory.scores("86.25") | {"refleksi": workflow.ScoreInput(Decimal("86.27"))}
    workflow.grade(
        user=cast.instructor, entry=entry, version=review.version, now=NOW, given=workflow.ReviewInput("", given)
    )
    seen = pages(cast, as_user)
    for name in ("decision", "feedback"):
        table = seen[name].partition('<table class="working__sum')[2].partition("</table>")[0]
        table = re.sub("</?span[^>]*>", "", table)
        for row in (
            ">Pemahaman</th><td>25% × 86,25</td><td>21,5625</td>",
            ">Refleksi</th><td>30% × 86,27</td><td>25,881</td>",
            ">Jumlah</th><td>86,256, dibulatkan</td><td>86,26</td>",
            ">Keterlambatan</th><td>4 hari × 5,00<br>tidak di bawah 70,00</td><td>−16,26</td>",
            ">Nilai</th><td></td><td>70,00</td>",
        ):
            assert row in table, name


def test_each_submission_is_measured_against_its_own_due_time(cast, as_user, late_policy):
    """The first was three days late and went back; the second was in time, and the latest hand-in counts."""
    late_policy(LatePolicy.DEDUCT)
    sent = factory.returned(cast.enrolment, cast.modules[0], cast.instructor, now=at(3))
    sent.submission.entry.refresh_from_db()
    now = at(3) + timedelta(days=1)
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="86.25", now=now)
    assert Review.objects.get(decision="graded").submission.number == 2
    for name, page in pages(cast, as_user).items():
        assert TAKEN in page, name


def test_what_was_stored_counts_and_not_the_rule_of_today(cast, as_user, late_policy):
    late_policy(LatePolicy.DEDUCT)
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="86.25", now=at(3))
    for changed in ({"late_deduction": 2}, {"policy": LatePolicy.MARK}):
        late_policy(**{"policy": LatePolicy.DEDUCT, **changed})
        for name, page in pages(cast, as_user).items():
            assert "86,25 − 15,00 karena terlambat 3 hari = 71,25" in page, name
            assert "hari ×" not in page, name


def test_a_return_has_no_sum(cast, as_user, late_policy):
    late_policy(LatePolicy.DEDUCT)
    entry = factory.returned(cast.enrolment, cast.modules[0], cast.instructor, now=at(3)).submission.entry
    for user, url in (
        (cast.instructor, reverse("review", args=[entry.key])),
        (cast.participant, address("submission", cast, 1, 1)),
    ):
        page = text_of(as_user(user).get(url))
        assert "Cara menghitung" not in page
        assert "rlambat 3 hari" not in page
