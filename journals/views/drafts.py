"""Drafts as devices send them, and the choice between two versions of one."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journals import access, workflow
from journals.enums import EDITABLE_STATES
from journals.forms.drafts import read_message
from journals.forms.writing import WritingForm
from journals.services.drafting import parts_of
from journals.templatetags.journals_tags import since
from journals.views.answers import wrong_method
from journals.views.reading import trail


def draft(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """Take a device's message: 200 it is the draft now, 409 it is kept beside it, 422 it cannot be read."""
    enrolment, module, entry = access.own_draft(request.user, cohort, number)
    if refusal := wrong_method(request, "POST"):
        return refusal
    try:
        message = read_message(request.body)
        if message.user not in ("", str(request.user.pk)):
            # Somebody else has signed in on this computer: the text of another person's page is not theirs.
            return HttpResponse(status=401)
        found = workflow.receive(
            user=request.user,
            enrolment=enrolment,
            module=module,
            entry=entry,
            message=message,
            now=timezone.now(),
        )
    except workflow.Invalid as invalid:
        return JsonResponse({"message": invalid.message}, status=422)
    except workflow.Conflict as conflict:
        return JsonResponse({"reason": conflict.code, "message": conflict.message}, status=409)
    if isinstance(found, workflow.Strayed):
        return JsonResponse({"reason": found.reason, "version": found.version}, status=409)
    now = timezone.now()
    said = _("Saved on the server %(when)s") % {"when": since(found.saved_at, enrolment.cohort.timezone, now)}
    return JsonResponse({"version": found.version, "status": said})


def versions(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """The draft and the oldest text beside it, part by part; without one back to the entry."""
    desk = access.own_entry(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "GET"):
        return refusal
    stray = desk.entry.strays.filter(settled_at=None).order_by("id").first()
    if stray is None:
        return redirect("entry_write", cohort, number)
    return _versions_page(request, desk, stray)


def choose(request: HttpRequest, cohort: str, number: int, stray: int) -> HttpResponse:
    """Save the choice; what is chosen against stays among the checkpoints."""
    desk, found = access.own_stray(request.user, cohort, number, stray)
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = WritingForm(request.POST, parts=parts_of(desk))
    if not form.is_valid():
        return _versions_page(request, desk, found, form, status=422)
    try:
        workflow.settle(
            user=request.user,
            stray=found,
            sequence=_sequence(request, found),
            version=form.cleaned_data["version"],
            answers=form.answers(),
            title=form.title_or_none(),
            now=timezone.now(),
        )
    except workflow.Refused as refused:
        form.add_error(None, refused.message)
        return _versions_page(request, desk, found, form, status=refused.status)
    return redirect("entry_versions", cohort, number)


def put_away(request: HttpRequest, cohort: str, number: int, stray: int) -> HttpResponse:
    """Put a text beside the draft away: its author has what was needed of it."""
    _desk, found = access.own_stray(request.user, cohort, number, stray)
    if refusal := wrong_method(request, "POST"):
        return refusal
    workflow.dismiss(user=request.user, stray=found, sequence=_sequence(request, found), now=timezone.now())
    return redirect("entry", cohort, number)


def _sequence(request: HttpRequest, stray) -> int:
    """The number of the text that the author saw: a newer one from the same device is not settled with it."""
    text = request.POST.get("sequence", "")
    return stray.sequence if text == str(stray.sequence) else -1


def _versions_page(
    request: HttpRequest, desk, stray, form: WritingForm | None = None, *, status: int = 200
) -> HttpResponse:
    parts = parts_of(desk)
    form = form or WritingForm.of_stray(parts, stray, desk.entry)
    form.is_valid()
    return render(
        request,
        "journals/participant/versions.html",
        {
            "desk": desk,
            "cohort": desk.enrolment.cohort,
            "entry": desk.entry,
            "stray": stray,
            "form": form,
            "differing": form.differences(parts, desk.entry.title),
            "mergeable": desk.entry.state in EDITABLE_STATES,
            "server_version": desk.entry.version,
            "trail": trail(desk, _("Another version")),
        },
        status=status,
    )
