"""Switching the account of a participant or an instructor off, and on again, after a question."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.accounts.models import User
from berakhlak.accounts.requests import SignedInRequest
from journals import access, permissions, workflow
from journals.models import Enrolment, Teaching
from journals.views.answers import wrong_method


def member(request: SignedInRequest, cohort: str, ndh: int) -> HttpResponse:
    """A participant's."""
    enrolment = access.member_for(request.user, cohort, ndh)
    loss = _("%(name)s is signed out at once, on all devices, and cannot sign in. Everything written stays.")
    return _switch(request, enrolment, enrolment.user, loss, back=reverse("member", args=[cohort, ndh]))


def instructor(request: SignedInRequest, cohort: str, pk: int) -> HttpResponse:
    """An instructor's."""
    teaching = access.teaching_for(request.user, cohort, pk)
    loss = _(
        "%(name)s is signed out at once, on all devices, and cannot sign in. Reviews and grades stay; what waits on "
        "this pile stays there until it is shared out or handed over."
    )
    return _switch(request, teaching, teaching.instructor, loss, back=reverse("cohort_instructors", args=[cohort]))


def _switch(
    request: SignedInRequest, place: Enrolment | Teaching, person: User, loss: str, *, back: str
) -> HttpResponse:
    if refusal := wrong_method(request, "GET", "POST"):
        return refusal
    name, active = {"name": person.full_name}, not person.is_active
    if not permissions.may_switch(request.user, person):
        raise PermissionDenied  # accounts of staff are looked after by administrators
    if request.method == "POST":
        # The form says what it was made for: a second click does not switch back.
        wanted = request.POST.get("aktif") == "1"
        workflow.switch_account(user=request.user, place=place, active=wanted, now=timezone.now())
        text = _("%(name)s can sign in again.") if wanted else _("%(name)s can no longer sign in.")
        messages.success(request, text % name)
        return redirect(back)
    context = {
        "title": _("Switch the account on?") if active else _("Switch the account off?"),
        "text": (_("%(name)s can sign in again at once.") if active else loss) % name,
        "action": request.path,
        "hidden": [("aktif", "1" if active else "0")],
        "label": _("Switch on") if active else _("Deactivate"),
        "danger": not active,
        "cancel_url": back,
    }
    return render(request, "confirm.html", context)
