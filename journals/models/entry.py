"""What a participant writes, and what was handed in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from curriculum.models import Module, Prompt
from journals.enums import EntryState
from journals.keys import random_key
from journals.models.cohort import Enrolment
from journals.querysets import EntryQuerySet, SubmissionQuerySet


class Entry(models.Model):
    """The one entry of a participant for a module. Only `journals.workflow` writes `state`."""

    key = models.CharField(_("key"), max_length=12, unique=True, default=random_key, editable=False)
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="entries", verbose_name=_("participant")
    )
    module = models.ForeignKey(Module, on_delete=models.PROTECT, related_name="entries", verbose_name=_("module"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=EntryState.choices, default=EntryState.DRAFT)
    # Counts the saves of the text; a save or submit based on an older number is refused.
    version = models.PositiveIntegerField(default=0)
    # The due time in force (schedule, extension or return), kept here so that queues can sort by it.
    due_at = models.DateTimeField(_("due"))
    # Whose pile it lies on, once piles are shared out; it filters the queue and never grants access.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_entries",
        verbose_name=_("assigned to"),
    )
    # Device -> [number of its last message that was dealt with, the version which that made]; see workflow.drafts.
    heard = models.JSONField(default=dict, blank=True, editable=False)
    # When the newest checkpoint was made and how many words it has, so that an ordinary save need not ask.
    checkpoint_at = models.DateTimeField(null=True, blank=True, editable=False)
    checkpoint_words = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("begun"))
    saved_at = models.DateTimeField(_("last saved"))

    # Set by EntryQuerySet.with_attached, with_handed_in, with_marked and with_strays, not columns.
    attached: int
    marked: int
    has_strays: bool
    handed_in: bool

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "module"], name="entry_once_per_module"),
            models.CheckConstraint(condition=Q(state__in=EntryState.values), name="entry_state_known"),
        ]

    def __str__(self) -> str:
        return self.key


class Response(models.Model):
    """The draft answer to one prompt. Which prompts an entry has is fixed at its first save."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="responses")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("answer"), blank=True)  # sanitised HTML (journals.richtext.clean)
    words = models.PositiveIntegerField(default=0)
    # Evidence of it -> [start, end] of its passage in the text as read; each save carries them on (workflow.evidence).
    places = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["prompt__order"]
        constraints = [models.UniqueConstraint(fields=["entry", "prompt"], name="response_once_per_prompt")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.prompt}"


class Submission(models.Model):
    """What was handed in. Frozen by trigger, except that `withdrawn_at` may be set once."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="submissions", verbose_name=_("entry"))
    number = models.PositiveSmallIntegerField(_("number"))
    submitted_at = models.DateTimeField(_("submitted at"))
    # The due time as it was then: a later change of the schedule never turns on time into late.
    due_at = models.DateTimeField(_("due"))
    is_late = models.BooleanField(_("late"), default=False)
    words = models.PositiveIntegerField(_("words"))
    receipt = models.CharField(_("receipt number"), max_length=24, unique=True)
    # The form's key makes a repeated request harmless: one key, one submission.
    idempotency_key = models.CharField(max_length=64)
    content = models.TextField(_("content"))  # canonical JSON, see journals.content
    sha256 = models.CharField(_("digest (SHA-256)"), max_length=64)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["entry", "number"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="submission_number_once"),
            models.UniqueConstraint(fields=["entry", "idempotency_key"], name="submission_once_per_form"),
            models.CheckConstraint(condition=Q(number__gte=1), name="submission_number_positive"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="submission_sha256_hex"),
            models.CheckConstraint(
                condition=~Q(content="") & ~Q(receipt="") & ~Q(idempotency_key=""), name="submission_complete"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=models.F("submitted_at")),
                name="submission_withdrawn_after",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt


class SubmissionText(models.Model):
    """The words of a submission as the queue searches them (journals.searching). Written with it, frozen like it.

    A row of its own, so that lists do not read it.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, primary_key=True, related_name="text")
    words = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(words__startswith=" ", words__endswith=" "), name="submission_text_between_blanks"
            )
        ]

    def __str__(self) -> str:
        return f"text of {self.submission_id}"
