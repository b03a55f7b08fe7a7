"""Participants from a spreadsheet: upload, what it would do, and the deed; undone while nobody has begun."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journals import access, counting, workflow
from journals.enums import RosterOutcome, RosterState
from journals.forms.rosters import ColumnsForm, UploadForm
from journals.models import Cohort, Roster
from journals.roster.keeping import laid_out, layout_of_roster, rows_of
from journals.roster.planning import plan_of
from journals.roster.reading import read
from journals.services import rosters as lists
from journals.views.answers import wrong_method
from journals.views.trails import Trail, cohort_trail

ROWS_PER_PAGE = 100
SHOWN_LISTS = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page(request: HttpRequest, cohort: str) -> HttpResponse:
    """The form, and the lists that were uploaded before."""
    found = access.cohort_for(request.user, cohort, to="enrol")
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _form_page(request, found, UploadForm())


def template(request: HttpRequest, cohort: str) -> HttpResponse:
    """A workbook with the headings, to be filled in."""
    access.cohort_for(request.user, cohort, to="enrol")
    if refusal := wrong_method(request, "GET"):
        return refusal
    headers = {"Content-Disposition": 'attachment; filename="daftar-peserta.xlsx"'}
    return HttpResponse(lists.template(), content_type=XLSX, headers=headers)


def upload(request: HttpRequest, cohort: str) -> HttpResponse:
    """Read a file. Nobody is added by it."""
    found = access.cohort_for(request.user, cohort, to="enrol")
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, found, form, status=422)
    name = form.cleaned_data["berkas"].name
    taken = lists.take_in(user=request.user, cohort=found, table=form.table, file_name=name, now=timezone.now())
    return redirect("roster", found.key, taken.key)


def roster(request: HttpRequest, cohort: str, key: str) -> HttpResponse:
    """What a list would do, row by row; or what it did."""
    found = access.roster_for(request.user, cohort, key)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _outlook(request, found) if found.state == RosterState.OPEN else _decided(request, found)


def columns(request: HttpRequest, cohort: str, key: str) -> HttpResponse:
    """Say which column is which."""
    found = access.roster_for(request.user, cohort, key)
    if refusal := wrong_method(request, "POST"):
        return refusal
    if found.state != RosterState.OPEN:
        return _decided(request, found, problem=_("This list was decided on already."), status=409)
    form = ColumnsForm(request.POST, layout=layout_of_roster(found), rows=rows_of(found), moves=found.moves)
    if not form.is_valid():
        return _outlook(request, found, form=form, status=422)
    found.layout, found.moves = laid_out(form.chosen()), form.cleaned_data["moves"]
    found.save(update_fields=["layout", "moves"])
    return redirect("roster", found.cohort.key, found.key)


def add(request: HttpRequest, cohort: str, key: str) -> HttpResponse:
    """Add everybody, as it was shown."""
    found = access.roster_for(request.user, cohort, key)
    if refusal := wrong_method(request, "POST"):
        return refusal
    expected, tell = request.POST.get("expected", ""), counting.teller(_count_of(cohort, key))
    try:
        workflow.add_roster(user=request.user, roster=found, expected=expected, now=timezone.now(), tell=tell)
    except workflow.Conflict as conflict:
        return _refused(request, found, conflict.message)
    count = found.rows.count()
    text = ngettext("%(count)d participant was taken in.", "%(count)d participants were taken in.", count)
    messages.success(request, text % {"count": count})
    return redirect("roster", found.cohort.key, found.key)


def progress(request: HttpRequest, cohort: str, key: str) -> HttpResponse:
    """How many rows of a list were taken in, or back, by now, as JSON: asked again and again while that lasts."""
    access.cohort_for(request.user, cohort, to="enrol")
    if refusal := wrong_method(request, "GET"):
        return refusal
    return JsonResponse({"done": counting.told(_count_of(cohort, key))})


def undo(request: HttpRequest, cohort: str, key: str) -> HttpResponse:
    """Take everything back that the list did."""
    found = access.roster_for(request.user, cohort, key)
    if refusal := wrong_method(request, "POST"):
        return refusal
    try:
        tell = counting.teller(_count_of(cohort, key))
        workflow.undo_roster(user=request.user, roster=found, now=timezone.now(), tell=tell)
    except workflow.Conflict as conflict:
        return _refused(request, found, conflict.message)
    messages.success(request, _("Undone: the cohort is as it was before this list."))
    return redirect("rosters", found.cohort.key)


def discard(request: HttpRequest, cohort: str, key: str) -> HttpResponse:
    """Throw an uploaded list away that was not added."""
    found = access.roster_for(request.user, cohort, key)
    if refusal := wrong_method(request, "POST"):
        return refusal
    try:
        workflow.discard_roster(user=request.user, roster=found)
    except workflow.Conflict as conflict:
        return _refused(request, found, conflict.message)
    messages.info(request, _("The list was thrown away. Nobody was added."))
    return redirect("rosters", cohort)


# --- What the views share ---------------------------------------------------------------------------


def _count_of(cohort: str, key: str) -> str:
    return f"roster:{cohort}:{key}"  # both: who may not enrol in the cohort learns nothing


def _trail(cohort: Cohort, here: str) -> Trail:
    return cohort_trail(cohort, (_("Participants from a list"), reverse("rosters", args=[cohort.key])), (here, ""))


def _form_page(request: HttpRequest, cohort: Cohort, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {
        "cohort": cohort,
        "form": form,
        "lists": cohort.rosters.select_related("by")[:SHOWN_LISTS],
        "trail": cohort_trail(cohort, (_("Participants from a list"), "")),
    }
    return render(request, "journals/cohorts/rosters.html", context, status=status)


def _outlook(
    request: HttpRequest, found: Roster, *, form: ColumnsForm | None = None, problem: str = "", status: int = 200
) -> HttpResponse:
    rows, layout = rows_of(found), layout_of_roster(found)
    plan = plan_of(found.cohort, read(rows, layout), moves=found.moves)
    counts = plan.counts()
    # What stands in the way comes first, in the order of the list.
    ordered = sorted(plan.rows, key=lambda row: (not row.person.problems, row.person.number))
    shown = Paginator(ordered, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "cohort": found.cohort,
        "roster": found,
        "plan": plan,
        "page": shown,
        "lines": [lists.line_of(row, rows, layout) for row in shown],
        "counts": [(code.label, counts[code]) for code in RosterOutcome if counts[code]],
        "form": form or ColumnsForm(layout=layout, rows=rows, moves=found.moves),
        "columns_open": form is not None or not plan.rows,
        "problem": problem,
        "trail": _trail(found.cohort, found.file_name),
    }
    return render(request, "journals/cohorts/roster.html", context, status=status)


def _decided(request: HttpRequest, found: Roster, *, problem: str = "", status: int = 200) -> HttpResponse:
    done = found.state == RosterState.DONE
    rows = Paginator(found.rows.select_related("user", "enrolment__group"), ROWS_PER_PAGE)
    context = {
        "cohort": found.cohort,
        "roster": found,
        "page": rows.get_page(request.GET.get("page")),
        "obstacle": workflow.undo_obstacle(found) if done else "",
        "done": done,
        "problem": problem,
        "trail": _trail(found.cohort, found.file_name),
    }
    return render(request, "journals/cohorts/roster_done.html", context, status=status)


def _refused(request: HttpRequest, found: Roster, problem: str) -> HttpResponse:
    """409, with the list as it stands by now."""
    found.refresh_from_db(fields=["state", "cells", "done_at", "undone_at"])
    if found.state == RosterState.OPEN:
        return _outlook(request, found, problem=problem, status=409)
    return _decided(request, found, problem=problem, status=409)
