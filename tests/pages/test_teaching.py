"""Who teaches: somebody comes, goes, or hands everything over. Rights follow at once, decisions stay, piles move."""

import json

import pytest
from django.urls import reverse

from berakhlak.accounts.models import User
from journals import workflow
from journals.models import Event, Teaching
from tests import factory
from tests.factory import NOW

NIP = "19850504 201001 1 907"


@pytest.fixture
def client(cast, as_user, clock):
    return as_user(cast.organiser)


def at(cast, name="cohort_instructors", **more):
    return reverse(name, kwargs={"cohort": cast.cohort.key, **more})


def teaching_of(user) -> Teaching:
    return Teaching.objects.get(instructor=user)


def events() -> list[tuple[str, int]]:
    rows = Event.objects.filter(kind="teaching").order_by("id").values_list("data", flat=True)
    return [(said["move"], said["instructor"]) for said in map(json.loads, rows)]


def test_somebody_without_an_account_gets_one_by_name(client, cast):
    refused = client.post(at(cast, "cohort_instructor_add"), {"siapa": NIP})
    assert refused.status_code == 422
    assert "Tuliskan nama lengkapnya" in refused.content.decode()
    given = {"siapa": NIP, "nama": "Dr. Hendra Saputra, S.STP., M.Si.", "kelompok": cast.group.pk}
    done = client.post(at(cast, "cohort_instructor_add"), given, follow=True).content.decode()
    assert "Widyaiswara sudah ditambahkan." in done
    made = User.objects.get(nip=NIP.replace(" ", ""))
    assert made.full_name == "Dr. Hendra Saputra, S.STP., M.Si."
    assert not made.has_usable_password()
    assert made.history.get().history_user == cast.organiser
    assert teaching_of(made).group == cast.group
    assert events() == [("came", made.pk)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"siapa": ""}, "Wajib diisi."),
        ({"siapa": "1985"}, "NIP terdiri atas 18 angka"),
        ({"siapa": "bukan surel@"}, "surel"),
        ({"siapa": NIP, "nama": "X" * 300}, "200"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(client, cast, given, said):
    before = User.objects.count()
    refused = client.post(at(cast, "cohort_instructor_add"), given)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert User.objects.count() == before
    assert events() == []


def test_nobody_covers_the_same_twice_and_nobody_who_is_switched_off(client, cast):
    again = {"siapa": cast.instructor.email, "kelompok": cast.group.pk}
    refused = client.post(at(cast, "cohort_instructor_add"), again)
    assert refused.status_code == 422
    assert "sudah mengampu bagian ini" in refused.content.decode()
    gone = factory.make_user("Pensiun", is_active=False)
    refused = client.post(at(cast, "cohort_instructor_add"), {"siapa": gone.email})
    assert "Akun ini dinonaktifkan." in refused.content.decode()
    assert events() == []


def test_no_account_is_left_behind_when_the_move_is_refused(client, cast, monkeypatch):
    def refuse(**_given):
        raise workflow.Invalid("Tidak.")

    monkeypatch.setattr(workflow, "appoint", refuse)
    assert client.post(at(cast, "cohort_instructor_add"), {"siapa": NIP, "nama": "Hendra"}).status_code == 422
    assert not User.objects.filter(nip=NIP.replace(" ", "")).exists()


def test_handing_over_moves_rights_and_pile_and_keeps_decisions(client, cast, as_user):
    graded = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    waiting = factory.submitted(cast.enrolment, cast.modules[1]).entry
    type(waiting).objects.filter(pk=waiting.pk).update(assignee=cast.instructor)
    pk = teaching_of(cast.instructor).pk
    page = client.get(at(cast, "cohort_instructor_replace", pk=pk)).content.decode()
    assert cast.instructor.full_name in page
    new = cast.outside_instructor
    given = {"siapa": new.email}
    done = client.post(at(cast, "cohort_instructor_replace", pk=pk), given, follow=True).content.decode()
    assert f"Tugas {cast.instructor.full_name} diserahkan kepada {new.full_name} mulai sekarang." in done
    waiting.refresh_from_db()
    graded.refresh_from_db()
    assert waiting.assignee == new
    assert graded.reviewer == cast.instructor
    assert not Teaching.objects.filter(instructor=cast.instructor).exists()
    assert events() == [("came", new.pk), ("went", cast.instructor.pk)]
    address = reverse("review", args=[waiting.key])
    assert as_user(cast.instructor).get(address).status_code == 404
    assert as_user(new).get(address).status_code == 200


def test_only_the_pile_of_what_was_handed_over_moves(client, cast):
    both = Teaching.objects.create(instructor=cast.instructor, cohort=cast.cohort, group=cast.other_group)
    mine = factory.submitted(cast.enrolment, cast.modules[0]).entry
    other = factory.submitted(cast.cohort.enrolments.get(user=cast.stranger), cast.modules[0]).entry
    type(mine).objects.filter(pk__in=[mine.pk, other.pk]).update(assignee=cast.instructor)
    given = {"siapa": cast.outside_instructor.email}
    assert client.post(at(cast, "cohort_instructor_replace", pk=both.pk), given).status_code == 302
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.assignee, other.assignee) == (cast.instructor, cast.outside_instructor)


def test_whoever_goes_leaves_the_pile_to_nobody(client, cast):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    type(entry).objects.filter(pk=entry.pk).update(assignee=cast.instructor)
    pk = teaching_of(cast.instructor).pk
    assert "tanpa penanggung jawab" in client.get(at(cast, "cohort_instructor_remove", pk=pk)).content.decode()
    assert Teaching.objects.filter(pk=pk).exists()
    assert client.post(at(cast, "cohort_instructor_remove", pk=pk)).status_code == 302
    entry.refresh_from_db()
    assert entry.assignee is None
    assert events() == [("went", cast.instructor.pk)]


@pytest.mark.parametrize(("move", "given"), [("remove", {}), ("replace", {"siapa": NIP, "nama": "Hendra"})])
def test_nobody_goes_in_the_middle_of_a_review(client, cast, move, given):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    pk = teaching_of(cast.instructor).pk
    refused = client.post(at(cast, f"cohort_instructor_{move}", pk=pk), given)
    assert refused.status_code == 409
    assert "sedang menelaah sebuah entri" in refused.content.decode()
    assert Teaching.objects.filter(pk=pk).exists()
    assert not User.objects.filter(nip=NIP.replace(" ", "")).exists()
    assert events() == []


def test_handing_over_to_oneself_is_refused(client, cast):
    pk = teaching_of(cast.instructor).pk
    refused = client.post(at(cast, "cohort_instructor_replace", pk=pk), {"siapa": cast.instructor.email})
    assert refused.status_code == 422
    assert teaching_of(cast.instructor).pk == pk


def test_a_teaching_of_another_cohort_is_not_found(client, cast):
    pk = teaching_of(cast.outside_instructor).pk
    assert client.post(at(cast, "cohort_instructor_remove", pk=pk)).status_code == 404


@pytest.mark.parametrize("more", [0, 3])
def test_queries(client, cast, django_assert_num_queries, more):
    for number in range(more):
        teaching = Teaching.objects.create(instructor=factory.make_user(f"W {number}"), cohort=cast.cohort)
        teaching.modules.add(cast.modules[0])
    client.get(at(cast))
    with django_assert_num_queries(12):
        client.get(at(cast))
