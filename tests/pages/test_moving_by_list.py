"""Participants change cohorts by a list: when it is told to, as it was shown, and undone while nothing came after."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from journals import audit, workflow
from journals.models import Enrolment, Entry, Roster, Schedule
from journals.workflow import enrolling
from tests import factory
from tests.factory import NOW
from tests.pages.test_moving import events


@pytest.fixture
def client(cast, as_user, clock):
    return as_user(cast.organiser)


@pytest.fixture
def listed(client, cast, target):
    """A list for the other cohort with the participant in it, as the page shows it."""
    file = SimpleUploadedFile("pindah.csv", f"Nama;NIP\n{cast.participant.name};{cast.participant.nip}\n".encode())
    client.post(reverse("roster_upload", args=[target.key]), {"berkas": file})
    return Roster.objects.get()


def list_at(roster, name="roster"):
    return reverse(name, args=[roster.cohort.key, roster.key])


def test_a_list_moves_people_only_when_told_to_and_is_undone(client, cast, target, listed):
    draft = factory.draft(cast.enrolment, cast.modules[0])
    due = draft.due_at
    factory.submitted(cast.enrolment, cast.modules[1])
    assert "Mengikuti Angkatan IV, yang berjalan pada waktu yang sama." in client.get(list_at(listed)).content.decode()
    form = client.get(list_at(listed)).context["form"]
    data = {field.html_name: field.value() for field in form}
    assert client.post(list_at(listed, "roster_columns"), {**data, "moves": "on"}).status_code == 302
    page = client.get(list_at(listed))
    assert "Pindah ke sini dari angkatan lain" in page.content.decode()
    assert "Meninggalkan Angkatan IV." in page.content.decode()
    added = client.post(list_at(listed, "roster_add"), {"expected": page.context["plan"].digest})
    assert added.status_code == 302
    new = Enrolment.objects.get(user=cast.participant, cohort=target)
    draft.refresh_from_db()
    cast.enrolment.refresh_from_db()
    assert (draft.enrolment, cast.enrolment.status) == (new, "moved")
    assert len(events("moved", cast.cohort)) == 1
    assert client.post(list_at(listed, "roster_undo")).status_code == 302
    draft.refresh_from_db()
    cast.enrolment.refresh_from_db()
    assert (draft.enrolment, draft.due_at, cast.enrolment.status) == (cast.enrolment, due, "active")
    assert not Enrolment.objects.filter(user=cast.participant, cohort=target).exists()
    assert list(audit.breaks()) == []


def test_a_place_that_was_given_up_meanwhile_is_not_given_up_twice(client, cast, target, listed, monkeypatch):
    """Of two organisers who move somebody at the same moment, to two cohorts, one is told to look again."""
    form = client.get(list_at(listed)).context["form"]
    client.post(
        list_at(listed, "roster_columns"), {**{field.html_name: field.value() for field in form}, "moves": "on"}
    )
    plan, planned = client.get(list_at(listed)).context["plan"], enrolling.plan_of

    def and_then_another(*args, **kwargs):
        found = planned(*args, **kwargs)
        Enrolment.objects.filter(pk=cast.enrolment.pk).update(status="moved")
        return found

    monkeypatch.setattr(enrolling, "plan_of", and_then_another)
    refused = client.post(list_at(listed, "roster_add"), {"expected": plan.digest})
    assert refused.status_code == 409
    assert not Enrolment.objects.filter(cohort=target, user=cast.participant).exists()


def test_a_list_is_not_undone_once_somebody_has_written_on(client, cast, target, listed, clock):
    factory.draft(cast.enrolment, cast.modules[0])
    Roster.objects.update(moves=True)
    digest = client.get(list_at(listed)).context["plan"].digest
    client.post(list_at(listed, "roster_add"), {"expected": digest})
    new = Enrolment.objects.get(user=cast.participant, cohort=target)
    factory.draft(new, cast.modules[0], text="<p>Lanjutan yang baru saja ditulis.</p>", now=NOW + timedelta(minutes=1))
    assert client.post(list_at(listed, "roster_undo")).status_code == 409
    assert Enrolment.objects.filter(pk=new.pk).exists()


def test_whoever_takes_part_in_two_others_stays_a_problem(client, cast, target, listed):
    third = factory.make_cohort("Angkatan Lain", rubric=cast.cohort.rubric)
    factory.enrol(cast.participant, third, factory.make_group(third))
    Roster.objects.update(moves=True)
    plan = client.get(list_at(listed)).context["plan"]
    assert not plan.possible


def moved_by_the_list(client, listed):
    Roster.objects.update(moves=True)
    digest = client.get(list_at(listed)).context["plan"].digest
    client.post(list_at(listed, "roster_add"), {"expected": digest})
    return Enrolment.objects.get(user=listed.rows.get().user, cohort=listed.cohort)


def test_a_list_is_not_undone_once_somebody_was_moved_on(client, cast, target, listed):
    factory.draft(cast.enrolment, cast.modules[0])
    new = moved_by_the_list(client, listed)
    third = factory.make_cohort("Angkatan Lain", rubric=cast.cohort.rubric)
    factory.make_schedule(third, cast.modules[0])
    fate = workflow.fate_of(new, third).digest(third)
    group = factory.make_group(third)
    workflow.transfer(user=cast.organiser, enrolment=new, group=group, expected=fate, reason="Dinas", now=NOW)
    page = client.post(list_at(listed, "roster_undo"))
    assert page.status_code == 409
    assert "sudah dipindahkan lagi atau sudah keluar" in page.content.decode()
    assert list(Enrolment.objects.filter(user=cast.participant, status="active").values_list("cohort", flat=True)) == [
        third.pk
    ]


def test_nor_once_a_draft_that_came_along_was_handed_in(client, cast, target, listed):
    draft = factory.draft(cast.enrolment, cast.modules[0])
    new = moved_by_the_list(client, listed)
    factory.submitted(new, cast.modules[0])
    saved = Roster.objects.get().done_at - timedelta(minutes=1)
    Entry.objects.filter(pk=draft.pk).update(saved_at=saved)  # handed in as it was
    assert client.post(list_at(listed, "roster_undo")).status_code == 409
    draft.refresh_from_db()
    assert draft.enrolment == new


def test_what_comes_back_is_due_as_the_schedule_says_now(client, cast, target, listed):
    draft = factory.draft(cast.enrolment, cast.modules[0])
    moved_by_the_list(client, listed)
    later = draft.due_at + timedelta(hours=3)
    Schedule.objects.filter(cohort=cast.cohort, module=cast.modules[0]).update(due=later, closes=later)
    assert client.post(list_at(listed, "roster_undo")).status_code == 302
    draft.refresh_from_db()
    assert draft.due_at == later


def test_a_module_that_has_left_the_schedule_meanwhile_stops_no_undoing(client, cast, target, listed):
    draft = factory.draft(cast.enrolment, cast.modules[0])
    moved_by_the_list(client, listed)
    Schedule.objects.filter(cohort=cast.cohort, module=cast.modules[0]).delete()
    assert client.post(list_at(listed, "roster_undo")).status_code == 302
    draft.refresh_from_db()
    assert draft.enrolment == cast.enrolment
