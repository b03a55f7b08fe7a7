"""More time for participants of a cohort: which module, who, until when and why."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from journals.forms.moments import WholeMinuteField
from journals.models import Cohort, Enrolment, Schedule

USUAL = timedelta(days=3)
LOCAL = "%Y-%m-%dT%H:%M"


class ExtendForm(forms.Form):
    """`modul` by number, `peserta` by attendance number. The time is the cohort's."""

    modul = forms.TypedChoiceField(label=_("Module"), coerce=int, empty_value=None)
    peserta = forms.TypedMultipleChoiceField(
        label=_("Participants"), coerce=int, error_messages={"required": _("Choose at least one participant.")}
    )
    tenggat = WholeMinuteField(
        label=_("New due time"), widget=forms.DateTimeInput({"type": "datetime-local"}, format=LOCAL)
    )
    alasan = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("It stands in the record of this decision. Participants do not see it."),
        error_messages={"required": _("Please give a reason.")},
    )

    def __init__(self, data=None, *, schedules: list[Schedule], enrolments: list[Enrolment], **kwargs) -> None:
        super().__init__(data, **kwargs)
        self.schedules = {schedule.module.number: schedule for schedule in schedules}
        self.enrolments = {enrolment.ndh: enrolment for enrolment in enrolments}
        self.fields["modul"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (number, f"{number}. {schedule.module.title}") for number, schedule in self.schedules.items()
        ]
        self.fields["peserta"].choices = [  # type: ignore[attr-defined]
            (ndh, f"{ndh}. {enrolment.user.full_name}") for ndh, enrolment in self.enrolments.items()
        ]

    @property
    def schedule(self) -> Schedule:
        """The chosen module's schedule, of a valid form."""
        return self.schedules[self.cleaned_data["modul"]]

    @property
    def chosen(self) -> list[Enrolment]:
        """The chosen participants, of a valid form, in the order of the list."""
        wanted = set(self.cleaned_data["peserta"])
        return [enrolment for ndh, enrolment in self.enrolments.items() if ndh in wanted]

    def groups(self) -> list[dict]:
        """The participants by group, and which of them are chosen."""
        chosen = {str(value) for value in self["peserta"].value() or ()}
        found: dict[int | None, dict] = {}
        for ndh, enrolment in self.enrolments.items():
            name = enrolment.group.name if enrolment.group else ""
            group = found.setdefault(enrolment.group_id, {"name": name, "people": [], "chosen": 0})
            group["people"].append((enrolment, str(ndh) in chosen))
            group["chosen"] += str(ndh) in chosen
        return list(found.values())


def usual_due(cohort: Cohort, now: datetime) -> datetime:
    """What is offered: the end of the third day from now, in the cohort's zone."""
    day = now.astimezone(cohort.tz).date() + USUAL
    return datetime.combine(day, time(23, 59), cohort.tz)
