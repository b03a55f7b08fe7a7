"""The golden sums that the running score in the browser is also held to (tests/js/score.test.mjs)."""

import json
from decimal import Decimal
from pathlib import Path

from journals import grading
from journals.enums import LatePolicy
from journals.models import Cohort

CASES = json.loads((Path(__file__).parent.parent / "golden" / "scores.json").read_text())


def test_golden_sums():
    assert len(CASES) > 100
    for case in CASES:
        parts = [(Decimal(weight), Decimal(points)) for weight, points in case["parts"]]
        raw = grading.rounded(grading.raw_score(parts))
        cohort = Cohort(
            late_policy=LatePolicy.DEDUCT, late_deduction=Decimal(case["deduction"]), late_floor=Decimal(case["floor"])
        )
        assert raw == Decimal(case["raw"])
        assert raw - grading.deduction(cohort, raw, 1) == Decimal(case["score"])
