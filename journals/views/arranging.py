"""Setting a cohort up: a list of steps with what is still missing, and a page for each of them."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from journals import access
from journals.forms.arranging import AssessmentForm, BasicsForm, GroupsForm, ModuleTimesForm, NewCohortForm, PaceForm
from journals.models import Cohort, Entry
from journals.services import arranging
from journals.views.answers import posted, wrong_method
from journals.views.trails import Trail, cohort_trail

SOURCES = 200  # former cohorts that are offered
BOTH = ("GET", "POST")


def begin(request: HttpRequest) -> HttpResponse:
    """A new cohort: name, dates, and perhaps a former one as its pattern."""
    access.require_beginner_of_cohorts(request.user)
    if refusal := wrong_method(request, *BOTH):
        return refusal
    sources = Cohort.objects.visible_to(request.user)
    form = NewCohortForm(posted(request), sources=sources)
    if request.method == "POST" and (made := Cohort.objects.filter(key=request.POST.get("kunci", "")).first()):
        return redirect("cohort_setup", made.key)  # a second click
    if not form.is_valid():
        context = {"form": form, "trail": [(_("Cohorts"), reverse("cohorts")), (_("New cohort"), "")]}
        return render(request, "journals/cohorts/setup_new.html", context, status=422 if form.errors else 200)
    data = form.cleaned_data
    chosen = {"source": data["salin"], "with_instructors": data["widyaiswara"]}
    try:
        cohort = arranging.create(user=request.user, cohort=form.instance, now=timezone.now(), **chosen)
    except IntegrityError:  # the second click came in the same moment
        get_object_or_404(Cohort, key=form.instance.key)
        return redirect("cohort_setup", form.instance.key)
    messages.success(request, _("The cohort was made. The list below says what is still missing."))
    return redirect("cohort_setup", cohort.key)


def overview(request: HttpRequest, cohort: str) -> HttpResponse:
    """All steps, done or not."""
    found = access.cohort_for(request.user, cohort, to="arrange")
    if refusal := wrong_method(request, "GET"):
        return refusal
    steps = arranging.steps(found)
    context = {
        "cohort": found,
        "steps": [(step, reverse(step.name, args=[found.key])) for step in steps],
        "missing": sum(len(step.problems) for step in steps),
        "trail": _trail(found),
    }
    return render(request, "journals/cohorts/setup.html", context)


def basics(request: HttpRequest, cohort: str) -> HttpResponse:
    """Name, dates and zone."""
    found = access.cohort_for(request.user, cohort, to="arrange")
    if refusal := wrong_method(request, *BOTH):
        return refusal
    zone = found.timezone
    begun = Entry.objects.filter(enrolment__cohort=found).exists()
    form = BasicsForm(posted(request), instance=found, zone_fixed=begun)
    if form.is_valid():
        arranging.change_basics(user=request.user, cohort=form.instance, former_zone=zone, now=timezone.now())
        return _saved(request, found)
    return _step(request, cohort, _("Name and dates"), form)


def groups(request: HttpRequest, cohort: str) -> HttpResponse:
    """The names of the groups."""
    found = access.cohort_for(request.user, cohort, to="arrange")
    if refusal := wrong_method(request, *BOTH):
        return refusal
    form = GroupsForm(posted(request), groups=list(found.groups.order_by("name")))
    if form.is_valid():
        form.save(found)
        return _saved(request, found)
    return _step(request, cohort, _("Groups"), form, template="setup_groups.html")


def assessment(request: HttpRequest, cohort: str) -> HttpResponse:
    """Rubric and rules."""
    found = access.cohort_for(request.user, cohort, to="arrange")
    if refusal := wrong_method(request, *BOTH):
        return refusal
    form = AssessmentForm(posted(request), instance=found)
    if form.is_valid():
        form.save()
        return _saved(request, found)
    bands = list(found.bands.order_by("-min_score"))
    return _step(request, cohort, _("Assessment"), form, template="setup_assessment.html", bands=bands)


def schedule(request: HttpRequest, cohort: str) -> HttpResponse:
    """When each module opens, is due and closes; proposed by GET, written by POST."""
    found = access.cohort_for(request.user, cohort, to="arrange")
    if refusal := wrong_method(request, *BOTH):
        return refusal
    with timezone.override(found.tz):
        return _schedule(request, found)


def _schedule(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    existing = {row.module_id: row for row in cohort.schedules.select_related("module")}
    offered = {module.pk: module for module in arranging.writable_modules()}
    modules = offered | {pk: row.module for pk, row in existing.items()}
    ordered = sorted(modules.values(), key=lambda module: module.number)
    usual = arranging.usual_pace(cohort, len(offered))
    asked = "mulai" in request.GET
    pace = PaceForm(request.GET if asked else None, usual=usual)
    proposed: dict = {}
    if not asked and not existing:
        proposed = arranging.proposal(cohort, list(offered.values()), usual)
    elif asked and pace.is_valid():
        proposed = arranging.proposal(cohort, list(offered.values()), pace.pace())
    written = arranging.written_about(cohort)
    rows = [
        ModuleTimesForm(
            posted(request),
            cohort=cohort,
            module=module,
            row=existing.get(module.pk),
            times=proposed.get(module.pk),
            written=module.pk in written,
        )
        for module in ordered
    ]
    valid = [row.is_valid() for row in rows]  # of each row, so that the page shows all errors at once
    if request.method == "POST" and all(valid):
        return _save_schedule(request, cohort, rows)
    context = {
        "cohort": cohort,
        "pace": pace,
        "rows": rows,
        "zone": cohort.get_timezone_display(),
        "proposed": bool(proposed),
        "failed": [row for row in rows if row.errors],
        "trail": _trail(cohort, _("Modules and schedule")),
    }
    status = 422 if request.method == "POST" or pace.errors else 200
    return render(request, "journals/cohorts/setup_schedule.html", context, status=status)


def _save_schedule(request: HttpRequest, cohort: Cohort, rows: list[ModuleTimesForm]) -> HttpResponse:
    changed = [row for form in rows if (row := form.changed_row()) is not None]
    gone = [form.module.pk for form in rows if form.row and not form.cleaned_data["pakai"]]
    arranging.save_schedule(user=request.user, cohort=cohort, rows=changed, gone=gone, now=timezone.now())
    return _saved(request, cohort)


# --- What the views share ---------------------------------------------------------------------------


def _saved(request: HttpRequest, cohort: Cohort) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("cohort_setup", cohort.key)


def _step(
    request: HttpRequest, key: str, title: str, form, *, template: str = "setup_step.html", **more
) -> HttpResponse:
    # Read anew: a refused form has written what was typed into the row it was given.
    cohort = Cohort.objects.get(key=key)
    context = {"cohort": cohort, "title": title, "form": form, "trail": _trail(cohort, title), **more}
    return render(request, f"journals/cohorts/{template}", context, status=422 if form.errors else 200)


def _trail(cohort: Cohort, here: str = "") -> Trail:
    if not here:
        return cohort_trail(cohort, (_("Set-up"), ""))
    return cohort_trail(cohort, (_("Set-up"), reverse("cohort_setup", args=[cohort.key])), (here, ""))
