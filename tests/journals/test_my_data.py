"""What somebody gets as their data is whole: every table that points to a person is in it, or here with a reason."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from berakhlak.accounts import codes
from berakhlak.accounts.models import User
from journals import workflow
from journals.keys import random_key
from journals.models import Cohort, Enrolment, Entry, Roster, RosterRow
from journals.services import books, feedback
from journals.services.my_data import data_of
from tests import factory
from tests.factory import NOW

# Where the rows of a table are found that point by a field to somebody, and in whose data.
HELD = {
    "User_groups.user": ("organiser", "account.groups"),
    "User_user_permissions.user": ("organiser", "account.permissions"),
    "ActivationCode.user": ("peer", "activation_codes"),
    "EmailAddress.user": ("participant", "email_addresses"),
    "LogEntry.user": ("organiser", "admin_actions"),
    "Enrolment.user": ("participant", "enrolments"),
    "HistoricalEnrolment.user": ("participant", "enrolments.history"),
    "Receipt.enrolment": ("participant", "enrolments.announcements"),
    "Entry.enrolment": ("participant", "enrolments.entries"),
    "Response.entry": ("participant", "enrolments.drafts"),
    "Evidence.response": ("participant", "enrolments.evidence"),
    "Submission.entry": ("participant", "enrolments.submissions"),
    "Review.submission": ("participant", "enrolments.feedback"),
    "Release.review": ("participant", "enrolments.feedback.release__visible_from"),
    "FeedbackRead.review": ("participant", "enrolments.feedback.feedback_read__created_at"),
    "Score.review": ("participant", "enrolments.criteria"),
    "Annotation.review": ("participant", "enrolments.passage_comments"),
    "AnnotationReply.annotation": ("participant", "enrolments.replies"),
    "AnnotationClosing.annotation": ("participant", "enrolments.passage_comments.closing__created_at"),
    "RevisionItem.review": ("participant", "enrolments.things_to_improve"),
    "ItemAnswer.item": ("participant", "enrolments.improvements"),
    "Attachment.entry": ("participant", "enrolments.attachments"),
    "StrayDraft.entry": ("participant", "enrolments.texts_beside"),
    "Checkpoint.entry": ("participant", "enrolments.earlier_states"),
    "Reading.entry": ("participant", "enrolments.read_by"),
    "Remark.entry": ("participant", "enrolments.messages"),
    "Book.enrolment": ("participant", "enrolments.books"),
    "Extension.enrolment": ("participant", "enrolments.extensions"),
    "Remedial.enrolment": ("participant", "enrolments.remedials"),
    "Reminder.enrolment": ("participant", "enrolments.reminders"),
    "RosterRow.user": ("participant", "lists"),
    "Notice.recipient": ("participant", "notices"),
    "Event.actor": ("participant", "events"),
    "Remark.author": ("participant", "messages_written"),
    "Teaching.instructor": ("instructor", "teachings"),
    "Teaching_modules.teaching": ("instructor", "teachings.modules__number"),
    "HistoricalTeaching.instructor": ("instructor", "teaching_history"),
    "Entry.assignee": ("instructor", "pile"),
    "Claim.reviewer": ("lead", "claims"),
    "Review.reviewer": ("instructor", "reviews_written"),
    "AnnotationClosing.by": ("instructor", "comments_closed"),
    "ItemClosing.by": ("instructor", "things_to_improve_closed"),
    "Supersession.by": ("lead", "reviews_reopened"),
    "Takeover.by": ("lead", "taken_over"),
    "Takeover.holder": ("instructor", "taken_from"),
    "Phrase.owner": ("instructor", "phrases"),
    "Reading.reader": ("lead", "readings"),
    "Extension.by": ("lead", "extensions_given"),
    "Remedial.by": ("lead", "remedials_recorded"),
    "Announcement.by": ("lead", "announcements_written"),
    "Roster.by": ("organiser", "lists_uploaded"),
}
MORE = {
    "instructor": ("criteria_judged", "passage_comments_written", "things_to_improve_written"),
    "participant": ("account_history", "enrolments.events"),
}
DONE = "an event of the person says so"
HISTORY = "who changed a row; the row is not about them, and what they wrote is told where it stands"
REVIEWING = "how the reviewers share the work is not the author's business (services.history)"
NOT_WHOLE = {
    "HistoricalTeaching_modules.history": "teaching_history names each state, Teaching_modules the modules now",
    "HistoricalTeaching_modules.teaching": "teaching_history names each state, Teaching_modules the modules now",
    "SubmissionText.submission": "the words of a submission once more, made for searching",
    "FrozenAttachment.submission": "the content of a submission lists its files",
    "FrozenAttachment.attachment": "the content of a submission lists its files",
    "Supersession.review": REVIEWING,
    "ItemClosing.item": REVIEWING,
    "Claim.entry": REVIEWING,
    "Takeover.entry": REVIEWING,
    "Notice.entry": "notices about it are its author's, or a reviewer's",
    "RosterRow.enrolment": "the same rows as by RosterRow.user",
    "RosterRow.roster": "others in a list that the person uploaded",
    "Roster_groups.roster": "groups, not people",
    "Receipt.announcement": "who has read what the person sent",
    "Release.batch": "grades of others",
    "Export.final": "a file, for a day, of whoever asked",
    "EmailConfirmation.email_address": "codes of e-mails on their way; none are kept here",
    "ActivationCode.made_by": DONE,
    "Book.by": DONE,
    "Export.by": DONE,
    "Finalisation.by": DONE,
    "Release.by": DONE,
    "ReleaseBatch.by": DONE,
    "ReleaseBatch.stopped_by": DONE,
}


def links(model: type[models.Model], seen: set[str]) -> Iterator[str]:
    """Every field by which a table hangs on the model, directly or by another table."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            name = f"{relation.related_model.__name__}.{relation.field.name}"
            if name not in seen:
                seen.add(name)
                yield name
                if relation.field.name != "history_user":
                    yield from links(relation.related_model, seen)


def test_every_table_about_a_person_is_told_or_excused():
    seen: set[str] = set()
    found = {name for model in (User, Enrolment, Entry) for name in links(model, seen)}
    excused = {name for name in found if name.endswith(".history_user")} | NOT_WHOLE.keys()
    assert found - HELD.keys() - excused == set(), "say it in services.my_data, or here why not"
    assert HELD.keys() - found == set()
    assert NOT_WHOLE.keys() - found == set()
    assert HELD.keys() & excused == set()


@pytest.fixture
def world(cast):
    """One of everything."""
    first, second = cast.modules
    mine = cast.enrolment
    factory.attached(mine, first)
    factory.draft(mine, first)
    factory.marked(mine, first)
    entry = factory.submitted(mine, first).entry
    note = factory.annotated(entry, cast.instructor)
    returned = factory.sent_back(entry, cast.instructor)
    workflow.reply(user=cast.participant, annotation=note, text="Warga di loket.", now=NOW)
    workflow.close_annotation(user=cast.instructor, annotation=note, now=NOW)
    factory.submitted(mine, first)
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    workflow.close_item(user=cast.instructor, entry=entry, item=returned.items.get(), now=NOW)
    factory.decided(entry, cast.instructor)
    factory.stray(mine, second)
    factory.checkpoint(mine.entries.get(module=second))
    factory.reminder(mine, second)
    more = {"due": NOW + timedelta(days=8), "closes": NOW + timedelta(days=20), "reason": "Sakit", "now": NOW}
    workflow.extend(user=cast.lead, enrolment=mine, module=second, **more)
    graded = factory.graded(mine, second, cast.instructor)
    feedback.mark_read(graded.submission, user=cast.participant, now=NOW)
    factory.remark(cast.participant, entry)
    workflow.record_remedial(user=cast.lead, enrolment=mine, score=70, reason="Tugas tambahan", now=NOW)
    workflow.announce(user=cast.lead, cohort=cast.cohort, key=random_key(), title="J", text="Halo", to=None, now=NOW)
    workflow.note_reading(user=cast.lead, entry=entry, now=NOW)
    books.issue(mine, by=cast.participant, now=NOW)
    _beside(cast)
    return cast


def _beside(cast) -> None:
    """What is not about the participant's own entries."""
    workflow.regroup(user=cast.organiser, enrolment=cast.enrolment, group=cast.other_group, now=NOW)
    roster = Roster.objects.create(cohort=cast.cohort, by=cast.organiser, created_at=NOW, file_name="a.csv")
    before = '{"unit": "Puskesmas Lama"}'
    RosterRow.objects.create(roster=roster, number=2, outcome="changed", user=cast.participant, before=before)
    codes.make_codes([cast.peer], by=cast.organiser, now=NOW)
    cast.participant.emailaddress_set.create(email=cast.participant.email, verified=True, primary=True)
    cast.organiser.user_permissions.add(Permission.objects.first())
    LogEntry.objects.create(user=cast.organiser, action_flag=CHANGE, object_repr="x", action_time=NOW)
    factory.phrase(cast.instructor)
    cast.instructor.teachings.get().modules.add(*cast.modules)
    taken = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    factory.taken_over(taken, cast.instructor, cast.lead)
    Entry.objects.filter(pk=taken.pk).update(assignee=cast.instructor)
    again = factory.graded(cast.peer_enrolment, cast.modules[1], cast.instructor).submission.entry
    workflow.reopen(user=cast.lead, entry=again, reason="Salah hitung", now=NOW)


def at(said, path: str) -> list:
    """Everything that stands at the end of a path through lists and names."""
    for name in path.split("."):
        found = said if isinstance(said, list) else [said]
        said = [more for each in found for more in (each[name] if isinstance(each[name], list) else [each[name]])]
    return [each for each in said if each is not None]


def test_what_is_told_is_there(world):
    data = {role: data_of(getattr(world, role)) for role in {role for role, _path in HELD.values()}}
    missing = [f"{name}: {path}" for name, (role, path) in HELD.items() if not at(data[role], path)]
    assert missing == []
    assert [path for role, paths in MORE.items() for path in paths if not at(data[role], path)] == []


def test_the_words_are_there(world):
    said = data_of(world.participant)
    [mine] = said["enrolments"]
    assert [row["text"] for row in mine["improvements"]] == ["Sudah: Ceritakan satu peristiwa."]
    assert [row["text"] for row in mine["replies"]] == ["Warga di loket."]
    assert [row["text"] for row in mine["things_to_improve"]] == ["Ceritakan satu peristiwa."]
    assert [row["text"] for row in mine["passage_comments"]] == ["Siapa mereka?"]
    assert {"Sakit", "Tugas tambahan"} <= {row["reason"] for row in [*mine["extensions"], *mine["remedials"]]}
    assert said["lists"][0]["before"] == {"unit": "Puskesmas Lama"}
    assert [row["group__name"] for row in mine["history"]] == ["Kelompok 1", "Kelompok 2"]
    assert {"Dinilai", "Peserta dipindahkan"} <= {row["event"] for row in mine["events"]}
    graded = [row for row in mine["criteria"] if "points" in row]
    assert len(graded) == 8
    assert {row["comment"] for row in mine["criteria"] if "points" not in row} == {row["comment"] for row in graded}


def test_nothing_unreleased_and_nothing_unfinished(cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(release_policy=factory.AT_RELEASE)
    cast.enrolment.refresh_from_db()
    first, second = cast.modules
    factory.annotated(factory.submitted(cast.enrolment, first).entry, cast.instructor, text="Rahasia penelaah")
    factory.decided(cast.enrolment.entries.get(), cast.instructor)
    factory.annotated(factory.submitted(cast.enrolment, second).entry, cast.instructor, text="Belum selesai")
    workflow.record_remedial(user=cast.lead, enrolment=cast.enrolment, score=70, reason="Tugas tambahan", now=NOW)
    [mine] = data_of(cast.participant)["enrolments"]
    for kind in ("feedback", "criteria", "things_to_improve", "passage_comments", "remedials"):
        assert mine[kind] == [], kind
    events = [row["event"] for row in mine["events"]]
    assert "Telaah selesai" in events
    assert not {"Dinilai", "Remedial dicatat"} & set(events)


def test_a_release_ahead_of_its_time_is_not_told(cast, clock):
    Cohort.objects.filter(pk=cast.cohort.pk).update(release_policy=factory.AT_RELEASE)
    cast.enrolment.refresh_from_db()
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW, delay=timedelta(minutes=10))
    assert "released" not in [row["kind"] for row in data_of(cast.participant)["notices"]]
    clock.move_to(NOW + timedelta(days=1))
    said = data_of(cast.participant)
    assert "released" in [row["kind"] for row in said["notices"]]
    assert said["enrolments"][0]["feedback"]


@pytest.mark.parametrize(("role", "queries"), [("participant", 56), ("instructor", 30)])
def test_more_rows_cost_no_more_queries(world, role, queries):
    def asked() -> int:
        with CaptureQueriesContext(connection) as made:
            data_of(getattr(world, role))
        return len(made)

    before = asked()
    for number in range(3):
        module = factory.make_module(number + 5)
        factory.make_schedule(world.cohort, module)
        factory.returned(world.enrolment, module, world.lead)
    assert asked() == before == queries


def test_a_code_itself_is_in_no_data(world, as_user, clock):
    text = as_user(world.peer).post(reverse("my_data_take")).content.decode()
    code = world.peer.activation_codes.get()
    assert "revoked_at" in text
    assert code.nonce not in text
    assert code.digest not in text
    assert codes.text_of(code) not in text
