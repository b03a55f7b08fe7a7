"""Evidence of behaviour: its author marks passages of the draft, places them anew, and sees the map of all modules."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.middleware import wants_fragment
from journals import access, anchors, workflow
from journals.enums import EDITABLE_STATES
from journals.models import Evidence
from journals.services import evidence
from journals.services.drafting import parts_of
from journals.views.answers import wrong_method
from journals.views.reading import trail, trail_to


def page(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """What is marked, and a form to mark more that needs no script; a script gets what it shows."""
    desk = access.own_desk(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "GET"):
        return refusal
    if not desk.is_writable(timezone.now()):
        return redirect("entry", cohort, number)
    return _told(request, desk) if wants_fragment(request) else _page(request, desk)


def mark(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """Mark a passage: chosen from the list, or selected in the editor."""
    desk = access.own_entry(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "POST"):
        return refusal
    try:
        part, anchor = _chosen(request.POST, desk)
        workflow.mark(
            user=request.user,
            entry=desk.entry,
            part=part,
            anchor=anchor,
            behaviour=request.POST.get("behaviour", ""),
            now=timezone.now(),
        )
    except workflow.Refused as refused:
        return _refused(request, desk, refused)
    return _done(request, desk, _("Marked as evidence."))


def place(request: HttpRequest, cohort: str, number: int, pk: int) -> HttpResponse:
    """Give evidence a new place; the page to choose it, and the choice."""
    desk, found = access.own_evidence(request.user, cohort, number, pk)
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    if request.method != "POST":
        editable = desk.entry.state in EDITABLE_STATES
        return _page(request, desk, moving=found) if editable else redirect("entry", cohort, number)
    try:
        part, anchor = _chosen(request.POST, desk)
        workflow.move(user=request.user, evidence=found, part=part, anchor=anchor)
    except workflow.Refused as refused:
        return _refused(request, desk, refused, moving=found)
    return _done(request, desk, _("The mark has its new place."))


def remove(request: HttpRequest, cohort: str, number: int, pk: int) -> HttpResponse:
    """Take evidence off the draft."""
    desk = access.own_entry(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "POST"):
        return refusal
    found = Evidence.objects.filter(pk=pk, response__entry=desk.entry).select_related("response").first()
    try:
        if found is not None:  # otherwise pressed twice, or removed in another tab: it is gone, as was asked for
            workflow.unmark(user=request.user, evidence=found)
    except workflow.Refused as refused:
        return _refused(request, desk, refused)
    return _done(request, desk, _("The mark has been removed. Your text is unchanged."))


def journal_map(request: HttpRequest, cohort: str) -> HttpResponse:
    """One's own values and modules; a script gets the table alone, for the dashboard."""
    enrolment = access.own_enrolment(request.user, cohort)
    if refusal := wrong_method(request, "GET"):
        return refusal
    shown = {"map": evidence.map_of(enrolment), "cohort": enrolment.cohort}
    if wants_fragment(request):
        return JsonResponse({"html": render_to_string("journals/participant/_map.html", shown, request)})
    context = shown | {"trail": [*trail_to(enrolment.cohort), (_("Evidence of behaviour"), "")]}
    return render(request, "journals/participant/map.html", context)


# --- What the views share ---------------------------------------------------------------------------


def _chosen(data: QueryDict, desk: access.BegunDesk) -> tuple[str, anchors.Anchor]:
    """Part and passage: words with what stands around them, or the place of a sentence in a version of the text."""
    if "part" in data:
        quote, prefix, suffix = (str(data.get(name, "")) for name in ("quote", "prefix", "suffix"))
        return str(data["part"]), anchors.Anchor(quote, prefix, suffix, lone=data.get("lone") == "true")
    place = evidence.place_of(str(data.get("passage", "")))
    if place is None:
        raise workflow.Invalid(_("Choose a passage first."), {"passage": _("Choose a passage first.")})
    key, start, end = place
    part = next((part for part in parts_of(desk) if part.prompt.key == key), None)
    if part is None or data.get("version") != str(desk.entry.version):
        raise workflow.Conflict("stale", _("Your text has changed meanwhile. Choose the passage again."))
    found = anchors.at(anchors.plain(part.html), start, end)
    if found is None:
        message = _(
            "This sentence stands in your text more than once with the same words around it. Choose another one."
        )
        raise workflow.Invalid(message, {"passage": message})
    return key, found


def _told(request: HttpRequest, desk, said: str = "") -> JsonResponse:
    """What a script shows: the list, and where to find each passage in the text that is being written."""
    marks = evidence.of_draft(desk.entry)
    shown = {"marks": marks, "desk": desk, "cohort": desk.enrolment.cohort}
    told = {
        "html": render_to_string("journals/participant/_evidence_list.html", shown, request),
        "marks": [mark.data for mark in marks],
        "message": said,
    }
    if not said:  # the first time
        told["choices"] = render_to_string("journals/participant/_behaviour_choice.html", _choice(), request)
    return JsonResponse(told)


def _choice(chosen: str = "") -> dict[str, object]:
    return {"values": evidence.choices(), "chosen": chosen}


def _done(request: HttpRequest, desk, said: str) -> HttpResponse:
    if wants_fragment(request):
        return _told(request, desk, said)
    messages.success(request, said)
    return redirect("entry_evidence", desk.enrolment.cohort.key, desk.module.number)


def _refused(request: HttpRequest, desk, refused: workflow.Refused, *, moving: Evidence | None = None) -> HttpResponse:
    if wants_fragment(request):
        reason = getattr(refused, "code", "")
        return JsonResponse({"reason": reason, "message": refused.message}, status=refused.status)
    return _page(request, desk, refused, moving=moving, status=refused.status)


def _page(
    request: HttpRequest,
    desk,
    refused: workflow.Refused | None = None,
    *,
    moving: Evidence | None = None,
    status: int = 200,
) -> HttpResponse:
    errors = getattr(refused, "errors", {})
    return render(
        request,
        "journals/participant/evidence.html",
        {
            "desk": desk,
            "cohort": desk.enrolment.cohort,
            "entry": desk.entry,
            "marks": [] if moving else evidence.of_draft(desk.entry),
            "passages": evidence.passages(parts_of(desk)) if desk.entry else [],
            "moving": moving,
            "refused": refused,
            "errors": errors,
            "picked": request.POST.get("passage", "") if getattr(refused, "code", "") != "stale" else "",
            "trail": trail(desk, _("Evidence of behaviour")),
            "plain": True,
            **_choice(request.POST.get("behaviour", "")),
        },
        status=status,
    )
