"""Which waiting entries are shared out, and among whom."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.accounts.models import User
from journals.models import Schedule

NOBODY, ALL = "belum", "semua"


class AllocateForm(forms.Form):
    """`dari` is the id of an instructor, or NOBODY; `ke` are the ids of those who get something."""

    dari = forms.ChoiceField(label=gettext_lazy("From the pile of"))
    modul = forms.ChoiceField(label=gettext_lazy("Module"))
    ke = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Among"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one instructor of this cohort.")},
    )

    def __init__(self, data=None, *, people: list[User], schedules: list[Schedule]) -> None:
        super().__init__(data, initial={"ke": [person.pk for person in people]})
        self.modules = {str(schedule.module.number): schedule.module for schedule in schedules}
        named = [(str(person.pk), person.full_name) for person in people]
        nobody = _("Nobody: not shared out yet")
        modules = [(number, f"{number}. {module.title}") for number, module in self.modules.items()]
        choices = {"dari": [(NOBODY, nobody), *named], "modul": [(ALL, _("All modules")), *modules], "ke": named}
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]  # all three are fields with choices

    def asked(self) -> dict:
        """The valid form as `workflow.allocate` takes it; a pile is never shared out onto itself."""
        source = None if self.cleaned_data["dari"] == NOBODY else int(self.cleaned_data["dari"])
        to = [pk for pk in self.cleaned_data["ke"] if pk != source]
        return {"source": source, "to": to, "module": self.modules.get(self.cleaned_data["modul"])}
