"""Journal books: taken away by their author at any time, and confirmed to anybody who holds one."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.accounts.requests import SignedInRequest
from journals import access, workflow
from journals.models import Book, Enrolment, Entry
from journals.services import books
from journals.views.answers import wrong_method
from journals.views.trails import journal_trail

logger = logging.getLogger(__name__)


def own(request: SignedInRequest, cohort: str) -> HttpResponse:
    """One's own books, and the button for a new one."""
    enrolment = access.own_enrolment(request.user, cohort)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return _page(request, enrolment)


def issue(request: SignedInRequest, cohort: str) -> HttpResponse:
    """Issue one's own book, unless nothing has changed since the last one."""
    enrolment = access.own_enrolment(request.user, cohort)
    if refusal := wrong_method(request, "POST"):
        return refusal
    try:
        book = books.issue(enrolment, by=request.user, now=timezone.now())
    except workflow.Conflict as conflict:
        return _page(request, enrolment, problem=conflict.message, status=409)
    except ValueError:
        problem = _("One of your submissions is damaged, so no book can be issued. Please tell the organiser.")
        return _page(request, enrolment, problem=problem, status=409)
    except (RuntimeError, OSError):  # typst, or the disk
        logger.exception("The book of enrolment %s could not be made", enrolment.pk)
        problem = _(
            "The book could not be made. Please try again later; if it fails again, tell the organiser of your "
            "training."
        )
        return _page(request, enrolment, problem=problem, status=503)
    return redirect("book_file", cohort, book.code)


def file(request: SignedInRequest, cohort: str, code: str) -> HttpResponseBase:
    """The PDF, for its author and for organisers who may hand it on."""
    book = access.book_for(request.user, cohort, code)
    if refusal := wrong_method(request, "GET"):
        return refusal
    try:
        opened = book.file.open("rb")
    except OSError:
        raise Http404 from None
    headers = {"X-Content-Type-Options": "nosniff"}
    name = books.file_name(book)
    entries = Entry.objects.with_handed_in().filter(enrolment=book.enrolment_id, handed_in=True)
    workflow.note_readings(user=request.user, entries=entries, now=timezone.now())
    return FileResponse(opened, as_attachment=True, filename=name, content_type="application/pdf", headers=headers)


@login_not_required
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a book with this code was issued, when, and the digest of its file. Nothing about its author."""
    if refusal := wrong_method(request, "GET"):
        return refusal
    shown = ("code", "created_at", "sha256", "size", "enrolment__cohort__timezone")
    book = Book.objects.filter(code=code.upper()).select_related("enrolment__cohort").only(*shown).first()
    return render(request, "journals/book_check.html", {"book": book, "code": code}, status=200 if book else 404)


def _page(request: SignedInRequest, enrolment: Enrolment, *, problem: str = "", status: int = 200) -> HttpResponse:
    cohort = enrolment.cohort
    context = {
        "cohort": cohort,
        "books": list(Book.objects.filter(enrolment=enrolment).defer("inputs").order_by("-pk")),
        "problem": problem,
        "trail": journal_trail(cohort, (_("Journal book"), "")),
    }
    return render(request, "journals/participant/books.html", context, status=status)
