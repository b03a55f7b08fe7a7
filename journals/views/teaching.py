"""Who teaches a cohort, for its organisers: somebody comes, goes, or hands everything over."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.accounts.requests import SignedInRequest
from journals import access, permissions, workflow
from journals.forms.arranging import InstructorForm
from journals.models import Cohort, Schedule, Teaching
from journals.services import arranging
from journals.views.answers import posted, wrong_method
from journals.views.trails import Trail, cohort_trail


def page(request: SignedInRequest, cohort: str) -> HttpResponse:
    """Everybody who teaches, what nobody covers, and the form to add somebody."""
    found = access.cohort_for(request.user, cohort, to="arrange")
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _page(request, found, _form(found))


def add(request: SignedInRequest, cohort: str) -> HttpResponse:
    """Let somebody teach."""
    found = access.cohort_for(request.user, cohort, to="arrange")
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = _form(found, request.POST)
    if not form.is_valid() or not _may_make(request, form):
        return _page(request, found, form, status=422)
    data = form.cleaned_data
    try:
        with transaction.atomic():
            workflow.appoint(
                user=request.user,
                cohort=found,
                instructor=form.person(request.user),
                group=data["kelompok"],
                modules=data["modul"],
                is_lead=data["ketua"],
                now=timezone.now(),
            )
    except workflow.Invalid as refused:
        form.add_error("siapa", refused.message)
        return _page(request, found, form, status=422)
    messages.success(request, _("The instructor was added."))
    return redirect("cohort_instructors", found.key)


def replace(request: SignedInRequest, cohort: str, pk: int) -> HttpResponse:
    """Somebody else takes over what one person covers, with their pile."""
    teaching = access.teaching_for(request.user, cohort, pk)
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    form = InstructorForm(posted(request), place=False)
    if request.method != "POST" or not form.is_valid() or not _may_make(request, form):
        return _replace_page(request, teaching, form, status=422 if form.errors else 200)
    try:
        with transaction.atomic():
            by = form.person(request.user)
            workflow.replace_instructor(user=request.user, teaching=teaching, by=by, now=timezone.now())
    except workflow.Refused as refused:
        form.add_error("siapa", refused.message)
        return _replace_page(request, teaching, form, status=refused.status)
    text = _("%(new)s teaches in place of %(old)s from now on.")
    messages.success(request, text % {"new": by.full_name, "old": teaching.instructor.full_name})
    return redirect("cohort_instructors", cohort)


def remove(request: SignedInRequest, cohort: str, pk: int) -> HttpResponse:
    """Ask, then let somebody go."""
    teaching = access.teaching_for(request.user, cohort, pk)
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    problem = ""
    if request.method == "POST":
        try:
            workflow.dismiss_teaching(user=request.user, teaching=teaching, now=timezone.now())
        except workflow.Conflict as conflict:
            problem = conflict.message
        else:
            messages.success(request, _("%(name)s no longer teaches this.") % {"name": teaching.instructor.full_name})
            return redirect("cohort_instructors", cohort)
    context = {
        "title": _("Let %(name)s go?") % {"name": teaching.instructor.full_name},
        "text": _("What was reviewed and graded stays. What waits on this pile lies on nobody's pile afterwards."),
        "problem": problem,
        "action": reverse("cohort_instructor_remove", args=[cohort, pk]),
        "label": _("Let go"),
        "danger": True,
        "cancel_url": reverse("cohort_instructors", args=[cohort]),
    }
    return render(request, "confirm.html", context, status=409 if problem else 200)


# --- What the views share ---------------------------------------------------------------------------


def _may_make(request: SignedInRequest, form: InstructorForm) -> bool:
    if form.new is None or permissions.may_enrol(request.user):
        return True
    form.add_error("siapa", _("You may not make accounts. Ask an organiser who may."))
    return False


def _form(cohort: Cohort, data=None) -> InstructorForm:
    rows = Schedule.objects.filter(cohort=cohort).select_related("module").order_by("module__number")
    return InstructorForm(data, groups=list(cohort.groups.order_by("name")), modules=[row.module for row in rows])


def _page(request: SignedInRequest, cohort: Cohort, form: InstructorForm, status: int = 200) -> HttpResponse:
    teachings = list(
        cohort.teachings.select_related("instructor", "group").prefetch_related("modules").order_by("group__name", "pk")
    )
    able = [each for each in teachings if each.instructor.is_active]
    schedules = list(cohort.schedules.select_related("module").order_by("module__number"))
    context = {
        "cohort": cohort,
        "teachings": teachings,
        "may_activate": permissions.may_activate(request.user),
        "uncovered": arranging.uncovered(able, list(cohort.groups.order_by("name")), schedules),
        "form": form,
        "trail": _trail(cohort, _("Instructors")),
    }
    return render(request, "journals/cohorts/setup_instructors.html", context, status=status)


def _replace_page(request: SignedInRequest, teaching: Teaching, form: InstructorForm, status: int) -> HttpResponse:
    context = {
        "cohort": teaching.cohort,
        "teaching": teaching,
        "form": form,
        "trail": _trail(
            teaching.cohort,
            _("Instructors"),
            reverse("cohort_instructors", args=[teaching.cohort.key]),
            (teaching.instructor.name, ""),
        ),
    }
    return render(request, "journals/cohorts/setup_replace.html", context, status=status)


def _trail(cohort: Cohort, here: str, link: str = "", *below: tuple[str, str]) -> Trail:
    return cohort_trail(cohort, (_("Set-up"), reverse("cohort_setup", args=[cohort.key])), (here, link), *below)
