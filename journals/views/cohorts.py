"""Whole cohorts, for instructors and organisers: the list, the gradebook, one cell of it, releasing."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journals import access, permissions, workflow
from journals.enums import ReviewState
from journals.models import Cohort, Enrolment, Entry, Review, Schedule
from journals.services import results
from journals.services.queue import Filters, is_number
from journals.views.answers import wrong_method
from journals.windows import newest_extension, window_of
from journals.workflow.oversight import half_reviewed

COHORTS_PER_PAGE = 24
NAMED = 20  # a list of names longer than this helps nobody


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
            "may_add": request.user.is_staff and request.user.has_perm("journals.add_cohort"),
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
    return render(
        request,
        "journals/cohorts/cohort.html",
        {
            "cohort": found,
            "table": table,
            "group": group,
            "sort": sort if sort in results.SORTS else "ndh",
            "sorts": [("ndh", _("Attendance number")), ("name", _("Name")), ("result", _("Result"))],
            "zone": found.get_timezone_display(),
            "trail": _trail(found),
            "may_edit": request.user.is_staff and request.user.has_perm("journals.change_cohort"),
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


def release(request: HttpRequest, cohort: str) -> HttpResponse:
    """Release all grades, or those of one module: first the question, then (``confirmed``) the deed."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "POST"):
        return refusal
    now, module = timezone.now(), _module(found, request.POST.get("modul", ""))
    context = {
        "cohort": found,
        "module": module,
        "back": reverse("cohort", args=[found.key]),
        "hidden": [("modul", module.number if module else ""), ("confirmed", "1")],
    }
    if half_reviewed(found, now=now, module=module).exists():
        return _still_reviewed(request, context, now)
    if "confirmed" not in request.POST:
        count = results.releasable(found, module.pk if module else None)
        return render(request, "journals/cohorts/release.html", context | {"count": count})
    try:
        count = workflow.release(user=request.user, cohort=found, module=module, now=now)
    except workflow.Conflict:  # somebody began to review in this very moment
        return _still_reviewed(request, context, now)
    messages.success(
        request, ngettext("%(count)d grade released.", "%(count)d grades released.", count) % {"count": count}
    )
    return redirect(context["back"])


def _still_reviewed(request: HttpRequest, context: dict, now) -> HttpResponse:
    """409 with the names of those whose entries are half reviewed, and of those who review them."""
    found, module = context["cohort"], context["module"]
    entries = half_reviewed(found, now=now, module=module)
    shown = list(entries.with_people().order_by("enrolment__ndh", "module__number")[:NAMED])
    seen = results.coverage(request.user, found)
    begun = Review.objects.filter(submission__entry__in=shown, submission__withdrawn_at=None, state=ReviewState.WORKING)
    reviewers: dict[int, list[str]] = {}
    for entry, name in begun.order_by("id").values_list("submission__entry", "reviewer__name"):
        reviewers.setdefault(entry, []).append(name)
    rows = [
        {
            "entry": entry,
            "holder": entry.claim.reviewer.name if _is_held(entry, now) else "",
            "reviewers": ", ".join(reviewers.get(entry.pk, [])),
            "readable": seen.reads(entry.enrolment.group_id, entry.module_id)
            and entry.enrolment.user_id != request.user.pk,
        }
        for entry in shown
    ]
    more = {
        "rows": rows,
        "count": entries.count(),
        "named": NAMED,
        "releasable": results.releasable(found, module.pk if module else None),
    }
    return render(request, "journals/cohorts/half_reviewed.html", context | more, status=409)


def _is_held(entry: Entry, now) -> bool:
    claim = getattr(entry, "claim", None)
    return claim is not None and claim.expires_at > now


def _module(found: Cohort, number: str):
    """The module chosen in the form; None for all of them, 404 for one that the cohort does not have."""
    if not number:
        return None
    if not is_number(number):
        raise Http404
    return get_object_or_404(Schedule.objects.select_related("module"), cohort=found, module__number=number).module


def _trail(found: Cohort) -> list[tuple[str, str]]:
    return [(_("Cohorts"), reverse("cohorts")), (found.name, "")]
