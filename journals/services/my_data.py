"""What the system holds about one person, as plain data for that person (UU 27/2022, access to one's own data).

What others wrote is in it only as far as the person may read it anyway: released feedback, messages that are shown.
"""

import json
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.db.models import Exists, Q
from django.forms.models import model_to_dict
from django.utils import timezone

from berakhlak.accounts.models import ActivationCode, User
from journals.enums import Decision, EventKind
from journals.models import (
    Annotation,
    AnnotationClosing,
    AnnotationReply,
    Announcement,
    Checkpoint,
    Claim,
    Enrolment,
    Entry,
    Event,
    Evidence,
    Extension,
    ItemAnswer,
    ItemClosing,
    Notice,
    Phrase,
    Reading,
    Receipt,
    Remark,
    Remedial,
    Reminder,
    Review,
    RevisionItem,
    Roster,
    RosterRow,
    Schedule,
    Score,
    StrayDraft,
    Submission,
    Supersession,
    Takeover,
    Teaching,
)
from journals.querysets import ReviewQuerySet
from journals.services import history

FORMAT = 2
SECRET = {"password", "groups", "user_permissions", "photo"}


def data_of(user: User) -> dict[str, Any]:
    """Everything, by kind; the number of queries grows with the number of the person's cohorts only."""
    now = timezone.now()
    return {
        "format": FORMAT,
        "account": _account(user),
        "account_history": _history(user),
        "email_addresses": _rows(EmailAddress.objects.filter(user=user), "email", "verified", "primary"),
        "activation_codes": _rows(
            ActivationCode.objects.filter(user=user), "made_at", "expires_at", "used_at", "revoked_at", "mailed_at"
        ),
        "lists": _lists(user),
        "enrolments": [_enrolment(each, now) for each in _enrolments(user)],
        # What is written ahead of its time is no news yet.
        "notices": _rows(
            Notice.objects.filter(recipient=user, created_at__lte=now), "kind", "created_at", "read_at", "mailed_at"
        ),
        "messages_written": _rows(Remark.objects.filter(author=user), "entry__key", "text", "created_at"),
        "events": _rows(Event.objects.filter(actor=user), "stream__name", "number", "at", "kind", "data"),
        **_work(user),
    }


def _account(user: User) -> dict[str, Any]:
    said = model_to_dict(user, exclude=SECRET)
    return {
        **said,
        "photo": bool(user.photo),
        "groups": list(user.groups.values_list("name", flat=True)),
        "permissions": list(user.user_permissions.values_list("codename", flat=True)),
        "last_login": user.last_login,
        "date_joined": user.date_joined,
        "privacy_version": user.privacy_version,
        "privacy_acknowledged_at": user.privacy_acknowledged_at,
    }


def _history(user: User) -> list[dict[str, Any]]:
    columns = ("history_date", "history_type", "history_change_reason", "name", "nip", "email", "agency", "is_active")
    return list(user.history.order_by("history_date", "history_id").values(*columns))


def _lists(user: User) -> list[dict[str, Any]]:
    """What an uploaded list did to the person, with the values of the account that it replaced."""
    found = RosterRow.objects.filter(user=user)
    rows = _rows(found, "roster__cohort__name", "roster__done_at", "roster__undone_at", "outcome", "before")
    return [{**row, "before": json.loads(row["before"]) if row["before"] else {}} for row in rows]


def _work(user: User) -> dict[str, Any]:
    """What somebody wrote and did as an instructor or organiser; their words, without those of others."""
    own = {"review__reviewer": user}
    return {
        "teachings": _rows(
            user.teachings.all(), "cohort__name", "group__name", "modules__number", "is_lead"  # type: ignore[attr-defined]
        ),
        "teaching_history": list(
            Teaching.history.filter(instructor=user).order_by("history_date", "history_id").values(  # type: ignore[attr-defined]
                "history_date", "history_type", "cohort__name", "group__name", "is_lead"
            )
        ),
        "reviews_written": _rows(
            Review.objects.filter(reviewer=user),
            "submission__receipt", "round", "state", "decision", "score", "comment", "started_at", "finished_at",
        ),
        "criteria_judged": _rows(
            Score.objects.filter(**own),
            "review__submission__receipt", "review__round", "criterion__name", "level__name", "points", "comment",
        ),
        "passage_comments_written": _rows(
            Annotation.objects.filter(**own), "review__submission__receipt", "review__round", "text"
        ),
        "things_to_improve_written": _rows(
            RevisionItem.objects.filter(**own), "review__submission__receipt", "review__round", "text"
        ),
        "comments_closed": _rows(AnnotationClosing.objects.filter(by=user), "created_at"),
        "things_to_improve_closed": _rows(ItemClosing.objects.filter(by=user), "created_at"),
        "reviews_reopened": _rows(
            Supersession.objects.filter(by=user), "review__submission__receipt", "reason", "created_at"
        ),
        "taken_over": _rows(Takeover.objects.filter(by=user), "entry__key", "reason", "created_at"),
        "taken_from": _rows(Takeover.objects.filter(holder=user), "entry__key", "created_at"),
        "claims": _rows(Claim.objects.filter(reviewer=user), "entry__key", "expires_at"),
        "pile": _rows(Entry.objects.filter(assignee=user), "key"),
        "phrases": _rows(Phrase.objects.filter(owner=user), "text", "created_at", "uses"),
        "readings": _rows(Reading.objects.filter(reader=user), "entry__key", "day", "at"),
        "extensions_given": _rows(
            Extension.objects.filter(by=user), "module__number", "kind", "due", "reason", "created_at"
        ),
        "remedials_recorded": _rows(Remedial.objects.filter(by=user), "score", "reason", "created_at"),
        "announcements_written": _rows(
            Announcement.objects.filter(by=user), "cohort__name", "title", "text", "created_at"
        ),
        "lists_uploaded": _rows(Roster.objects.filter(by=user), "cohort__name", "file_name", "state", "created_at"),
        "admin_actions": _rows(
            LogEntry.objects.filter(user=user), "action_time", "action_flag", "content_type__model"
        ),
    }  # fmt: skip


# --- As a participant -------------------------------------------------------------------------------


def _enrolments(user: User):
    return Enrolment.objects.of(user).select_related("cohort", "group").order_by("pk")


def _enrolment(enrolment: Enrolment, now: datetime) -> dict[str, Any]:
    mine = {"entry__enrolment": enrolment}
    visible = Review.objects.visible_to_author().filter(submission__entry__enrolment=enrolment)
    return {
        "cohort": enrolment.cohort.name,
        "group": enrolment.group.name,
        "ndh": enrolment.ndh,
        "status": enrolment.status,
        "history": list(
            enrolment.history.order_by("history_date", "history_id").values(
                "history_date", "history_type", "history_change_reason", "cohort__name", "group__name", "ndh", "status"
            )
        ),
        **_written(enrolment, mine),
        **_feedback(enrolment, visible),
        "messages": _rows(
            _messages(mine), "entry__module__number", "author__name", "text", "created_at"
        ),
        "extensions": _rows(
            Extension.objects.filter(enrolment=enrolment),
            "module__number", "kind", "due", "closes", "reason", "created_at",
        ),
        "remedials": _rows(_remedials(enrolment), "score", "reason", "created_at"),
        "reminders": _rows(
            Reminder.objects.filter(enrolment=enrolment), "module__number", "due_at", "offset", "created_at", "sent_at"
        ),
        "announcements": _rows(
            Receipt.objects.filter(enrolment=enrolment), "announcement__title", "announcement__text", "read_at"
        ),
        "read_by": _rows(
            Reading.objects.filter(**mine), "entry__module__number", "reader__name", "day"
        ),
        "events": _events(enrolment, visible),
        "books": _rows(enrolment.books.all(), "code", "created_at", "sha256"),  # type: ignore[attr-defined]
    }  # fmt: skip


def _written(enrolment: Enrolment, mine: dict[str, Any]) -> dict[str, Any]:
    """The person's own words and files."""
    answered = {"item__review__submission__entry__enrolment": enrolment}
    replied = {"annotation__review__submission__entry__enrolment": enrolment}
    return {
        "entries": _rows(
            Entry.objects.filter(enrolment=enrolment),
            "key", "module__number", "module__title", "title", "state", "version", "due_at", "created_at", "saved_at",
        ),
        "drafts": _rows(
            Entry.objects.filter(enrolment=enrolment, responses__isnull=False),
            "module__number", "responses__prompt__key", "responses__body", "responses__words",
        ),
        "earlier_states": _rows(
            Checkpoint.objects.filter(**mine), "entry__module__number", "reason", "title", "answers", "saved_at"
        ),
        "texts_beside": _rows(
            StrayDraft.objects.filter(**mine), "entry__module__number", "title", "answers", "arrived_at", "settled_at"
        ),
        "evidence": _rows(
            Evidence.objects.filter(response__entry__enrolment=enrolment),
            "response__entry__module__number", "behaviour__text", "quote",
        ),
        "attachments": _rows(
            Entry.objects.filter(enrolment=enrolment, attachments__isnull=False),
            "module__number", "attachments__name", "attachments__size", "attachments__caption", "attachments__sha256",
        ),
        "submissions": _rows(
            Submission.objects.filter(**mine),
            "entry__module__number", "number", "submitted_at", "is_late", "receipt", "sha256", "content",
            "withdrawn_at",
        ),
        "improvements": _rows(
            ItemAnswer.objects.filter(**answered),
            "item__review__submission__receipt", "item__text", "text", "created_at",
        ),
        "replies": _rows(
            AnnotationReply.objects.filter(**replied),
            "annotation__review__submission__receipt", "text", "created_at",
        ),
    }  # fmt: skip


def _feedback(enrolment: Enrolment, visible: ReviewQuerySet) -> dict[str, Any]:
    """What was written about it, of finished reviews that the author may read."""
    of_review = ("review__submission__receipt", "review__round")
    scores = Score.objects.filter(review__in=visible)
    # The points of a return were never a judgement, so its author reads the comments only (services.feedback).
    returned = scores.filter(review__decision=Decision.RETURNED).exclude(comment="")
    return {
        "feedback": _rows(
            visible,
            "submission__receipt", "decision", "round", "score", "comment", "finished_at", "reviewer__name",
            "release__visible_from", "feedback_read__created_at",
        ),
        "criteria": [
            *_rows(
                scores.filter(review__decision=Decision.GRADED),
                *of_review, "criterion__name", "level__name", "points", "comment",
            ),
            *_rows(returned, *of_review, "criterion__name", "comment"),
        ],
        "things_to_improve": _rows(RevisionItem.objects.filter(review__in=visible), *of_review, "order", "text"),
        "passage_comments": _rows(
            Annotation.objects.filter(review__in=visible),
            *of_review, "prompt__key", "quote", "text", "closing__created_at",
        ),
    }  # fmt: skip


def _messages(mine: dict[str, Any]):
    """Those that are shown, as RemarkQuerySet.visible_to says of one entry."""
    known = Review.objects.in_force().released().values("submission__entry")
    return Remark.objects.filter(Q(shown_at__isnull=False) | Q(entry__in=known), **mine)


def _remedials(enrolment: Enrolment):
    """Once every grade is released: before that it would tell of a result that nobody has told them."""
    released = Review.objects.in_force().released().filter(submission__entry__enrolment=enrolment)
    missing = Schedule.objects.in_use().filter(cohort=enrolment.cohort_id)
    missing = missing.exclude(module__in=released.values("submission__entry__module"))
    return Remedial.objects.filter(~Exists(missing), enrolment=enrolment)


def _events(enrolment: Enrolment, visible: ReviewQuerySet) -> list[dict[str, Any]]:
    """What the audit trail says about the person: what and when."""
    entries = Entry.objects.filter(enrolment=enrolment).select_related("enrolment", "module")
    released = list(visible.values_list("pk", flat=True))
    told = [
        {"module": entry.module.number, "at": line.at, "event": line.label}
        for entry, line in history.told_to_author(entries, released=released)
    ]
    # Of remedials see _remedials.
    others = Event.objects.filter(
        stream__name=f"cohort:{enrolment.cohort_id}", subject_kind="enrolment", subject_id=str(enrolment.pk)
    ).exclude(kind=EventKind.REMEDIAL)
    told += [{"module": None, "at": event.at, "event": event.get_kind_display()} for event in others.order_by("pk")]
    return sorted(told, key=lambda row: row["at"])


def _rows(found, *columns: str) -> list[dict[str, Any]]:
    return list(found.order_by("pk").values(*columns))
