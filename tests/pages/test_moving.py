"""Participants change places as an organiser does it: what will happen is said first, and exactly that happens."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from journals import audit, workflow
from journals.models import Enrolment, Entry, Event
from tests import factory
from tests.factory import NOW


@pytest.fixture
def client(cast, as_user, clock):
    return as_user(cast.organiser)


def at(enrolment, name="member"):
    return reverse(name, args=[enrolment.cohort.key, enrolment.ndh])


def events(kind, cohort) -> list[dict]:
    rows = Event.objects.filter(stream__name=f"cohort:{cohort.pk}", kind=kind).order_by("id")
    return [json.loads(data) for data in rows.values_list("data", flat=True)]


def go(client, enrolment, target, reason="Permintaan unit kerja", **changed):
    """Look at the page for the other cohort and press its button."""
    address = f"{at(enrolment, 'member_transfer')}?ke={target.key}"
    page = client.get(address)
    given = {"expected": page.context["digest"], "kelompok": target.groups.get().pk, "alasan": reason, **changed}
    return client.post(address, given)


# --- To another cohort -------------------------------------------------------------------------------


def test_drafts_go_along_and_what_was_handed_in_stays(client, cast, target, as_user):
    module3 = factory.make_module(3)
    factory.make_schedule(cast.cohort, module3)
    submitted = factory.submitted(cast.enrolment, cast.modules[1]).entry
    draft = factory.draft(cast.enrolment, cast.modules[0])
    homeless = factory.draft(cast.enrolment, module3)
    factory.attached(cast.enrolment, cast.modules[0])
    page = client.get(f"{at(cast.enrolment, 'member_transfer')}?ke={target.key}")
    fate = page.context["fate"]
    assert (fate.goes, fate.stays, fate.homeless) == ([draft], [submitted], [homeless])
    done = go(client, cast.enrolment, target)
    new = Enrolment.objects.get(user=cast.participant, cohort=target)
    assert done.url == at(new)
    cast.enrolment.refresh_from_db()
    assert cast.enrolment.status == "moved"
    assert (new.status, new.group) == ("active", target.groups.get())
    draft.refresh_from_db()
    assert (draft.enrolment, draft.due_at) == (new, target.schedules.get(module=cast.modules[0]).due)
    assert draft.attachments.count() == 1
    assert draft.responses.exclude(body="").exists()
    assert {entry.enrolment for entry in Entry.objects.filter(pk__in=[submitted.pk, homeless.pk])} == {cast.enrolment}
    # Writing goes on in the new place, and no longer in the old one; the old instructor still reviews.
    writer = as_user(cast.participant)
    assert writer.get(reverse("entry_write", args=[target.key, 1])).status_code == 200
    assert writer.get(reverse("entry_write", args=[cast.cohort.key, 3])).status_code == 403
    assert writer.get(reverse("submission", args=[cast.cohort.key, 2, 1])).status_code == 200
    assert as_user(cast.instructor).get(reverse("review", args=[submitted.key])).status_code == 200
    places = {"from": cast.enrolment.pk, "to": new.pk}
    said = [{**places, "entries": [draft.pk]}]
    assert events("moved", cast.cohort) == events("moved", target) == said
    assert json.loads(Event.objects.get(stream__name=f"entry:{draft.pk}", kind="moved").data) == places
    assert new.history.first().history_change_reason == "Permintaan unit kerja"
    assert list(audit.breaks()) == []


def test_only_what_was_shown_happens(client, cast, target):
    factory.draft(cast.enrolment, cast.modules[0])
    address = f"{at(cast.enrolment, 'member_transfer')}?ke={target.key}"
    expected = client.get(address).context["digest"]
    factory.submitted(cast.enrolment, cast.modules[0])
    given = {"expected": expected, "kelompok": target.groups.get().pk, "alasan": "Pindah tugas"}
    refused = client.post(address, given)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert 'value="Pindah tugas"' in page
    assert "Entri berikut tetap di sini" in page
    assert not Enrolment.objects.filter(user=cast.participant, cohort=target).exists()


def test_whoever_comes_back_has_the_old_place(client, cast, target):
    go(client, cast.enrolment, target)
    away = Enrolment.objects.get(user=cast.participant, cohort=target)
    draft = factory.draft(away, cast.modules[0])
    back = f"{at(away, 'member_transfer')}?ke={cast.cohort.key}"
    given = {
        "expected": client.get(back).context["digest"],
        "kelompok": cast.other_group.pk,
        "alasan": "Kembali",
    }
    assert client.post(back, given).url == at(cast.enrolment)
    cast.enrolment.refresh_from_db()
    draft.refresh_from_db()
    assert (cast.enrolment.status, cast.enrolment.group) == ("active", cast.other_group)
    assert draft.enrolment == cast.enrolment
    assert Enrolment.objects.filter(user=cast.participant).count() == 2


def test_the_page_says_what_counts_and_what_is_closed_there(client, cast, target):
    factory.graded(cast.enrolment, cast.modules[1], cast.instructor)
    address = f"{at(cast.enrolment, 'member_transfer')}?ke={target.key}"
    page = client.get(address).content.decode()
    assert "tidak dihitung dalam hasil angkatan yang baru" in page
    assert "sudah ditutup" not in page
    target.schedules.update(opens=NOW - timedelta(days=9), due=NOW - timedelta(days=2), closes=NOW - timedelta(days=1))
    assert "tidak dapat dikirim lagi di sana tanpa tambahan waktu: 1." in client.get(address).content.decode()


def test_readmitting_says_where_the_drafts_are(client, cast, target):
    factory.draft(cast.enrolment, cast.modules[0])
    go(client, cast.enrolment, target)
    page = client.get(at(cast.enrolment, "member_readmit")).content.decode()
    assert "tetap di sana" in page
    assert "semua entri" not in page
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(status="withdrawn")
    assert "semua entri" in client.get(at(cast.enrolment, "member_readmit")).content.decode()


def test_nobody_takes_part_in_two_running_cohorts(client, cast, target):
    third = factory.make_cohort("Angkatan Lain", rubric=cast.cohort.rubric)
    factory.enrol(cast.participant, third, factory.make_group(third))
    refused = go(client, cast.enrolment, target)
    assert refused.status_code == 409
    assert "Mengikuti Angkatan Lain" in refused.content.decode()


@pytest.mark.parametrize(
    ("changed", "status"), [({"alasan": ""}, 422), ({"kelompok": ""}, 422), ({"expected": "x"}, 409)]
)
def test_a_refused_move_moves_nobody(client, cast, target, changed, status):
    assert go(client, cast.enrolment, target, **changed).status_code == status
    cast.enrolment.refresh_from_db()
    assert cast.enrolment.status == "active"


def test_a_group_of_a_third_cohort_is_no_choice(client, cast, target):
    assert go(client, cast.enrolment, target, kelompok=cast.other_group.pk).status_code == 422


def test_there_is_no_move_to_the_same_cohort_or_to_none(client, cast):
    for key in (cast.cohort.key, "", "aaaaaaaaaaaa"):
        assert client.get(f"{at(cast.enrolment, 'member_transfer')}?ke={key}").status_code == 404


# --- Within the cohort -------------------------------------------------------------------------------


def test_another_group_means_other_instructors_at_once(client, cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    Entry.objects.filter(pk=entry.pk).update(assignee=cast.instructor)
    moved = client.post(at(cast.enrolment, "member_group"), {"kelompok": cast.other_group.pk}, follow=True)
    assert f"sekarang di {cast.other_group.name}." in moved.content.decode()
    entry.refresh_from_db()
    assert entry.assignee is None
    address = reverse("review", args=[entry.key])
    assert as_user(cast.instructor).get(address).status_code == 403
    assert as_user(cast.other_instructor).get(address).status_code == 200
    assert events("moved", cast.cohort) == [{"from_group": cast.group.pk, "to_group": cast.other_group.pk}]


def test_not_in_the_middle_of_a_review_unless_the_reviewer_covers_both(client, cast):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    refused = client.post(at(cast.enrolment, "member_group"), {"kelompok": cast.other_group.pk})
    assert refused.status_code == 409
    assert "sedang menelaah sebuah entri" in refused.content.decode()
    workflow.unclaim(user=cast.instructor, entry=entry, now=NOW)
    workflow.claim(user=cast.lead, entry=entry, now=NOW)
    assert client.post(at(cast.enrolment, "member_group"), {"kelompok": cast.other_group.pk}).status_code == 302


@pytest.mark.parametrize("group", ["own", "foreign", "none"])
def test_no_other_group_is_taken(client, cast, group):
    chosen = {"own": cast.group.pk, "foreign": cast.outside_cohort.groups.get().pk, "none": ""}[group]
    assert client.post(at(cast.enrolment, "member_group"), {"kelompok": chosen}).status_code == 422


# --- Leaving and coming back -------------------------------------------------------------------------


def test_withdrawn_and_readmitted(client, cast, as_user):
    draft = factory.draft(cast.enrolment, cast.modules[0])
    writing = reverse("entry_write", args=[cast.cohort.key, 1])
    assert client.post(at(cast.enrolment, "member_withdraw"), {"alasan": ""}).status_code == 422
    done = client.post(at(cast.enrolment, "member_withdraw"), {"alasan": "Sakit lama"}, follow=True).content.decode()
    assert "sudah tidak mengikuti angkatan ini" in done
    assert cast.participant.full_name not in client.get(reverse("cohort", args=[cast.cohort.key])).content.decode()
    cast.enrolment.refresh_from_db()
    assert cast.enrolment.status == "withdrawn"
    assert cast.enrolment.history.first().history_change_reason == "Sakit lama"
    assert as_user(cast.participant).get(writing).status_code == 403
    organiser = as_user(cast.organiser)
    assert organiser.post(at(cast.enrolment, "member_withdraw"), {"alasan": "Lagi"}).status_code == 409
    assert organiser.post(at(cast.enrolment, "member_readmit"), {"alasan": "Sembuh"}).status_code == 302
    assert organiser.post(at(cast.enrolment, "member_readmit"), {"alasan": "Lagi"}).status_code == 409
    assert as_user(cast.participant).get(writing).status_code == 200
    assert Entry.objects.get(pk=draft.pk).enrolment == cast.enrolment
    assert len(events("left", cast.cohort)) == len(events("readmitted", cast.cohort)) == 1


def test_nobody_is_readmitted_who_takes_part_elsewhere(client, cast, target):
    go(client, cast.enrolment, target)
    refused = client.post(at(cast.enrolment, "member_readmit"), {"alasan": "Kembali"})
    assert refused.status_code == 409
    assert f"Mengikuti {target.name}" in refused.content.decode()


def test_an_account_is_switched_off_and_on(client, cast, as_user):
    writer = as_user(cast.participant)
    session = writer.cookies["sessionid"].value
    organiser = as_user(cast.organiser)
    assert "langsung keluar di semua perangkat" in organiser.get(at(cast.enrolment, "member_switch")).content.decode()
    assert organiser.post(at(cast.enrolment, "member_switch"), {"aktif": "0"}).status_code == 302
    assert organiser.post(at(cast.enrolment, "member_switch"), {"aktif": "0"}).status_code == 302  # a second click
    cast.participant.refresh_from_db()
    assert not cast.participant.is_active
    assert cast.participant.history.first().history_user == cast.organiser
    writer.cookies["sessionid"] = session
    assert writer.get("/beranda/").status_code == 302
    organiser = as_user(cast.organiser)
    assert organiser.post(at(cast.enrolment, "member_switch"), {"aktif": "1"}).status_code == 302
    assert (
        writer.post("/akun/masuk/", {"login": cast.participant.email, "password": factory.PASSWORD}).status_code == 302
    )
    assert [said["active"] for said in events("switched", cast.cohort)] == [0, 0, 1]


def test_so_is_that_of_an_instructor(client, cast):
    teaching = cast.cohort.teachings.filter(instructor=cast.instructor).first()
    address = reverse("instructor_switch", args=[cast.cohort.key, teaching.pk])
    page = reverse("cohort_instructors", args=[cast.cohort.key])
    assert f'href="{address}"' in client.get(page).content.decode()
    assert "tetap di sana sampai dibagikan" in client.get(address).content.decode()
    assert client.post(address, {"aktif": "0"}).url == page
    cast.instructor.refresh_from_db()
    assert not cast.instructor.is_active
    assert "Akun dinonaktifkan" in client.get(page).content.decode()
    client.post(address, {"aktif": "1"})
    cast.instructor.refresh_from_db()
    assert cast.instructor.is_active
    assert [said["user"] for said in events("switched", cast.cohort)] == [cast.instructor.pk] * 2


def test_staff_are_not_switched_off_here(client, cast):
    enrolment = factory.enrol(cast.superuser, cast.cohort, cast.group, 61)
    assert client.post(at(enrolment, "member_switch"), {"aktif": "0"}).status_code == 403
    cast.superuser.refresh_from_db()
    assert cast.superuser.is_active


@pytest.mark.parametrize("leave", ["transfer", "withdraw"])
def test_a_form_that_was_loaded_before_somebody_left_hands_nothing_in(cast, target, leave):
    draft = factory.draft(cast.enrolment, cast.modules[0])
    loaded = Entry.objects.select_related("enrolment__cohort", "module").get(pk=draft.pk)
    if leave == "transfer":
        fate = workflow.fate_of(cast.enrolment, target).digest(target)
        group = target.groups.first()
        workflow.transfer(
            user=cast.organiser, enrolment=cast.enrolment, group=group, expected=fate, reason="Dinas", now=NOW
        )
    else:
        workflow.withdraw_participant(user=cast.organiser, enrolment=cast.enrolment, reason="Cuti", now=NOW)
    with pytest.raises(workflow.Conflict) as refused:
        workflow.submit(user=cast.participant, entry=loaded, version=loaded.version, key="a", accepted=True, now=NOW)
    assert refused.value.code == "moved"
    assert not loaded.submissions.exists()


@pytest.mark.parametrize("more", [0, 2])
def test_queries(client, cast, django_assert_num_queries, more):
    for number in range(more):
        module = factory.make_module(number + 5)
        factory.make_schedule(cast.cohort, module)
        factory.draft(cast.enrolment, module)
    factory.draft(cast.enrolment, cast.modules[0])
    client.get(at(cast.enrolment))
    with django_assert_num_queries(15):
        client.get(at(cast.enrolment))
