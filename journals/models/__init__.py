"""The journals' data, one module for each part of the story."""

from journals.models.audit import Event, Stream
from journals.models.cohort import (
    Cohort,
    Enrolment,
    GradeBand,
    Group,
    Schedule,
    Teaching,
)
from journals.models.decision import Extension, Remedial
from journals.models.draft import StrayDraft
from journals.models.entry import Entry, Response, Submission
from journals.models.notice import Notice
from journals.models.review import (
    Annotation,
    Claim,
    FeedbackRead,
    ItemAnswer,
    Release,
    Reply,
    Review,
    RevisionItem,
    Score,
    Supersession,
)
from journals.models.rubric import Criterion, Level, Rubric

__all__ = [
    "Annotation",
    "Claim",
    "Cohort",
    "Criterion",
    "Enrolment",
    "Entry",
    "Event",
    "Extension",
    "FeedbackRead",
    "GradeBand",
    "Group",
    "ItemAnswer",
    "Level",
    "Notice",
    "Release",
    "Remedial",
    "Reply",
    "Response",
    "Review",
    "RevisionItem",
    "Rubric",
    "Schedule",
    "Score",
    "StrayDraft",
    "Stream",
    "Submission",
    "Supersession",
    "Teaching",
]
