"""A message of the thread under an entry."""

from django import forms
from django.utils.translation import gettext_lazy as _

from journals.forms.reviewing import LongText
from journals.models.remark import LONGEST_REMARK


class RemarkForm(forms.Form):
    """`key` makes a double click harmless."""

    text = LongText(
        label=_("Your message"),
        rows=3,
        max_length=LONGEST_REMARK,
        error_messages={"required": _("Write a message first.")},
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True  # a LongText of a review may always be empty
