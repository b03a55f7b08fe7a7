"""Forms for participants who change places, leave or come back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from journals.models import Cohort, Enrolment, Group
from journals.workflow.moving import REASON_LENGTH


class ReasonForm(forms.Form):
    """Why: it stands in the history of the enrolment."""

    alasan = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("It stands in the history, for other organisers."),
        error_messages={"required": _("Please give a reason.")},
    )


class GroupForm(forms.Form):
    """Another group of the cohort."""

    kelompok = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none(), empty_label=None)

    def __init__(self, data=None, *, enrolment: Enrolment):
        super().__init__(data)
        others = Group.objects.filter(cohort=enrolment.cohort_id).exclude(pk=enrolment.group_id).order_by("name")
        self.fields["kelompok"].queryset = others  # type: ignore[attr-defined]  # a ModelChoiceField
        self.possible = others.exists()


class WhereForm(forms.Form):
    """Another cohort; asked by GET, since choosing writes nothing."""

    ke = forms.ModelChoiceField(
        label=_("To cohort"), queryset=Cohort.objects.none(), to_field_name="key", empty_label=None
    )

    def __init__(self, data=None, *, enrolment: Enrolment):
        super().__init__(data)
        others = Cohort.objects.exclude(pk=enrolment.cohort_id).order_by("-starts", "name")
        self.fields["ke"].queryset = others  # type: ignore[attr-defined]
        self.possible = others.exists()


class TransferForm(ReasonForm):
    """A group of the chosen cohort, and why."""

    kelompok = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none(), empty_label=None)
    expected = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = ["kelompok", "alasan"]

    def __init__(self, data=None, *, cohort: Cohort, **kwargs):
        super().__init__(data, **kwargs)
        groups = Group.objects.filter(cohort=cohort).order_by("name")
        self.fields["kelompok"].queryset = groups  # type: ignore[attr-defined]
