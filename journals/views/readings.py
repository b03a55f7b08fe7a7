"""Who read which journal of a cohort, for its organisers."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from berakhlak.accounts.requests import SignedInRequest
from journals import access
from journals.models import Reading
from journals.services.queue_filters import is_number
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail

PER_PAGE = 50


def page(request: SignedInRequest, cohort: str) -> HttpResponse:
    """Newest first; ``?peserta=`` is an attendance number."""
    found = access.cohort_for(request.user, cohort, to="enrol")
    if refusal := wrong_method(request, "GET"):
        return refusal
    ndh = request.GET.get("peserta", "")
    read = Reading.objects.filter(entry__enrolment__cohort=found)
    if is_number(ndh):
        read = read.filter(entry__enrolment__ndh=int(ndh))
    read = read.select_related("reader", "entry__enrolment__user", "entry__module")
    context = {
        "cohort": found,
        "page": Paginator(read, PER_PAGE).get_page(request.GET.get("page")),
        "ndh": ndh if is_number(ndh) else "",
        "trail": cohort_trail(found, (_("Who read which journal"), "")),
    }
    return render(request, "journals/cohorts/readings.html", context)
