"""Everything that the visitor was ever told."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from berakhlak.accounts.requests import SignedInRequest
from journals.services import inbox
from journals.views.answers import wrong_method


def page(request: SignedInRequest) -> HttpResponse:
    """Notices, reminders and announcements, the newest first."""
    if refusal := wrong_method(request, "GET"):
        return refusal
    found, items = inbox.page_of(request.user, request.GET.get("page"), timezone.now())
    unread = any(item.row.read_at is None and item.kind != "announcement" for item in items)
    return render(request, "journals/inbox.html", {"page": found, "items": items, "unread": unread})


def read_all(request: SignedInRequest) -> HttpResponse:
    """Put everything away but announcements, which are read by opening them."""
    if refusal := wrong_method(request, "POST"):
        return refusal
    inbox.mark_all_read(request.user, timezone.now())
    return redirect("inbox")
