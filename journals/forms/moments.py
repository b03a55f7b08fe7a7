"""Days and moments: the browser's own pickers, and time limits as people mean them."""

import re

from django import forms
from django.core.exceptions import ValidationError

WITH_SECONDS = re.compile(r"\d[:.]\d\d[:.]\d\d")


class WholeMinute:
    """For a DateTimeField: "23.59" holds until 23:59:59. Seconds that were typed are kept."""

    def to_python(self, value):
        """The last second of the typed minute."""
        moment = super().to_python(value)  # type: ignore[misc]  # a mixin
        if moment is None or (isinstance(value, str) and WITH_SECONDS.search(value)):
            return moment
        return moment.replace(second=59)


class WholeMinuteField(WholeMinute, forms.DateTimeField):
    """A time limit with Django's own widget."""


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own date and time picker: one box, in the zone that the page names, without seconds."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A point in time, shown and compared by the minute."""

    widget = MomentInput

    def has_changed(self, initial, data) -> bool:
        """The page shows minutes, so only another minute is a change."""
        try:
            typed = self.to_python(data)
        except ValidationError:
            return True
        return _minute(typed) != _minute(initial)


class WholeMinuteMomentField(WholeMinute, MomentField):
    """A time limit, shown and compared by the minute."""


def _minute(value):
    return value and value.replace(second=0, microsecond=0)
