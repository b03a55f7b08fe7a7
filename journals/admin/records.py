"""What happened: to be read, and only the workflow adds to it. Nothing here is changed or deleted by hand."""

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from berakhlak.numbers import whole_number
from berakhlak.zones import zone_name
from journals import workflow
from journals.admin.forms import ExtensionForm, RemedialForm
from journals.admin.zones import ZonedAdmin, shown_in, there
from journals.models import (
    Cohort,
    Enrolment,
    Entry,
    Event,
    Extension,
    Phrase,
    Remedial,
    Reminder,
    Review,
    Submission,
    Takeover,
)


class ReadOnlyAdmin(admin.ModelAdmin):
    """List, filter, search, look."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        """Never."""
        return False


class _OfCohort(ZonedAdmin):
    """Rows that lead to a cohort; `cohort_path` says how."""

    cohort_path = "enrolment__cohort"

    def zone_for(self, request: HttpRequest, object_id: str | None) -> str:
        """The zone of the row's cohort; for a new row that of the chosen participant's."""
        if object_id is not None:
            rows = self.model._default_manager.filter(pk=whole_number(object_id))
            return rows.values_list(f"{self.cohort_path}__timezone", flat=True).first() or ""
        chosen = whole_number((request.POST if request.method == "POST" else request.GET).get("enrolment"))
        return Enrolment.objects.filter(pk=chosen).values_list("cohort__timezone", flat=True).first() or ""


class _Decision(_OfCohort, ReadOnlyAdmin):
    """A row that is added here and never changed: the next one counts instead."""

    list_select_related = ["enrolment__user", "enrolment__cohort", "by"]
    list_filter = [("enrolment__cohort", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["enrolment__user__name", "enrolment__user__nip", "enrolment__cohort__name"]
    search_help_text = gettext_lazy("Name, NIP or cohort")
    autocomplete_fields = ["enrolment"]
    looked_at: list[str] = []

    def get_fields(self, request: HttpRequest, obj=None):
        """What is typed for a new row; what was recorded for one that is there."""
        return self.looked_at if obj else super().get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest, obj=None) -> bool:
        """By the right to add, and the right to lead that the workflow asks for."""
        return admin.ModelAdmin.has_add_permission(self, request) and request.user.has_perm("journals.change_cohort")

    @admin.display(description=gettext_lazy("cohort"), ordering="enrolment__cohort")
    def cohort(self, row) -> str:
        """Whose cohort."""
        return row.enrolment.cohort.name

    @admin.display(description=gettext_lazy("recorded at"), ordering="created_at")
    def recorded(self, row) -> str:
        """In the cohort's zone."""
        return shown_in(row.created_at, row.enrolment.cohort)


@admin.register(Extension)
class ExtensionAdmin(_Decision):
    """More time for one participant and module."""

    form = ExtensionForm
    fields = ["enrolment", "module", "due", "closes", "reason"]
    looked_at = ["enrolment", "module", "kind", "due_there", "closes_there", "reason", "by", "recorded"]
    list_display = ["enrolment", "cohort", "module", "kind", "due_there", "closes_there", "by", "recorded"]
    list_filter = ["kind", *_Decision.list_filter]
    list_select_related = [*_Decision.list_select_related, "module"]

    @admin.display(description=gettext_lazy("due"), ordering="due")
    def due_there(self, extension: Extension) -> str:
        """In the cohort's zone."""
        return shown_in(extension.due, extension.enrolment.cohort)

    @admin.display(description=gettext_lazy("closes"), ordering="closes")
    def closes_there(self, extension: Extension) -> str:
        """In the cohort's zone."""
        return shown_in(extension.closes, extension.enrolment.cohort)

    def save_model(self, request: HttpRequest, obj: Extension, form, change: bool) -> None:
        """Through the workflow, which also moves the entry's due time and tells the participant."""
        saved = workflow.extend(
            user=request.user,
            enrolment=obj.enrolment,
            module=obj.module,
            due=obj.due,
            closes=obj.closes,
            reason=obj.reason,
            now=timezone.now(),
        )
        obj.pk = saved.pk


@admin.register(Remedial)
class RemedialAdmin(_Decision):
    """Outcomes of remedials; the newest one counts."""

    form = RemedialForm
    fields = ["enrolment", "score", "reason"]
    looked_at = ["enrolment", "score", "reason", "by", "recorded"]
    list_display = ["enrolment", "cohort", "score", "by", "recorded"]

    def save_model(self, request: HttpRequest, obj: Remedial, form, change: bool) -> None:
        """Through the workflow, which records it."""
        saved = workflow.record_remedial(
            user=request.user, enrolment=obj.enrolment, score=obj.score, reason=obj.reason, now=timezone.now()
        )
        obj.pk = saved.pk


@admin.register(Entry)
class EntryAdmin(_OfCohort, ReadOnlyAdmin):
    """Entries. Their text is read where it is reviewed."""

    fields = ["key", "enrolment", "module", "title", "state", "due_there", "begun_there", "saved_there"]
    list_display = ["key", "enrolment", "cohort", "module", "state", "due_there"]
    list_filter = ["state", "module", ("enrolment__cohort", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["enrolment__user", "enrolment__cohort", "module"]
    search_fields = ["=key", "enrolment__user__name", "enrolment__user__nip"]
    search_help_text = gettext_lazy("Entry key, name or NIP")

    @admin.display(description=gettext_lazy("cohort"), ordering="enrolment__cohort")
    def cohort(self, entry: Entry) -> Cohort:
        """Whose cohort."""
        return entry.enrolment.cohort

    due_there = there("due_at", gettext_lazy("due"))
    begun_there = there("created_at", gettext_lazy("begun"))
    saved_there = there("saved_at", gettext_lazy("last saved"))


@admin.register(Reminder)
class ReminderAdmin(_OfCohort, ReadOnlyAdmin):
    """Reminders: who was reminded of what, and whether the e-mail went."""

    fields = [
        "enrolment",
        "module",
        "offset",
        "due_there",
        "created_there",
        "read_there",
        "attempts",
        "try_there",
        "sent_there",
    ]
    list_display = ["enrolment", "cohort", "module", "offset", "due_there", "created_there", "attempts", "sent_there"]
    list_filter = [
        "offset",
        ("sent_at", admin.EmptyFieldListFilter),
        ("enrolment__cohort", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["enrolment__user", "enrolment__cohort", "module"]
    ordering = ["-id"]
    search_fields = ["enrolment__user__name", "enrolment__user__nip"]
    search_help_text = gettext_lazy("Name or NIP")

    @admin.display(description=gettext_lazy("cohort"), ordering="enrolment__cohort")
    def cohort(self, reminder: Reminder) -> Cohort:
        """Whose cohort."""
        return reminder.enrolment.cohort

    due_there = there("due_at", gettext_lazy("due"))
    created_there = there("created_at", gettext_lazy("created at"))
    read_there = there("read_at", gettext_lazy("read at"))
    try_there = there("try_at", gettext_lazy("next try"))
    sent_there = there("sent_at", gettext_lazy("e-mail sent at"))


@admin.register(Phrase)
class PhraseAdmin(_OfCohort, ReadOnlyAdmin):
    """Phrases that a cohort's instructors share. Their words are the owner's to change, and a lead's to take away;
    what somebody keeps for themselves is nobody else's to read."""

    cohort_path = "cohort"
    fields = ["owner", "cohort", "criterion_code", "module", "text", "uses", "used_there", "created_there"]
    list_display = ["__str__", "owner", "cohort", "criterion_code", "module", "uses"]
    list_filter = [("cohort", admin.RelatedOnlyFieldListFilter), "module"]
    list_select_related = ["owner", "cohort", "module"]
    search_fields = ["text", "owner__name", "cohort__name"]
    search_help_text = gettext_lazy("Words, owner or cohort")

    def get_queryset(self, request: HttpRequest):
        """Only what is shared."""
        return super().get_queryset(request).exclude(cohort=None)

    used_there = there("used_at", gettext_lazy("last used"), cohort_path)
    created_there = there("created_at", gettext_lazy("created at"), cohort_path)


@admin.register(Submission)
class SubmissionAdmin(_OfCohort, ReadOnlyAdmin):
    """Receipts: what arrived when, with the digest of what was frozen."""

    cohort_path = "entry__enrolment__cohort"
    fields = [
        "receipt",
        "entry",
        "number",
        "submitted_there",
        "due_there",
        "is_late",
        "words",
        "sha256",
        "withdrawn_there",
    ]
    list_display = ["receipt", "person", "module", "number", "submitted_there", "is_late", "withdrawn"]
    list_filter = [
        "is_late",
        ("withdrawn_at", admin.EmptyFieldListFilter),
        ("entry__enrolment__cohort", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["entry__enrolment__user", "entry__enrolment__cohort", "entry__module"]
    ordering = ["-id"]
    search_fields = ["=receipt", "=entry__key", "entry__enrolment__user__name", "entry__enrolment__user__nip"]
    search_help_text = gettext_lazy("Receipt number, entry key, name or NIP")

    def get_queryset(self, request):
        """Without the frozen texts, which no list shows."""
        return super().get_queryset(request).defer("content")

    @admin.display(description=gettext_lazy("participant"), ordering="entry__enrolment__user__name")
    def person(self, submission: Submission) -> str:
        """With titles."""
        return submission.entry.enrolment.user.full_name

    @admin.display(description=gettext_lazy("module"), ordering="entry__module__number")
    def module(self, submission: Submission) -> str:
        """Which module."""
        return str(submission.entry.module)

    submitted_there = there("submitted_at", gettext_lazy("submitted at"), cohort_path)
    due_there = there("due_at", gettext_lazy("due"), cohort_path)
    withdrawn_there = there("withdrawn_at", gettext_lazy("withdrawn at"), cohort_path)

    @admin.display(description=gettext_lazy("withdrawn"), boolean=True)
    def withdrawn(self, submission: Submission) -> bool:
        """Taken back by its author."""
        return submission.withdrawn_at is not None


@admin.register(Review)
class ReviewAdmin(_OfCohort, ReadOnlyAdmin):
    """Reviews: who decided what, when, by which rubric."""

    cohort_path = "submission__entry__enrolment__cohort"
    fields = [
        "submission",
        "reviewer",
        "rubric",
        "round",
        "state",
        "decision",
        "raw_score",
        "deduction",
        "score",
        "comment",
        "started_there",
        "finished_there",
    ]
    list_display = ["submission", "person", "reviewer", "round", "state", "decision", "score", "finished_there"]
    list_filter = ["state", "decision", ("submission__entry__enrolment__cohort", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["submission__entry__enrolment__user", "submission__entry__enrolment__cohort", "reviewer"]
    ordering = ["-id"]
    search_fields = [
        "=submission__receipt",
        "=submission__entry__key",
        "submission__entry__enrolment__user__name",
        "reviewer__name",
    ]
    search_help_text = gettext_lazy("Receipt number, entry key, participant or reviewer")

    def get_queryset(self, request):
        """Without the frozen texts, which no list shows, and without one's own unreleased grades."""
        reviews = super().get_queryset(request).defer("submission__content")
        of_others = ~Q(submission__entry__enrolment__user=request.user)
        return reviews.filter(of_others | Q(pk__in=Review.objects.visible_to_author()))

    @admin.display(description=gettext_lazy("participant"), ordering="submission__entry__enrolment__user__name")
    def person(self, review: Review) -> str:
        """Whose entry."""
        return review.submission.entry.enrolment.user.full_name

    started_there = there("started_at", gettext_lazy("started at"), cohort_path)
    finished_there = there("finished_at", gettext_lazy("finished at"), cohort_path)


@admin.register(Takeover)
class TakeoverAdmin(_OfCohort, ReadOnlyAdmin):
    """Which reviews a lead took from whom, and why."""

    cohort_path = "entry__enrolment__cohort"
    fields = ["entry", "holder", "by", "reason", "taken_there"]
    list_display = ["entry", "holder", "by", "reason", "taken_there"]
    list_filter = [("entry__enrolment__cohort", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["entry__enrolment__user", "entry__enrolment__cohort", "entry__module", "holder", "by"]
    search_fields = ["=entry__key", "entry__enrolment__user__name", "holder__name", "by__name"]
    search_help_text = gettext_lazy("Entry key, participant or reviewer")

    taken_there = there("created_at", gettext_lazy("taken at"), cohort_path)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The audit trail, newest first."""

    fields = ["stream", "number", "at_here", "kind", "actor", "subject_kind", "subject_id", "data", "previous", "hash"]
    list_display = ["at_here", "kind", "actor", "stream", "number", "subject"]
    list_filter = ["kind", "at"]
    list_select_related = ["stream", "actor"]
    ordering = ["-id"]
    search_fields = ["=stream__name", "=subject_id", "actor__name"]
    search_help_text = gettext_lazy("Stream (such as entry:17), number of the subject, or actor")

    def get_queryset(self, request):
        """Without what is about one's own entries: scores stand in it before they are given."""
        mine = Entry.objects.filter(enrolment__user=request.user).values_list("pk", flat=True)
        return super().get_queryset(request).exclude(stream__name__in=[f"entry:{pk}" for pk in mine])

    @admin.display(description=gettext_lazy("time"), ordering="at")
    def at_here(self, event: Event) -> str:
        """In the reader's own zone: streams are of many cohorts, and some of none."""
        return f"{date_format(timezone.localtime(event.at), 'SHORT_DATETIME_FORMAT')} {zone_name()}"

    @admin.display(description=gettext_lazy("subject"))
    def subject(self, event: Event) -> str:
        """What it was about."""
        return f"{event.subject_kind} {event.subject_id}"
