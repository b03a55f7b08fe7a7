"""An announcement: what, and to whom."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journals import keys
from journals.models.announcement import LONGEST

_one = re.compile(r"(\d{1,5})(?:\s*[-–]\s*(\d{1,5}))?")


def in_ranges(numbers: Iterable[int]) -> str:
    """Numbers as the form takes them, shortest: "3, 7, 10–15"."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


class AnnouncementForm(forms.Form):
    """`kepada` are attendance numbers, "3, 7, 10-15"; empty means everybody."""

    judul = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    isi = forms.CharField(label=gettext_lazy("Message"), max_length=LONGEST, widget=forms.Textarea({"rows": 6}))
    kepada = forms.CharField(
        label=gettext_lazy("Only for these attendance numbers"),
        max_length=4000,
        required=False,
        help_text=gettext_lazy("Such as 3, 7, 10–15. Empty: everybody who takes part."),
    )
    kunci = forms.CharField(
        widget=forms.HiddenInput, validators=[RegexValidator(rf"^{keys.PATTERN}\Z")], initial=keys.random_key
    )

    def clean_kepada(self) -> set[int] | None:
        """The numbers, or None for everybody."""
        text = self.cleaned_data["kepada"].strip()
        if not text:
            return None
        numbers: set[int] = set()
        for part in filter(None, re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text))):
            found = _one.fullmatch(part)
            if found is None:
                raise ValidationError(_("“%(part)s” is no number."), "number", {"part": part})
            first, last = int(found[1]), int(found[2] or found[1])
            if last < first or last - first > 1000:
                raise ValidationError(_("“%(part)s” is no range of numbers."), "range", {"part": part})
            numbers |= set(range(first, last + 1))
        return numbers

    def given(self) -> dict[str, Any]:
        """For `workflow.announce`, of a valid form."""
        data = self.cleaned_data
        return {"title": data["judul"], "text": data["isi"], "to": data["kepada"], "key": data["kunci"]}
