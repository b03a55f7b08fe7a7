"""The recap of a cohort: everybody's scores, results and qualifications as plain data.

It says nothing of when it was made: the same data gives the same text and the same digest, so that a later look shows
at once whether anything was corrected (`journals.corrections` says what). Amounts are text with two places; None is
"no grade" and never 0.
"""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count

from berakhlak.names import full_name
from journals import grading
from journals.content import canonical, digest
from journals.enums import LEFT_STATUSES, Decision, ExtensionKind, ReviewState
from journals.models import Cohort, Enrolment, Entry, Extension, Remedial, Review, Schedule, Submission

FORMAT = 1


def recap_of(cohort: Cohort) -> dict[str, Any]:
    """Everything that the recap says; nine queries for any number of people."""
    schedules = list(Schedule.objects.in_use().filter(cohort=cohort).select_related("module"))
    schedules.sort(key=lambda row: row.module.number)
    bands = list(cohort.bands.order_by("-min_score"))
    facts = _Facts(cohort)
    people = Enrolment.objects.filter(cohort=cohort).exclude(status__in=LEFT_STATUSES).select_related("user", "group")
    return {
        "format": FORMAT,
        "cohort": {
            "name": cohort.name,
            "programme": cohort.programme,
            "agency": cohort.agency,
            "timezone": cohort.timezone,
            "starts": cohort.starts.isoformat(),
            "ends": cohort.ends.isoformat(),
            "pass_mark": _amount(cohort.pass_mark),
            "rubric": str(cohort.rubric),
        },
        "bands": [
            {"name": band.name, "from": _amount(band.min_score), "to": _amount(band.max_score)} for band in bands
        ],
        "modules": [
            {"number": row.module.number, "title": row.module.title, "weight": _amount(row.weight)} for row in schedules
        ],
        "people": [_person(each, schedules, facts, cohort, bands) for each in people.order_by("ndh")],
    }


def text_of(content: dict[str, Any]) -> tuple[str, str]:
    """A recap in its one spelling, and the digest of that."""
    text = canonical(content)
    return text, digest(text)


def standing(content: dict[str, Any]) -> Counter[str]:
    """How many passed, did not, or have no result yet."""
    return Counter(
        "incomplete" if person["result"] is None else "passed" if person["passed"] else "failed"
        for person in content["people"]
    )


class _Facts:
    """What the rows depend on, by enrolment and module; six queries."""

    def __init__(self, cohort: Cohort) -> None:
        of_entry = {"enrolment__cohort": cohort}
        place = ("entry__enrolment_id", "entry__module_id")
        self.entries = {
            (enrolment, module): state
            for enrolment, module, state in Entry.objects.filter(**of_entry).values_list(
                "enrolment_id", "module_id", "state"
            )
        }
        # In order, so that the newest one is kept.
        handed = Submission.objects.standing().filter(entry__enrolment__cohort=cohort).order_by("number")
        self.handed: dict[tuple, list[Submission]] = defaultdict(list)
        for submission in handed.select_related("entry").defer("content"):
            self.handed[submission.entry.enrolment_id, submission.entry.module_id].append(submission)
        reviews = Review.objects.filter(submission__entry__enrolment__cohort=cohort)
        self.grades = {
            (review.submission.entry.enrolment_id, review.submission.entry.module_id): review
            for review in reviews.in_force()
            .select_related("submission__entry", "reviewer")
            .defer("submission__content")
        }
        returned = reviews.filter(state=ReviewState.FINAL, decision=Decision.RETURNED).order_by()
        self.returns = {
            (enrolment, module): count
            for enrolment, module, count in returned.values_list(*(f"submission__{name}" for name in place)).annotate(
                Count("pk")
            )
        }
        granted = Extension.objects.filter(enrolment__cohort=cohort, kind=ExtensionKind.GRANTED).order_by()
        self.extensions = {
            (enrolment, module): count
            for enrolment, module, count in granted.values_list("enrolment_id", "module_id").annotate(Count("pk"))
        }
        remedials = Remedial.objects.filter(enrolment__cohort=cohort).order_by("id")
        self.remedials = dict(remedials.values_list("enrolment_id", "score"))


def _person(
    enrolment: Enrolment, schedules: list[Schedule], facts: _Facts, cohort: Cohort, bands: list
) -> dict[str, Any]:
    modules = [_module(enrolment, row, facts) for row in schedules]
    parts = [
        (row.weight, None if said["score"] is None else Decimal(said["score"]))
        for row, said in zip(schedules, modules, strict=True)
    ]
    remedial = facts.remedials.get(enrolment.pk)
    earned = grading.result(parts)
    result = grading.with_remedial(earned, remedial)
    band = grading.band_for(result, bands)
    user = enrolment.user
    return {
        "ndh": enrolment.ndh,
        "enrolment": enrolment.pk,
        "name": full_name(user.title_before, user.name, user.title_after),
        "nip": user.nip,
        "agency": user.agency,
        "unit": user.unit,
        "position": user.position,
        "group": enrolment.group.name,
        "modules": modules,
        "earned": _amount(earned),
        "remedial": _amount(remedial),
        "result": _amount(result),
        "band": band.name if band else None,
        "passed": result is not None and result >= cohort.pass_mark,
    }


def _module(enrolment: Enrolment, row: Schedule, facts: _Facts) -> dict[str, Any]:
    place = (enrolment.pk, row.module_id)
    handed = facts.handed.get(place, [])
    review: Review | None = facts.grades.get(place)
    said: dict[str, Any] = {
        "number": row.module.number,
        "state": facts.entries.get(place),
        "score": None,
        "late": any(submission.is_late for submission in handed),
        "extensions": facts.extensions.get(place, 0),
        "returns": facts.returns.get(place, 0),
    }
    if review is not None:
        said |= {
            "score": _amount(review.score),
            "raw": _amount(review.raw_score),
            "deduction": _amount(review.deduction),
            "review": review.pk,
            "round": review.round,
            "reviewer": review.reviewer.full_name,
            "graded_at": review.finished_at.isoformat() if review.finished_at else None,
            "submission": review.submission.number,
            "sha256": review.submission.sha256,
        }
    return said


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.2f}"
