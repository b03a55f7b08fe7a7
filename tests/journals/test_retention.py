"""Journals whose retention period has ended: reported first, then deleted without a hole in the record."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import models
from django.urls import reverse

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
    Export,
    Reading,
    Review,
    Roster,
    RosterRow,
    Submission,
)
from journals.services import books
from journals.workflow.retiring import below
from tests import factory
from tests.factory import NOW

LATER = NOW + timedelta(days=400)  # the cohort has ended
AFTER = LATER.date()


@pytest.fixture
def lived_in(cast, clock):
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
    roster = Roster.objects.create(cohort=cast.cohort, by=cast.organiser, created_at=NOW, file_name="a.csv")
    roster.groups.add(cast.group)
    RosterRow.objects.create(roster=roster, number=2, outcome="new", user=cast.peer, enrolment=cast.peer_enrolment)
    return cast


@pytest.fixture
def final(lived_in, clock):
    """The same with its recap declared final; the clock stands long after its end."""
    content = recap.recap_of(lived_in.cohort)
    workflow.finalise(user=lived_in.lead, cohort=lived_in.cohort, expected=recap.text_of(content)[1], now=NOW)
    clock.move_to(LATER)
    return lived_in


def stored() -> set[str]:
    """Those files of attachments and books that lie in the store."""
    pairs = [*Attachment.objects.values_list("file", "thumbnail"), *Book.objects.values_list("file", "file")]
    return {name for pair in pairs for name in pair if storages["private"].exists(name)}


def retention(capsys, *arguments: str) -> str:
    """What the command says, long after the cohort has ended."""
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


def test_without_a_final_recap_nothing_is_deleted(lived_in, capsys, clock):
    clock.move_to(LATER)
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
        workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)
    assert list(Entry.objects.all()) == [kept.entry]
    assert list(Submission.objects.all()) == [kept]
    for model in (Review, Attachment, Book, Announcement, Reading, Roster, RosterRow, Roster.groups.through):
        assert not model.objects.exists(), model
    assert [name for name in files if storages["private"].exists(name)] == []
    assert Enrolment.objects.filter(cohort=final.cohort).count() == 3
    assert final.cohort.finalisations.count() == 1
    assert Event.objects.count() == events + 3  # two entries and the cohort
    assert list(audit.breaks()) == []


def test_the_trail_still_breaks_where_something_is_missing_or_left(final):
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)
    assert list(audit.breaks()) == []
    from journals import triggers

    with triggers.lifted():
        final.cohort.finalisations.all().delete()
    assert len(list(audit.breaks())) == 1


def test_accounts_that_nothing_needs_are_closed(final):
    photo = "photos/x.png"
    User.objects.filter(pk=final.participant.pk).update(photo=photo)
    factory.enrol(final.peer, final.outside_cohort, factory.make_group(final.outside_cohort))
    closed = workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)
    assert {person.pk for person in closed} == {final.participant.pk, final.stranger.pk}
    person = User.objects.get(pk=final.participant.pk)
    assert (person.is_active, person.has_usable_password(), person.photo.name) == (False, False, "")
    for stays in (final.peer, final.instructor, final.organiser):
        assert User.objects.get(pk=stays.pk).is_active


def test_a_second_time_is_refused(final):
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)
    with pytest.raises(workflow.Refused):
        workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)


def test_neither_a_running_cohort_nor_one_that_changed_since(final, capsys, clock):
    clock.move_to(NOW)
    with pytest.raises(workflow.Refused, match="belum berakhir"):
        workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=NOW)
    with pytest.raises(CommandError, match="future"):
        call_command("retention", "--ended-before", AFTER.isoformat())
    factory.graded(final.enrolment, final.modules[1], final.instructor)
    clock.move_to(LATER)
    assert "nyatakan final sekali lagi" in retention(capsys, "--delete", "--by", final.superuser.email)
    assert Entry.objects.count() == 3


def test_the_kept_recap_is_not_made_to_look_wrong(final, as_user):
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)
    client = as_user(final.organiser)
    page = client.get(reverse("cohort_final", args=[final.cohort.key, 1])).content.decode()
    assert "tidak ada lagi yang dapat dibandingkan" in page
    page = client.get(reverse("cohort_recap", args=[final.cohort.key])).content.decode()
    assert reverse("cohort_final", args=[final.cohort.key, 1]) in page
    assert reverse("cohort_finalise", args=[final.cohort.key]) not in page
    answer = client.post(reverse("cohort_finalise", args=[final.cohort.key]), {"expected": "x"})
    assert answer.status_code == 409
    assert final.cohort.finalisations.count() == 1


def test_nobody_writes_anew_where_nobody_would_delete_it(final, as_user):
    factory.enrol(final.participant, final.outside_cohort, factory.make_group(final.outside_cohort))
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)
    client = as_user(final.participant)
    assert (
        "Jurnal angkatan ini dihapus pada" in client.get(reverse("journal", args=[final.cohort.key])).content.decode()
    )
    assert client.get(reverse("entry_write", args=[final.cohort.key, 1])).status_code == 403


def test_nothing_that_stays_points_at_something_that_goes():
    """Whatever its relation is called: a foreign key from a table that stays would stop the deletion."""
    gone = {Announcement, Roster, Export}
    for root in (Enrolment, Announcement, Roster):
        gone |= {model for model, _way in below(root, "cohort")}
    pointing = {
        model
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.remote_field
        and field.remote_field.model in gone
        and model not in gone
        and field.remote_field.on_delete is not models.DO_NOTHING
    }
    assert pointing == set()


def test_every_table_that_hangs_on_a_participant_is_reached():
    """A table that is added later is found by itself; this list only shows that it is."""
    reached = {model.__name__ for model, _way in below(Enrolment, "cohort")}
    assert {"Entry", "Submission", "SubmissionText", "Review", "Score", "Annotation", "AnnotationReply", "Notice",
            "FrozenAttachment", "Attachment", "Evidence", "Checkpoint", "StrayDraft", "Remark", "Book", "Extension",
            "Remedial", "Receipt", "Reminder", "Release", "Reading", "ItemAnswer",
            "FeedbackRead"} <= reached  # fmt: skip
    assert all(issubclass(model, models.Model) for model, _way in below(Enrolment, "cohort"))


def test_pages_say_that_the_journals_are_gone(final, as_user):
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)
    page = as_user(final.organiser).get(reverse("cohort", args=[final.cohort.key])).content.decode()
    assert "Jurnal angkatan ini dihapus pada" in page
    assert as_user(final.organiser).get(reverse("cohort_recap", args=[final.cohort.key])).status_code == 200


def test_nothing_new_is_kept_there_either(final, as_user):
    """Nobody is readmitted, moved there, listed or given a remedial, and no book is issued any more."""
    other = factory.enrol(final.participant, final.outside_cohort, factory.make_group(final.outside_cohort))
    workflow.delete_journals(user=final.superuser, cohort=final.cohort, now=LATER)
    client = as_user(final.organiser)
    mine = [final.cohort.key, final.enrolment.ndh]
    assert client.post(reverse("member_readmit", args=mine), {"alasan": "Kembali"}).status_code == 409
    given = {"nilai": "70", "alasan": "Tugas"}
    assert client.post(reverse("cohort_remedial", args=mine), given).status_code == 409
    address = f"{reverse('member_transfer', args=[final.outside_cohort.key, other.ndh])}?ke={final.cohort.key}"
    given = {
        "expected": client.get(address).context["digest"],
        "kelompok": final.cohort.groups.first().pk,
        "alasan": "Dinas",
    }
    assert client.post(address, given).status_code == 409
    answer = as_user(final.participant).post(reverse("book_issue", args=[final.cohort.key]))
    assert answer.status_code == 409
    assert "Jurnal angkatan ini sudah dihapus" in answer.content.decode()
    assert not Enrolment.objects.filter(cohort=final.cohort, status="active").exists()
    assert not Book.objects.filter(enrolment__cohort=final.cohort).exists()
