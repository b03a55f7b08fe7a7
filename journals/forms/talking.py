"""A message of the thread under an entry."""

from django import forms
from django.utils.translation import gettext_lazy as _

from journals.forms.reviewing import LongText
from journals.models.remark import LONGEST_REMARK


class RemarkForm(forms.Form):
    """`key` makes a double click harmless; an empty message is refused by the workflow."""

    text = LongText(label=_("Your message"), rows=3, max_length=LONGEST_REMARK)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
