"""Frozen rows stay as they are, on both databases, and the guards come back after every migration."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from journals import triggers, workflow
from journals.models import (
    Annotation,
    Attachment,
    Book,
    Event,
    Extension,
    Finalisation,
    ItemAnswer,
    ItemClosing,
    Reading,
    Release,
    ReleaseBatch,
    Remedial,
    Review,
    RevisionItem,
    Score,
    Submission,
    Supersession,
    Takeover,
)
from tests import factory
from tests.factory import NOW


@pytest.fixture
def frozen(cast):
    """A row in every frozen table; table name -> row."""
    module, second = cast.modules
    attached = factory.attached(cast.enrolment, module)
    factory.returned(cast.enrolment, module, cast.instructor)
    _answered_and_closed(cast)
    graded = factory.graded(cast.enrolment, second, cast.instructor)
    workflow.record_remedial(user=cast.lead, enrolment=cast.enrolment, score=70, reason="Remedial", now=NOW)
    prompt = graded.submission.entry.responses.first().prompt
    with triggers.lifted():
        Annotation.objects.create(review=graded, prompt=prompt, quote="warga", start=0, text="Siapa?")
    workflow.reopen(user=cast.lead, entry=graded.submission.entry, reason="Salah hitung", now=NOW)
    factory.taken_over(factory.submitted(cast.peer_enrolment, second).entry, cast.instructor, cast.lead)
    final = Review.objects.get(pk=graded.pk)
    rows = [
        Event.objects.first(),
        final.submission,
        final.submission.text,
        final,
        final.scores.first(),
        final.annotations.first(),
        RevisionItem.objects.first(),
        ItemAnswer.objects.first(),
        ItemClosing.objects.first(),
        Release.objects.first(),
        ReleaseBatch.objects.create(cohort=cast.cohort, by=cast.lead, created_at=NOW, visible_from=NOW, grades=1),
        Supersession.objects.first(),
        Takeover.objects.get(),
        Extension.objects.first(),
        Remedial.objects.first(),
        Book.objects.create(
            enrolment=cast.enrolment,
            by=cast.participant,
            created_at=NOW,
            inputs="[]",
            file="x",
            size=1,
            sha256="a" * 64,
        ),
        Finalisation.objects.create(
            cohort=cast.cohort, number=1, by=cast.lead, created_at=NOW, content="[]", sha256="a" * 64
        ),
        attached,
        attached.frozen.get(),
        factory.remark(cast.participant, graded.submission.entry),
        Reading.objects.first(),
    ]
    return {row._meta.db_table: row for row in rows}


def _answered_and_closed(cast):
    """The second round of peer's entry, decided with its thing to improve closed."""
    item = factory.returned(cast.peer_enrolment, cast.modules[0], cast.instructor).items.get()
    entry = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    workflow.close_item(user=cast.instructor, entry=entry, item=item, now=NOW)
    given = workflow.ReviewInput("", factory.scores())
    workflow.grade(user=cast.instructor, entry=entry, version=review.version, given=given, now=NOW)


# A column of each table and another value for it.
CHANGES = {
    "journals_event": {"data": "{}"},
    "journals_submission": {"content": "{}"},
    "journals_submissiontext": {"words": " lain "},
    "journals_review": {"comment": "Lain"},
    "journals_score": {"comment": "Lain"},
    "journals_annotation": {"text": "Lain"},
    "journals_revisionitem": {"text": "Lain"},
    "journals_itemanswer": {"text": "Lain"},
    "journals_itemclosing": {"created_at": NOW - timedelta(days=1)},
    "journals_release": {"created_at": NOW - timedelta(days=1)},
    "journals_releasebatch": {"grades": 2},
    "journals_supersession": {"reason": "Lain"},
    "journals_takeover": {"reason": "Lain"},
    "journals_extension": {"reason": "Lain"},
    "journals_remedial": {"reason": "Lain"},
    "journals_finalisation": {"content": "{}"},
    "journals_book": {"inputs": "{}"},
    "journals_attachment": {"sha256": "1" * 64},
    "journals_frozenattachment": {"id": 9999},
    "journals_remark": {"text": "Lain"},
    "journals_reading": {"at": NOW - timedelta(days=1)},
}


def refused(action):
    with pytest.raises(DatabaseError, match="is not allowed: the row is frozen"), transaction.atomic():
        action()


def test_every_table_is_tried():
    assert set(CHANGES) == set(triggers.UPDATE_REFUSED) == set(triggers.DELETE_REFUSED)


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_frozen_rows_are_not_updated(frozen, table):
    row = frozen[table]
    model = type(row)
    before = model.objects.filter(pk=row.pk).values().get()
    refused(lambda: model.objects.filter(pk=row.pk).update(**CHANGES[table]))
    assert model.objects.filter(pk=row.pk).values().get() == before
    with triggers.lifted():  # the change itself is possible: it is the trigger that refuses
        assert model.objects.filter(pk=row.pk).update(**CHANGES[table]) == 1


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_frozen_rows_are_not_deleted(frozen, table):
    row = frozen[table]

    def delete():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {row._meta.pk.column} = %s", [row.pk])

    refused(delete)
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    "column",
    ["number", "submitted_at", "due_at", "is_late", "words", "receipt", "idempotency_key", "content", "sha256"],
)
def test_every_column_of_a_submission_is_frozen(frozen, column):
    row = frozen["journals_submission"]
    value = {
        "number": 9,
        "submitted_at": NOW - timedelta(days=1),
        "due_at": NOW,
        "is_late": True,
        "words": 1,
        "receipt": "BA-X",
        "idempotency_key": "x",
        "content": "{}",
        "sha256": "1" * 64,
    }[column]
    refused(lambda: Submission.objects.filter(pk=row.pk).update(**{column: value}))


@pytest.mark.parametrize("column", ["key", "client_key", "kind", "file", "thumbnail", "name", "size", "sha256"])
def test_every_column_of_a_stored_file_is_frozen_and_its_words_are_not(frozen, column):
    row = frozen["journals_attachment"]
    value = 1 if column == "size" else "1" * 64 if column == "sha256" else "pdf" if column == "kind" else "x"
    rows = Attachment.objects.filter(pk=row.pk)
    refused(lambda: rows.update(**{column: value}))
    assert rows.update(caption="Lain", alt="Lain", removed_at=NOW) == 1


def test_a_file_of_a_draft_may_go(cast):
    row = factory.attached(cast.enrolment, cast.modules[0])
    assert row.delete()[0] == 1


def test_a_submission_is_withdrawn_once(frozen):
    rows = Submission.objects.filter(pk=frozen["journals_submission"].pk)
    assert rows.update(withdrawn_at=NOW) == 1
    refused(lambda: rows.update(withdrawn_at=None))
    refused(lambda: rows.update(withdrawn_at=NOW + timedelta(days=1)))


@pytest.mark.parametrize("table", sorted(triggers.INSERT_REFUSED))
def test_nothing_is_added_to_a_final_review(frozen, table):
    final = frozen["journals_review"]
    prompt = final.submission.entry.responses.first().prompt
    makers = {
        "journals_score": lambda: Score.objects.create(
            review=final, criterion=factory.make_rubric("X").criteria.first()
        ),
        "journals_annotation": lambda: Annotation.objects.create(
            review=final, prompt=prompt, quote="a", start=0, text="b"
        ),
        "journals_revisionitem": lambda: RevisionItem.objects.create(review=final, order=9, text="b"),
        # Here the final review is that of the next round.
        "journals_itemanswer": lambda: _once_more(frozen["journals_itemanswer"]),
        "journals_itemclosing": lambda: _once_more(frozen["journals_itemclosing"]),
    }
    refused(makers[table])


def _once_more(row):
    """Delete behind the database's back, and store again."""
    with triggers.lifted():
        row.delete()
    row.save(force_insert=True)


def test_a_working_review_is_free(cast):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    item = RevisionItem.objects.create(review=review, order=1, text="a")
    assert RevisionItem.objects.filter(pk=item.pk).update(text="b") == 1
    assert Review.objects.filter(pk=review.pk).update(comment="b") == 1
    item.delete()


def test_nothing_moves_into_a_final_review(cast):
    final = factory.graded(cast.enrolment, cast.modules[1], cast.instructor)
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    prompt = entry.responses.first().prompt
    rows = [
        RevisionItem.objects.create(review=review, order=1, text="a"),
        Annotation.objects.create(review=review, prompt=prompt, quote="a", start=0, text="b"),
        Score.objects.create(review=review, criterion=factory.make_rubric("Lain").criteria.first()),
    ]
    for row in rows:
        refused(lambda row=row: type(row).objects.filter(pk=row.pk).update(review=final))


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_frozen_rows_are_not_replaced_nor_truncated(frozen, table):
    row = frozen[table]
    columns = [field.column for field in row._meta.concrete_fields]
    names = ", ".join(f'"{column}"' for column in columns)
    copy = (
        f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table} WHERE {row._meta.pk.column} = {row.pk}"
    )
    # Checks that wait for the end of the transaction would be in the way of a TRUNCATE inside it.
    truncate = f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
    statement = truncate if connection.vendor == "postgresql" else copy

    def overwrite():
        with connection.cursor() as cursor:
            cursor.execute(statement)

    refused(overwrite)


# --- The check and the migrations -------------------------------------------------------------------


def test_all_triggers_are_installed(db):
    assert triggers.installed(connection) == triggers.names(connection.vendor)
    assert missing() == []


def missing() -> list[str]:
    """What the system check says of them."""
    return [str(found) for found in run_checks(databases=["default"]) if found.id == "journals.W001"]


@pytest.mark.parametrize("name", sorted(triggers.names("sqlite")))
def test_the_check_reports_a_missing_trigger(db, name):
    table = name.rsplit("_no_", 1)[0]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    assert [name in found for found in missing()] == [True]
    triggers.install()
    assert missing() == []


@pytest.mark.django_db(transaction=True)
def test_migrate_installs_what_is_missing():
    """An upgrade that brings new triggers finds them missing before it has begun."""
    triggers.remove()
    call_command("migrate", stdout=StringIO(), stderr=StringIO())
    assert missing() == []


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_changes_a_guarded_table_that_others_point_at(cast):
    """SQLite builds it anew, and the triggers of the others name it; what stands in it stays."""
    graded = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    call_command("migrate", "journals", "0019", verbosity=0)
    call_command("migrate", verbosity=0)
    assert missing() == []
    assert Review.objects.get(pk=graded.pk).score == graded.score


@pytest.mark.django_db(transaction=True)
def test_triggers_survive_a_migration_that_rebuilds_a_table():
    """SQLite rebuilds the table for an AlterField and forgets its triggers; post_migrate puts them back."""
    executor = MigrationExecutor(connection)
    state: ProjectState = executor.loader.project_state()
    change = migrations.AlterField("event", "subject_kind", models.CharField(max_length=21))
    after = state.clone()
    change.state_forwards("journals", after)
    with connection.schema_editor() as editor:
        change.database_forwards("journals", editor, state, after)
    try:
        missing = {name for name in triggers.names(connection.vendor) if name.startswith("journals_event_")}
        expected = (
            triggers.names(connection.vendor) - missing
            if connection.vendor == "sqlite"
            else triggers.names(connection.vendor)
        )
        assert triggers.installed(connection) == expected
        call_command("migrate", verbosity=0)
        assert triggers.installed(connection) == triggers.names(connection.vendor)
    finally:
        with connection.schema_editor() as editor:
            change.database_backwards("journals", editor, after, state)
        triggers.install()
