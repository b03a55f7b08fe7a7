"""Restoring an earlier state of a draft."""

from datetime import datetime

from django.utils.translation import gettext as _

from journals.enums import CheckpointReason
from journals.models import Checkpoint, Entry
from journals.workflow.core import Invalid
from journals.workflow.writing import save_draft


def restore(*, user, entry: Entry, checkpoint: Checkpoint, version: int, now: datetime) -> Entry:
    """Make a checkpoint the draft again, as a save of its own.

    The present text becomes a checkpoint first, so restoring that one undoes it. ``version`` is the one that the
    author compared with. A device that still writes on the old text is told that another version is there. Raises
    what `save_draft` raises, or Invalid for a checkpoint of another entry.
    """
    if checkpoint.entry_id != entry.pk:
        raise Invalid(_("The form does not fit this entry. Load the page again."))
    return save_draft(
        user=user,
        enrolment=entry.enrolment,
        module=entry.module,
        answers=checkpoint.answers,
        title=checkpoint.title,
        version=version,
        now=now,
        keep=CheckpointReason.RESTORE,
    )
