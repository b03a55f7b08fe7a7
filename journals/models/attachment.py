"""Files that an author adds to an entry as evidence."""

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journals.enums import AttachmentKind
from journals.keys import random_key
from journals.models.entry import Entry, Submission

FOLDER = "attachments/"


def private_storage() -> Storage:
    """Where files lie that have no address of their own: only a view with an access rule opens them."""
    return storages["private"]


class Attachment(models.Model):
    """A picture or PDF of an entry. The file never changes; caption and description may, until the next hand-in.

    Once a submission holds it, the row stays: taking it away then only takes it off the draft (`removed_at`).
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="attachments", verbose_name=_("entry"))
    key = models.CharField(_("key"), max_length=12, unique=True, default=random_key, editable=False)
    # Made by the page that sends the file: sent again after a lost answer, it makes no second row.
    client_key = models.CharField(max_length=32)
    kind = models.CharField(_("kind"), max_length=5, choices=AttachmentKind.choices)
    file = models.FileField(_("file"), storage=private_storage, upload_to=FOLDER)
    thumbnail = models.FileField(storage=private_storage, upload_to=FOLDER, blank=True)
    name = models.CharField(_("name"), max_length=120)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("digest (SHA-256)"), max_length=64)  # of the bytes as they are stored
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    alt = models.CharField(_("description for people who cannot see it"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("added at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "client_key"], name="attachment_once_per_upload"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_sha256_hex"),
            models.CheckConstraint(
                condition=~Q(client_key="") & ~Q(file="") & ~Q(name="") & Q(size__gte=1), name="attachment_complete"
            ),
            models.CheckConstraint(
                # A comparison with NULL is not false, and a check refuses only what is false.
                condition=Q(kind=AttachmentKind.IMAGE, pages=None, width__isnull=False, height__isnull=False)
                & Q(width__gte=1, height__gte=1)
                & ~Q(thumbnail="")
                | Q(kind=AttachmentKind.PDF, width=None, height=None, thumbnail="", pages__isnull=False, pages__gte=1),
                name="attachment_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.name}"


class FrozenAttachment(models.Model):
    """That a submission holds a file; its words about the file stand in the submission's content."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="frozen_attachments")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="frozen")

    class Meta:
        verbose_name = _("submitted attachment")
        verbose_name_plural = _("submitted attachments")
        constraints = [
            models.UniqueConstraint(fields=["submission", "attachment"], name="frozen_attachment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.attachment_id}"
