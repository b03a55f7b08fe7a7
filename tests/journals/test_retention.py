"""Journals whose retention period has ended: reported first, then deleted without a hole in the record."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import models

from berakhlak.accounts.models import User
from journals import audit, recap, workflow
from journals.keys import random_key
from journals.models import (
    Announcement,
    Attachment,
    Book,
    Cohort,
    Enrolment,
    Entry,
    Event,
    Reading,
    Review,
    Submission,
)
from journals.services import books
from journals.workflow.retiring import below
from tests import factory
from tests.factory import NOW

AFTER = (NOW + timedelta(days=400)).date()


@pytest.fixture
def lived_in(cast):
    """Of most things one in the cohort; one entry in another."""
    factory.attached(cast.enrolment, cast.modules[0])
    factory.draft(cast.enrolment, cast.modules[0])
    factory.marked(cast.enrolment, cast.modules[0], behaviour=factory.make_behaviour(factory.make_value()))
    graded = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    factory.returned(cast.peer_enrolment, cast.modules[0], cast.instructor)
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    factory.remark(cast.participant, graded.submission.entry)
    factory.reminder(cast.enrolment, cast.modules[1])
    workflow.announce(user=cast.lead, cohort=cast.cohort, key=random_key(), title="J", text="Halo", to=None, now=NOW)
    workflow.note_reading(user=cast.lead, entry=graded.submission.entry, now=NOW)
    books.issue(cast.enrolment, by=cast.participant, now=NOW)
    return cast


@pytest.fixture
def final(lived_in):
    """The same with its recap declared final."""
    content = recap.recap_of(lived_in.cohort)
    workflow.finalise(user=lived_in.lead, cohort=lived_in.cohort, expected=recap.text_of(content)[1], now=NOW)
    return lived_in


def stored() -> set[str]:
    """Those files of attachments and books that lie in the store."""
    pairs = [*Attachment.objects.values_list("file", "thumbnail"), *Book.objects.values_list("file", "file")]
    return {name for pair in pairs for name in pair if storages["private"].exists(name)}


def retention(capsys, *arguments: str) -> str:
    call_command("retention", "--ended-before", AFTER.isoformat(), *arguments)
    return capsys.readouterr().out


def test_it_first_reports_and_touches_nothing(final, capsys):
    before = (Entry.objects.count(), Submission.objects.count(), Event.objects.count(), stored())
    said = retention(capsys)
    assert f"{final.cohort.name}: 3 people, 2 entries, 2 files" in said
    assert "still have journals" in said
    assert (Entry.objects.count(), Submission.objects.count(), Event.objects.count(), stored()) == before


def test_a_cohort_that_ended_later_is_not_named(final, capsys):
    call_command("retention", "--ended-before", "2020-01-01")
    assert capsys.readouterr().out.startswith("0 cohorts ended")


def test_without_a_final_recap_nothing_is_deleted(lived_in, capsys):
    said = retention(capsys, "--delete", "--by", lived_in.superuser.email)
    assert "Belum ada rekap yang dinyatakan final" in said
    assert Entry.objects.count() == 2
    assert Cohort.objects.get(pk=lived_in.cohort.pk).journals_deleted_at is None


@pytest.mark.parametrize("login", [None, "siapa@example.id", "organiser"])
def test_only_a_superuser_may_be_responsible(final, login):
    by = [] if login is None else ["--by", final.organiser.email if login == "organiser" else login]
    with pytest.raises(CommandError, match="superuser"):
        call_command("retention", "--ended-before", AFTER.isoformat(), "--delete", *by)
    assert Entry.objects.count() == 2


def test_what_people_wrote_goes_and_the_record_stays(final, capsys, django_capture_on_commit_callbacks):
    other = Enrolment.objects.get(user=final.outsider)
    kept = factory.submitted(other, final.modules[0])
    files = stored()
    assert len(files) == 3
    events = Event.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=NOW)
    assert list(Entry.objects.all()) == [kept.entry]
    assert list(Submission.objects.all()) == [kept]
    for model in (Review, Attachment, Book, Announcement, Reading):
        assert not model.objects.exists(), model
    assert [name for name in files if storages["private"].exists(name)] == []
    assert Enrolment.objects.filter(cohort=final.cohort).count() == 3
    assert final.cohort.finalisations.count() == 1
    assert Event.objects.count() == events + 3  # two entries and the cohort
    assert list(audit.breaks()) == []


def test_the_trail_still_breaks_where_something_is_missing_or_left(final):
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=NOW)
    assert list(audit.breaks()) == []
    from journals import triggers

    with triggers.lifted():
        final.cohort.finalisations.all().delete()
    assert len(list(audit.breaks())) == 1


def test_accounts_that_nothing_needs_are_closed(final):
    photo = "photos/x.png"
    User.objects.filter(pk=final.participant.pk).update(photo=photo)
    factory.enrol(final.peer, final.outside_cohort, factory.make_group(final.outside_cohort))
    closed = workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=NOW)
    assert {person.pk for person in closed} == {final.participant.pk, final.stranger.pk}
    person = User.objects.get(pk=final.participant.pk)
    assert (person.is_active, person.has_usable_password(), person.photo.name) == (False, False, "")
    for stays in (final.peer, final.instructor, final.organiser):
        assert User.objects.get(pk=stays.pk).is_active


def test_a_second_time_is_refused(final):
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=NOW)
    with pytest.raises(workflow.Refused):
        workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=NOW)


def test_every_table_that_hangs_on_a_participant_is_reached():
    """A table that is added later is found by itself; this list only shows that it is."""
    reached = {model.__name__ for model, _way in below(Enrolment, "cohort")}
    assert {"Entry", "Submission", "SubmissionText", "Review", "Score", "Annotation", "AnnotationReply", "Notice",
            "FrozenAttachment", "Attachment", "Evidence", "Checkpoint", "StrayDraft", "Remark", "Book", "Extension",
            "Remedial", "Receipt", "Reminder", "Release", "Reading", "ItemAnswer",
            "FeedbackRead"} <= reached  # fmt: skip
    assert all(issubclass(model, models.Model) for model, _way in below(Enrolment, "cohort"))


def test_pages_say_that_the_journals_are_gone(final, as_user):
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=NOW)
    from django.urls import reverse

    page = as_user(final.organiser).get(reverse("cohort", args=[final.cohort.key])).content.decode()
    assert "Jurnal angkatan ini dihapus pada" in page
    assert as_user(final.organiser).get(reverse("cohort_recap", args=[final.cohort.key])).status_code == 200
