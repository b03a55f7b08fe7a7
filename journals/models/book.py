"""Journal books as they were issued."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.models.attachment import private_storage
from journals.models.cohort import Enrolment

BOOKS = "books/"
# No letters and digits that are taken for each other: the code is printed, and typed by whoever checks a book.
SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE = r"BJ-[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}"


def book_code() -> str:
    """ "BJ-7K3M-9QXA": 39 random bits."""
    first, second = ("".join(secrets.choice(SIGNS) for _sign in range(4)) for _part in range(2))
    return f"BJ-{first}-{second}"


class Book(models.Model):
    """A journal as a PDF, with everything that it was made from. Never changed: a later one stands beside it."""

    code = models.CharField(_("code"), max_length=12, unique=True, default=book_code)
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="books", verbose_name=_("participant")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    created_at = models.DateTimeField(_("issued at"))
    inputs = models.TextField(_("content"))  # canonical JSON, see services.book_content
    file = models.FileField(_("file"), storage=private_storage, upload_to=BOOKS)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("digest (SHA-256)"), max_length=64)  # of the PDF

    class Meta:
        verbose_name = _("journal book")
        verbose_name_plural = _("journal books")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=rf"^{CODE}$"), name="book_code_form"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="book_sha256_hex"),
            models.CheckConstraint(condition=~Q(inputs="") & ~Q(file="") & Q(size__gte=1), name="book_complete"),
        ]

    def __str__(self) -> str:
        return self.code
