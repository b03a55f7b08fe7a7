"""The board of a cohort, announcements to its participants, and what these read."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from berakhlak.accounts.requests import SignedInRequest
from berakhlak.middleware import wants_fragment
from journals import access, workflow
from journals.forms.announcing import AnnouncementForm
from journals.models import Announcement, Cohort, Receipt
from journals.services import board, results
from journals.services.queue_filters import is_number
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail, journal_trail

SENT_SHOWN = 50
# What is proposed to those who stand in a cell of the board.
WORDS = {
    "belum": gettext_lazy("Module %(number)d waits for you. If something keeps you from writing, tell us."),
    "draf": gettext_lazy(
        "Your entry for module %(number)d is begun and not submitted yet. Please finish and submit it."
    ),
    "terlambat": gettext_lazy(
        "Your entry for module %(number)d is past its due time. Please submit it, or tell us what keeps you."
    ),
    "kembali": gettext_lazy(
        "Your entry for module %(number)d was returned for improvement. Please look at the feedback."
    ),
}


def watch(request: SignedInRequest, cohort: str) -> HttpResponse:
    """Who stands where in each module."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "GET"):
        return refusal
    group = _number(request.GET.get("kelompok", ""))
    seen = results.coverage(request.user, found)
    context = {
        "cohort": found,
        "board": board.board_of(found, seen, now=timezone.now(), group=group),
        "group": group,
        "remindable": board.REMINDABLE,
        "trail": cohort_trail(found, (_("Board"), "")),
    }
    return render(request, "journals/cohorts/board.html", context)


def unsent(request: SignedInRequest, cohort: str) -> HttpResponse:
    """E-mails that did not go."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "GET"):
        return refusal
    context = {
        "cohort": found,
        "unsent": board.unsent(found),
        "trail": cohort_trail(found, (_("E-mails that did not go"), "")),
    }
    return render(request, "journals/cohorts/unsent.html", context)


def page(request: SignedInRequest, cohort: str) -> HttpResponse:
    """What was sent and who has read it, and the form; a cell of the board may choose whom it is for."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _page(request, found, AnnouncementForm(initial=_initial(request, found)))


def send(request: SignedInRequest, cohort: str) -> HttpResponse:
    """Send it."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "POST"):
        return refusal
    form = AnnouncementForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        made = workflow.announce(user=request.user, cohort=found, now=timezone.now(), **form.given())
    except workflow.Invalid as refused:
        form.add_error("kepada", refused.message)
        return _page(request, found, form, status=422)
    count = made.receipts.count()
    text = ngettext("Sent to %(count)d participant.", "Sent to %(count)d participants.", count)
    messages.success(request, text % {"count": count})
    return redirect("announcements", found.key)


def own(request: SignedInRequest, cohort: str) -> HttpResponse:
    """All that was announced to the visitor in a cohort."""
    enrolment = access.own_enrolment(request.user, cohort)
    if refusal := wrong_method(request, "GET"):
        return refusal
    receipts = Receipt.objects.filter(enrolment=enrolment).select_related("announcement__by").order_by("-pk")
    context = {
        "cohort": enrolment.cohort,
        "receipts": list(receipts),
        "trail": journal_trail(enrolment.cohort, (_("Announcements"), "")),
    }
    return render(request, "journals/participant/announcements.html", context)


def read(request: SignedInRequest, cohort: str, key: str) -> HttpResponse:
    """One of them; the page notes by itself that it was read."""
    receipt = access.own_receipt(request.user, cohort, key)
    if refusal := wrong_method(request, "GET"):
        return refusal
    found = receipt.enrolment.cohort
    context = {
        "cohort": found,
        "receipt": receipt,
        "announcement": receipt.announcement,
        "trail": journal_trail(
            found,
            (_("Announcements"), reverse("own_announcements", args=[cohort])),
            (receipt.announcement.title, ""),
        ),
    }
    return render(request, "journals/participant/announcement.html", context)


def mark_read(request: SignedInRequest, cohort: str, key: str) -> HttpResponse:
    """Note that it was read; twice changes nothing."""
    receipt = access.own_receipt(request.user, cohort, key)
    if refusal := wrong_method(request, "POST"):
        return refusal
    workflow.read_announcement(user=request.user, announcement=receipt.announcement, now=timezone.now())
    return HttpResponse(status=204) if wants_fragment(request) else redirect("journal", cohort)


# --- What the views share ---------------------------------------------------------------------------


def _number(text: str) -> int | None:
    if text and not is_number(text):
        raise Http404
    return int(text) if text else None


def _initial(request: SignedInRequest, cohort: Cohort) -> dict[str, str]:
    """From a cell of the board: those people, and a friendly word about the module."""
    number, column = _number(request.GET.get("modul", "")), request.GET.get("keadaan", "")
    if number is None or column not in board.REMINDABLE:
        return {}
    group = _number(request.GET.get("kelompok", ""))
    seen = results.coverage(request.user, cohort)
    people = board.those_in(cohort, seen, number=number, column=column, group=group, now=timezone.now())
    with translation.override("id"):  # the readers' language, whatever the sender's page is in
        return {
            "judul": _("Reminder: module %(number)d") % {"number": number},
            "isi": WORDS[column] % {"number": number},
            "kepada": ", ".join(map(str, people)),
        }


def _page(request: SignedInRequest, cohort: Cohort, form: AnnouncementForm, status: int = 200) -> HttpResponse:
    read_by = Count("receipts", filter=Q(receipts__read_at__isnull=False))
    sent = Announcement.objects.filter(cohort=cohort).select_related("by")
    context = {
        "cohort": cohort,
        "form": form,
        "sent": list(sent.annotate(people=Count("receipts"), read_by=read_by).order_by("-pk")[:SENT_SHOWN]),
        "trail": cohort_trail(cohort, (_("Announcements"), "")),
    }
    return render(request, "journals/cohorts/announcements.html", context, status=status)
