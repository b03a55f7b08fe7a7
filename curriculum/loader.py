"""Writing the catalogue into the database without undoing anybody's work.

A row keeps the digest of the fields as they were last loaded. While its fields still have that digest,
nobody edited it and it follows the file. An edited or retired row stays as it is, and a deleted one stays deleted;
the report names them.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _

from berakhlak.versions import write_version
from curriculum.parsing import CATALOGUE, KINDS, CatalogueError, Row, read

# Parents first: a child's foreign key needs its parent's row.
MODELS = (
    "Value",
    "Keyword",
    "Behaviour",
    "Module",
    "Objective",
    "Topic",
    "Point",
    "Prompt",
    "GuidingQuestion",
    "Material",
)
HIGHEST_NUMBER = 99  # the constraints on Value.order and Module.number


@dataclass
class Report:
    """What loading did, or would do: labels of rows, "Model code", by what happened to them."""

    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unchanged: int = 0


def load(path: Path = CATALOGUE, *, write: bool = True) -> Report:
    """Bring the database up to the file, in one transaction; with `write=False` only report.

    Raises CatalogueError where the file is wrong or the database refuses a row; then nothing is written.
    """
    rows = read(path)
    with transaction.atomic():
        loading = _Loading(path, write)
        for name in MODELS:
            loading.model(name, [row for row in rows if row.model == name])
    return loading.report


def digest(fields: dict[str, Any]) -> str:
    """SHA-256 of some fields. Empty ones are left out, so a new optional field changes no old digest."""
    kept = {name: value for name, value in fields.items() if value not in ("", None, [])}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def wanted(row: Row) -> dict[str, Any]:
    """The loadable fields of a row of the file: plain ones, the parent's code, sorted lists of codes."""
    fields = {**row.fields, **{name: sorted(codes) for name, codes in row.codes.items()}}
    if row.parent:
        fields[row.parent[0]] = row.parent[1]
    return fields


class _Loading:
    """The state of one run: the rows by code, for references, and the report."""

    def __init__(self, path: Path, write: bool):
        self.path, self.write = path, write
        self.report = Report()
        self.found: dict[str, dict[str, Any]] = {}
        self.gone: set[tuple[str, str]] = set()  # rows that somebody deleted, with all below them

    def model(self, name: str, rows: list[Row]) -> None:
        """Compare and write all rows of one model; one query reads what is there."""
        model = apps.get_model("curriculum", name)
        spec = next(kind for kind in KINDS.values() if kind.model == name)
        plain, links = _field_names(model, spec.keys)
        parent = model.parent_field
        query = model._default_manager.select_related(parent) if parent else model._default_manager.all()
        existing = {item.code: item for item in query.prefetch_related(*links)}
        self.found[name] = existing
        follow: list[tuple[Row, Any]] = []
        self.gone |= self.deleted(model, [row for row in rows if row.code not in existing])
        for row in rows:
            item = existing.get(row.code)
            if (name, row.code) in self.gone:
                self.report.retired.append(f"{name} {row.code}")
            elif item is None:
                self.report.new.append(f"{name} {row.code}")
                follow.append((row, model(code=row.code)))
            elif self.follows(row, item, digest(_current(item, plain, links, parent))):
                follow.append((row, item))
        here = {row.code for row in rows}
        self.report.missing += [
            f"{name} {code}" for code, item in existing.items() if item.loaded_digest and code not in here
        ]
        if self.write:
            self.park(model, follow)
            for row, item in follow:
                self.save(row, item)
                existing[row.code] = item

    def deleted(self, model: Any, rows: list[Row]) -> set[tuple[str, str]]:
        """Rows of the file that the database had until somebody deleted them: that is a decision too."""
        if not rows:
            return set()
        codes = [row.code for row in rows]
        gone = set(model.history.filter(history_type="-", code__in=codes).values_list("code", flat=True))
        parent = model.parent_field and model._meta.get_field(model.parent_field).related_model.__name__
        gone |= {row.code for row in rows if row.parent and (parent, row.parent[1]) in self.gone}
        return {(model.__name__, code) for code in gone}

    def follows(self, row: Row, item: Any, now: str) -> bool:
        """Decide about a row that is there already; True if it shall be written."""
        target, label = digest(wanted(row)), f"{row.model} {row.code}"
        if not item.active:
            self.report.retired.append(label)
        elif now == target:
            self.report.unchanged += 1
            if item.loaded_digest != target and self.write:
                # Somebody wrote by hand what the file now says too: from here on the row follows again.
                type(item)._default_manager.filter(pk=item.pk).update(loaded_digest=target)
        elif now != item.loaded_digest:
            self.report.edited.append(label)
        else:
            self.report.updated.append(label)
            return True
        return False

    def park(self, model: type[models.Model], follow: list[tuple[Row, Any]]) -> None:
        """Rows that swap numbers would meet half-way: those that change move to free numbers first."""
        name = {"Value": "order", "Module": "number"}.get(model.__name__)
        if not name:
            return
        moving = [item for row, item in follow if item.pk and getattr(item, name) != row.fields[name]]
        held = model._default_manager.values_list(name, flat=True)
        taken = {*held, *(row.fields[name] for row, _item in follow)}
        free = (number for number in range(HIGHEST_NUMBER, 0, -1) if number not in taken)
        for item in moving:
            model._default_manager.filter(pk=item.pk).update(**{name: next(free)})

    def save(self, row: Row, item: Any) -> None:
        """Write one row and its history; every loadable field is named by the file."""
        for name, value in row.fields.items():
            setattr(item, name, value)
        if row.parent:
            name, code = row.parent
            setattr(item, name, self.parent(item, name, code))
        elif item.parent_field:
            setattr(item, item.parent_field, None)
        item.loaded_digest = digest(wanted(row))
        item._change_reason = _("Loaded from the catalogue file")
        created = item.pk is None
        if row.codes:
            item.skip_history_when_saving = True  # one version, once the links are set
        try:
            with transaction.atomic():
                item.save()
                for name, codes in row.codes.items():
                    target = type(item)._meta.get_field(name).related_model.__name__
                    wanted_links = [code for code in codes if (target, code) not in self.gone]
                    getattr(item, name).set([self.found[target][code] for code in wanted_links])
                if row.codes:
                    write_version(item, created=created)
        except DatabaseError as error:
            raise CatalogueError(
                [f"{self.path}: {row.path}: the database refuses {row.model} {row.code}: {str(error).splitlines()[0]}"]
            ) from error

    def parent(self, item: Any, name: str, code: str) -> Any:
        return self.found[type(item)._meta.get_field(name).related_model.__name__][code]


def _field_names(model: type[models.Model], keys: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Names of the plain fields and of the many-to-many fields that the file writes."""
    links = [field.name for field in model._meta.many_to_many if field.name in keys]
    plain = [name for name in keys if name not in links]
    if "order" not in plain and any(field.name == "order" for field in model._meta.fields):
        plain.append("order")
    return plain, links


def _current(item: Any, plain: list[str], links: list[str], parent: str) -> dict[str, Any]:
    """The loadable fields of a row as the database holds them now."""
    fields = {name: getattr(item, name) for name in plain}
    fields |= {name: sorted(link.code for link in getattr(item, name).all()) for name in links}
    if parent:
        above = getattr(item, parent)
        fields[parent] = above.code if above else None
    return fields
