"""Results that can be explained: one participant's derivation, the recap of a cohort, and the recap declared final."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.accounts.requests import SignedInRequest
from journals import access, permissions, workflow
from journals import recap as recaps
from journals.corrections import Correction, corrections
from journals.forms.remedial import RemedialForm
from journals.models import Cohort, Enrolment, Finalisation
from journals.services import results
from journals.services.derivation import derivation_of
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail


def person(request: SignedInRequest, cohort: str, ndh: int) -> HttpResponse:
    """How one participant's result came about."""
    found, enrolment = access.result_for(request.user, cohort, ndh)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _person(request, found, enrolment, RemedialForm())


def remedial(request: SignedInRequest, cohort: str, ndh: int) -> HttpResponse:
    """Record the outcome of a remedial."""
    found, enrolment = access.result_for(request.user, cohort, ndh, to="lead")
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = RemedialForm(request.POST)
    if not form.is_valid():
        return _person(request, found, enrolment, form, status=422)
    said = {"score": form.cleaned_data["nilai"], "reason": form.cleaned_data["alasan"]}
    try:
        workflow.record_remedial(user=request.user, enrolment=enrolment, now=timezone.now(), **said)
    except workflow.Conflict as conflict:
        form.add_error(None, conflict.message)
        return _person(request, found, enrolment, form, status=409)
    messages.success(request, _("The remedial was recorded."))
    return redirect("cohort_result", found.key, ndh)


def page(request: SignedInRequest, cohort: str) -> HttpResponse:
    """The recap as it is now, and those that were declared final."""
    found = access.cohort_to_recap(request.user, cohort)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _recap_page(request, found)


def finalise(request: SignedInRequest, cohort: str) -> HttpResponse:
    """Declare the recap final, exactly as it was shown."""
    found = access.cohort_to_recap(request.user, cohort)
    if refusal := wrong_method(request, "POST"):
        return refusal
    expected = request.POST.get("expected", "")
    try:
        made = workflow.finalise(user=request.user, cohort=found, expected=expected, now=timezone.now())
    except workflow.Refused as refused:
        return _recap_page(request, found, problem=refused.message, status=refused.status)
    messages.success(request, _("Final recap %(number)d is kept. It never changes.") % {"number": made.number})
    return redirect("cohort_final", found.key, made.number)


def final(request: SignedInRequest, cohort: str, number: int) -> HttpResponse:
    """A recap as it was declared, and what was corrected since."""
    found = access.cohort_to_recap(request.user, cohort)
    made = get_object_or_404(Finalisation.objects.select_related("by"), cohort=found, number=number)
    if refusal := wrong_method(request, "GET"):
        return refusal
    content = json.loads(made.content)
    context = {
        "cohort": found,
        "may_hand_on": permissions.may_hand_on(request.user),
        "final": made,
        "content": content,
        "standing": recaps.standing(content),
        "corrections": _corrections(found, made, content),
        "trail": cohort_trail(
            found,
            (_("Recap"), reverse("cohort_recap", args=[found.key])),
            (_("Final recap %(number)d") % {"number": number}, ""),
        ),
    }
    return render(request, "journals/cohorts/final.html", context)


# --- What the views share ---------------------------------------------------------------------------


def _corrections(cohort: Cohort, made: Finalisation, content: dict[str, Any]) -> list[Correction]:
    """What is not as it was declared any more; the digests decide whether there is anything."""
    if cohort.journals_deleted_at:
        return []
    now = recaps.recap_of(cohort)
    return [] if recaps.text_of(now)[1] == made.sha256 else corrections(content, now)


def _person(
    request: SignedInRequest, cohort: Cohort, enrolment: Enrolment, form: RemedialForm, status: int = 200
) -> HttpResponse:
    derived = derivation_of(cohort, enrolment, timezone.now())
    context = {
        "cohort": cohort,
        "enrolment": enrolment,
        "derived": derived,
        "form": form,
        "may_lead": results.coverage(request.user, cohort).may_lead,
        "may_lift": derived.earned is not None and derived.earned < cohort.pass_mark,
        "trail": cohort_trail(cohort, (enrolment.user.name, "")),
    }
    return render(request, "journals/cohorts/result.html", context, status=status)


def _recap_page(request: SignedInRequest, cohort: Cohort, *, problem: str = "", status: int = 200) -> HttpResponse:
    content = recaps.recap_of(cohort)
    _text, digest = recaps.text_of(content)
    finals = list(Finalisation.objects.filter(cohort=cohort).select_related("by").defer("content").order_by("-number"))
    context = {
        "cohort": cohort,
        "may_hand_on": permissions.may_hand_on(request.user),
        "content": content,
        "digest": digest,
        "standing": recaps.standing(content),
        "finals": finals,
        "unchanged": bool(finals) and finals[0].sha256 == digest,
        "problem": problem,
        "trail": cohort_trail(cohort, (_("Recap"), "")),
    }
    return render(request, "journals/cohorts/recap.html", context, status=status)
