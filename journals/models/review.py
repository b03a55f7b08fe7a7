"""Reading, scoring and deciding. A final review is frozen; what comes later is a row of its own."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Round
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from curriculum.models import Prompt
from journals.enums import Decision, ReviewState
from journals.models.cohort import percent_field
from journals.models.entry import Entry, Submission
from journals.models.rubric import Criterion, Level, Rubric
from journals.querysets import ReviewQuerySet

LONGEST_ANSWER = 500  # characters of what a participant says about one thing to improve


class Claim(models.Model):
    """A lease on an entry, so that two reviewers never work on it unknowingly."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="claim")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [models.Index(fields=["reviewer", "expires_at"], name="claim_mine")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.reviewer}"


class Review(models.Model):
    """One reviewer's judgement of one submission."""

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("submission")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("instructor")
    )
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="reviews", verbose_name=_("rubric"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState.choices, default=ReviewState.WORKING)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, blank=True)
    raw_score = percent_field(_("score before deduction"), null=True, blank=True)
    deduction = percent_field(_("deduction"), null=True, blank=True)
    score = percent_field(_("score"), null=True, blank=True)
    comment = models.TextField(_("overall comment"), blank=True)  # plain text
    version = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(_("started at"))
    saved_at = models.DateTimeField(_("last saved"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    # Set by workflow.reviewing, where a review is about to be decided; not columns.
    returns_done: int
    has_rivals: bool
    has_held: bool
    # Set by ReviewQuerySet.with_band.
    band: str | None
    # Set by services.desk on a return.
    new_due: datetime
    # Set there on a grade: a grading.Working, which this layer does not know.
    working: Any
    # Set by services.annotations on a finished review: its comments on passages, each compared with the text.
    notes: list[Any]
    closable_in: str  # the entry's key where the reader may close them
    suffix: str  # of that address
    # Set by services.feedback where they are only counted.
    noted: int

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["submission", "round", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "reviewer"],
                condition=Q(state="working"),
                name="review_one_working_per_reviewer",
            ),
            models.UniqueConstraint(
                fields=["submission", "round"], condition=Q(state="final"), name="review_one_final_per_round"
            ),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state_known"),
            models.CheckConstraint(
                condition=Q(state="final", decision__in=Decision.values, finished_at__isnull=False)
                | ~Q(state="final") & Q(decision="", finished_at__isnull=True),
                name="review_final_has_decision",
            ),
            # NULL is not 0: a score exists exactly when the decision is a grade.
            models.CheckConstraint(
                condition=Q(decision="graded", raw_score__isnull=False, deduction__isnull=False, score__isnull=False)
                | ~Q(decision="graded") & Q(raw_score__isnull=True, deduction__isnull=True, score__isnull=True),
                name="review_score_iff_graded",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True)
                | Q(
                    score__gte=0,
                    score__lte=100,
                    raw_score__gte=0,
                    raw_score__lte=100,
                    deduction__gte=0,
                    # Rounded: SQLite reckons with floats, where 70.13 - 30 is not 40.13.
                    score=Round(models.F("raw_score") - models.F("deduction"), 2),
                ),
                name="review_score_is_raw_minus_deduction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} · {self.reviewer}"


class Score(models.Model):
    """The judgement of one criterion; a row without points is a comment that waits for them."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    points = percent_field(_("points"), null=True, blank=True)
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["criterion__order", "criterion_id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_once_per_criterion"),
            models.CheckConstraint(
                condition=Q(level__isnull=True, points__isnull=True)
                | Q(level__isnull=False, points__isnull=False, points__gte=0, points__lte=100),
                name="score_level_with_points",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"


class Annotation(models.Model):
    """A comment on a passage, found again by its quote and what stands around it."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="annotations")
    prompt = models.ForeignKey(Prompt, on_delete=models.PROTECT, related_name="+")
    quote = models.TextField()
    prefix = models.CharField(max_length=64, blank=True)
    suffix = models.CharField(max_length=64, blank=True)
    start = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")
        ordering = ["prompt__order", "start", "id"]
        constraints = [models.CheckConstraint(condition=~Q(quote="") & ~Q(text=""), name="annotation_complete")]

    def __str__(self) -> str:
        return self.text


class AnnotationReply(models.Model):
    """The author's word on one comment; a finished review itself does not change any more."""

    annotation = models.OneToOneField(Annotation, on_delete=models.PROTECT, related_name="reply")
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="annotation_reply_not_empty")]

    def __str__(self) -> str:
        return self.text


class AnnotationClosing(models.Model):
    """That a reviewer takes a comment as dealt with; from then on the reply stays as it is."""

    annotation = models.OneToOneField(Annotation, on_delete=models.PROTECT, related_name="closing")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.annotation_id)


class RevisionItem(models.Model):
    """One thing to improve."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    text = models.TextField(_("what to improve"))

    class Meta:
        verbose_name = _("thing to improve")
        verbose_name_plural = _("things to improve")
        ordering = ["review_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["review", "order"], name="revision_item_order_once"),
            models.CheckConstraint(condition=~Q(text=""), name="revision_item_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text


class ItemAnswer(models.Model):
    """The participant's word on one thing to improve, given when handing in again; frozen once that is reviewed."""

    item = models.OneToOneField(RevisionItem, on_delete=models.PROTECT, related_name="answer")
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="item_answer_not_empty"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), LONGEST_ANSWER), name="item_answer_500_characters_at_most"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ItemClosing(models.Model):
    """That a reviewer of the next submission holds one thing to improve to be done; frozen with that decision."""

    item = models.OneToOneField(RevisionItem, on_delete=models.PROTECT, related_name="closing")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.item_id)


class Supersession(models.Model):
    """A reopened review: it stays readable, and a new round takes its place."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="supersession")
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="supersession_has_reason")]

    def __str__(self) -> str:
        return self.reason


class Takeover(models.Model):
    """That a lead took an entry from the reviewer who held it, and why. Never changed, only added."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="takeovers", verbose_name=_("entry"))
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken from")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    reason = models.TextField(_("reason"))
    created_at = models.DateTimeField(_("taken at"))

    class Meta:
        verbose_name = _("takeover")
        verbose_name_plural = _("takeovers")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="takeover_has_reason"),
            models.CheckConstraint(condition=~Q(holder=models.F("by")), name="takeover_from_another"),
        ]

    def __str__(self) -> str:
        return self.reason


class FeedbackRead(models.Model):
    """When the participant first opened the feedback."""

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="feedback_read")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.review_id)
