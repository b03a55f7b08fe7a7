"""The files of a draft, as its pages show them."""

from journals.models import Attachment, Entry


def on_draft(entry: Entry | None) -> list[Attachment]:
    """The files that the next submission will hold, oldest first; one query once the entry exists."""
    return list(entry.attachments.filter(removed_at=None).order_by("id")) if entry else []
