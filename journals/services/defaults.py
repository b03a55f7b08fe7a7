"""What a new cohort begins with: grade bands, rubric and schedule; and the file that the first two come from."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from curriculum.models import Prompt
from curriculum.parsing import CatalogueError, load_yaml
from curriculum.reading import open_modules
from journals.models import Cohort, Criterion, GradeBand, Level, Rubric, Schedule

FILE = Path(__file__).resolve().parent.parent / "catalogue" / "assessment.yaml"
FORMAT = 1
KEYS = {
    "": {"format", "rubric", "bands"},
    "rubric": {"name", "levels", "criteria"},
    "level": {"level", "name", "points", "from", "to"},
    "criterion": {"code", "name", "weight", "levels"},
    "band": {"name", "from", "to"},
}
OPENS, DUE = time(7, 0), time(23, 59, 59)
DAYS_TO_WRITE, DAYS_TO_CATCH_UP = 1, 7


# --- New cohorts ------------------------------------------------------------------------------------


def default_rubric() -> Rubric | None:
    """The rubric offered first for new cohorts."""
    return Rubric.objects.filter(is_default=True).first()


def copy_bands(cohort: Cohort) -> int:
    """Give a cohort without grade bands those of the defaults; how many."""
    if cohort.bands.exists():
        return 0
    bands = [
        GradeBand(cohort=cohort, name=band.name, min_score=band.min_score, max_score=band.max_score)
        for band in GradeBand.objects.filter(cohort=None)
    ]
    return len(GradeBand.objects.bulk_create(bands))


def with_parts() -> QuerySet:
    """Keys of the modules that ask for something; the others cannot be written about."""
    return Prompt.objects.active().values("module")


@transaction.atomic
def first_schedule(cohort: Cohort) -> list[Schedule]:
    """Schedule each published module that can be written about, spread from the cohort's start to its end.

    What is in the schedule already is left as it is. A module opens at 07.00 in the cohort's zone, is due at the end
    of the next day and closes a week later.
    """
    scheduled = set(cohort.schedules.values_list("module", flat=True))
    modules = list(open_modules().filter(pk__in=with_parts()).order_by("number"))
    days = (cohort.ends - cohort.starts).days + 1
    made = []
    for position, module in enumerate(modules):
        if module.pk in scheduled:
            continue
        day = cohort.starts + timedelta(days=position * days // len(modules))
        due = datetime.combine(day + timedelta(days=DAYS_TO_WRITE), DUE, cohort.tz)
        schedule = Schedule(
            cohort=cohort,
            module=module,
            opens=datetime.combine(day, OPENS, cohort.tz),
            due=due,
            closes=due + timedelta(days=DAYS_TO_CATCH_UP),
        )
        schedule.save()  # one by one, for the history
        made.append(schedule)
    return made


# --- The file ---------------------------------------------------------------------------------------


@dataclass
class Report:
    """What loading did, or would do, by labels."""

    new: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@dataclass
class Assessment:
    """The content of the file: rows that are not saved yet."""

    rubric: Rubric
    criteria: list[tuple[Criterion, list[Level]]]
    bands: list[GradeBand]


def load(path: Path = FILE, *, write: bool = True) -> Report:
    """Create the default rubric and grade bands where there are none; rows that exist are never touched.

    Raises CatalogueError with every problem of the file; then nothing is written.
    """
    wanted, report = read(path), Report()
    with transaction.atomic():
        _load_rubric(wanted, report, write)
        _load_bands(wanted, report, write)
    return report


def _load_rubric(wanted: Assessment, report: Report, write: bool) -> None:
    label = f"Rubric {wanted.rubric}"
    existing = Rubric.objects.filter(name=wanted.rubric.name, version=1).first()
    if existing is not None:
        same = _rubric_facts(
            [(criterion, list(criterion.levels.all())) for criterion in existing.criteria.prefetch_related("levels")]
        ) == _rubric_facts(wanted.criteria)
        (report.unchanged if same else report.edited).append(label)
        return
    report.new.append(label)
    if not write:
        return
    wanted.rubric.is_default = default_rubric() is None
    wanted.rubric.save()
    for criterion, levels in wanted.criteria:
        criterion.rubric = wanted.rubric
        criterion.save()
        for level in levels:
            level.criterion = criterion
            level.save()


def _rubric_facts(criteria: list[tuple[Criterion, list[Level]]]) -> set:
    return {
        (
            criterion.code,
            criterion.name,
            criterion.weight,
            criterion.order,
            frozenset(
                (level.order, level.name, level.points, level.min_points, level.max_points, level.description)
                for level in levels
            ),
        )
        for criterion, levels in criteria
    }


def _load_bands(wanted: Assessment, report: Report, write: bool) -> None:
    # All or none: a band of the file beside edited ones could overlap them.
    existing = {(band.name, band.min_score, band.max_score) for band in GradeBand.objects.filter(cohort=None)}
    if existing:
        same = existing == {(band.name, band.min_score, band.max_score) for band in wanted.bands}
        (report.unchanged if same else report.edited).append("Grade bands")
        return
    report.new.append("Grade bands")
    if write:
        GradeBand.objects.bulk_create(wanted.bands)


def read(path: Path = FILE) -> Assessment:
    """Check the file and build its rows. Raises CatalogueError with every problem."""
    reading = _Reading()
    assessment = reading.file(load_yaml(path))
    if reading.problems or assessment is None:
        raise CatalogueError([f"{path}: {problem}" for problem in reading.problems])
    return assessment


class _Reading:
    """One pass over the file, which collects problems instead of stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, path: str, text: str) -> None:
        self.problems.append(f"{path}: {text}" if path else text)

    def file(self, data: Any) -> Assessment | None:
        top = self.mapping("", data, "")
        if top.get("format") != FORMAT:
            self.problem("format", f"must be {FORMAT}, is {top.get('format')!r}")
        given = self.mapping("rubric", top.get("rubric"), "rubric")
        rubric = Rubric(name=self.text("rubric.name", given.get("name")))
        self.check("rubric", rubric, ())
        levels = [
            self.mapping(f"rubric.levels[{place}]", item, "level")
            for place, item in enumerate(self.items("rubric.levels", given.get("levels")))
        ]
        criteria = [
            self.criterion(f"rubric.criteria[{place}]", item, place + 1, levels)
            for place, item in enumerate(self.items("rubric.criteria", given.get("criteria")))
        ]
        self.once("rubric.criteria", "code", [criterion.code for criterion, _ in criteria])
        total = sum((criterion.weight or Decimal(0) for criterion, _ in criteria), Decimal(0))
        if total != 100:
            self.problem("rubric.criteria", f"the weights add up to {total}, must add up to 100")
        for steps in [steps for _, steps in criteria][:1]:
            self.ranges("rubric.levels", [(step.min_points, step.max_points) for step in steps])
        bands = [self.band(f"bands[{place}]", item) for place, item in enumerate(self.items("bands", top.get("bands")))]
        self.ranges("bands", [(band.min_score, band.max_score) for band in bands])
        return None if self.problems else Assessment(rubric, criteria, bands)

    def criterion(self, path: str, item: Any, order: int, levels: list[dict]) -> tuple[Criterion, list[Level]]:
        given = self.mapping(path, item, "criterion")
        criterion = Criterion(
            code=self.text(f"{path}.code", given.get("code")),
            order=order,
            name=self.text(f"{path}.name", given.get("name")),
            weight=self.number(f"{path}.weight", given.get("weight")),
        )
        self.check(path, criterion, ("rubric",))
        texts = given.get("levels")
        if not isinstance(texts, dict):
            self.problem(f"{path}.levels", "must be a mapping from level to description")
            texts = {}
        known = [level.get("level") for level in levels]
        for key in texts:
            if key not in known:
                self.problem(f"{path}.levels.{key}", "is not one of rubric.levels")
        return criterion, [
            self.level(f"{path}.levels.{level.get('level')}", level, texts.get(level.get("level"))) for level in levels
        ]

    def level(self, path: str, given: dict, description: Any) -> Level:
        order: Any = given.get("level")
        if not isinstance(order, int) or isinstance(order, bool):
            self.problem("rubric.levels", f"level must be a whole number, is {order!r}")
            order = None
        level = Level(
            order=order,
            name=self.text("rubric.levels.name", given.get("name")),
            points=self.number("rubric.levels.points", given.get("points")),
            min_points=self.number("rubric.levels.from", given.get("from")),
            max_points=self.number("rubric.levels.to", given.get("to")),
            description=self.text(path, description),
        )
        self.check(path, level, ("criterion",))
        return level

    def band(self, path: str, item: Any) -> GradeBand:
        given = self.mapping(path, item, "band")
        band = GradeBand(
            name=self.text(f"{path}.name", given.get("name")),
            min_score=self.number(f"{path}.from", given.get("from")),
            max_score=self.number(f"{path}.to", given.get("to")),
        )
        self.check(path, band, ("cohort",))
        return band

    def mapping(self, path: str, value: Any, kind: str) -> dict:
        if not isinstance(value, dict):
            self.problem(path, f"must be a mapping with the keys {', '.join(sorted(KEYS[kind]))}")
            return {}
        for key in value.keys() - KEYS[kind]:
            self.problem(f"{path}.{key}".lstrip("."), f"unknown key; known here: {', '.join(sorted(KEYS[kind]))}")
        return value

    def items(self, path: str, value: Any) -> list:
        if not isinstance(value, list) or not value:
            self.problem(path, "must be a list with at least one item")
            return []
        return value

    def text(self, path: str, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            self.problem(path, "must be text" if value not in (None, "") else "missing")
            return ""
        return " ".join(value.split())

    def number(self, path: str, value: Any) -> Any:
        # As text, so that YAML makes no binary fraction of it. A Decimal, or None after a problem: a row with None
        # is built to be checked and never saved, which the types of the models cannot say.
        try:
            number = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            self.problem(path, f'must be a number in quotes, such as "70.01", is {value!r}')
            return None
        return number

    def check(self, path: str, row: Any, parents: tuple[str, ...]) -> None:
        """The rules of the model, but for uniqueness: the database may hold the row already."""
        before = len(self.problems)
        empty = [name.attname for name in row._meta.concrete_fields if getattr(row, name.attname) in (None, "")]
        try:
            row.clean_fields(exclude={*parents, *(row._meta.get_field(name).name for name in empty)})
            if not empty or set(empty) <= {"id", *(f"{parent}_id" for parent in parents), "previous_id"}:
                for constraint in row._meta.constraints:
                    if hasattr(constraint, "condition") and not getattr(constraint, "fields", ()):
                        constraint.validate(type(row), row)
        except ValidationError as error:
            if len(self.problems) == before:
                self.problem(path, "; ".join(error.messages))

    def once(self, path: str, name: str, values: list) -> None:
        for value in {value for value in values if values.count(value) > 1}:
            self.problem(path, f"duplicate: {name} {value!r} stands here twice")

    def ranges(self, path: str, pairs: list[tuple[Decimal | None, Decimal | None]]) -> None:
        whole = sorted((low, high) for low, high in pairs if low is not None and high is not None)
        for (low, high), (next_low, next_high) in pairwise(whole):
            if next_low <= high:
                self.problem(path, f"the ranges {low}–{high} and {next_low}–{next_high} overlap")
