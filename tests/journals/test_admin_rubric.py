"""Rubrics in the admin: they add up, they freeze once used, and change as new versions."""

from decimal import Decimal

import pytest
from django.urls import reverse

from journals.models import Criterion, Level, Rubric
from journals.services import rubrics
from tests import factory
from tests.journals.test_admin_cohort import posted


def page_of(rubric):
    return reverse("admin:journals_rubric_change", args=[rubric.pk])


def criterion_page(rubric, code="kualitas"):
    return reverse("admin:journals_criterion_change", args=[rubric.criteria.get(code=code).pk])


@pytest.fixture
def client(cast, as_user):
    """The organiser."""
    return as_user(cast.organiser)


@pytest.fixture
def free(db):
    """A rubric that no cohort uses."""
    return factory.make_rubric("Rubrik bebas")


def used(cast):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    return cast.cohort.rubric


def test_a_free_rubric_may_be_half_done_but_says_so(client, free):
    data = posted(client.get(page_of(free))) | {"criteria-3-weight": "10"}
    answer = client.post(page_of(free), data, follow=True)
    assert "Jumlah bobot 95,00; jumlahnya harus 100." in answer.content.decode()
    assert free.criteria.get(code="kualitas").weight == Decimal(10)


def test_the_rubrics_own_page_says_once_what_is_wrong(client, free):
    data = posted(client.get(page_of(free))) | {"criteria-3-weight": "10", "_continue": "1"}
    answer = client.post(page_of(free), data, follow=True)
    assert answer.content.decode().count("Jumlah bobot 95,00") == 1


def test_a_rubric_that_cohorts_chose_must_add_up(client, cast):
    rubric = cast.cohort.rubric
    data = posted(client.get(page_of(rubric)))
    answer = client.post(page_of(rubric), data | {"criteria-3-weight": "10"})
    assert answer.status_code == 200
    assert "Jumlah bobot 95,00" in answer.content.decode()
    assert client.post(page_of(rubric), data | {"criteria-3-DELETE": "on"}).status_code == 200
    assert (
        client.post(page_of(rubric), data | {"criteria-3-weight": "10", "criteria-0-weight": "30"}).status_code == 302
    )
    assert rubrics.problems(rubric) == []


def test_a_rubric_in_use_is_frozen(client, cast):
    rubric = used(cast)
    page = client.get(page_of(rubric))
    assert "dibekukan" in page.content.decode()
    data = {"name": "Lain", "active": "on", "criteria-TOTAL_FORMS": "4", "criteria-INITIAL_FORMS": "4"}
    for number, criterion in enumerate(rubric.criteria.all()):
        data |= {
            f"criteria-{number}-{name}": value
            for name, value in {
                "id": criterion.pk,
                "rubric": rubric.pk,
                "code": "x",
                "name": "X",
                "weight": "25",
                "order": "1",
                "DELETE": "on",
            }.items()
        }
    before = list(Criterion.objects.order_by("pk").values())
    client.post(page_of(rubric), data)
    rubric.refresh_from_db()
    assert rubric.name != "Lain"
    assert list(Criterion.objects.order_by("pk").values()) == before


def test_levels_of_a_rubric_in_use_are_frozen(client, cast):
    url = criterion_page(used(cast))
    before = list(Level.objects.order_by("pk").values())
    assert client.get(url).status_code == 200
    assert client.post(url, {"levels-TOTAL_FORMS": "0", "levels-INITIAL_FORMS": "0"}).status_code == 403
    assert list(Level.objects.order_by("pk").values()) == before


def test_a_rubric_in_use_can_still_be_retired(client, cast):
    rubric = used(cast)
    data = posted(client.get(page_of(rubric)))
    del data["active"]
    assert client.post(page_of(rubric), data).status_code == 302
    rubric.refresh_from_db()
    assert not rubric.active


def test_a_new_version_is_an_open_copy(client, cast):
    rubric = used(cast)
    answer = client.post(page_of(rubric), posted(client.get(page_of(rubric))) | {"_new_version": "1"})
    copy = Rubric.objects.get(name=rubric.name, version=2)
    assert answer.url == page_of(copy)
    assert (copy.previous, copy.is_default, copy.is_used) == (rubric, False, False)

    def facts(item):
        return list(
            Level.objects.filter(criterion__rubric=item).values_list(
                "criterion__code",
                "criterion__weight",
                "criterion__order",
                "order",
                "points",
                "min_points",
                "max_points",
                "description",
            )
        )

    assert facts(copy) == facts(rubric)
    data = posted(client.get(page_of(copy)))
    assert client.post(page_of(copy), data | {"criteria-0-name": "Pemahaman materi"}).status_code == 302
    assert rubrics.new_version(rubric).version == 3  # a new version of an old one never meets an existing number
    cast.cohort.refresh_from_db()
    assert cast.cohort.rubric == rubric


def test_the_default_moves(client, free, cast):
    rubrics.make_default(cast.cohort.rubric)
    data = posted(client.get(page_of(free)))
    client.post(page_of(free), data | {"_make_default": "1"})
    assert Rubric.objects.get(is_default=True) == free


def test_a_lopsided_rubric_does_not_become_the_default(client, free):
    data = posted(client.get(page_of(free))) | {"criteria-3-weight": "10", "_make_default": "1"}
    answer = client.post(page_of(free), data, follow=True)
    assert "Jumlah bobot 95,00" in answer.content.decode()
    assert not Rubric.objects.filter(is_default=True).exists()


def test_is_default_is_not_a_field(client, free):
    client.post(page_of(free), posted(client.get(page_of(free))) | {"is_default": "on", "version": "9"})
    free.refresh_from_db()
    assert (free.is_default, free.version) == (False, 1)


def test_a_new_rubric_with_criteria(client, cast):
    answer = client.post(
        reverse("admin:journals_rubric_add"),
        {
            "name": "Rubrik baru",
            "active": "on",
            "criteria-TOTAL_FORMS": "1",
            "criteria-INITIAL_FORMS": "0",
            "criteria-0-order": "1",
            "criteria-0-code": "satu",
            "criteria-0-name": "Satu",
            "criteria-0-weight": "100",
            "_continue": "1",
        },
        follow=True,
    )
    assert "Kriteria “Satu” belum memiliki tingkat." in answer.content.decode()
    assert Rubric.objects.get(name="Rubrik baru").criteria.get().weight == 100


def test_two_ranges_of_levels_are_moved_together(client, free):
    url = criterion_page(free)
    data = posted(client.get(url))
    rows = {data[f"levels-{number}-name"]: f"levels-{number}" for number in range(4)}
    moved = {f"{rows['Sangat baik']}-min_points": "92.01", f"{rows['Baik']}-max_points": "92"}
    answer = client.post(url, data | moved)
    assert answer.status_code == 302
    assert answer.url == page_of(free)
    assert Level.objects.get(criterion__rubric=free, criterion__code="kualitas", name="Baik").max_points == 92


@pytest.mark.parametrize("change", [{"max_points": "92"}, {"points": "95"}, {"min_points": "-1"}])
def test_wrong_levels_are_refused(client, free, change):
    url = criterion_page(free)
    data = posted(client.get(url))
    line = next(f"levels-{number}" for number in range(4) if data[f"levels-{number}-name"] == "Baik")
    answer = client.post(url, data | {f"{line}-{name}": value for name, value in change.items()})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode() or "bertumpang" in answer.content.decode()


def test_a_chosen_rubric_keeps_its_levels(client, cast):
    url = criterion_page(cast.cohort.rubric)
    data = posted(client.get(url)) | {f"levels-{number}-DELETE": "on" for number in range(4)}
    assert "belum memiliki tingkat" in client.post(url, data).content.decode()


def test_criteria_have_no_page_of_their_own_in_the_index(client, free):
    assert reverse("admin:journals_criterion_changelist") not in client.get(reverse("admin:index")).content.decode()
    assert client.get(reverse("admin:journals_criterion_changelist")).status_code == 302
    assert client.get(reverse("admin:journals_criterion_add")).status_code == 403
    assert criterion_page(free) in client.get(page_of(free)).content.decode()
