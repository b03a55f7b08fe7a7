"""Comments on passages of a submission: written on the review page by a script, and on a page of their own without."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.middleware import wants_fragment
from journals import access, workflow
from journals.enums import ReviewState
from journals.forms.reviewing import plain
from journals.models import Annotation, Entry
from journals.services import annotations
from journals.services.evidence import place_of
from journals.services.queue_filters import Filters, is_number
from journals.views import desk_page
from journals.views.answers import wrong_method


def page(request: HttpRequest, entry: str) -> HttpResponse:
    """The comments of one's unfinished review, and a form to write another that needs no script."""
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "GET"):
        return wrong
    return _page(request, found)


def annotate(request: HttpRequest, entry: str) -> HttpResponse:
    """Comment on a passage: selected in the text, or a sentence chosen from the list."""
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    number = request.POST.get("submission", "")
    try:
        part, start, quote = _chosen(request.POST, annotations.sheet_of(request.user, found))
        workflow.annotate(
            user=request.user,
            entry=found,
            submission=int(number) if is_number(number) else 0,
            part=part,
            start=start,
            quote=quote,
            text=_typed(request),
            now=timezone.now(),
        )
    except workflow.Refused as refused:
        return _refused(request, found, refused)
    return _done(request, found, _("The comment is saved."))


def edit(request: HttpRequest, entry: str, pk: int) -> HttpResponse:
    """Change a comment; the page to do so, and the change."""
    found, note = access.own_annotation(request.user, entry, pk)
    if wrong := wrong_method(request, "GET", "POST"):
        return wrong
    if request.method != "POST":
        open_still = note.review.state == ReviewState.WORKING
        return _page(request, found, editing=note) if open_still else _to(request, "review", found)
    try:
        workflow.edit_annotation(user=request.user, annotation=note, text=_typed(request), now=timezone.now())
    except workflow.Refused as refused:
        return _refused(request, found, refused, editing=note)
    return _done(request, found, _("The comment is saved."))


def remove(request: HttpRequest, entry: str, pk: int) -> HttpResponse:
    """Delete a comment."""
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    own = Annotation.objects.filter(pk=pk, review__submission__entry=found, review__reviewer=request.user.pk)
    note = own.select_related("review__submission__entry").first()
    try:
        if note is not None:  # otherwise pressed twice, or deleted in another tab: it is gone, as was asked for
            note.review.submission.entry = found
            workflow.remove_annotation(user=request.user, annotation=note, now=timezone.now())
    except workflow.Refused as refused:
        return _refused(request, found, refused)
    return _done(request, found, _("The comment is deleted."))


# --- What the views share ---------------------------------------------------------------------------


def _typed(request: HttpRequest) -> str:
    return plain(request.POST.get("text", "")).replace("\x00", "")


def _chosen(data: QueryDict, sheet: annotations.Sheet | None) -> tuple[str, int, str]:
    """Part, start and words of the passage; of a sentence from the list the form knows only the place. Without a review
    to comment in, nothing is looked at: the workflow says why."""
    if sheet is None:
        return "", 0, ""
    if "part" in data:
        begins = str(data.get("start", ""))
        return str(data["part"]), int(begins) if is_number(begins) else -1, str(data.get("quote", ""))
    place = place_of(str(data.get("passage", "")))
    if place is None:
        raise workflow.Invalid(_("Choose a passage first."), {"passage": _("Choose a passage first.")})
    part, start, end = place
    return part, start, sheet.quote(part, start, end)


def _done(request: HttpRequest, entry: Entry, said: str) -> HttpResponse:
    if not wants_fragment(request):
        messages.success(request, said)
        return _to(request, "review_comments", entry)
    sheet = annotations.sheet_of(request.user, entry)
    shown = {"parts": sheet.parts(desk_page.suffix(_filters(request))) if sheet else [], "entry": entry}
    html = render_to_string("journals/instructor/_comments_all.html", shown, request)
    return JsonResponse({"html": html, "message": said})


def _refused(
    request: HttpRequest, entry: Entry, refused: workflow.Refused, *, editing: Annotation | None = None
) -> HttpResponse:
    """What was typed comes back: in the form where it can be sent again, otherwise to be copied."""
    code = getattr(refused, "code", "")
    if wants_fragment(request):
        return JsonResponse({"code": code, "message": refused.message}, status=refused.status)
    if isinstance(refused, workflow.Invalid) or code == "full":
        return _page(request, entry, refused, editing=editing)
    entry.refresh_from_db(fields=["state", "due_at"])
    kept = [(_("Comment"), _typed(request))] if request.POST.get("text", "").strip() else []
    return desk_page.show(request, entry, _filters(request), problem=refused.message, kept=kept, status=refused.status)


def _page(
    request: HttpRequest,
    entry: Entry,
    refused: workflow.Refused | None = None,
    *,
    editing: Annotation | None = None,
) -> HttpResponse:
    sheet, filters = annotations.sheet_of(request.user, entry), _filters(request)
    if sheet is None:
        return _to(request, "review", entry)
    workflow.note_reading(user=request.user, entry=entry, now=timezone.now())
    typed = request.POST.get("text", "") if refused else editing.text if editing else ""
    return render(
        request,
        "journals/instructor/comments.html",
        {
            "entry": entry,
            "sheet": sheet,
            "editing": editing,
            "notes": [] if editing else sheet.notes(),
            "passages": [] if editing else sheet.passages(),
            "refused": refused,
            "errors": getattr(refused, "errors", {}),
            "typed": typed,
            "picked": request.POST.get("passage", ""),
            "suffix": desk_page.suffix(filters),
            "back": desk_page.address(entry, filters),
            "trail": desk_page.trail(request, entry, filters, here=_("Comments on passages")),
        },
        status=refused.status if refused else 200,
    )


def _filters(request: HttpRequest) -> Filters:
    """Where one came from; in the query of each of these addresses, forms included."""
    return Filters.of(request.GET)


def _to(request: HttpRequest, name: str, entry: Entry) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=[entry.key]) + desk_page.suffix(_filters(request)))
