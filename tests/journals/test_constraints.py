"""Each named constraint of accounts and journals refuses, in the database itself, the one thing it is about."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from berakhlak.accounts import codes
from berakhlak.accounts.models import ActivationCode, User
from journals import triggers, workflow
from journals.models import (
    Annotation,
    AnnotationReply,
    Announcement,
    Attachment,
    Book,
    Checkpoint,
    Cohort,
    Criterion,
    Enrolment,
    Entry,
    Event,
    Evidence,
    Export,
    Extension,
    Finalisation,
    FrozenAttachment,
    GradeBand,
    Group,
    ItemAnswer,
    Level,
    Notice,
    Phrase,
    Reading,
    Receipt,
    Release,
    ReleaseBatch,
    Remark,
    Remedial,
    Reminder,
    Response,
    Review,
    RevisionItem,
    Roster,
    RosterRow,
    Rubric,
    Schedule,
    Score,
    StrayDraft,
    Submission,
    SubmissionText,
    Supersession,
    Takeover,
    Teaching,
)
from tests import factory
from tests.factory import NOW

DAY = timedelta(days=1)


@pytest.fixture
def world(cast):
    """One row at least in every table, and the triggers out of the way: the constraints alone must refuse."""
    graded = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    back = factory.returned(cast.peer_enrolment, cast.modules[0], cast.instructor)
    factory.attached(cast.enrolment, cast.modules[1])
    factory.marked(cast.peer_enrolment, cast.modules[0])
    entry = factory.submitted(cast.enrolment, cast.modules[1]).entry
    working = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    working = Review.objects.get(pk=working.pk)
    factory.taken_over(factory.submitted(cast.peer_enrolment, cast.modules[1]).entry, cast.instructor, cast.lead)
    remedial = workflow.record_remedial(
        user=cast.lead, enrolment=cast.enrolment, score=Decimal(70), reason="Remedial", now=NOW
    )
    factory.reminder(cast.enrolment, cast.modules[1])
    factory.remark(cast.instructor, entry)
    factory.phrase(cast.instructor)
    factory.phrase(cast.instructor, cohort=cast.cohort)
    band = GradeBand.objects.create(name="Bawaan", min_score=0, max_score=100)
    Rubric.objects.filter(pk=cast.cohort.rubric_id).update(is_default=True)
    roster = Roster.objects.create(cohort=cast.cohort, by=cast.organiser, created_at=NOW, file_name="a.csv")
    RosterRow.objects.create(roster=roster, number=2, outcome="new")
    Finalisation.objects.create(
        cohort=cast.cohort, number=1, by=cast.lead, created_at=NOW, content="{}", sha256="a" * 64
    )
    told = Announcement.objects.create(cohort=cast.cohort, by=cast.lead, title="a", text="b", created_at=NOW)
    Receipt.objects.create(announcement=told, enrolment=cast.enrolment)
    Book.objects.create(
        enrolment=cast.enrolment, by=cast.participant, created_at=NOW, inputs="{}", file="books/x.pdf", size=1,
        sha256="a" * 64,
    )  # fmt: skip
    Export.objects.create(
        cohort=cast.cohort, by=cast.lead, kind="csv", stage="done", done=1, total=1, file="exports/x", name="x.csv",
        created_at=NOW, expires_at=NOW + DAY,
    )  # fmt: skip
    codes.make_codes([cast.nobody], by=cast.organiser, now=NOW)
    item = RevisionItem.objects.get()
    with triggers.lifted():
        yield SimpleNamespace(
            cast=cast,
            cohort=cast.cohort,
            graded=graded,
            back=back,
            entry=entry,
            working=working,
            item=item,
            band=band,
            remedial=remedial,
            submission=working.submission,
            events=Event.objects.filter(stream__name=f"entry:{entry.pk}"),
            annotation=Annotation.objects.create(
                review=graded, start=0, quote="a", text="b", prompt=entry.responses.first().prompt
            ),
        )


def change(model, **fields):
    """A case that only writes other values into an existing row (or the rows of `of`)."""
    return lambda world: model.objects.filter(pk=model.objects.order_by("pk").first().pk).update(**fields)


def again(model, **fields):
    """A case that stores the first row a second time, with some other values."""

    def make(world):
        row = model.objects.order_by("pk").first()
        row.pk = None
        for name, value in fields.items():
            setattr(row, name, value(world) if callable(value) else value)
        models.Model.save_base(row, force_insert=True, raw=True)

    return make


def on(pick, **fields):
    """A case that writes into the row that `pick` finds in the world."""

    def make(world):
        row = pick(world)
        type(row).objects.filter(pk=row.pk).update(**fields)

    return make


def batch(world, **fields):
    """A release of the cohort, with something wrong."""
    given = {"cohort": world.cohort, "by": world.cast.lead, "created_at": NOW, "visible_from": NOW, "grades": 1}
    return ReleaseBatch.objects.create(**(given | fields))


CASES = {
    "announcement_says_something": change(Announcement, text=""),
    "receipt_once_per_participant": again(Receipt),
    "book_code_form": change(Book, code="BJ-0000-OOOO"),
    "book_sha256_hex": change(Book, sha256="x" * 64),
    "book_complete": change(Book, size=0),
    "export_kind_known": change(Export, kind="doc"),
    "export_done_has_file": change(Export, file=""),
    "export_expires_later": change(Export, expires_at=NOW),
    "export_done_of_total": change(Export, done=2),
    "finalisation_number_once": again(Finalisation),
    "finalisation_number_positive": change(Finalisation, number=0),
    "finalisation_sha256_hex": change(Finalisation, sha256="x" * 64),
    "finalisation_has_content": change(Finalisation, content=""),
    "roster_state_with_times": change(Roster, state="done"),
    "roster_row_once": again(RosterRow),
    # accounts
    "activation_code_one_open": again(ActivationCode, digest="b" * 64),
    "activation_code_used_or_revoked": change(ActivationCode, used_at=NOW, revoked_at=NOW),
    "activation_code_expires_later": change(ActivationCode, expires_at=NOW),
    "activation_code_mailed_if_asked": change(ActivationCode, mailed_at=NOW),
    "user_has_nip_or_email": change(User, nip=None, email=None),
    "user_nip_18_digits": change(User, nip="19900101201501190"),
    "user_email_lower_not_empty": change(User, email="Ratna@berakhlak.test"),
    "user_name_not_empty": change(User, name=""),
    "user_email_notices_known": change(User, email_notices="hourly"),
    "user_email_language_known": change(User, email_language="jv"),
    "user_timezone_known": change(User, timezone="Europe/Paris"),
    "user_privacy_version_with_time": change(User, privacy_acknowledged_at=None),
    # audit
    "event_number_once": again(Event),
    "event_hash_hex": change(Event, hash="G" * 64),
    "event_chained": change(Event, previous="0" * 64),
    # rubric
    "rubric_version_once": again(Rubric, is_default=False),
    "rubric_one_default": again(Rubric, version=2, is_default=True),
    "criterion_once_per_rubric": again(Criterion),
    "criterion_weight_0_100": change(Criterion, weight=0),
    "level_once_per_criterion": again(Level),
    "level_points_in_range": change(Level, points=100, max_points=70),
    # cohort
    "cohort_ends_after_start": change(Cohort, ends=(NOW - 30 * DAY).date()),
    "cohort_timezone_known": change(Cohort, timezone="Asia/Pontianak"),
    "cohort_release_policy_known": change(Cohort, release_policy="never"),
    "cohort_late_policy_known": change(Cohort, late_policy="never"),
    "cohort_marks_0_100": change(Cohort, pass_mark=Decimal("100.01")),
    "cohort_grace_one_day_at_most": change(Cohort, grace_seconds=86401),
    "group_name_once_per_cohort": again(Group),
    "band_once_per_cohort": again(GradeBand),
    "band_default_once": lambda world: GradeBand.objects.create(name="Lain", min_score=0, max_score=50),
    "band_range": change(GradeBand, min_score=Decimal("99.5"), max_score=Decimal("99")),
    "enrolment_once_per_cohort": again(Enrolment, ndh=99),
    "enrolment_ndh_once_per_cohort": again(Enrolment, user=lambda world: world.cast.nobody),
    "enrolment_ndh_range": change(Enrolment, ndh=0),
    "enrolment_status_known": change(Enrolment, status="gone"),
    "teaching_once_per_group": again(Teaching),
    "teaching_whole_cohort_once": lambda world: Teaching.objects.create(
        instructor=world.cast.lead, cohort=world.cohort
    ),
    "schedule_once_per_module": again(Schedule),
    "schedule_opens_due_closes": change(Schedule, due=NOW - 9 * DAY),
    "schedule_weight_positive": change(Schedule, weight=0),
    "extension_closes_after_due": change(Extension, closes=NOW - 30 * DAY),
    "extension_kind_known": change(Extension, kind="gift"),
    "extension_has_reason": change(Extension, reason=""),
    "remedial_score_70_01_at_most": change(Remedial, score=Decimal("70.02")),
    "remedial_has_reason": change(Remedial, reason=""),
    # entry
    "entry_once_per_module": again(Entry, key="abcdefghijkl"),
    "reading_once_a_day": again(Reading),
    "entry_state_known": change(Entry, state="lost"),
    "response_once_per_prompt": again(Response),
    "submission_text_between_blanks": change(SubmissionText, words="tanpa "),
    "submission_number_once": again(Submission, receipt="X", idempotency_key="x"),
    "submission_once_per_form": again(Submission, receipt="X", number=9),
    "submission_number_positive": change(Submission, number=0),
    "submission_sha256_hex": change(Submission, sha256="x" * 64),
    "submission_complete": change(Submission, content=""),
    "submission_withdrawn_after": change(Submission, withdrawn_at=NOW - DAY),
    "checkpoint_once_per_version": again(Checkpoint, reason="time"),
    "checkpoint_reason_known": change(Checkpoint, reason="x"),
    "checkpoint_of_a_saved_version": change(Checkpoint, version=0),
    "remark_once_per_form": again(Remark),
    "remark_complete": change(Remark, text=""),
    "remark_shown_after": change(Remark, shown_at=NOW - DAY),
    "reminder_once": again(Reminder),
    "reminder_offset_known": change(Reminder, offset="9d"),
    "reminder_before_due": change(Reminder, created_at=NOW + 30 * DAY),
    "stray_draft_once_per_client": lambda world: StrayDraft.objects.bulk_create(
        StrayDraft(entry=world.entry, client="telepon", sequence=n, base=0, answers={}, arrived_at=NOW) for n in (1, 2)
    ),
    "stray_draft_has_client": lambda world: StrayDraft.objects.create(
        entry=world.entry, client="", sequence=1, base=0, answers={}, arrived_at=NOW
    ),
    "attachment_once_per_upload": again(Attachment, key="abcdefghijkl"),
    "attachment_sha256_hex": change(Attachment, sha256="x" * 64),
    "attachment_complete": change(Attachment, name=""),
    "attachment_fits_kind": change(Attachment, pages=3),
    "frozen_attachment_once": again(FrozenAttachment),
    "evidence_has_quote": change(Evidence, quote=""),
    "phrase_once_for_oneself": again(Phrase),
    "phrase_once_per_cohort": lambda world: Phrase.objects.update(cohort=world.cohort),
    "phrase_not_empty": change(Phrase, text=""),
    "phrase_1000_characters": change(Phrase, text="é" * 1001),
    "phrase_sha256_hex": change(Phrase, sha256=""),
    "phrase_used_at_iff_used": change(Phrase, uses=1),
    "notice_kind_known": change(Notice, kind="advert"),
    # review
    "review_one_working_per_reviewer": lambda world: Review.objects.create(
        submission=world.submission,
        reviewer=world.cast.instructor,
        rubric=world.cohort.rubric,
        started_at=NOW,
        saved_at=NOW,
    ),
    "review_one_final_per_round": again(Review),
    "review_state_known": on(lambda world: world.working, state="asleep"),
    "review_final_has_decision": on(lambda world: world.back, finished_at=None),
    "review_score_iff_graded": on(lambda world: world.back, score=50, raw_score=50, deduction=0),
    "review_score_is_raw_minus_deduction": on(lambda world: world.graded, score=Decimal("84.99")),
    "score_once_per_criterion": again(Score),
    "score_level_with_points": change(Score, points=None),
    "annotation_complete": change(Annotation, quote=""),
    "revision_item_order_once": again(RevisionItem),
    "revision_item_not_empty": change(RevisionItem, text=""),
    "annotation_reply_not_empty": lambda world: AnnotationReply.objects.create(
        annotation=world.annotation, text="", created_at=NOW
    ),
    "item_answer_not_empty": lambda world: ItemAnswer.objects.create(item=world.item, text="", created_at=NOW),
    "item_answer_500_characters_at_most": lambda world: ItemAnswer.objects.create(
        item=world.item, text="x" * 501, created_at=NOW
    ),
    "release_visible_after": lambda world: Release.objects.create(
        review=world.graded, by=world.cast.lead, created_at=NOW, visible_from=NOW - DAY
    ),
    "batch_visible_after": lambda world: batch(world, visible_from=NOW - DAY),
    "batch_stopped_in_time": lambda world: batch(world, stopped_at=NOW + DAY, stopped_by=world.cast.lead),
    "supersession_has_reason": lambda world: Supersession.objects.create(
        review=world.graded, reason="", by=world.cast.lead, created_at=NOW
    ),
    "takeover_has_reason": change(Takeover, reason=""),
    "takeover_from_another": change(Takeover, by=models.F("holder")),
}


def constraints():
    """Name -> constraint, of all models of the two apps."""
    return {
        constraint.name: constraint
        for label in ("accounts", "journals")
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
    }


def test_every_constraint_has_a_case():
    assert set(CASES) == set(constraints())


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_database_refuses(world, name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        CASES[name](world)
    message = str(caught.value)
    if connection.vendor == "postgresql" or isinstance(constraints()[name], models.CheckConstraint):
        assert name in message
    else:  # SQLite names the columns of a unique index
        constraint = constraints()[name]
        table = next(model for model in apps.get_models() if constraint in model._meta.constraints)._meta
        columns = [f"{table.db_table}.{table.get_field(field).column}" for field in constraint.fields]
        assert message == f"UNIQUE constraint failed: {', '.join(columns)}"


@pytest.mark.parametrize(
    "name",
    [
        "user_email_lower_not_empty",
        "submission_complete",
        "submission_text_between_blanks",
        "cohort_marks_0_100",
        "annotation_complete",
        "attachment_complete",
        "attachment_fits_kind",
        "schedule_opens_due_closes",
    ],
)
def test_every_part_of_a_compound_rule_counts(world, name):
    parts = {
        "user_email_lower_not_empty": [change(User, email="")],
        "submission_complete": [change(Submission, receipt=""), change(Submission, idempotency_key="")],
        "submission_text_between_blanks": [change(SubmissionText, words=" tanpa")],
        "cohort_marks_0_100": [
            change(Cohort, **{field: value})
            for field in ("pass_mark", "late_deduction", "late_floor")
            for value in (Decimal("-0.01"), Decimal("100.01"))
        ],
        "annotation_complete": [change(Annotation, text="")],
        "attachment_complete": [change(Attachment, **{name: ""}) for name in ("client_key", "file")]
        + [change(Attachment, size=0)],
        "attachment_fits_kind": [
            change(Attachment, **{name: value})
            for name, value in (("kind", "film"), ("kind", "pdf"), ("thumbnail", ""), ("width", None), ("height", 0))
        ],
        "schedule_opens_due_closes": [change(Schedule, closes=NOW)],
    }
    for part in parts[name]:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            part(world)


def test_null_is_not_zero(world):
    """A grade without a score, or a score without a grade, does not exist."""
    for fields in ({"score": None}, {"raw_score": None}, {"deduction": None}):
        with pytest.raises(IntegrityError, match="review_score_iff_graded"), transaction.atomic():
            Review.objects.filter(pk=world.graded.pk).update(**fields)
    assert Review.objects.filter(pk=world.graded.pk).update(score=0, raw_score=0, deduction=0) == 1
