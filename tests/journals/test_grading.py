"""Score arithmetic at its edges."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from journals import grading
from journals.enums import LatePolicy
from journals.models import Cohort, GradeBand
from tests import factory

D = Decimal
BANDS = [GradeBand(name=name, min_score=D(low), max_score=D(high)) for name, low, high in factory.BANDS]
DUE = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)


def cohort(**fields):
    return Cohort(**{"late_policy": LatePolicy.DEDUCT, "late_deduction": D(5), "late_floor": D("70.01"), **fields})


def handed(*, late: timedelta):
    return SimpleNamespace(submitted_at=DUE + late, due_at=DUE, is_late=late > timedelta(0))


@pytest.mark.parametrize(
    ("exact", "shown", "band"),
    [
        ("90.004", "90.00", "Memuaskan"),
        ("90.005", "90.01", "Sangat Memuaskan"),
        ("80.00499", "80.00", "Cukup Memuaskan"),
        ("70.005", "70.01", "Cukup Memuaskan"),
        ("60.0049", "60.00", "Tidak Memuaskan"),
        ("0", "0.00", "Tidak Memuaskan"),
        ("100", "100.00", "Sangat Memuaskan"),
    ],
)
def test_rounds_half_up_before_banding(exact, shown, band):
    assert str(grading.rounded(D(exact))) == shown
    assert grading.band_for(D(exact), BANDS).name == band


def test_no_score_has_no_band():
    assert grading.band_for(None, BANDS) is None


@pytest.mark.parametrize(
    ("points", "score"),
    [
        (["95", "95", "95", "85"], "93.50"),  # the good sample
        (["75", "60", "60", "75"], "66.00"),  # the weak sample
        (["0", "0", "0", "0"], "0.00"),
    ],
)
def test_weighted_score_of_the_samples(points, score):
    parts = [(D(weight), D(point)) for (_, weight), point in zip(factory.CRITERIA, points, strict=True)]
    assert grading.outcome(cohort(), parts, 0).score == D(score)


@pytest.mark.parametrize(
    ("late", "days"),
    [
        (timedelta(seconds=-1), 0),
        (timedelta(0), 0),
        (timedelta(microseconds=1), 1),
        (timedelta(days=1), 1),
        (timedelta(days=1, microseconds=1), 2),
        (timedelta(days=3), 3),
    ],
)
def test_each_day_begun_counts(late, days):
    assert grading.days_late([handed(late=late)]) == days


def test_the_latest_hand_in_counts_each_against_its_own_due_time():
    on_time = SimpleNamespace(submitted_at=DUE + timedelta(days=5), due_at=DUE + timedelta(days=6), is_late=False)
    assert grading.days_late([handed(late=timedelta(days=2)), on_time]) == 2


@pytest.mark.parametrize(
    ("raw", "days", "taken"),
    [
        ("93.50", 1, "5.00"),
        ("93.50", 4, "20.00"),
        ("93.50", 5, "23.49"),  # stops at the floor of 70,01
        ("70.01", 3, "0.00"),
        ("66.00", 3, "0.00"),  # nothing from a score at or under the floor
        ("93.50", 0, "0.00"),
    ],
)
def test_deduction_stops_at_the_floor(raw, days, taken):
    assert grading.deduction(cohort(), D(raw), days) == D(taken)


def test_mark_only_deducts_nothing():
    assert grading.deduction(cohort(late_policy=LatePolicy.MARK), D(90), 9) == 0


def test_outcome_adds_up_exactly():
    got = grading.outcome(cohort(), [(D(25), D("90.01")), (D(75), D("87.33"))], 1)
    assert (got.raw, got.deduction, got.score) == (D("88.00"), D("5.00"), D("83.00"))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], None),
        ([(D(1), D(90)), (D(1), None)], None),  # missing is "not complete", never 0
        ([(D(1), D(0)), (D(1), D(90))], D("45.00")),  # 0 is a score
        ([(D(1), D("90.00")), (D(2), D("90.01"))], D("90.01")),
        ([(D(1), D("90.01")), (D(1), D("90.00"))], D("90.01")),  # 90,005 rounds up
    ],
)
def test_result_is_weighted_and_rounded_once(parts, expected):
    assert grading.result(parts) == expected


@pytest.mark.parametrize(
    ("earned", "remedial", "expected"),
    [
        ("65", "80", "70.01"),
        ("65", "68", "68"),
        ("75", "70.01", "75"),
        ("65", None, "65"),
    ],
)
def test_remedial_lifts_to_the_pass_mark_at_most(earned, remedial, expected):
    assert grading.with_remedial(D(earned), remedial and D(remedial)) == D(expected)
