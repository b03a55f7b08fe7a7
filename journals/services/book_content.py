"""What a journal book is made from, as plain data: entries as handed in, what their author may know of the reviews, and
who they were. A book is this and nothing else: the same data gives the same PDF."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils import dateformat

from berakhlak.accounts.nip import format_nip
from curriculum.models import Value
from journals import content, grading, richtext
from journals.enums import Decision
from journals.models import Cohort, Enrolment, Review, Schedule, Score, Submission

FORMAT = 2  # 1 had no help, no questions and no remedial, and did not say of which submission a review is


def book_content(enrolment: Enrolment) -> dict[str, Any]:
    """Everything but code and date; the same few queries for any number of entries."""
    cohort, person = enrolment.cohort, enrolment.user
    schedules = list(Schedule.objects.in_use().filter(cohort=cohort).select_related("module"))
    schedules.sort(key=lambda row: row.module.number)
    handed = _handed(enrolment)
    reviews = _reviews(enrolment)
    modules = [_module(row, handed.get(row.module_id), reviews.get(row.module_id), cohort) for row in schedules]
    return {
        "format": FORMAT,
        "site": settings.SITE_URL,  # whose page confirms it
        "cohort": {
            "name": cohort.name,
            "programme": cohort.programme,
            "agency": cohort.agency,
            "starts": _day(cohort.starts),
            "ends": _day(cohort.ends),
        },
        "person": {
            "name": person.full_name,
            "nip": format_nip(person.nip),
            "ndh": enrolment.ndh,
            "group": enrolment.group.name,
            "agency": person.agency,
            "unit": person.unit,
            "position": person.position,
            "rank": person.rank,
        },
        "modules": modules,
        "values": _values(modules),
        "result": _result(schedules, reviews, enrolment),
    }


def _handed(enrolment: Enrolment) -> dict[int, Submission]:
    """The last submission that stands, by module."""
    found = Submission.objects.standing().filter(entry__enrolment=enrolment).order_by("number")
    return {submission.entry.module_id: submission for submission in found.select_related("entry")}


def _reviews(enrolment: Enrolment) -> dict[int, Review]:
    """The grade in force that is released, else the last return, by module; with its scores."""
    scores = Score.objects.select_related("criterion", "level").order_by("criterion__order", "criterion_id")
    visible = (
        Review.objects.visible_to_author()
        .filter(submission__entry__enrolment=enrolment, supersession=None)
        .select_related("submission__entry", "reviewer")
        .defer("submission__content")
        .prefetch_related("items", Prefetch("scores", scores))
        .order_by("submission__number", "round", "pk")
    )
    return {review.submission.entry.module_id: review for review in visible}


def _module(row: Schedule, submission: Submission | None, review: Review | None, cohort: Cohort) -> dict[str, Any]:
    said: dict[str, Any] = {"number": row.module.number, "title": row.module.title, "submission": None, "review": None}
    if submission is None:
        return said
    data = content.read(submission)
    said["submission"] = {
        "number": submission.number,
        "receipt": submission.receipt,
        "sha256": submission.sha256,
        "words": submission.words,
        "late": submission.is_late,
        "at": _moment(submission.submitted_at, cohort),
    }
    said["own_title"] = data.get("title", "")
    said["answers"] = [
        {
            "title": answer["title"],
            "help": richtext.clean(answer.get("help", ""), limit=None),
            "questions": answer.get("questions", []),
            "html": answer["html"],
            "evidence": answer.get("evidence", []),
        }
        for answer in data.get("answers", [])
    ]
    said["attachments"] = data.get("attachments", [])
    if review is not None:
        said["review"] = _review(review, cohort)
        said["review"]["of_another"] = review.submission_id != submission.pk
    return said


def _review(review: Review, cohort: Cohort) -> dict[str, Any]:
    graded = review.decision == Decision.GRADED
    return {
        "graded": graded,
        "submission": review.submission.number,
        "round": review.round,
        "reviewer": review.reviewer.full_name,
        "at": _moment(review.finished_at, cohort) if review.finished_at else "",
        "comment": review.comment,
        "raw": _amount(review.raw_score),
        "deduction": _amount(review.deduction),
        "score": _amount(review.score),
        "items": [item.text for item in review.items.all()] if not graded else [],
        "rows": [
            {
                "criterion": score.criterion.name,
                "weight": _amount(score.criterion.weight),
                "level": score.level.name if score.level else "",
                "points": _amount(score.points),
                "comment": score.comment,
            }
            for score in (review.scores.all() if graded else ())
        ],
    }


def _values(modules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each value how many passages of each module show it."""
    counts: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for module in modules:
        for answer in module.get("answers", []):
            for shown in answer["evidence"]:
                counts[shown["value"]][module["number"]] += 1
    names = list(Value.objects.active().order_by("order").values_list("name", flat=True))
    names += [name for name in counts if name not in names]  # retired since
    return [{"name": name, "cells": [counts[name][module["number"]] for module in modules]} for name in names]


def _result(schedules: list[Schedule], reviews: dict[int, Review], enrolment: Enrolment) -> dict[str, Any] | None:
    """The result, once each module has a grade that its author may see; `earned` where a remedial lifted it."""
    grades = {pk: review.score for pk, review in reviews.items() if review.decision == Decision.GRADED}
    earned = grading.result([(row.weight, grades.get(row.module_id)) for row in schedules])
    if earned is None:
        return None
    remedial = enrolment.remedials.order_by("-id").values_list("score", flat=True).first()
    result = grading.with_remedial(earned, remedial)
    band = grading.band_for(result, enrolment.cohort.bands.all())
    return {
        "score": _amount(result),
        "band": band.name if band else "",
        "earned": _amount(earned) if result != earned else None,
    }


def _amount(value) -> str | None:
    return None if value is None else f"{value:.2f}".replace(".", ",")


def _day(day) -> str:
    return dateformat.format(day, "j F Y")


def _moment(at: datetime, cohort: Cohort) -> str:
    return dateformat.format(at.astimezone(cohort.tz), "j F Y H.i") + f" {cohort.get_timezone_display()}"
