"""Evidence on an entry: adding files, describing, removing. Only by the author, while the entry is editable."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from curriculum.models import Module
from journals import files, permissions
from journals.models import Attachment, Enrolment, Entry
from journals.models.attachment import FOLDER, private_storage
from journals.workflow.core import Conflict, Forbidden, Invalid, check_move, locked
from journals.workflow.writing import begun

LONGEST = {"caption": 200, "alt": 300}
CLIENT_KEY = re.compile(r"[A-Za-z0-9_-]{8,32}")


def attach(
    *, user, enrolment: Enrolment, module: Module, upload: UploadedFile, client_key: str, now: datetime
) -> Attachment:
    """Add a file to the entry, which begins with it if nothing was saved yet.

    The same ``client_key`` gives the same attachment again. Raises Forbidden, Conflict ("not_open", "state", "full")
    or Invalid, whose message names the file.
    """
    if not permissions.may_write(user, enrolment):
        raise Forbidden(_("Only active participants may write this entry."))
    if not CLIENT_KEY.fullmatch(client_key):
        raise Invalid(_("The form does not fit this entry. Load the page again."))
    # What is refused anyway is not drawn first; under the lock the same is asked once more.
    entry = Entry.objects.filter(enrolment=enrolment, module=module).first()
    if entry and (existing := _room_for(entry, client_key)):
        return existing
    try:
        prepared = files.prepare(upload)
    except files.Unusable as problem:
        raise Invalid(problem.message) from problem
    # Nobody waits for the store: the row is locked only once the files lie there.
    stored = _store(prepared)
    try:
        with transaction.atomic():
            entry = begun(user=user, enrolment=enrolment, module=module, now=now)
            if existing := _room_for(entry, client_key):
                _delete(stored)
                return existing
            return Attachment.objects.create(
                entry=entry,
                client_key=client_key,
                kind=prepared.kind,
                file=stored[0],
                thumbnail=stored[1] if len(stored) > 1 else "",
                name=prepared.name,
                size=len(prepared.data),
                sha256=prepared.sha256,
                width=prepared.width,
                height=prepared.height,
                pages=prepared.pages,
                created_at=now,
            )
    except BaseException:
        _delete(stored)
        raise


def _room_for(entry: Entry, client_key: str) -> Attachment | None:
    """What this upload made already, or None where there is room for it. Raises Conflict."""
    rows = list(entry.attachments.all())
    for row in rows:
        if row.client_key == client_key:
            return row
    check_move(entry, "save")
    if sum(row.removed_at is None for row in rows) >= files.MAX_FILES:
        raise Conflict(
            "full", _("An entry holds at most %(most)d files. Remove one first.") % {"most": files.MAX_FILES}
        )
    return None


def _store(prepared: files.Prepared) -> list[str]:
    """The names under which the bytes lie: random, and without anything of the author's."""
    storage, stem, stored = private_storage(), secrets.token_hex(16), []
    parts = [(prepared.data, f"{stem}.{files.EXTENSION[prepared.kind]}")]
    if prepared.thumbnail:
        parts.append((prepared.thumbnail, f"{stem}-s.webp"))
    for data, name in parts:
        stored.append(storage.save(FOLDER + name, ContentFile(data)))
    return stored


def _delete(names: Iterable[str]) -> None:
    for name in names:
        private_storage().delete(name)


@transaction.atomic
def describe(*, user, attachment: Attachment, caption: str, alt: str) -> Attachment:
    """Write what is shown under a file, and what is read out in its place. Raises Forbidden, Conflict or Invalid."""
    attachment = _own(user, attachment)
    attachment.caption, attachment.alt = " ".join(caption.split()), " ".join(alt.split())
    for field, most in LONGEST.items():
        if len(getattr(attachment, field)) > most or "\x00" in getattr(attachment, field):
            raise Invalid(_("At most %(most)d characters.") % {"most": most}, {field: ""})
    attachment.save(update_fields=["caption", "alt"])
    return attachment


@transaction.atomic
def remove(*, user, attachment: Attachment, now: datetime) -> None:
    """Take a file off the draft. What a submission holds stays there; anything else is gone for good."""
    attachment = _own(user, attachment)
    if attachment.frozen.exists():
        attachment.removed_at = now
        attachment.save(update_fields=["removed_at"])
        return
    names = [name for name in (attachment.file.name, attachment.thumbnail.name) if name]
    attachment.delete()
    transaction.on_commit(lambda: _delete(names))


def _own(user, attachment: Attachment) -> Attachment:
    """The attachment as it is now, its entry locked. Raises Forbidden or Conflict."""
    entry = locked(attachment.entry)
    if not permissions.may_write(user, entry.enrolment):
        raise Forbidden(_("Only active participants may write this entry."))
    check_move(entry, "save")
    found = Attachment.objects.filter(pk=attachment.pk, removed_at=None).first()
    if found is None:
        raise Conflict("gone", _("This file was removed already."))
    found.entry = entry
    return found
