"""What the system holds about the visitor, to look at what it is and to take away."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from berakhlak.accounts.requests import SignedInRequest
from journals.services.my_data import data_of
from journals.views.answers import wrong_method


def page(request: SignedInRequest) -> HttpResponse:
    """Says what the file holds."""
    if refusal := wrong_method(request, "GET"):
        return refusal
    return render(request, "journals/my_data.html", {"trail": [(_("Profile"), reverse("profile")), (_("My data"), "")]})


def take(request: SignedInRequest) -> HttpResponse:
    """The file. A POST, so that no link and no prefetch makes it."""
    if refusal := wrong_method(request, "POST"):
        return refusal
    headers = {"Content-Disposition": 'attachment; filename="data-saya.json"'}
    options = {"ensure_ascii": False, "indent": 1}
    return JsonResponse(data_of(request.user), json_dumps_params=options, headers=headers)
