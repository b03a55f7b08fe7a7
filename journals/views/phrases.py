"""The instructor's phrases: a page to find and keep them, and what the review page's script asks for."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.middleware import wants_fragment
from journals import access, permissions, workflow
from journals.forms.phrases import PhraseForm
from journals.models import Phrase
from journals.services import phrases
from journals.services.phrases import Filters
from journals.views.answers import wrong_method


def page(request: HttpRequest) -> HttpResponse:
    """One's own phrases and the shared ones."""
    access.require_instructor(request.user)
    if wrong := wrong_method(request, "GET"):
        return wrong
    filters, known = Filters.of(request.GET), phrases.choices(request.user)
    shown = Paginator(phrases.found(request.user, filters), phrases.PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "phrase": phrase,
            "about": known.about(phrase),
            "own": permissions.may_change_phrase(request.user, phrase),
            "removable": permissions.may_remove_phrase(request.user, phrase),
        }
        for phrase in shown
    ]
    trail = [(_("Review queue"), reverse("queue")), (_("Phrases"), "")]
    context = {
        "page": shown,
        "rows": rows,
        "filters": filters,
        "known": known,
        "query": filters.query(),
        "trail": trail,
    }
    return render(request, "journals/instructor/phrases.html", context)


def data(request: HttpRequest) -> HttpResponse:
    """All phrases at once, for the review page's script."""
    access.require_instructor(request.user)
    if wrong := wrong_method(request, "GET"):
        return wrong
    known = phrases.choices(request.user)
    rows = [phrases.data_of(request.user, phrase, known) for phrase in phrases.found(request.user, Filters())]
    return JsonResponse({"phrases": rows}, headers={"Cache-Control": "private, no-store"})


def add(request: HttpRequest) -> HttpResponse:
    """Keep a new phrase; a script gets it as it will be listed."""
    access.require_instructor(request.user)
    if wrong := wrong_method(request, "GET", "POST"):
        return wrong
    known = phrases.choices(request.user)
    if request.method != "POST":
        return _form(request, PhraseForm(known=known))
    form = PhraseForm(request.POST, known=known)
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        kept = phrases.keep(user=request.user, given=form.given(), now=timezone.now())
    except workflow.Refused as refused:
        return _refused(request, form, refused)
    if wants_fragment(request):
        told = {"phrase": phrases.data_of(request.user, kept, known), "message": _("Saved as one of your phrases.")}
        return JsonResponse(told, status=201)
    messages.success(request, _("The phrase has been saved."))
    return redirect("phrases")


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a phrase of one's own, or share it."""
    phrase = access.phrase_for(request.user, pk, to="change")
    if wrong := wrong_method(request, "GET", "POST"):
        return wrong
    known = phrases.choices(request.user)
    if request.method != "POST":
        return _form(request, PhraseForm(known=known, phrase=phrase), phrase)
    form = PhraseForm(request.POST, known=known, phrase=phrase)
    if not form.is_valid():
        return _form(request, form, phrase, status=422)
    try:
        phrases.change(phrase=phrase, given=form.given())
    except workflow.Refused as refused:
        return _refused(request, form, refused, phrase)
    messages.success(request, _("The phrase has been saved."))
    return redirect("phrases")


def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a phrase: one's own, or a shared one of a cohort that one leads."""
    phrase = access.phrase_for(request.user, pk, to="remove")
    if wrong := wrong_method(request, "GET", "POST"):
        return wrong
    if request.method == "POST":
        phrases.remove(phrase)
        messages.success(request, _("The phrase has been deleted."))
        return redirect("phrases")
    losses = [f"“{phrase.text}”"]
    if phrase.cohort:
        losses.append(_("The instructors of %(cohort)s can no longer use it.") % {"cohort": phrase.cohort.name})
    context = {
        "title": _("Delete this phrase?"),
        "text": _("Comments that were written with it stay as they are."),
        "losses": losses,
        "action": reverse("phrase_remove", args=[phrase.pk]),
        "label": _("Delete"),
        "danger": True,
        "cancel_url": reverse("phrases"),
    }
    return render(request, "confirm.html", context)


def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Count that a phrase was inserted."""
    phrase = access.phrase_for(request.user, pk)
    if wrong := wrong_method(request, "POST"):
        return wrong
    phrases.count_use(phrase, timezone.now())
    return HttpResponse(status=204)


# --- What the views share ---------------------------------------------------------------------------


def _refused(
    request: HttpRequest, form: PhraseForm, refused: workflow.Refused, phrase: Phrase | None = None
) -> HttpResponse:
    form.add_error("text" if "text" in getattr(refused, "errors", {}) else None, refused.message)
    return _form(request, form, phrase, status=refused.status)


def _form(request: HttpRequest, form: PhraseForm, phrase: Phrase | None = None, *, status: int = 200) -> HttpResponse:
    if status != 200 and wants_fragment(request):
        message = next(message for found in form.errors.values() for message in found)
        return JsonResponse({"message": message}, status=status)
    title = _("Change a phrase") if phrase else _("New phrase")
    trail = [(_("Review queue"), reverse("queue")), (_("Phrases"), reverse("phrases")), (title, "")]
    context = {"form": form, "phrase": phrase, "title": title, "trail": trail}
    return render(request, "journals/instructor/phrase.html", context, status=status)
