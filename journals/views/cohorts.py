"""Whole cohorts, for instructors and organisers: the list, the gradebook, one cell of it, releasing."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from journals import access, permissions
from journals.models import Cohort, Enrolment, Entry, Schedule
from journals.services import results
from journals.services.queue_filters import Filters, is_number
from journals.views.answers import wrong_method
from journals.windows import newest_extension, window_of

COHORTS_PER_PAGE = 24
# A cohort of the usual size stands on one page; `?tampil=semua` shows a larger one whole.
ROWS_PER_PAGE = 50


def cohorts(request: HttpRequest) -> HttpResponse:
    """The cohorts somebody teaches or organises, newest first."""
    roles = permissions.roles_of(request.user)
    if not (roles.instructor or roles.organiser):
        raise PermissionDenied
    if refusal := wrong_method(request, "GET"):
        return refusal
    page = Paginator(Cohort.objects.visible_to(request.user), COHORTS_PER_PAGE).get_page(request.GET.get("page"))
    cards = results.cohort_cards(list(page), request.user)
    return render(
        request,
        "journals/cohorts/list.html",
        {
            "page": page,
            "cards": cards,
            "may_add": permissions.may_begin_cohorts(request.user),
        },
    )


def cohort(request: HttpRequest, cohort: str) -> HttpResponse:
    """The gradebook of a cohort, as far as one covers it."""
    found = access.cohort_for(request.user, cohort)
    if refusal := wrong_method(request, "GET"):
        return refusal
    group, sort = request.GET.get("kelompok", ""), request.GET.get("urut", "")
    seen = results.coverage(request.user, found)
    table = results.cohort_table(
        found, seen, now=timezone.now(), sort=sort, group=int(group) if is_number(group) else None
    )
    whole = request.GET.get("tampil") == "semua"
    rows = Paginator(table.rows, max(len(table.rows), 1) if whole else ROWS_PER_PAGE)
    kept = {"kelompok": group, "urut": sort}
    return render(
        request,
        "journals/cohorts/cohort.html",
        {
            "cohort": found,
            "table": table,
            "page": rows.get_page(request.GET.get("page")),
            "kept": urlencode({name: value for name, value in kept.items() if value}),
            "group": group,
            "sort": sort if sort in results.SORTS else "ndh",
            "sorts": [("ndh", _("Attendance number")), ("name", _("Name")), ("result", _("Result"))],
            "zone": found.get_timezone_display(),
            "trail": _trail(found),
            "may_enrol": permissions.may_enrol(request.user),
            "may_edit": permissions.may_arrange(request.user),
        },
    )


def entry(request: HttpRequest, cohort: str, ndh: int, number: int) -> HttpResponse:
    """The short address of a cell: on to the review, or a word on why there is nothing to read."""
    found = access.cohort_for(request.user, cohort)
    enrolment = get_object_or_404(Enrolment.objects.select_related("user", "group"), cohort=found, ndh=ndh)
    schedule = get_object_or_404(
        Schedule.objects.in_use().select_related("module"), cohort=found, module__number=number
    )
    seen = results.coverage(request.user, found)
    if enrolment.user_id == request.user.pk or not seen.reads(enrolment.group_id, schedule.module_id):
        raise PermissionDenied
    if refusal := wrong_method(request, "GET"):
        return refusal
    written = Entry.objects.filter(enrolment=enrolment, module=schedule.module_id).first()
    if written is not None and written.submissions.standing().exists():
        return redirect(reverse("review", args=[written.key]) + "?" + Filters(origin="angkatan").query())
    return _nothing(request, found, enrolment, schedule, begun=written is not None, may_lead=seen.may_lead)


def _nothing(
    request: HttpRequest, found: Cohort, enrolment: Enrolment, schedule: Schedule, *, begun: bool, may_lead: bool
) -> HttpResponse:
    window = window_of(found, schedule, newest_extension(enrolment, schedule.module))
    return render(
        request,
        "journals/cohorts/nothing.html",
        {
            "cohort": found,
            "enrolment": enrolment,
            "module": schedule.module,
            "begun": begun,
            "may_lead": may_lead,
            "due": window.due,
            "trail": [
                *_trail(found)[:-1],
                (found.name, reverse("cohort", args=[found.key])),
                (enrolment.user.name, ""),
            ],
        },
    )


def _trail(found: Cohort) -> list[tuple[str, str]]:
    return [(_("Cohorts"), reverse("cohorts")), (found.name, "")]
