"""The assessment file and its loader: idempotent, and never over anybody's work."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from curriculum.parsing import CatalogueError
from journals.models import Criterion, GradeBand, Level, Rubric
from journals.services import defaults, rubrics
from tests import factory


def run(*options):
    out = StringIO()
    call_command("load_assessment", *options, stdout=out)
    return out.getvalue()


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Rubric, Criterion, Level, GradeBand)]


def test_the_first_load_gives_a_usable_default_rubric_and_bands(db):
    run()
    rubric = defaults.default_rubric()
    assert rubric.version == 1
    assert rubrics.problems(rubric) == []
    assert [(criterion.code, criterion.weight) for criterion in rubric.criteria.all()] == [
        ("pemahaman", 25),
        ("refleksi", 30),
        ("penerapan", 30),
        ("kualitas", 15),
    ]
    best = Level.objects.get(criterion__rubric=rubric, criterion__code="refleksi", order=4)
    assert (best.name, best.points, best.min_points, best.max_points) == ("Sangat baik", 95, Decimal("90.01"), 100)
    assert list(GradeBand.objects.filter(cohort=None).values_list("name", "min_score", "max_score")) == [
        (name, Decimal(low), Decimal(high)) for name, low, high in factory.BANDS
    ]


def test_every_score_from_0_to_100_has_a_level_and_a_band(db):
    run()
    levels = list(Level.objects.filter(criterion__code="refleksi"))
    bands = list(GradeBand.objects.filter(cohort=None))
    for cents in range(10001):
        score = Decimal(cents) / 100
        assert sum(level.min_points <= score <= level.max_points for level in levels) == 1
        assert sum(band.min_score <= score <= band.max_score for band in bands) == 1


def test_a_second_load_writes_nothing(db, django_assert_num_queries):
    run()
    before, history = everything(), Rubric.history.count()
    assert run().count("as in the file") == 2
    assert everything() == before
    assert Rubric.history.count() == history


def test_check_writes_nothing(db):
    assert run("--check").count(": new") == 2
    assert not Rubric.objects.exists()
    assert not GradeBand.objects.exists()


def test_edited_rows_are_left_alone(db):
    run()
    Level.objects.filter(criterion__code="refleksi", order=4).update(description="Kata kami sendiri")
    GradeBand.objects.filter(name="Memuaskan").delete()
    before = everything()
    assert run().count("differs from the file, left alone") == 2
    assert everything() == before


def test_an_organisers_default_stays_the_default(db):
    own = factory.make_rubric("Rubrik kami", is_default=True)
    run()
    assert defaults.default_rubric() == own


def test_bands_of_cohorts_are_no_defaults(cast):
    run()
    assert GradeBand.objects.filter(cohort=None).count() == 5
    assert defaults.copy_bands(cast.cohort) == 0
    assert cast.cohort.bands.count() == 5


GOOD = defaults.FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format: 1", "format: 2", "format: must be 1, is 2"),
        ("format: 1", "format: 1\nextra: 1", "extra: unknown key"),
        ('weight: "25"', 'weight: "26"', "rubric.criteria: the weights add up to 101"),
        ('weight: "25"', "weight: 25", "rubric.criteria[0].weight: must be a number in quotes"),
        ('weight: "25"', 'weight: "NaN"', "rubric.criteria[0].weight: must be a number in quotes"),
        ('weight: "25"', 'weight: "125"', "rubric.criteria[0]"),
        ("code: pemahaman", "code: refleksi", "duplicate: code 'refleksi'"),
        ("code: pemahaman", "code: 'pema haman'", "rubric.criteria[0]"),
        ('from: "80.01", to: "90"}', 'from: "80.01", to: "90.01"}', "overlap"),
        ('points: "85"', 'points: "95.5"', "rubric.criteria[0].levels.3"),
        ('{name: "Memuaskan", from: "80.01"', '{name: "Memuaskan", from: "80.00"', "bands: the ranges"),
        ('{name: "Memuaskan", from: "80.01"', '{name: "", from: "80.01"', "bands[1].name: missing"),
        ('{name: "Memuaskan", from: "80.01"', '{name: "Memuaskan", from: "-1"', "bands[1]"),
        ("        4: ", "        7: ", "rubric.criteria[0].levels.7: is not one of rubric.levels"),
        ("bands:", "bunds:", "bands: must be a list"),
        ("rubric:", "rubric: [", "is not YAML"),
        ("format: 1", "format: 1\nformat: 1", "stands here twice"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(db, tmp_path, old, new, said):
    assert old in GOOD
    path = tmp_path / "assessment.yaml"
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        run("--file", str(path))
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert not Rubric.objects.exists()
    assert not GradeBand.objects.exists()


def test_all_problems_are_named_at_once(db, tmp_path):
    path = tmp_path / "assessment.yaml"
    path.write_text(GOOD.replace('weight: "25"', 'weight: "x"').replace("format: 1", "format: 3"), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        defaults.read(path)
    assert len(caught.value.problems) >= 2


def test_a_missing_file_is_named(db, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run("--file", str(tmp_path / "none.yaml"))
