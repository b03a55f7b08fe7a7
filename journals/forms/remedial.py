"""The outcome of a remedial."""

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journals.enums import REMEDIAL_CAP


class RemedialForm(forms.Form):
    """Score and reason. The cap is the workflow's rule too."""

    nilai = forms.DecimalField(
        label=gettext_lazy("Score of the remedial"), min_value=0, max_value=REMEDIAL_CAP, decimal_places=2
    )
    alasan = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": gettext_lazy("Please give a reason.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["nilai"].help_text = _("%(cap)s at most: a remedial lifts the result that far, no higher.") % {
            "cap": number_format(REMEDIAL_CAP, 2)
        }
