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
    MOVED = "moved", _("Moved to another cohort")
    COMPLETED = "completed", _("Completed")


# Who left is in no list and in no result of the cohort.
LEFT_STATUSES = (EnrolmentStatus.WITHDRAWN, EnrolmentStatus.MOVED)


class RosterState(TextChoices):
    """A list of people is looked at, then added as a whole, and undone as a whole."""

    OPEN = "open", _("Not added yet")
    DONE = "done", _("Added")
    UNDONE = "undone", _("Undone")


class RosterOutcome(TextChoices):
    """What becomes of one row of a list of people."""

    NEW = "new", pgettext_lazy("roster", "New account")
    KNOWN = "known", pgettext_lazy("roster", "Known, joins this cohort")
    CHANGED = "changed", pgettext_lazy("roster", "Known, data changes")
    MOVED = "moved", pgettext_lazy("roster", "Moves here from another cohort")
    HERE = "here", pgettext_lazy("roster", "In this cohort already")


class ExportKind(TextChoices):
    """What somebody takes away."""

    XLSX = "xlsx", _("Excel workbook")
    CSV = "csv", "CSV"
    JSON = "json", "JSON"
    BOOKS = "books", _("Journal books of everybody (ZIP)")


class ExportStage(TextChoices):
    """How far a file is."""

    WAITING = "waiting", _("Being made")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")


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


class CheckpointReason(TextChoices):
    """Why an earlier state of a draft was kept."""

    TIME = "time", pgettext_lazy("checkpoint", "While writing")
    CHANGE = "change", pgettext_lazy("checkpoint", "Before a larger change")
    SUBMIT = "submit", pgettext_lazy("checkpoint", "As submitted")
    RESTORE = "restore", pgettext_lazy("checkpoint", "Before restoring")
    CHOICE = "choice", pgettext_lazy("checkpoint", "Before choosing between two versions")
    BESIDE = "beside", pgettext_lazy("checkpoint", "The other version")


class AttachmentKind(TextChoices):
    """What may be attached to an entry."""

    IMAGE = "image", _("Picture")
    PDF = "pdf", _("PDF document")


class NoticeKind(TextChoices):
    """What a notice tells its reader."""

    RETURNED = "returned", _("Returned for improvement")
    GRADED = "graded", _("Graded")
    RELEASED = "released", _("Grade released")
    REOPENED = "reopened", _("Review reopened")
    EXTENDED = "extended", _("Due date extended")
    REMARK = "remark", _("New message")
    REPLY = "reply", _("Reply to a comment")
    TAKEN_OVER = "taken_over", _("Review taken over")


class ReminderOffset(TextChoices):
    """How long before a due time somebody is reminded, the earliest first."""

    THREE_DAYS = "3d", _("3 days before")
    ONE_DAY = "1d", _("1 day before")
    TWO_HOURS = "2h", _("2 hours before")


class EventKind(TextChoices):
    """What the audit trail records."""

    CREATED = "created", pgettext_lazy("event", "Entry begun")
    SUBMITTED = "submitted", pgettext_lazy("event", "Submitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("event", "Submission withdrawn")
    CLAIMED = "claimed", pgettext_lazy("event", "Review begun")
    UNCLAIMED = "unclaimed", pgettext_lazy("event", "Review handed back")
    TAKEN_OVER = "taken_over", pgettext_lazy("event", "Review taken over")
    RETURNED = "returned", pgettext_lazy("event", "Returned for improvement")
    GRADED = "graded", pgettext_lazy("event", "Graded")
    RELEASED = "released", pgettext_lazy("event", "Grade released")
    RELEASE_STOPPED = "stopped", pgettext_lazy("event", "Release stopped")
    REOPENED = "reopened", pgettext_lazy("event", "Review reopened")
    EXTENDED = "extended", pgettext_lazy("event", "Due date extended")
    RESCHEDULED = "rescheduled", pgettext_lazy("event", "Schedule changed")
    REMEDIAL = "remedial", pgettext_lazy("event", "Remedial recorded")
    ENROLLED = "enrolled", pgettext_lazy("event", "List of participants added")
    ENROLLED_UNDONE = "unenrolled", pgettext_lazy("event", "List of participants undone")
    MOVED = "moved", pgettext_lazy("event", "Participant moved")
    LEFT = "left", pgettext_lazy("event", "Participant withdrawn")
    READMITTED = "readmitted", pgettext_lazy("event", "Participant readmitted")
    SWITCHED = "switched", pgettext_lazy("event", "Account switched on or off")
    BANDS = "bands", pgettext_lazy("event", "Grade bands changed")
    TEACHING = "teaching", pgettext_lazy("event", "Instructors changed")
    CODES_MADE = "codes_made", pgettext_lazy("event", "Activation codes made")
    CODES_SHOWN = "codes_seen", pgettext_lazy("event", "Activation codes shown or printed")
    CODES_MAILED = "codes_sent", pgettext_lazy("event", "Activation codes sent by e-mail")
    CODES_REVOKED = "codes_gone", pgettext_lazy("event", "Activation codes revoked")
    FINALISED = "finalised", pgettext_lazy("event", "Recap declared final")
    BOOK_ISSUED = "book", pgettext_lazy("event", "Journal book issued")
    ANNOUNCED = "announced", pgettext_lazy("event", "Announcement sent")
    EXPORTED = "exported", pgettext_lazy("event", "Data taken as a file")
    JOURNALS_DELETED = "deleted", pgettext_lazy("event", "Journals deleted after their retention period")
    ALLOCATED = "allocated", pgettext_lazy("event", "Reviews shared out")


# A remedial lifts a result to the pass mark of LAN practice, no higher.
REMEDIAL_CAP = Decimal("70.01")
