"""Files that somebody asked for: begun, waited for, and fetched by nobody else."""

from datetime import timedelta

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.accounts.requests import SignedInRequest
from journals import access, workflow
from journals.enums import ExportKind, ExportStage
from journals.models import Cohort, Finalisation
from journals.services import exports
from journals.services.queue_filters import is_number
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail

TYPES = {
    ExportKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportKind.CSV: "text/csv; charset=utf-8",
    ExportKind.JSON: "application/json",
    ExportKind.BOOKS: "application/zip",
}
REFRESH = 3  # seconds
USUAL = timedelta(minutes=10)  # what takes longer is likely to be waited for in vain


def begin(request: SignedInRequest, cohort: str) -> HttpResponse:
    """Ask for a file of the recap, as it is now or as it was declared (`final`)."""
    found = access.cohort_to_take(request.user, cohort, request.POST.get("jenis", ""))
    if refusal := wrong_method(request, "POST"):
        return refusal
    kind = request.POST.get("jenis", "")
    if kind not in TYPES:
        raise Http404
    final = _final(found, request.POST.get("final", ""))
    made = exports.begin(user=request.user, cohort=found, kind=ExportKind(kind), final=final, now=timezone.now())
    return redirect("export_file" if made.stage == ExportStage.DONE else "export", found.key, made.key)


def page(request: SignedInRequest, cohort: str, key: str) -> HttpResponse:
    """How far it is; the page asks again by itself."""
    export = access.own_export(request.user, cohort, key)
    if refusal := wrong_method(request, "GET"):
        return refusal
    trail = cohort_trail(export.cohort, (_("Recap"), reverse("cohort_recap", args=[cohort])), (_("File"), ""))
    late = export.stage == ExportStage.WAITING and timezone.now() - export.created_at > USUAL
    context = {"export": export, "cohort": export.cohort, "trail": trail, "late": late}
    response = render(request, "journals/cohorts/export.html", context)
    if export.stage == ExportStage.WAITING:
        response.headers["Refresh"] = str(REFRESH)
    return response


def file(request: SignedInRequest, cohort: str, key: str) -> HttpResponseBase:
    """The file itself."""
    export = access.own_export(request.user, cohort, key)
    if refusal := wrong_method(request, "GET"):
        return refusal
    if export.stage != ExportStage.DONE:
        return redirect("export", cohort, key)
    try:
        opened = export.file.open("rb")
    except OSError:
        raise Http404 from None
    headers = {"X-Content-Type-Options": "nosniff"}
    kind = TYPES.get(ExportKind(export.kind), "application/octet-stream")
    if export.kind == ExportKind.BOOKS:
        workflow.note_readings(user=request.user, entries=exports.entries_in(export), now=timezone.now())
    return FileResponse(opened, as_attachment=True, filename=export.name, content_type=kind, headers=headers)


def _final(cohort: Cohort, number: str) -> Finalisation | None:
    if not number:
        return None
    if not is_number(number):
        raise Http404
    return get_object_or_404(Finalisation, cohort=cohort, number=int(number))
