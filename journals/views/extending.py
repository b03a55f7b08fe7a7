"""More time for participants: the form, what it would mean for several, and the deed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journals import access, workflow
from journals.enums import EnrolmentStatus
from journals.forms.extending import LOCAL, ExtendForm, usual_due
from journals.models import Cohort, Enrolment, Schedule
from journals.services.queue_filters import is_number
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail

NAMED = 10  # a message that names more people than this helps nobody


def page(request: HttpRequest, cohort: str) -> HttpResponse:
    """Choose who gets more time; the address may bring the choice along."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "GET"):
        return refusal
    with timezone.override(found.tz):
        return _show(request, found, _form(found, initial=_initial(request.GET, found)))


def extend(request: HttpRequest, cohort: str) -> HttpResponse:
    """One participant gets it at once; for several it is shown first (``confirmed``) what would become of each."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "POST"):
        return refusal
    with timezone.override(found.tz):
        form = _form(found, request.POST)
        if not form.is_valid():
            return _show(request, found, form, status=422)
        asked: dict[str, Any] = {"user": request.user, "schedule": form.schedule, "enrolments": form.chosen}
        asked |= {"due": form.cleaned_data["tenggat"], "now": timezone.now()}
        if len(form.chosen) > 1 and "confirmed" not in request.POST:
            return _preview(request, found, form, workflow.grants_of(**asked))
        grants = workflow.extend_each(**asked, reason=form.cleaned_data["alasan"])
        if len(grants) == 1 and grants[0].problem:
            form.add_error(None, grants[0].problem)
            return _show(request, found, form, status=409)
        _tell(request, grants)
    return redirect("cohort", found.key)


def _form(found: Cohort, data=None, **kwargs) -> ExtendForm:
    schedules = Schedule.objects.in_use().filter(cohort=found).select_related("module").order_by("module__number")
    people = Enrolment.objects.filter(cohort=found, status=EnrolmentStatus.ACTIVE)
    people = people.select_related("user", "group").order_by("group__name", "ndh")
    schedules = list(schedules)
    for schedule in schedules:
        schedule.cohort = found  # loaded already
    return ExtendForm(data, schedules=schedules, enrolments=list(people), **kwargs)


def _initial(asked: QueryDict, found: Cohort) -> dict[str, Any]:
    people = [ndh for ndh in asked.getlist("peserta") if is_number(ndh)]
    group = asked.get("kelompok", "")
    if is_number(group):
        of_group = Enrolment.objects.filter(cohort=found, group=int(group), status=EnrolmentStatus.ACTIVE)
        people += [str(ndh) for ndh in of_group.values_list("ndh", flat=True)]
    due = asked.get("tenggat") or usual_due(found, timezone.now()).strftime(LOCAL)
    return {"modul": asked.get("modul", ""), "peserta": people, "tenggat": due, "alasan": asked.get("alasan", "")}


def _show(request: HttpRequest, found: Cohort, form: ExtendForm, status: int = 200) -> HttpResponse:
    trail = cohort_trail(found, (_("More time"), ""))
    context = {"cohort": found, "form": form, "trail": trail, "zone": found.get_timezone_display()}
    return render(request, "journals/cohorts/extend.html", context, status=status)


def _preview(request: HttpRequest, found: Cohort, form: ExtendForm, grants: list[workflow.Grant]) -> HttpResponse:
    """Nothing has happened yet."""
    names = ("modul", "peserta", "tenggat", "alasan")
    typed = [(name, value) for name in names for value in request.POST.getlist(name)]
    back = QueryDict(mutable=True)
    for name, value in typed:
        back.appendlist(name, value)
    context = {
        "cohort": found,
        "module": form.schedule.module,
        "due": form.cleaned_data["tenggat"],
        "given": [grant for grant in grants if not grant.problem],
        "refused": [grant for grant in grants if grant.problem],
        "hidden": [*typed, ("confirmed", "1")],
        "back": reverse("cohort_extension", args=[found.key]) + "?" + back.urlencode(),
    }
    return render(request, "journals/cohorts/extend_preview.html", context)


def _tell(request: HttpRequest, grants: list[workflow.Grant]) -> None:
    given = [grant for grant in grants if not grant.problem]
    if len(given) == 1:
        messages.success(request, _("%(name)s has more time now.") % {"name": given[0].enrolment.user.full_name})
    elif given:
        text = ngettext(
            "%(count)d participant has more time now.", "%(count)d participants have more time now.", len(given)
        )
        messages.success(request, text % {"count": len(given)})
    refused = [f"{grant.enrolment.user.full_name} – {grant.problem}" for grant in grants if grant.problem]
    if refused:
        more = len(refused) - NAMED
        shown = refused[:NAMED] + ([_("and %(count)d more") % {"count": more}] if more > 0 else [])
        messages.warning(request, _("No more time for: %(people)s") % {"people": "; ".join(shown)})
