"""What the system holds about one person, as plain data for that person (UU 27/2022, access to one's own data).

What others wrote is in it only as far as the person may read it anyway: released feedback, messages that are shown.
"""

from typing import Any

from django.forms.models import model_to_dict

from berakhlak.accounts.models import ActivationCode, User
from journals.models import (
    Checkpoint,
    Enrolment,
    Entry,
    Event,
    Evidence,
    Notice,
    Phrase,
    Reading,
    Receipt,
    Remark,
    Reminder,
    Review,
    StrayDraft,
    Submission,
)

FORMAT = 1
SECRET = {"password", "groups", "user_permissions", "photo"}


def data_of(user: User) -> dict[str, Any]:
    """Everything, by kind; the number of queries grows with the number of the person's cohorts only."""
    return {
        "format": FORMAT,
        "account": _account(user),
        "account_history": _history(user),
        "activation_codes": _rows(
            ActivationCode.objects.filter(user=user), "made_at", "expires_at", "used_at", "revoked_at", "mailed_at"
        ),
        "enrolments": [_enrolment(each) for each in _enrolments(user)],
        "teachings": _rows(
            user.teachings.all(), "cohort__name", "group__name", "is_lead"  # type: ignore[attr-defined]
        ),
        "reviews_written": _rows(
            Review.objects.filter(reviewer=user),
            "submission__receipt", "round", "state", "decision", "score", "comment", "started_at", "finished_at",
        ),
        "phrases": _rows(Phrase.objects.filter(owner=user), "text", "created_at", "uses"),
        "messages_written": _rows(Remark.objects.filter(author=user), "entry__key", "text", "created_at"),
        "notices": _rows(Notice.objects.filter(recipient=user), "kind", "created_at", "read_at", "mailed_at"),
        "events": _rows(Event.objects.filter(actor=user), "stream__name", "number", "at", "kind", "data"),
    }  # fmt: skip


def _account(user: User) -> dict[str, Any]:
    said = model_to_dict(user, exclude=SECRET)
    return {
        **said,
        "photo": bool(user.photo),
        "last_login": user.last_login,
        "date_joined": user.date_joined,
        "privacy_version": user.privacy_version,
        "privacy_acknowledged_at": user.privacy_acknowledged_at,
    }


def _history(user: User) -> list[dict[str, Any]]:
    columns = ("history_date", "history_type", "history_change_reason", "name", "nip", "email", "agency", "is_active")
    return list(user.history.order_by("history_date").values(*columns))


def _enrolments(user: User):
    return Enrolment.objects.of(user).select_related("cohort", "group").order_by("pk")


def _enrolment(enrolment: Enrolment) -> dict[str, Any]:
    mine = {"entry__enrolment": enrolment}
    visible = Review.objects.visible_to_author().filter(submission__entry__enrolment=enrolment)
    shown = Remark.objects.filter(**mine, shown_at__isnull=False)
    return {
        "cohort": enrolment.cohort.name,
        "group": enrolment.group.name,
        "ndh": enrolment.ndh,
        "status": enrolment.status,
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
        "feedback": _rows(
            visible, "submission__receipt", "decision", "round", "score", "comment", "finished_at", "reviewer__name"
        ),
        "messages": _rows(shown, "entry__module__number", "author__name", "text", "created_at"),
        "reminders": _rows(
            Reminder.objects.filter(enrolment=enrolment), "module__number", "due_at", "offset", "created_at", "sent_at"
        ),
        "announcements": _rows(
            Receipt.objects.filter(enrolment=enrolment), "announcement__title", "announcement__text", "read_at"
        ),
        "read_by": _rows(
            Reading.objects.filter(**mine), "entry__module__number", "reader__name", "day"
        ),
        "books": _rows(enrolment.books.all(), "code", "created_at", "sha256"),  # type: ignore[attr-defined]
    }  # fmt: skip


def _rows(found, *columns: str) -> list[dict[str, Any]]:
    return list(found.order_by("pk").values(*columns))
