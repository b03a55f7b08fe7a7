"""Issuing journal books, and telling whether one is genuine."""

import hashlib
import json
import logging
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import dateformat, translation

from berakhlak.accounts.models import User
from journals import audit, content
from journals.enums import EventKind
from journals.models import Book, Enrolment
from journals.models.book import book_code
from journals.services.book_content import book_content
from journals.services.book_print import printed
from journals.workflow import require_kept

logger = logging.getLogger(__name__)


def issue(enrolment: Enrolment, *, by: User, now: datetime) -> Book:
    """The book of what stands now: a new one, or the last one where nothing has changed since.

    The last one is printed once more where its file is gone. Raises ValueError when a submission no longer matches its
    digest: no book vouches for that. Raises Conflict once the journals of the cohort were deleted.
    """
    require_kept(enrolment.cohort)
    with translation.override("id"):
        said = book_content(enrolment)
    inputs = content.canonical(said)
    last = Book.objects.filter(enrolment=enrolment).order_by("-pk").first()
    if last is not None and last.inputs == inputs and _is_there(last):
        return last
    code = book_code()
    pdf = render(said, code=code, at=now, enrolment=enrolment)
    book = Book(
        code=code,
        enrolment=enrolment,
        by=by,
        created_at=now,
        inputs=inputs,
        size=len(pdf),
        sha256=_sha256(pdf),
    )
    book.file.save(f"{code}.pdf", ContentFile(pdf), save=False)
    try:
        _keep(book, now)
    except BaseException:
        book.file.delete(save=False)
        raise
    return book


def _is_there(book: Book) -> bool:
    """Whether its file lies where it should, if need be made anew: it must come out as the one that was issued."""
    store, name = book.file.storage, str(book.file.name)
    if store.exists(name):
        return True
    pdf = again(book)
    if (len(pdf), _sha256(pdf)) != (book.size, book.sha256):
        logger.warning("The file of book %s is gone and comes out differently; a new book is issued", book.code)
        return False
    kept = store.save(name, ContentFile(pdf))
    if kept != name:  # two at once: the other one was faster
        store.delete(kept)
    return True


def _sha256(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


@transaction.atomic
def _keep(book: Book, now: datetime) -> None:
    book.save()
    audit.append(
        stream=f"cohort:{book.enrolment.cohort_id}",
        kind=EventKind.BOOK_ISSUED,
        actor=book.by,
        subject=("enrolment", book.enrolment_id),
        data={"book": book.pk, "sha256": book.sha256, "inputs": content.digest(book.inputs)},
        at=now,
    )


def render(said: dict, *, code: str, at: datetime, enrolment: Enrolment) -> bytes:
    """The PDF of a book; the same bytes for the same content, code and time."""
    with translation.override("id"):
        day = dateformat.format(at.astimezone(enrolment.cohort.tz), "j F Y")
        return printed(
            said, code=code, address=address_of(code, said.get("site", settings.SITE_URL)), issued=day, at=at
        )


def again(book: Book) -> bytes:
    """The PDF made anew from what was kept."""
    return render(json.loads(book.inputs), code=book.code, at=book.created_at, enrolment=book.enrolment)


def address_of(code: str, site: str) -> str:
    """The public page that confirms a book, on the site that it was issued on."""
    return site + reverse("book_check", args=[code])


def file_name(book: Book) -> str:
    """What the file is called: number and code, no name and no NIP."""
    return f"jurnal-{book.enrolment.ndh}-{book.code}.pdf"
