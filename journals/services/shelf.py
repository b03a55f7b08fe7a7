"""What a participant's own device keeps for days without a network: the journals as last seen, with the own texts.

No scores, no feedback, nothing of other people: what one needs in order to go on writing.
"""

from collections import defaultdict
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from curriculum.models import Prompt
from journals.enums import EDITABLE_STATES, EnrolmentStatus
from journals.models import Entry, Extension, Response, Review, Schedule
from journals.richtext import clean, to_notation
from journals.services.journey import HANDED_IN, state_of
from journals.windows import window_of

# What the form says of a part, besides its questions.
SAID = ("key", "title", "help", "min_words", "max_words")


def shelf_of(user, now: datetime, in_words) -> dict[str, Any]:
    """Everything, ready to be sent as JSON; four queries however many journals, modules and entries there are.

    ``in_words`` says a time in a cohort's zone: the device must not need to know how.
    """
    schedules = list(_schedules(user))
    entries = {(entry.enrolment_id, entry.module_id): entry for entry in _entries(user)}
    prompts = _prompts({schedule.module_id for schedule in schedules})
    answers = _answers(user)
    journals: dict[str, dict[str, Any]] = {}
    for schedule in schedules:
        cohort = schedule.cohort
        entry = entries.get((schedule.enrolment_pk, schedule.module_id))
        journal = journals.setdefault(
            cohort.key,
            {"key": cohort.key, "name": cohort.name, "url": reverse("journal", args=[cohort.key]), "modules": []},
        )
        journal["modules"].append(_module(schedule, entry, prompts, answers, now, in_words))
    return {"user": str(user.pk), "journals": list(journals.values())}


def _schedules(user):
    newest = Extension.objects.filter(enrolment=OuterRef("enrolment_pk"), module=OuterRef("module")).order_by("-id")
    return (
        Schedule.objects.in_use()
        .filter(cohort__enrolments__user=user)
        .annotate(enrolment_pk=F("cohort__enrolments__pk"), status=F("cohort__enrolments__status"))
        .annotate(later_due=Subquery(newest.values("due")[:1]), later_closes=Subquery(newest.values("closes")[:1]))
        .select_related("cohort", "module")
        .order_by("-cohort__starts", "-enrolment_pk", "module__number")
    )


def _entries(user):
    released = Review.objects.in_force().released()
    released = released.filter(submission__entry=OuterRef("pk"), submission__withdrawn_at=None)
    return Entry.objects.filter(enrolment__user=user).select_related("claim").annotate(released=Exists(released))


def _prompts(modules: set[int]) -> dict[int, list[dict[str, Any]]]:
    """By module: its prompts, also retired ones, which older entries still answer."""
    rows = (
        Prompt.objects.filter(module__in=modules)
        .order_by("order", "pk", "questions__order", "questions__pk")
        .values("pk", "module_id", "key", "title", "help", "min_words", "max_words", "active",
                question=F("questions__text"), asked=F("questions__active"))
    )  # fmt: skip
    found: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        said: dict[str, Any] = {name: row[name] for name in ("pk", *SAID, "active")}  # type: ignore[literal-required]
        prompt = found[row["module_id"]].setdefault(row["pk"], said | {"questions": []})
        if row["asked"]:
            prompt["questions"].append(row["question"])
    return {module: list(prompts.values()) for module, prompts in found.items()}


def _answers(user) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Response.objects.filter(entry__enrolment__user=user).values_list("entry_id", "prompt_id", "body")
    for entry, prompt, body in rows:
        found[entry][prompt] = body
    return found


def _module(schedule, entry, prompts, answers, now: datetime, in_words) -> dict[str, Any]:
    cohort, module = schedule.cohort, schedule.module
    longer = SimpleNamespace(due=schedule.later_due, closes=schedule.later_closes) if schedule.later_due else None
    window = window_of(cohort, schedule, longer)  # type: ignore[arg-type]  # the two times of an Extension
    state = state_of(entry, window, now, released=entry is not None and entry.released)
    active = schedule.status == EnrolmentStatus.ACTIVE
    address = [cohort.key, module.number]
    return {
        "number": module.number,
        "title": module.title,
        "url": reverse("entry", args=address),
        "write": reverse("entry_write", args=address),
        "draft": reverse("entry_draft", args=address),
        "versions": reverse("entry_versions", args=address),
        "module": reverse("module", args=[module.slug]) if module.published and module.active else "",
        "state": state,
        "mayWrite": active and window.has_opened(now) and state not in HANDED_IN,
        "opens": in_words(window.opens, cohort.timezone),
        "due": in_words(window.due, cohort.timezone),
        "closes": in_words(window.closes, cohort.timezone),
        "entry": _about(entry, cohort, in_words),
        "parts": _parts(entry, prompts.get(module.pk, []), answers),
    }


def _about(entry, cohort, in_words) -> dict[str, Any] | None:
    if entry is None:
        return None
    when = _("on %(when)s") % {"when": in_words(entry.saved_at, cohort.timezone)}
    said = _("Saved on the server %(when)s") % {"when": when}
    return {"version": entry.version, "title": entry.title, "heard": entry.heard, "saved": said}


def _parts(entry, prompts: list[dict[str, Any]], answers) -> list[dict[str, Any]]:
    """The parts of the entry with their texts, or before the first save those that the module has now."""
    own = answers.get(entry.pk, {}) if entry is not None else None
    parts = []
    for prompt in prompts:
        if (own is None and not prompt["active"]) or (own is not None and prompt["pk"] not in own):
            continue
        part = {name: prompt[name] for name in (*SAID, "questions")}
        part["help"] = clean(prompt["help"], limit=None)
        part["html"] = own[prompt["pk"]] if own else ""
        # For the text area, where the editor cannot be loaded.
        if own and entry.state in EDITABLE_STATES:
            part["notation"] = to_notation(part["html"])
        parts.append(part)
    return parts
