"""The thread under an entry, as its author and as its reviewers see it."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from journals import access, permissions, workflow
from journals.forms.talking import RemarkForm
from journals.models import Entry, Remark
from journals.views.answers import wrong_method
from journals.views.reading import trail

# A device that was away asks about so many of its author's messages.
LATELY = 20


def own(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """What the author and the reviewers have written to each other."""
    desk = access.own_entry(request.user, cohort, number)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _show_own(request, desk)


def own_say(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """The author's word."""
    desk = access.own_entry(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = _said(request, desk.entry)
    return _show_own(request, desk, form, status=422) if form else redirect("entry_talk", cohort, number)


def review(request: HttpRequest, entry: str) -> HttpResponse:
    """The same for those who review or lead."""
    found = access.entry_for_reader(request.user, entry)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _show_review(request, found)


def review_say(request: HttpRequest, entry: str) -> HttpResponse:
    """A reviewer's word."""
    found = access.entry_for_review(request.user, entry)
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = _said(request, found)
    return _show_review(request, found, form, status=422) if form else redirect("review_talk", entry)


def _said(request: HttpRequest, entry: Entry) -> RemarkForm | None:
    """Nothing once it is written; otherwise the form with what was typed and what is wrong."""
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return form
    try:
        made = workflow.remark(user=request.user, entry=entry, now=timezone.now(), **form.cleaned_data)
    except workflow.Invalid as refusal:
        form.add_error("text", refusal.message)
        return form
    if made.shown_at is None:
        messages.info(request, _("Kept. The participant sees it together with your decision."))
    return None


def _show_own(request: HttpRequest, desk, form: RemarkForm | None = None, status: int = 200) -> HttpResponse:
    place = [desk.enrolment.cohort.key, desk.module.number]
    context = {
        "trail": trail(desk, _("Conversation")),
        "address": reverse("entry_say", args=place),
        "back": reverse("entry", args=place),
        "may_write": permissions.may_write(request.user, desk.enrolment),
    }
    return _show(request, desk.entry, form, status, context)


def _show_review(request: HttpRequest, entry: Entry, form: RemarkForm | None = None, status: int = 200) -> HttpResponse:
    workflow.note_reading(user=request.user, entry=entry, now=timezone.now())
    back = reverse("review", args=[entry.key])
    context = {
        "trail": [(_("Review queue"), reverse("queue")), (entry.enrolment.user.name, back), (_("Conversation"), "")],
        "address": reverse("review_say", args=[entry.key]),
        "back": back,
        "may_write": permissions.may_review(request.user, entry),
    }
    return _show(request, entry, form, status, context)


def _show(request: HttpRequest, entry: Entry, form: RemarkForm | None, status: int, context: dict) -> HttpResponse:
    remarks = list(Remark.objects.visible_to(request.user, entry).select_related("author"))
    own = [remark.idempotency_key for remark in remarks if remark.author_id == request.user.pk]
    context |= {
        "entry": entry,
        "cohort": entry.enrolment.cohort,
        "remarks": remarks,
        "sent": " ".join(own[-LATELY:]),  # so that the device lets go what it kept of them
        "form": form or RemarkForm(initial={"key": secrets.token_urlsafe(16)}),
        "is_author": entry.enrolment.user_id == request.user.pk,
    }
    return render(request, "journals/talk.html", context, status=status)
