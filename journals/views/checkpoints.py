"""The history of one's own draft: its checkpoints, one of them compared with the draft, and restoring it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journals import access, permissions, workflow
from journals.enums import EDITABLE_STATES
from journals.forms.writing import RestoreForm
from journals.services import checkpoints
from journals.views.answers import wrong_method
from journals.views.reading import trail


def history(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """All checkpoints, newest first; nothing yet where nothing was written."""
    desk = access.own_desk(request.user, cohort, number)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return render(
        request,
        "journals/participant/checkpoints.html",
        _context(request, desk, _("History of the draft"))
        | {"found": checkpoints.overview(desk.entry) if desk.entry else None},
    )


def checkpoint(request: HttpRequest, cohort: str, number: int, checkpoint: int) -> HttpResponse:
    """One checkpoint, with its differences from the draft marked."""
    desk, found = access.own_checkpoint(request.user, cohort, number, checkpoint)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return render(
        request,
        "journals/participant/checkpoint.html",
        _context(request, desk, _("Earlier state"))
        | {"checkpoint": found, "comparison": checkpoints.comparison(desk, found)},
    )


def restore(request: HttpRequest, cohort: str, number: int, checkpoint: int) -> HttpResponse:
    """Ask once more, then make the checkpoint the draft. What was there before can be brought back in the same way."""
    desk, found = access.own_checkpoint(request.user, cohort, number, checkpoint, to="write")
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    context = _context(request, desk, _("Restore")) | {"checkpoint": found}
    if request.method != "POST":
        if desk.entry.state not in EDITABLE_STATES:
            return redirect("entry_checkpoint", cohort, number, found.pk)
        return render(request, "journals/participant/restore.html", context)
    form = RestoreForm(request.POST)
    try:
        workflow.restore(
            user=request.user,
            entry=desk.entry,
            checkpoint=found,
            version=form.cleaned_data["version"] if form.is_valid() else -1,
            now=timezone.now(),
        )
    except workflow.Refused as refused:
        desk.entry.refresh_from_db(fields=["version", "state", "saved_at"])
        status, may = refused.status, desk.entry.state in EDITABLE_STATES
        context |= {"refused": refused, "may_restore": may}
        return render(request, "journals/participant/restore.html", context, status=status)
    return redirect("entry_history", cohort, number)


def _context(request: HttpRequest, desk, title: str) -> dict[str, object]:
    entry = desk.entry
    return {
        "desk": desk,
        "cohort": desk.enrolment.cohort,
        "entry": entry,
        "may_restore": bool(entry)
        and entry.state in EDITABLE_STATES
        and permissions.may_write(request.user, desk.enrolment),
        "trail": trail(desk, title),
    }
