"""What a participant writes: the draft, its preview, handing in, and taking back.

Whatever cannot be saved or handed in comes back in the answer, so that no text is ever lost on the way.
"""

import json
import secrets

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from journals import access, files, workflow
from journals.enums import EDITABLE_STATES
from journals.forms.writing import SubmitForm, WritingForm, answer_fields, answers_given, answers_kept
from journals.services import evidence, feedback, journey
from journals.services.attached import on_draft
from journals.services.drafting import parts_of, text_of
from journals.views.answers import wrong_method
from journals.views.reading import trail
from journals.workflow.writing import may_withdraw


def write(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """The writing page; an entry that cannot be written now leads to its own page, which says why."""
    desk = access.own_desk(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "GET"):
        return refusal
    if not desk.is_writable(timezone.now()):
        return redirect("entry", cohort, number)
    return _writing_page(request, desk, WritingForm.of(parts_of(desk), desk.entry))


def save(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """Save the draft. 422 and 409 bring back everything that was typed, and 409 also what is saved."""
    desk = access.own_desk(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = WritingForm(request.POST, parts=parts_of(desk))
    if not form.is_valid():
        return _writing_page(request, desk, form, status=422)
    try:
        workflow.save_draft(
            user=request.user,
            enrolment=desk.enrolment,
            module=desk.module,
            answers=form.answers(),
            title=form.title_or_none(),
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except workflow.Conflict as conflict:
        return _not_saved(request, cohort, number, conflict)
    except workflow.Invalid as invalid:
        form.add_error(None, invalid.message)
        return _writing_page(request, desk, form, status=422)
    return _saved(request, desk)


def preview(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """Exactly what will be handed in, what is still missing, and the form that hands it in."""
    desk = access.own_entry(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "GET"):
        return refusal
    if desk.entry.state not in EDITABLE_STATES:
        return redirect("entry", cohort, number)
    return _preview_page(request, desk, SubmitForm(initial=_fresh(desk.entry)))


def submit(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """Hand in; the same form sent twice gives the same receipt. What a page shows is loaded only when there is one."""
    entry = access.own_draft(request.user, cohort, number)[2]
    if entry is None:
        raise Http404
    if refusal := wrong_method(request, "POST"):
        return refusal
    form, answers = SubmitForm(request.POST), answers_given(request.POST)
    if not form.is_valid():
        form = SubmitForm(initial=_fresh(entry))
        message = _("The form was incomplete. Please check the text again and submit it from here.")
        return _preview_page(request, _desk(request, entry), form, typed=answers, errors={"": message}, status=422)
    given = form.cleaned_data
    try:
        submission = workflow.submit(
            user=request.user,
            entry=entry,
            version=given["version"],
            key=given["key"],
            accepted=given["statement"],
            answers=answers,
            now=timezone.now(),
        )
    except workflow.Conflict as conflict:
        return _not_moved(request, _desk(request, entry), conflict, _("Not submitted"), kept=answers_kept(answers, []))
    except workflow.Invalid as invalid:
        errors = invalid.errors or {"": invalid.message}
        return _preview_page(request, _desk(request, entry), form, typed=answers, errors=errors, status=422)
    return redirect("receipt", cohort, number, submission.number)


def withdraw(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """Ask once more, then take the latest submission back."""
    desk = access.own_entry(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    now = timezone.now()
    if request.method == "POST":
        try:
            workflow.withdraw(user=request.user, entry=desk.entry, now=now)
        except workflow.Conflict as conflict:
            return _not_moved(request, desk, conflict, _("Not withdrawn"))
        said = _("Submission %(receipt)s withdrawn. Your text is a draft again and has not been submitted.")
        messages.success(request, said % {"receipt": desk.entry.submissions.latest("number").receipt})
        return redirect("entry_write", cohort, number)
    latest = desk.entry.submissions.standing().order_by("-number").first()
    if not may_withdraw(desk.entry, latest, now):
        return redirect("entry", cohort, number)
    return render(
        request,
        "journals/participant/withdraw.html",
        {
            "desk": desk,
            "cohort": desk.enrolment.cohort,
            "submission": latest,
            "trail": trail(desk, _("Withdraw the submission")),
        },
    )


# --- What the views share ---------------------------------------------------------------------------


def _desk(request: HttpRequest, entry) -> access.BegunDesk:
    return access.own_entry(request.user, entry.enrolment.cohort.key, entry.module.number, to="write")


def _fresh(entry) -> dict[str, object]:
    """What the submit form carries: the version shown, and a key that makes a double click harmless."""
    return {"version": entry.version, "key": secrets.token_urlsafe(16)}


def _writing_page(request: HttpRequest, desk, form: WritingForm, *, status: int = 200) -> HttpResponse:
    stop = journey.stop_at(desk, timezone.now())
    returned = feedback.to_improve(desk.entry) if stop.needs_improvement else None
    return render(
        request,
        "journals/participant/write.html",
        {
            "desk": desk,
            "stop": stop,
            "cohort": desk.enrolment.cohort,
            "form": form,
            "entry": desk.entry,
            "feedback": returned,
            "accept": files.ACCEPT,
            "heard": json.dumps(desk.entry.heard if desk.entry else {}),
            "trail": trail(desk, _("Write")),
        },
        status=status,
    )


def _saved(request: HttpRequest, desk) -> HttpResponse:
    then = "entry_preview" if request.POST.get("then") == "preview" else "entry_write"
    return redirect(then, desk.enrolment.cohort.key, desk.module.number)


def _not_saved(request: HttpRequest, cohort: str, number: int, conflict: workflow.Conflict) -> HttpResponse:
    """409 with the text that came and the text that is saved, side by side where both can be kept."""
    desk = access.own_desk(request.user, cohort, number, to="write")  # as it is now, after the other save
    parts = parts_of(desk)
    if conflict.code == "stale" and desk.entry is None:  # a form that names a version of nothing
        data = request.POST.copy()
        data["version"] = "0"
        form = WritingForm(data, parts=parts)
        form.add_error(None, _("The form does not fit this entry. Please check the text and save it again."))
        return _writing_page(request, desk, form, status=422)
    form = WritingForm(request.POST, parts=parts)
    form.is_valid()
    title = desk.entry.title if desk.entry else ""
    differing = form.differences(parts, title)
    if conflict.code == "stale" and not differing and desk.entry:
        return _saved(request, desk)  # the same text arrived twice
    return render(
        request,
        "journals/participant/conflict.html",
        {
            "desk": desk,
            "cohort": desk.enrolment.cohort,
            "entry": desk.entry,
            "form": form,
            "conflict": conflict,
            "differing": differing,
            "mergeable": conflict.code == "stale",
            "trail": trail(desk, _("Not saved yet")),
            "server_version": desk.entry.version if desk.entry else 0,
        },
        status=409,
    )


def _preview_page(
    request: HttpRequest,
    desk,
    form: SubmitForm,
    *,
    typed: dict[int, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    parts, stop = parts_of(desk), journey.stop_at(desk, timezone.now())
    marks = evidence.of_draft(desk.entry)
    text = text_of(desk.entry.title, parts, evidence.by_part(marks))
    ready = bool(parts) and all(part.fits for part in parts)
    fields = answer_fields(workflow.asked(desk.entry), typed, errors or {}) if ready and stop.state != "closed" else []
    return render(
        request,
        "journals/participant/preview.html",
        {
            "desk": desk,
            "stop": stop,
            "cohort": desk.enrolment.cohort,
            "entry": desk.entry,
            "parts": parts,
            "draft": {"text": text | {"attachments": on_draft(desk.entry)}},
            "homeless": sum(mark.start is None for mark in marks),
            "ready": ready,
            "words": sum(part.words for part in parts),
            "form": form,
            "answers": fields,
            "typed": typed is not None,
            "kept": answers_kept(typed, fields),
            "here": {"statement", *(field.name for field in fields)},
            "statement": _(workflow.STATEMENT),
            "errors": errors or {},
            "trail": trail(desk, _("Preview")),
        },
        status=status,
    )


def _not_moved(request: HttpRequest, desk, conflict: workflow.Conflict, title: str, *, kept=()) -> HttpResponse:
    return render(
        request,
        "journals/participant/not_moved.html",
        {
            "desk": desk,
            "cohort": desk.enrolment.cohort,
            "conflict": conflict,
            "title": title,
            "kept": kept,
            "trail": trail(desk, title),
        },
        status=409,
    )
