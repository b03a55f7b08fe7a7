"""The guides. Public: who cannot sign in needs them most."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from journals.guides import instructor, organiser, participant
from journals.views.answers import wrong_method

GUIDES = {each.role: each for each in (participant.GUIDE, instructor.GUIDE, organiser.GUIDE)}


@login_not_required
def guides(request: HttpRequest) -> HttpResponse:
    """Which guide does one want?"""
    if refusal := wrong_method(request, "GET"):
        return refusal
    return render(request, "journals/guides/guides.html", {"guides": GUIDES.values()})


@login_not_required
def guide(request: HttpRequest, role: str) -> HttpResponse:
    """One guide."""
    if refusal := wrong_method(request, "GET"):
        return refusal
    if role not in GUIDES:
        raise Http404
    return render(
        request,
        "journals/guides/guide.html",
        {"guide": GUIDES[role], "trail": [(_("Help"), reverse("guides")), (GUIDES[role].title, "")]},
    )
