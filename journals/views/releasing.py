"""Releasing grades of a cohort: the choice, exactly what goes to whom, the deed, and stopping it in time."""

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journals import access, workflow
from journals.enums import ReviewState
from journals.models import Cohort, Entry, Review
from journals.services import results
from journals.services.queue_filters import is_number
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail
from journals.workflow.releasing import STOPPABLE

NAMED = 20  # a list of names longer than this helps nobody


def page(request: HttpRequest, cohort: str) -> HttpResponse:
    """Choose what is released; the address may bring the choice along."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "GET"):
        return refusal
    waiting = workflow.outlook(found, workflow.Choice(), now=timezone.now()).goes
    trail = cohort_trail(found, (_("Release grades"), ""))
    context = {"cohort": found, "trail": trail, "offer": results.release_offer(waiting, _choice(request.GET))}
    return render(request, "journals/cohorts/release_choice.html", context)


def release(request: HttpRequest, cohort: str) -> HttpResponse:
    """First exactly what goes to whom, then (``confirmed``) the deed."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "POST"):
        return refusal
    choice, leave_out = _choice(request.POST), "leave_out" in request.POST
    asked: dict[str, Any] = {"choice": choice, "leave_out": leave_out, "expected": request.POST.get("expected")}
    problem = ""
    if "confirmed" in request.POST:
        try:
            batch = workflow.release(user=request.user, cohort=found, now=timezone.now(), delay=STOPPABLE, **asked)
        except workflow.Conflict as conflict:  # somebody reviewed or released in this very moment
            problem = conflict.message
        else:
            _tell(request, found, batch)
            return redirect("cohort", found.key)
    seen = workflow.outlook(found, choice, now=timezone.now())
    if seen.half_reviewed and not leave_out:
        return _still_reviewed(request, found, seen)
    return _preview(request, found, seen, problem=problem)


def stop(request: HttpRequest, cohort: str, pk: int) -> HttpResponse:
    """Take back a release that nobody sees yet."""
    found = access.cohort_for(request.user, cohort, to="lead")
    batch = get_object_or_404(found.releases, pk=pk)
    if refusal := wrong_method(request, "POST"):
        return refusal
    try:
        batch = workflow.stop_release(user=request.user, batch=batch, now=timezone.now())
    except workflow.Conflict as conflict:
        context = {"cohort": found, "problem": conflict.message}
        return render(request, "journals/cohorts/not_stopped.html", context, status=409)
    text = ngettext("Stopped: %(count)d grade stays hidden.", "Stopped: %(count)d grades stay hidden.", batch.grades)
    messages.success(request, text % {"count": batch.grades})
    return redirect("cohort", found.key)


def _choice(data: QueryDict) -> workflow.Choice:
    """What a form or an address asks for; 404 for what is no number."""
    numbers = {name: [text for text in data.getlist(name) if text] for name in ("modul", "peserta")}
    if not all(is_number(text) for texts in numbers.values() for text in texts):
        raise Http404
    modules, participants = ([int(text) for text in texts] for texts in numbers.values())
    return workflow.Choice(modules, participants)


def _hidden(request: HttpRequest) -> list[tuple[str, str]]:
    """The choice as it came, for the form that goes on with it."""
    return [(name, text) for name in ("modul", "peserta") for text in request.POST.getlist(name) if text]


def _tell(request: HttpRequest, found: Cohort, batch) -> None:
    if batch is None:
        messages.info(request, _("There is no grade to release: all given grades are visible already."))
        return
    local = batch.visible_from.astimezone(found.tz)
    text = ngettext(
        "%(count)d grade becomes visible at %(time)s.", "%(count)d grades become visible at %(time)s.", batch.grades
    )
    messages.success(request, text % {"count": batch.grades, "time": f"{date_format(local, 'TIME_FORMAT')} {local:%Z}"})


def _preview(request: HttpRequest, found: Cohort, seen: workflow.Outlook, *, problem: str = "") -> HttpResponse:
    """Nothing has happened yet."""
    entries = sorted((review.submission.entry for review in seen.goes), key=lambda each: each.module.number)
    by_module = [(module, list(rows)) for module, rows in groupby(entries, key=lambda each: each.module)]
    hidden = [*_hidden(request), ("confirmed", "1"), ("expected", seen.digest)]
    context = {
        "cohort": found,
        "problem": problem,
        "by_module": by_module,
        "grades": len(seen.goes),
        "people": len({entry.enrolment_id for entry in entries}),
        "left_out": len(seen.half_reviewed),
        "minutes": STOPPABLE.seconds // 60,
        "hidden": [*hidden, ("leave_out", "1")] if seen.half_reviewed else hidden,
        "back": reverse("cohort", args=[found.key]),
    }
    return render(request, "journals/cohorts/release.html", context, status=409 if problem else 200)


def _still_reviewed(request: HttpRequest, found: Cohort, seen: workflow.Outlook) -> HttpResponse:
    """409 with the names of those whose entries are half reviewed, and of those who review them."""
    now, coverage = timezone.now(), results.coverage(request.user, found)
    shown = seen.half_reviewed[:NAMED]
    begun = Review.objects.filter(submission__entry__in=shown, submission__withdrawn_at=None, state=ReviewState.WORKING)
    reviewers: dict[int, list[str]] = {}
    for entry, name in begun.order_by("id").values_list("submission__entry", "reviewer__name"):
        reviewers.setdefault(entry, []).append(name)
    rows = [
        {
            "entry": entry,
            "holder": entry.claim.reviewer.name if _is_held(entry, now) else "",
            "reviewers": ", ".join(reviewers.get(entry.pk, [])),
            "readable": coverage.reads(entry.enrolment.group_id, entry.module_id)
            and entry.enrolment.user_id != request.user.pk,
        }
        for entry in shown
    ]
    context = {
        "cohort": found,
        "rows": rows,
        "count": len(seen.half_reviewed),
        "named": NAMED,
        "goes": len(seen.goes),
        "hidden": [*_hidden(request), ("leave_out", "1")],
        "back": reverse("cohort", args=[found.key]),
    }
    return render(request, "journals/cohorts/half_reviewed.html", context, status=409)


def _is_held(entry: Entry, now) -> bool:
    claim = getattr(entry, "claim", None)
    return claim is not None and claim.expires_at > now
