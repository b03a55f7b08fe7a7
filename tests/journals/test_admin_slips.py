"""The admin's pages take what people really type: numbers that are taken, values that swap places."""

import pytest
from django.urls import reverse

from journals.models import Enrolment, GradeBand, Group, Level, Teaching
from tests import factory
from tests.journals.test_admin_cohort import desk, page_of, posted, row  # noqa: F401  desk is a fixture


@pytest.mark.parametrize(
    ("person", "ndh", "fields"),
    [("nobody", "17", ["ndh"]), ("participant", "40", ["user"]), ("participant", "31", ["user", "ndh"])],
    ids=["number", "person", "both"],
)
def test_a_taken_place_is_an_error_of_its_field(desk, cast, person, ndh, fields):  # noqa: F811
    client, url, data = desk
    typed = {"user": getattr(cast, person).pk, "ndh": ndh, "group": cast.group.pk}
    answer = client.post(
        url, data | {f"enrolments-0-{name}": value for name, value in typed.items()} | {"name": "Baru"}
    )
    assert answer.status_code == 200
    formset = next(item.formset for item in answer.context["inline_admin_formsets"] if item.formset.model is Enrolment)
    assert list(formset.forms[0].errors) == fields
    kept = posted(answer)
    assert (kept["name"], kept["enrolments-0-ndh"]) == ("Baru", ndh)


def test_two_new_participants_with_one_number(desk, cast):  # noqa: F811
    client, url, data = desk
    data |= {"enrolments-TOTAL_FORMS": "2"}
    for place, person in enumerate((cast.nobody, cast.outsider)):
        data |= {f"enrolments-{place}-user": person.pk, f"enrolments-{place}-ndh": "40"}
        data |= {f"enrolments-{place}-group": cast.group.pk}
    answer = client.post(url, data)
    assert "Nomor daftar hadir ini sudah dipakai" in answer.content.decode()
    assert client.post(url, data | {"enrolments-1-ndh": "41"}).status_code == 302


def test_groups_swap_their_names(desk, cast):  # noqa: F811
    client, url, data = desk
    first, second = row(data, "groups", name="Kelompok 1"), row(data, "groups", name="Kelompok 2")
    answer = client.post(url, data | {f"{first}-name": "Kelompok 2", f"{second}-name": "Kelompok 1"})
    assert answer.status_code == 302
    cast.group.refresh_from_db()
    assert cast.group.name == "Kelompok 2"
    answer = client.post(url, data | {f"{first}-name": "Kelompok 2"})
    assert "Kelompok dengan nama ini sudah ada" in answer.content.decode()


def test_a_name_that_somebody_else_took_meanwhile(desk, cast):  # noqa: F811
    client, url, data = desk
    last = f"groups-{data['groups-TOTAL_FORMS']}"
    factory.make_group(cast.cohort, "Kelompok 3")
    answer = client.post(url, data | {"groups-TOTAL_FORMS": 3, f"{last}-name": "Kelompok 3"})
    assert "Kelompok dengan nama ini sudah ada" in answer.content.decode()


def test_a_group_takes_the_name_of_one_that_goes(desk, cast):  # noqa: F811
    client, url, data = desk
    gone = factory.make_group(cast.cohort, "Kelompok 3")
    data = posted(client.get(url))
    first, last = row(data, "groups", name="Kelompok 1"), row(data, "groups", name="Kelompok 3")
    assert client.post(url, data | {f"{first}-name": "Kelompok 3", f"{last}-DELETE": "on"}).status_code == 302
    assert list(Group.objects.filter(name="Kelompok 3")) == [cast.group]
    assert not Group.objects.filter(pk=gone.pk).exists()


def test_bands_swap_their_ranges(desk, cast):  # noqa: F811
    client, url, data = desk
    high, low = row(data, "bands", name="Memuaskan"), row(data, "bands", name="Cukup Memuaskan")
    for side in ("min_score", "max_score"):
        data[f"{high}-{side}"], data[f"{low}-{side}"] = data[f"{low}-{side}"], data[f"{high}-{side}"]
    assert client.post(url, data).status_code == 302
    assert GradeBand.objects.get(cohort=cast.cohort, name="Memuaskan").max_score == 80


def test_an_instructor_twice_is_an_error(desk, cast):  # noqa: F811
    client, url, data = desk
    last = f"teachings-{data['teachings-TOTAL_FORMS']}"
    data["teachings-TOTAL_FORMS"] = int(data["teachings-TOTAL_FORMS"]) + 1
    for person, group in ((cast.lead, ""), (cast.instructor, cast.group.pk)):
        answer = client.post(url, data | {f"{last}-instructor": person.pk, f"{last}-group": group})
        assert answer.status_code == 200
        assert "sudah mengampu" in answer.content.decode()
    assert client.post(url, data | {f"{last}-instructor": cast.nobody.pk}).status_code == 302


def test_an_instructors_two_groups_do_not_swap_unseen(desk, cast):  # noqa: F811
    client, url, data = desk
    factory.teach(cast.instructor, cast.cohort, cast.other_group)
    data = posted(client.get(url))
    rows = [
        f"teachings-{number}"
        for number in range(4)
        if data[f"teachings-{number}-instructor"] == [str(cast.instructor.pk)]
    ]
    swapped = {f"{rows[0]}-group": cast.other_group.pk, f"{rows[1]}-group": cast.group.pk}
    assert client.post(url, data | swapped).status_code == 200
    leaving = {f"{rows[0]}-group": cast.other_group.pk, f"{rows[1]}-DELETE": "on"}
    assert client.post(url, data | leaving).status_code == 302
    assert Teaching.objects.get(instructor=cast.instructor).group == cast.other_group


def test_codes_of_criteria_and_places_of_levels_swap(cast, as_user):
    rubric = factory.make_rubric("Rubrik bebas")
    client, url = as_user(cast.organiser), reverse("admin:journals_rubric_change", args=[rubric.pk])
    data = posted(client.get(url))
    first, second = row(data, "criteria", code="pemahaman"), row(data, "criteria", code="refleksi")
    answer = client.post(url, data | {f"{first}-code": "refleksi", f"{second}-code": "pemahaman"})
    assert answer.status_code == 302
    criterion = rubric.criteria.get(name="Pemahaman")
    assert criterion.code == "refleksi"
    url = reverse("admin:journals_criterion_change", args=[criterion.pk])
    data = posted(client.get(url))
    low, high = row(data, "levels", order=1), row(data, "levels", order=4)
    assert client.post(url, data | {f"{low}-order": "4", f"{high}-order": "1"}).status_code == 302
    assert Level.objects.get(criterion=criterion, order=4).name == "Perlu perbaikan"
    answer = client.post(url, data | {f"{low}-order": "2"})
    assert "Tingkat dengan urutan ini sudah ada" in answer.content.decode()


def test_pages_of_one_row_check_what_they_only_show(cast, as_user):
    """Cohort and person are read-only there, so Django leaves the unique rules out that name them."""
    client = as_user(cast.organiser)
    url = reverse("admin:journals_enrolment_change", args=[cast.enrolment.pk])
    answer = client.post(url, {"ndh": "31", "group": cast.group.pk, "status": "active"})
    assert "Nomor daftar hadir ini sudah dipakai" in answer.content.decode()
    answer = client.post(reverse("admin:journals_group_change", args=[cast.group.pk]), {"name": "Kelompok 2"})
    assert "Kelompok dengan nama ini sudah ada" in answer.content.decode()
    other = factory.make_rubric("Rubrik bebas")
    url = reverse("admin:journals_rubric_change", args=[other.pk])
    answer = client.post(url, posted(client.get(url)) | {"name": cast.cohort.rubric.name})
    assert "Rubrik dengan nama dan versi ini sudah ada" in answer.content.decode()
