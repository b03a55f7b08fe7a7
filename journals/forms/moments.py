"""Time limits as people mean them."""

import re

from django import forms

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
