"""Rows of the admin's pages: unique values are checked as they will be after saving, and may swap places.

Django skips a unique rule that names the row's parent, so a taken number would reach the database as it is;
and it saves row by row, so two rows that swap names would meet half-way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import ModelForm
from django.forms.models import BaseInlineFormSet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from curriculum.models import Module
from journals import grading
from journals.keys import random_key
from journals.models import Entry
from journals.services import rubrics
from journals.windows import due_problem

HIGHEST_PLACE = 32767  # of a PositiveSmallIntegerField on PostgreSQL


class UniqueRows(BaseInlineFormSet):
    """Rows of one parent. `park` frees what changed rows hold; without it a swap is an error of the form."""

    model: Any
    may_park = False
    _deleted_form_indexes: list[int]

    def validate_unique(self) -> None:
        """Instead of Django's: compare the rows with each other and with those that the page does not show."""
        staying = list(self._staying())  # before the first error, so that one row can have several
        for constraint in self._constraints():
            names = [name for name in constraint.fields if name != self.fk.name]
            taken = self._elsewhere(names)
            held = {} if self.may_park else self._held(constraint, names)
            for form in staying:
                key = _key(form.instance, names)
                if None in key or not _applies(constraint, partial(getattr, form.instance)):
                    continue
                if key in taken or held.get(key, form.instance.pk) != form.instance.pk:
                    message: Any = constraint.get_violation_error_message()
                    form.add_error(_shown(form, names), message)
                taken.add(key)

    def _constraints(self) -> Iterator[models.UniqueConstraint]:
        """The unique rules within one parent."""
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and self.fk.name in constraint.fields:
                yield constraint

    def _staying(self) -> Iterator[ModelForm]:
        """Rows that will exist after saving and are valid so far."""
        for form in self.forms:
            if form not in self.deleted_forms and form.is_valid() and (form.instance.pk or form.has_changed()):
                yield form

    def _elsewhere(self, names: list[str]) -> set[tuple]:
        """What rows of this parent hold that the page does not show, or that came while it was open."""
        if not self.instance.pk or not any(form.has_changed() for form in self.forms):
            return set()
        rows = self.model._default_manager.filter(**{self.fk.name: self.instance})
        shown = [form.instance.pk for form in self.initial_forms]
        return set(rows.exclude(pk__in=shown).values_list(*names))

    def _held(self, constraint: models.UniqueConstraint, names: list[str]) -> dict[tuple, int]:
        """What the rows of the page hold until they are saved, but for those that go: they go first."""
        return {
            tuple(form.initial.get(name) for name in names): form.instance.pk
            for form in self.initial_forms
            if form not in self.deleted_forms and _applies(constraint, form.initial.get)
        }

    def save(self, commit: bool = True) -> Any:
        """Rows that go make room first; then those that change let go of what they hold."""
        count, gone = self.initial_form_count(), list(self.deleted_forms)
        if gone:
            self.forms[:count] = sorted(self.forms[:count], key=lambda form: form not in gone)
            del self._deleted_form_indexes  # remembered by place
        if self.may_park:
            for place, form in enumerate(self.initial_forms):
                if form not in gone and form.has_changed():
                    self.park(self.model._default_manager.filter(pk=form.instance.pk), place)
        return super().save(commit)

    def park(self, row: models.QuerySet, place: int) -> None:
        """Give a row that is about to be saved values that no other row has."""
        raise NotImplementedError


def _key(row: models.Model, names: list[str]) -> tuple:
    attnames: dict[str, str] = {field.name: field.attname for field in row._meta.concrete_fields}
    return tuple(getattr(row, attnames[name]) for name in names)


def _applies(constraint: models.UniqueConstraint, value_of: Callable[[str], Any]) -> bool:
    """Whether a rule for some rows only (here always "field = value") is about this one."""
    wanted: Any = constraint.condition.children if constraint.condition else []
    return all(value_of(name) == value for name, value in wanted)


def _shown(form: ModelForm, names: list[str]) -> Any:
    return next((name for name in reversed(names) if name in form.fields), None)


class GroupFormSet(UniqueRows):
    """The groups of a cohort."""

    may_park = True

    def park(self, row: models.QuerySet, place: int) -> None:
        """A name that nobody types."""
        row.update(name=random_key())


class ScheduleFormSet(UniqueRows):
    """The schedules of a cohort."""

    def clean(self) -> None:
        """A module with entries stays: without its schedule they would be in no window and in no result."""
        super().clean()
        for form in self.extra_forms:
            module = getattr(form, "cleaned_data", {}).get("module")
            if module and not module.prompts.active().exists():
                form.add_error("module", _("There is nothing to write yet: the module has no answer parts."))
        for form in self.forms if self.instance.starts and self.instance.ends else []:
            for name in ("opens", "due", "closes"):
                at = getattr(form, "cleaned_data", {}).get(name)
                if at and (problem := due_problem(self.instance, at)):
                    form.add_error(name, problem)
        leaving = [form.instance.module_id for form in self.deleted_forms if form.instance.pk]
        written = Entry.objects.filter(enrolment__cohort=self.instance, module__in=leaving) if leaving else None
        if written and written.exists():
            numbers = ", ".join(
                str(number)
                for number in Module.objects.filter(pk__in=written.values("module")).values_list("number", flat=True)
            )
            raise ValidationError(
                _("Participants have written about module %(numbers)s; it cannot leave the schedule.")
                % {"numbers": numbers}
            )


class BandFormSet(UniqueRows):
    """The grade bands of a cohort."""

    may_park = True

    def park(self, row: models.QuerySet, place: int) -> None:
        """A band of no width where none begins: wanted ones and those that are there are left out."""
        begins = {form.cleaned_data.get("min_score") for form in self.forms if hasattr(form, "cleaned_data")}
        begins |= set(self.model._default_manager.filter(cohort=self.instance).values_list("min_score", flat=True))
        free = next(score for score in (Decimal(cents) / 100 for cents in range(10001)) if score not in begins)
        row.update(min_score=free, max_score=free)

    def clean(self) -> None:
        """A score belongs to exactly one band."""
        super().clean()
        check_bands(kept(self))


class CriterionFormSet(UniqueRows):
    """The criteria of a rubric."""

    may_park = True

    def park(self, row: models.QuerySet, place: int) -> None:
        """A code that nobody types."""
        row.update(code=random_key())

    def clean(self) -> None:
        """While cohorts rely on the rubric its weights must add up; otherwise the page only says that they do not."""
        super().clean()
        if self.instance.pk and self.instance.is_used:
            return  # frozen: the rows are only shown
        total = sum((form["weight"] or Decimal(0) for form in kept(self)), Decimal(0))
        problem = rubrics.weight_problem(total)
        if problem and self.instance.pk and rubrics.is_bound(self.instance):
            raise ValidationError(problem)


class LevelFormSet(UniqueRows):
    """The levels of a criterion."""

    may_park = True

    def park(self, row: models.QuerySet, place: int) -> None:
        """A place far above all others."""
        row.update(order=HIGHEST_PLACE - place)

    def clean(self) -> None:
        """Ranges may not overlap, and a rubric that cohorts rely on keeps its levels."""
        super().clean()
        rows = kept(self)
        check_ranges(rows, "min_points", "max_points")
        if not rows and rubrics.is_bound(self.instance.rubric):
            raise ValidationError(_("The criterion “%(name)s” has no levels.") % {"name": self.instance.name})


def kept(formset: BaseInlineFormSet) -> list[dict[str, Any]]:
    """The rows that will exist after saving, as far as they are valid by themselves."""
    return [
        form.cleaned_data
        for form in formset.forms
        if form not in formset.deleted_forms and getattr(form, "cleaned_data", None)
    ]


def check_bands(rows: Iterable[Mapping[str, Any]]) -> None:
    """Raise ValidationError when bands share a score, or leave out scores between them: a score falls into the band
    with the highest start below it, so a gap would be given to the wrong one in silence."""
    rows = list(rows)
    check_ranges(rows, "min_score", "max_score")
    ranges = sorted((row["min_score"], row["max_score"]) for row in rows if row.get("max_score") is not None)
    for (_low, end), (start, _high) in pairwise(ranges):
        if start - end > grading.CENT:
            raise ValidationError(
                _("Scores between %(end)s and %(start)s belong to no band.")
                % {"end": number_format(end, 2), "start": number_format(start, 2)}
            )


def check_ranges(rows: Iterable[Mapping[str, Any]], low: str, high: str) -> None:
    """Raise ValidationError when two ranges share a number."""
    ranges = sorted((row[low], row[high]) for row in rows if row.get(low) is not None and row.get(high) is not None)
    for (_low, first_high), (second_low, _high) in pairwise(ranges):
        if second_low <= first_high:
            raise ValidationError(_("Two ranges overlap at %(number)s.") % {"number": second_low})
