"""Forms of the admin. Typed times mean the cohort's zone, which the pages activate (`journals.admin.zones`)."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.numbers import whole_number
from berakhlak.zones import zone_name
from journals import workflow
from journals.admin.formsets import check_ranges
from journals.enums import REMEDIAL_CAP, EntryState
from journals.forms.moments import MomentField, WholeMinuteMomentField
from journals.models import (
    Cohort,
    Criterion,
    Enrolment,
    Entry,
    Extension,
    GradeBand,
    Group,
    Level,
    Remedial,
    Rubric,
    Schedule,
    Teaching,
)
from journals.services import defaults, rubrics

SHORT_NUMBER = forms.NumberInput(attrs={"class": "vIntegerField", "step": "0.01"})


class CohortForm(forms.ModelForm):
    """A cohort. A new one is offered the default rubric and a first schedule."""

    make_schedule = forms.BooleanField(
        label=gettext_lazy("Make a first schedule for all modules"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "The modules are spread from the start to the end; each is due at 23.59 on the day "
            "after it opens and closes a week later. You can change every time afterwards."
        ),
    )

    class Meta:
        model = Cohort
        fields = [
            "name",
            "programme",
            "agency",
            "timezone",
            "starts",
            "ends",
            "rubric",
            "release_policy",
            "pass_mark",
            "max_returns",
            "late_policy",
            "late_deduction",
            "late_floor",
            "grace_seconds",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "rubric" not in self.fields:
            return  # shown to somebody who may only look
        offered = Rubric.objects.filter(active=True)
        if self.instance.pk:
            offered |= Rubric.objects.filter(pk=self.instance.rubric_id)
        elif "rubric" not in self.initial:
            self.initial["rubric"] = defaults.default_rubric()
        cast(forms.ModelChoiceField, self.fields["rubric"]).queryset = offered

    def clean_rubric(self) -> Rubric:
        """A rubric that does not add up to 100 cannot be chosen."""
        rubric = self.cleaned_data["rubric"]
        if rubric.pk != self.instance.rubric_id and (problems := rubrics.problems(rubric)):
            raise ValidationError(problems)
        return rubric


class ScheduleForm(forms.ModelForm):
    """One module's times. The module of a saved row stays: entries hang on it."""

    opens = MomentField(label=capfirst(gettext_lazy("opens")))
    due = WholeMinuteMomentField(label=capfirst(gettext_lazy("due")))
    closes = WholeMinuteMomentField(label=capfirst(gettext_lazy("closes")))

    class Meta:
        model = Schedule
        fields = ["module", "opens", "due", "closes", "weight"]
        widgets = {"weight": SHORT_NUMBER}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "module" in self.fields:
            field = cast(forms.ModelChoiceField, self.fields["module"])
            field.disabled = True
            # One choice is enough, and spares a query for each row.
            field.choices = [(self.instance.module_id, Truncator(self.instance.module).chars(26))]


class DefaultBandForm(forms.ModelForm):
    """One of the default grade bands."""

    def clean(self) -> dict[str, Any]:
        """Its range may not overlap those of the other default bands."""
        data = super().clean() or self.cleaned_data
        others = GradeBand.objects.filter(cohort=None).exclude(pk=self.instance.pk)
        # One band at a time is edited here, so a gap may stand until the next one is.
        check_ranges([data, *others.values("min_score", "max_score")], "min_score", "max_score")
        return data


class CriterionForm(forms.ModelForm):
    """A criterion in a row."""

    class Meta:
        model = Criterion
        fields = ["order", "code", "name", "weight"]
        widgets = {"weight": SHORT_NUMBER, "code": forms.TextInput(attrs={"size": 18})}


class LevelForm(forms.ModelForm):
    """One level. Its range is compared with the others by the formset, which sees all rows as they will be."""

    class Meta:
        model = Level
        fields = ["order", "name", "points", "min_points", "max_points", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3, "cols": 60})}

    def _post_clean(self) -> None:
        # Level.clean compares with the rows in the database, so two ranges could never be changed together.
        self.instance.clean = lambda: None
        try:
            super()._post_clean()  # type: ignore[misc]  # Django has it, its stubs leave it out
        finally:
            del self.instance.clean


class GroupChoice(forms.ModelChoiceField):
    """A group named with its cohort: "Kelompok 1" alone says nothing in a list of all."""

    def label_from_instance(self, group: Group) -> str:
        """Cohort and group."""
        return f"{group.cohort} · {group}"


class WholeRow(forms.ModelForm):
    """A row of which the page only shows a part: `shown` still counts in the rules that name it.

    Django leaves a unique rule out when the form lacks one of its fields; the database does not.
    """

    shown: tuple[str, ...] = ()

    def _get_validation_exclusions(self) -> set[str]:
        left_out = super()._get_validation_exclusions()  # type: ignore[misc]  # Django has it, its stubs leave it out
        return left_out.difference(self.shown) if self.instance.pk else left_out


class GroupForm(WholeRow):
    """A group on its own page."""

    shown = ("cohort",)


class RubricForm(WholeRow):
    """A rubric's name."""

    shown = ("version",)


def only_groups_of_its_cohort(form: forms.ModelForm) -> None:
    """Offer the groups of the cohort, where the row, the address or the person has named it already."""
    cohort = form.instance.cohort_id or whole_number(form.data.get("cohort") or form.initial.get("cohort"))
    if "group" in form.fields and cohort:
        group = cast(forms.ModelChoiceField, form.fields["group"])
        group.queryset = Group.objects.filter(cohort=cohort).select_related("cohort")


class EnrolmentForm(WholeRow):
    """One person's place in a cohort."""

    shown = ("cohort", "user")
    group = GroupChoice(label=gettext_lazy("group"), queryset=Group.objects.select_related("cohort"))

    class Meta:
        model = Enrolment
        fields = ["cohort", "user", "ndh", "group", "status"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        only_groups_of_its_cohort(self)


class TeachingForm(forms.ModelForm):
    """What one instructor covers."""

    group = GroupChoice(
        label=gettext_lazy("group"),
        queryset=Group.objects.select_related("cohort"),
        required=False,
        help_text=gettext_lazy("Empty: all groups."),
    )

    class Meta:
        model = Teaching
        fields = ["cohort", "instructor", "group", "modules", "is_lead"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        only_groups_of_its_cohort(self)


class ExtensionForm(forms.ModelForm):
    """A participant's own time for one module; saved through the workflow."""

    due = WholeMinuteMomentField(label=capfirst(gettext_lazy("due")))
    closes = WholeMinuteMomentField(label=capfirst(gettext_lazy("closes")))

    class Meta:
        model = Extension
        fields = ["enrolment", "module", "due", "closes", "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in {"due", "closes"} & set(self.fields):
            self.fields[name].help_text = self._zone_help()

    def _zone_help(self) -> str:
        # The page is in the cohort's zone only once it is known whose cohort that is.
        if self.data.get("enrolment") or self.initial.get("enrolment"):
            return _("In %(zone)s, the time of the participant's cohort; 23.59 means until 23:59:59.") % {
                "zone": zone_name()
            }
        return _("In the time of the participant's cohort; 23.59 means until 23:59:59.")

    def clean(self) -> dict[str, Any]:
        """What the workflow would refuse, said beside the field."""
        data = super().clean() or self.cleaned_data
        wanted = {"enrolment", "module", "due", "closes"}
        if data.keys() >= wanted:
            found = workflow.extension_errors(**{name: data[name] for name in wanted}, now=timezone.now())
            graded = Entry.objects.filter(enrolment=data["enrolment"], module=data["module"], state=EntryState.GRADED)
            if not found and graded.exists():
                found = {"module": _("This entry is graded already. Reopen the review instead.")}
            for name, message in found.items():
                self.add_error(name, message)
        return data


class RemedialForm(forms.ModelForm):
    """The outcome of a remedial; saved through the workflow."""

    class Meta:
        model = Remedial
        fields = ["enrolment", "score", "reason"]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "score" in self.fields:
            self.fields["score"].help_text = _("%(cap)s at most: a remedial lifts the result that far, no higher.") % {
                "cap": number_format(REMEDIAL_CAP, 2)
            }

    def clean_score(self) -> Decimal:
        """Up to the cap."""
        score = self.cleaned_data["score"]
        if score > REMEDIAL_CAP:
            raise ValidationError(
                _("A remedial counts %(cap)s at most.") % {"cap": number_format(REMEDIAL_CAP, 2)}, "cap"
            )
        return score
