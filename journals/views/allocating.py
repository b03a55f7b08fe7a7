"""Sharing out the reviews of a cohort among its instructors."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from berakhlak.accounts.models import User
from journals import access, workflow
from journals.forms.allocating import AllocateForm
from journals.models import Cohort, Schedule
from journals.services.allocation import piles_of
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail


def page(request: HttpRequest, cohort: str) -> HttpResponse:
    """Who has how much to read, and the form that shares it out."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _show(request, found)


def allocate(request: HttpRequest, cohort: str) -> HttpResponse:
    """Share out what lies on one pile."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = _form(found, request.POST)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    try:
        done = workflow.allocate(user=request.user, cohort=found, now=timezone.now(), **form.asked())
    except workflow.Invalid as refused:
        form.add_error("ke", refused.message)
        return _show(request, found, form, status=422)
    _tell(request, done)
    return redirect("cohort_piles", found.key)


def _form(found: Cohort, data=None) -> AllocateForm:
    people = User.objects.filter(teachings__cohort=found).distinct().order_by("name", "pk")
    schedules = Schedule.objects.in_use().filter(cohort=found).select_related("module").order_by("module__number")
    return AllocateForm(data, people=list(people), schedules=list(schedules))


def _show(request: HttpRequest, found: Cohort, form: AllocateForm | None = None, status: int = 200) -> HttpResponse:
    context = {
        "cohort": found,
        "piles": piles_of(found, timezone.now()),
        "form": form or _form(found),
        "trail": cohort_trail(found, (_("Sharing out the reviews"), "")),
    }
    return render(request, "journals/cohorts/piles.html", context, status=status)


def _tell(request: HttpRequest, done: workflow.Allocation) -> None:
    count = done.given.total()
    if count:
        text = ngettext("%(count)d entry shared out.", "%(count)d entries shared out.", count)
        messages.success(request, text % {"count": count})
    elif not done.left:
        messages.info(request, _("There was nothing to share out."))
    if done.left:
        text = ngettext(
            "%(count)d entry is covered by none of them and stays where it is.",
            "%(count)d entries are covered by none of them and stay where they are.",
            done.left,
        )
        messages.warning(request, text % {"count": done.left})
