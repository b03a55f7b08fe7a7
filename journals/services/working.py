"""How a score came about, in words: on the bench, in the decision and in what its author reads."""

from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy, ngettext

from journals import grading
from journals.enums import Decision
from journals.grading import Lateness, Part, Working
from journals.models import Cohort, Review, Score, Submission

# The bench's script writes the same lines while somebody scores: see `patterns`.
LINES = {
    Lateness.TAKEN: gettext_lazy("%(raw)s − %(days)s × %(per_day)s = %(score)s"),
    Lateness.FLOORED: gettext_lazy(
        "%(raw)s − %(days)s × %(per_day)s = %(below)s; not below %(floor)s, hence %(score)s"
    ),
    Lateness.SPARED: gettext_lazy("%(days)s late; nothing is taken off a score of %(floor)s or less."),
    Lateness.MARKED: gettext_lazy("%(days)s late; nothing is taken off."),
    Lateness.OTHERWISE: gettext_lazy("%(raw)s − %(taken)s for being %(days)s late = %(score)s"),
}
# What the script fills in.
LIVE = ("raw", "below", "score")


def of_review(review: Review, scores: Iterable[Score], handed: Iterable[Submission], cohort: Cohort) -> Working | None:
    """The way to the score of a final review; nothing for a return. `handed`: what stood when it was made, which is
    its submission and those before it. No query where the criteria were loaded with the scores."""
    if review.decision != Decision.GRADED or review.raw_score is None or review.deduction is None:
        return None
    parts = [
        Part(score.criterion.name, score.criterion.weight, score.points) for score in scores if score.points is not None
    ]
    earned = grading.Outcome(review.raw_score, review.deduction, review.raw_score - review.deduction)
    return grading.working(cohort, parts, earned, grading.days_late(handed))


def line(working: Working) -> str:
    """What lateness did, in one line: "86,25 − 3 hari × 5,00 = 71,25"; nothing for what was on time."""
    if working.lateness == Lateness.NONE:
        return ""
    earned = working.earned
    amounts = {"raw": earned.raw, "taken": earned.deduction, "below": working.below, "score": earned.score}
    return LINES[working.lateness] % ({name: amount(value) for name, value in amounts.items()} | _fixed(working))


def patterns(working: Working) -> dict[str, str]:
    """The lines that may come true for a late entry while it is scored, with the script's figures left open."""
    if working.lateness == Lateness.NONE:
        return {}
    fixed = _fixed(working) | {name: f"%({name})s" for name in LIVE}
    live = (Lateness.TAKEN, Lateness.FLOORED, Lateness.SPARED)
    names = (Lateness.MARKED,) if working.lateness == Lateness.MARKED else live
    return {name.value: LINES[name] % fixed for name in names}


def _fixed(working: Working) -> dict[str, str]:
    days = ngettext("%(count)s day", "%(count)s days", working.days) % {"count": working.days}
    return {"days": days, "per_day": amount(working.per_day), "floor": amount(working.floor)}


def amount(value) -> str:
    """ "93,50", and a real minus for what lies below nothing."""
    return number_format(value, 2).replace("-", "−")
