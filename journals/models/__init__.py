"""The journals' data, one module for each part of the story."""

from journals.models.announcement import Announcement, Receipt
from journals.models.attachment import Attachment, FrozenAttachment
from journals.models.audit import Event, Stream
from journals.models.book import Book
from journals.models.cohort import (
    MAX_NDH,
    Cohort,
    Enrolment,
    GradeBand,
    Group,
    Schedule,
    Teaching,
)
from journals.models.decision import Extension, Remedial
from journals.models.draft import Checkpoint, StrayDraft
from journals.models.entry import Entry, Response, Submission, SubmissionText
from journals.models.evidence import Evidence
from journals.models.export import Export
from journals.models.finalisation import Finalisation
from journals.models.notice import Notice
from journals.models.phrase import Phrase
from journals.models.reading import Reading
from journals.models.release import Release, ReleaseBatch
from journals.models.remark import Remark
from journals.models.reminder import Reminder
from journals.models.review import (
    Annotation,
    AnnotationClosing,
    AnnotationReply,
    Claim,
    FeedbackRead,
    ItemAnswer,
    ItemClosing,
    Review,
    RevisionItem,
    Score,
    Supersession,
    Takeover,
)
from journals.models.roster import Roster, RosterRow
from journals.models.rubric import Criterion, Level, Rubric

__all__ = [
    "MAX_NDH",
    "Annotation",
    "AnnotationClosing",
    "AnnotationReply",
    "Announcement",
    "Attachment",
    "Book",
    "Checkpoint",
    "Claim",
    "Cohort",
    "Criterion",
    "Enrolment",
    "Entry",
    "Event",
    "Evidence",
    "Export",
    "Extension",
    "FeedbackRead",
    "Finalisation",
    "FrozenAttachment",
    "GradeBand",
    "Group",
    "ItemAnswer",
    "ItemClosing",
    "Level",
    "Notice",
    "Phrase",
    "Reading",
    "Receipt",
    "Release",
    "ReleaseBatch",
    "Remark",
    "Remedial",
    "Reminder",
    "Response",
    "Review",
    "RevisionItem",
    "Roster",
    "RosterRow",
    "Rubric",
    "Schedule",
    "Score",
    "StrayDraft",
    "Stream",
    "Submission",
    "SubmissionText",
    "Supersession",
    "Takeover",
    "Teaching",
]
