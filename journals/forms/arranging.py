"""Forms of setting a cohort up. Typed times mean the cohort's zone, which the views activate."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.accounts.backends import find_by_login
from berakhlak.accounts.models import User
from berakhlak.accounts.nip import normalise_nip, parse_nip
from berakhlak.names import split_name
from curriculum.models import Module
from journals import keys
from journals.forms.moments import DayInput, MomentField, WholeMinuteMomentField
from journals.models import Cohort, Group, Rubric, Schedule
from journals.services import arranging, defaults, rubrics
from journals.windows import due_problem

MOST_GROUPS = 60
GROUP_LENGTH = 60


class BasicsForm(forms.ModelForm):
    """Name, dates and zone."""

    class Meta:
        model = Cohort
        fields = ["name", "programme", "agency", "timezone", "starts", "ends"]
        widgets = {"starts": DayInput, "ends": DayInput, "timezone": forms.RadioSelect}

    def __init__(self, *args, zone_fixed: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if zone_fixed:
            self.fields["timezone"].disabled = True
            self.fields["timezone"].help_text = _("Participants have begun, so the zone stays.")


class NewCohortForm(BasicsForm):
    """The same for a new cohort, which may begin as a copy. The key makes a second click harmless."""

    salin = forms.ModelChoiceField(
        label=gettext_lazy("Copy from a former cohort"),
        queryset=Cohort.objects.none(),
        required=False,
        empty_label=gettext_lazy("Copy nothing"),
        help_text=gettext_lazy("Groups, modules with their times, rubric and rules; never its participants."),
    )
    widyaiswara = forms.BooleanField(label=gettext_lazy("Copy its instructors as well"), required=False)
    kunci = forms.CharField(
        widget=forms.HiddenInput, validators=[RegexValidator(rf"^{keys.PATTERN}\Z")], initial=keys.random_key
    )

    field_order = ["salin", "widyaiswara"]

    def __init__(self, *args, sources, **kwargs):
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["salin"]).queryset = sources

    def clean(self) -> dict[str, Any]:
        """A cohort cannot be without a rubric."""
        data = super().clean() or self.cleaned_data
        source = data.get("salin")
        self.instance.rubric = source.rubric if source else defaults.default_rubric()
        if self.instance.rubric_id is None:
            raise ValidationError(_("There is no rubric yet. Make one in the administration first."))
        self.instance.key = data.get("kunci") or self.instance.key
        return data


class GroupsForm(forms.Form):
    """A line for each group; an empty one leaves, and empty lines at the end are for new ones."""

    def __init__(self, data=None, *, groups: list[Group], extra: int = 4):
        super().__init__(data)
        self.groups = groups
        for group in groups:
            self.fields[f"kelompok-{group.pk}"] = self._field(group.name)
        for number in range(1, extra + 1):
            label = "" if groups else _("Group %(number)d") % {"number": number}
            self.fields[f"baru-{number}"] = self._field(label)

    @staticmethod
    def _field(initial: str) -> forms.CharField:
        return forms.CharField(label=_("Name of the group"), max_length=GROUP_LENGTH, required=False, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Names differ, and a group with people stays."""
        data = {name: " ".join(value.split()) for name, value in (super().clean() or {}).items()}
        seen: set[str] = set()
        for name, value in data.items():
            if value and value.lower() in seen:
                self.add_error(name, _("The cohort has a group of this name already."))
            seen.add(value.lower())
        for group in self.groups:
            if not data.get(f"kelompok-{group.pk}") and f"kelompok-{group.pk}" not in self.errors and _is_used(group):
                text = _("Participants or instructors belong to this group. Move them first.")
                self.add_error(f"kelompok-{group.pk}", text)
        return data

    def save(self, cohort: Cohort) -> None:
        """Write what changed."""
        data = self.cleaned_data
        names = {group.pk: data[f"kelompok-{group.pk}"] for group in self.groups if data[f"kelompok-{group.pk}"]}
        gone = [group.pk for group in self.groups if group.pk not in names]
        new = [value for name, value in data.items() if name.startswith("baru-") and value]
        arranging.save_groups(cohort, names, new, gone)


def _is_used(group: Group) -> bool:
    return group.enrolments.exists() or group.teachings.exists()


class PaceForm(forms.Form):
    """From which the times are proposed. It is sent by GET: proposing writes nothing."""

    mulai = forms.DateField(label=gettext_lazy("First module opens on"), widget=DayInput)
    jarak = forms.IntegerField(label=gettext_lazy("Days from module to module"), min_value=0, max_value=60)
    menulis = forms.IntegerField(label=gettext_lazy("Days to write"), min_value=0, max_value=60)
    susulan = forms.IntegerField(label=gettext_lazy("Days to catch up"), min_value=0, max_value=90)
    libur = forms.BooleanField(label=gettext_lazy("Nothing opens or falls due at weekends"), required=False)

    def __init__(self, data=None, *, usual: arranging.Pace):
        super().__init__(data)
        given = (usual.first, usual.every, usual.days_to_write, usual.days_to_catch_up)
        self.initial = dict(zip(("mulai", "jarak", "menulis", "susulan"), given, strict=True))

    def pace(self) -> arranging.Pace:
        """Of a valid form."""
        data = self.cleaned_data
        return arranging.Pace(data["mulai"], data["jarak"], data["menulis"], data["susulan"], data["libur"])


class ModuleTimesForm(forms.Form):
    """One module of the schedule: whether it is part of it, and when."""

    pakai = forms.BooleanField(required=False)
    opens = MomentField(label=gettext_lazy("opens"), required=False)
    due = WholeMinuteMomentField(label=gettext_lazy("due"), required=False)
    closes = WholeMinuteMomentField(label=gettext_lazy("closes"), required=False)
    weight = forms.DecimalField(
        label=gettext_lazy("weight"), min_value=Decimal("0.01"), max_value=100, decimal_places=2, required=False
    )

    def __init__(self, data=None, *, cohort: Cohort, module: Module, row: Schedule | None, times, written: bool):
        values = times or row
        initial = {"pakai": values is not None, "weight": row.weight if row else Decimal(1)}
        for name in ("opens", "due", "closes"):
            initial[name] = getattr(values, name, None)
        super().__init__(data, prefix=f"modul{module.number}", initial=initial)
        self.cohort, self.module, self.row, self.written = cohort, module, row, written

    def clean(self) -> dict[str, Any]:
        """Everything is there, in order, and within reach of the cohort's dates."""
        data = super().clean() or self.cleaned_data
        if not data.get("pakai"):
            if self.written:
                self.add_error("pakai", _("Participants have written about this module; it stays."))
            return data
        for name in ("opens", "due", "closes", "weight"):
            value = data.get(name)
            if value is None and name not in self.errors:
                self.add_error(name, _("Please fill this in."))
            elif name != "weight" and value and (problem := due_problem(self.cohort, value)):
                self.add_error(name, problem)
        if not self.errors and not data["opens"] < data["due"] <= data["closes"]:
            self.add_error("due", _("The order must be: opens, due, closes."))
        return data

    def changed_row(self) -> Schedule | None:
        """The row as it should be, if it is new or other than before."""
        data = self.cleaned_data
        if not data["pakai"]:
            return None
        row = self.row or Schedule(cohort=self.cohort, module=self.module)
        names = ("opens", "due", "closes", "weight")
        same = self.row is not None and not any(
            self.fields[name].has_changed(getattr(self.row, name), self.data.get(self.add_prefix(name)))
            for name in names
        )
        if same:
            return None
        for name in names:
            setattr(row, name, data[name])
        return row


class AssessmentForm(forms.ModelForm):
    """Rubric and rules."""

    class Meta:
        model = Cohort
        fields = [
            "rubric",
            "pass_mark",
            "release_policy",
            "max_returns",
            "late_policy",
            "late_deduction",
            "late_floor",
            "grace_seconds",
        ]
        widgets = {"release_policy": forms.RadioSelect, "late_policy": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Rubric.objects.filter(active=True) | Rubric.objects.filter(pk=self.instance.rubric_id)
        cast(forms.ModelChoiceField, self.fields["rubric"]).queryset = offered

    def clean_rubric(self) -> Rubric:
        """A rubric that does not add up to 100 cannot be chosen."""
        rubric = self.cleaned_data["rubric"]
        if rubric.pk != self.initial.get("rubric") and (problems := rubrics.problems(rubric)):
            raise ValidationError(problems)
        return rubric


class InstructorForm(forms.Form):
    """Who teaches what. Somebody without an account gets one by their name."""

    siapa = forms.CharField(label=gettext_lazy("NIP or e-mail address"), max_length=254)
    nama = forms.CharField(
        label=gettext_lazy("Full name with titles"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only for somebody who has no account yet."),
    )

    def __init__(self, data=None, *, groups: list[Group] = (), modules: list[Module] = (), place: bool = True):  # type: ignore[assignment]
        super().__init__(data)
        self.new: User | None = None
        if not place:
            return
        self.fields["kelompok"] = forms.TypedChoiceField(
            label=_("Group"),
            choices=[("", _("all groups")), *((group.pk, group.name) for group in groups)],
            coerce=lambda value: next(group for group in groups if group.pk == int(value)),
            required=False,
            empty_value=None,
        )
        self.fields["modul"] = forms.TypedMultipleChoiceField(
            label=_("Modules"),
            choices=[(module.pk, f"{module.number}. {module.title}") for module in modules],
            coerce=lambda value: next(module for module in modules if module.pk == int(value)),
            required=False,
            empty_value=[],
            widget=forms.CheckboxSelectMultiple,
            help_text=_("None chosen: all modules."),
        )
        self.fields["ketua"] = forms.BooleanField(
            label=_("Leads the instructors"),
            required=False,
            help_text=_("May release grades, reopen reviews and grant extensions."),
        )

    def clean(self) -> dict[str, Any]:
        """Find the person, or prepare an account."""
        data = super().clean() or self.cleaned_data
        login = data.get("siapa", "")
        if not login:
            return data
        data["user"] = find_by_login(login)
        if data["user"] is None:
            self._prepare(login, data.get("nama", ""))
        return data

    def _prepare(self, login: str, name: str) -> None:
        given: dict[str, str | None] = {"email": login.lower()} if "@" in login else {"nip": normalise_nip(login)}
        try:
            if "nip" in given:
                parse_nip(login)
            else:
                forms.EmailField().clean(login)
        except ValidationError as error:
            self.add_error("siapa", error)
            return
        if not name.strip():
            text = _("Nobody has this NIP or address yet. Write the full name, and an account is made.")
            self.add_error("nama", text)
            return
        before, plain, after = split_name(name)
        self.new = User(name=plain, title_before=before, title_after=after)
        self.new.nip, self.new.email = given.get("nip"), given.get("email")
        try:
            self.new.full_clean(exclude=["password"])
        except ValidationError as error:
            self.add_error("siapa", ValidationError(error.messages))

    def person(self, by: User) -> User:
        """The account, made now if there was none."""
        if self.new is None:
            return self.cleaned_data["user"]
        self.new.set_unusable_password()
        self.new._history_user = by  # type: ignore[attr-defined]  # read by django-simple-history
        self.new.save()
        return self.new
