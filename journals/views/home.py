"""Where each person lands, and putting a notice away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from journals.enums import NoticeKind
from journals.models import Enrolment, Notice, Reminder
from journals.permissions import roles_of
from journals.views.answers import wrong_method


def home(request: HttpRequest) -> HttpResponse:
    """The one place a person works in, or a choice between several, or whom to ask."""
    roles = roles_of(request.user)
    if refusal := wrong_method(request, "GET"):
        return refusal
    places = [
        ("journal", roles.participant),
        ("queue", roles.instructor),
        ("cohorts", roles.organiser),
        ("admin", request.user.is_staff),
    ]
    mine = [place for place, is_mine in places if is_mine]
    if len(mine) == 1:
        return redirect(_address(request.user, mine[0]))
    return render(request, "journals/home.html", {"places": mine})


def _address(user, place: str) -> str:
    if place == "journal":
        keys = list(Enrolment.objects.of(user).values_list("cohort__key", flat=True)[:2])
        return reverse("journal", args=keys) if len(keys) == 1 else reverse("journals")
    return reverse("admin:index" if place == "admin" else place)


def notice_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a notice away; `open` in the form leads on to the entry."""
    notice = get_object_or_404(
        Notice.objects.select_related("entry__module", "entry__enrolment__cohort"),
        pk=pk,
        recipient=request.user,
        created_at__lte=timezone.now(),
    )
    if refusal := wrong_method(request, "POST"):
        return refusal
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    enrolment, opens = notice.entry.enrolment, "open" in request.POST
    if "kotak" in request.POST and not opens:
        return redirect("inbox")
    if enrolment.user_id != request.user.pk:  # an instructor's
        return redirect(_for_reviewer(notice) if opens else reverse("queue"))
    if not opens:
        return redirect("journal", enrolment.cohort.key)
    page = "entry_talk" if notice.kind == NoticeKind.REMARK else "entry"
    return redirect(page, enrolment.cohort.key, notice.entry.module.number)


def _for_reviewer(notice: Notice) -> str:
    if notice.kind == NoticeKind.REMARK:
        return reverse("review_talk", args=[notice.entry.key])
    place = f"#komentar-{notice.occasion}" if notice.kind == NoticeKind.REPLY else ""
    return reverse("review", args=[notice.entry.key]) + place


def reminder_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a reminder away; `open` in the form leads on to writing."""
    reminder = get_object_or_404(
        Reminder.objects.select_related("module", "enrolment__cohort"), pk=pk, enrolment__user=request.user
    )
    if refusal := wrong_method(request, "POST"):
        return refusal
    Reminder.objects.filter(pk=reminder.pk, read_at=None).update(read_at=timezone.now())
    cohort = reminder.enrolment.cohort.key
    if "open" in request.POST:
        return redirect("entry_write", cohort, reminder.module.number)
    if "kotak" in request.POST:
        return redirect("inbox")
    return redirect("journal", cohort)
