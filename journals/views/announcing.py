"""The board of a cohort, announcements to its participants, and what these read."""

from typing import Any

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
from journals import access, permissions, workflow
from journals.forms.announcing import AnnouncementForm, in_ranges
from journals.models import Announcement, Cohort, Receipt
from journals.services import board, results
from journals.services.queue_filters import is_number
from journals.services.unsent import unsent as unsent_emails
from journals.views.answers import wrong_method
from journals.views.trails import cohort_trail, journal_trail

SENT_SHOWN = 50
NOTHING_BEGUN = "kosong"
# What is proposed to those who stand in a cell of the board.
WORDS = {
    NOTHING_BEGUN: gettext_lazy(
        "You have not begun your training journal yet. Sign in and write a few sentences about the first module; if "
        "something keeps you from it, tell us."
    ),
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
        "urls": _urls(request, found, group),
        "trail": cohort_trail(found, (_("Board"), "")),
    }
    return render(request, "journals/cohorts/board.html", context)


def unsent(request: SignedInRequest, cohort: str) -> HttpResponse:
    """E-mails that did not go."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "GET"):
        return refusal
    rows = unsent_emails(found, timezone.now())
    context = {
        "cohort": found,
        "unsent": rows,
        "stuck": any(row.tries == 0 for row in rows),
        "trail": cohort_trail(found, (_("E-mails that did not go"), "")),
    }
    return render(request, "journals/cohorts/unsent.html", context)


def page(request: SignedInRequest, cohort: str) -> HttpResponse:
    """What was sent and who has read it, and the form; a cell of the board may choose whom it is for."""
    found = access.cohort_for(request.user, cohort, to="lead")
    if refusal := wrong_method(request, "GET"):
        return refusal
    initial = _initial(request, found)
    if initial and not initial["kepada"]:  # left empty, it would go to everybody
        messages.info(request, _("Nobody stands there any more, so there is nobody to remind."))
        return redirect("cohort_board", found.key)
    return _page(request, found, AnnouncementForm(initial=initial))


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


def _urls(request: SignedInRequest, cohort: Cohort, group: int | None) -> dict[str, str]:
    """Where the figures above the board lead."""
    people = reverse("members", args=[cohort.key]) + "?tampil=baru" if permissions.may_activate(request.user) else ""
    where = f"&kelompok={group}" if group is not None else ""
    begun = reverse("announcements", args=[cohort.key]) + f"?keadaan={NOTHING_BEGUN}{where}"
    return {"never_here": people, "not_begun": begun}


def _initial(request: SignedInRequest, cohort: Cohort) -> dict[str, str]:
    """From a cell of the board: those people, and a friendly word about the module."""
    number, column = _number(request.GET.get("modul", "")), request.GET.get("keadaan", "")
    where: dict[str, Any] = {"group": _number(request.GET.get("kelompok", "")), "now": timezone.now()}
    seen = results.coverage(request.user, cohort)
    with translation.override("id"):  # the readers' language, whatever the sender's page is in
        if column == NOTHING_BEGUN:
            people = board.beginners(cohort, seen, **where)
            title, text = _("Your training journal waits for you"), str(WORDS[NOTHING_BEGUN])
        elif number is not None and column in board.REMINDABLE:
            people = board.those_in(cohort, seen, number=number, column=column, **where)
            title = _("Reminder: module %(number)d") % {"number": number}
            text = WORDS[column] % {"number": number}
        else:
            return {}
    return {"judul": title, "isi": text, "kepada": in_ranges(people)}


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
