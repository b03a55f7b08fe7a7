"""Words with a fixed meaning. The stored value is a stable ASCII code, the label is translated."""

from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EntryState(TextChoices):
    """Where an entry stands; see docs/architecture.md for the moves between the states."""

    DRAFT = "draft", pgettext_lazy("entry state", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("entry state", "Submitted")
    RETURNED = "returned", pgettext_lazy("entry state", "Needs improvement")
    GRADED = "graded", pgettext_lazy("entry state", "Graded")


EDITABLE_STATES = (EntryState.DRAFT, EntryState.RETURNED)


class EnrolmentStatus(TextChoices):
    """Only active participants write; the others keep what they wrote."""

    ACTIVE = "active", _("Active")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    COMPLETED = "completed", _("Completed")


class ReleasePolicy(TextChoices):
    """When a participant sees a grade."""

    AT_ONCE = "at_once", _("As soon as it is given")
    AT_RELEASE = "at_release", _("When the organiser releases it")


class LatePolicy(TextChoices):
    """What lateness does to the score."""

    MARK = "mark", _("Only marked as late")
    DEDUCT = "deduct", _("Deduction for each day")


class ReviewState(TextChoices):
    """A review is worked on, then final; one that another reviewer overtook is abandoned."""

    WORKING = "working", _("In progress")
    FINAL = "final", _("Final")
    ABANDONED = "abandoned", _("Abandoned")


class Decision(TextChoices):
    """What a final review decided."""

    RETURNED = "returned", _("Returned for improvement")
    GRADED = "graded", _("Graded")


class ExtensionKind(TextChoices):
    """Why a participant's own due time differs from the schedule."""

    GRANTED = "granted", _("Extension")
    RETURNED = "returned", _("Returned for improvement")


class NoticeKind(TextChoices):
    """What a notice tells its reader."""

    RETURNED = "returned", _("Returned for improvement")
    GRADED = "graded", _("Graded")
    RELEASED = "released", _("Grade released")
    REOPENED = "reopened", _("Review reopened")
    EXTENDED = "extended", _("Due date extended")


class EventKind(TextChoices):
    """What the audit trail records."""

    CREATED = "created", pgettext_lazy("event", "Entry begun")
    SUBMITTED = "submitted", pgettext_lazy("event", "Submitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("event", "Submission withdrawn")
    CLAIMED = "claimed", pgettext_lazy("event", "Review begun")
    UNCLAIMED = "unclaimed", pgettext_lazy("event", "Review handed back")
    RETURNED = "returned", pgettext_lazy("event", "Returned for improvement")
    GRADED = "graded", pgettext_lazy("event", "Graded")
    RELEASED = "released", pgettext_lazy("event", "Grade released")
    REOPENED = "reopened", pgettext_lazy("event", "Review reopened")
    EXTENDED = "extended", pgettext_lazy("event", "Due date extended")
    RESCHEDULED = "rescheduled", pgettext_lazy("event", "Schedule changed")
    REMEDIAL = "remedial", pgettext_lazy("event", "Remedial recorded")


# A remedial lifts a result to the pass mark of LAN practice, no higher.
REMEDIAL_CAP = Decimal("70.01")
