"""The form of a phrase: its words, what it is about, and who else may use it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journals.forms.reviewing import LongText
from journals.models import Phrase
from journals.models.phrase import LONGEST
from journals.services.phrases import Choices, Given


class PhraseForm(forms.Form):
    """A new phrase, or one to change. What it had is offered, even where one could no longer choose it."""

    use_required_attribute = False
    text = LongText(
        label=gettext_lazy("Phrase"),
        rows=4,
        max_length=LONGEST,
        help_text=gettext_lazy("Write {nama} where the participant's name belongs."),
    )

    def __init__(self, data=None, *, known: Choices, phrase: Phrase | None = None) -> None:
        super().__init__(data, auto_id="id_%s", initial=_initial(phrase) if phrase else {})
        self.modules = {str(module.number): module for module in known.modules}
        self.cohorts = {cohort.key: cohort for cohort in known.cohorts}
        criteria = dict(known.criteria)
        if phrase is not None and phrase.module:
            self.modules.setdefault(str(phrase.module.number), phrase.module)
        if phrase is not None and phrase.cohort:
            self.cohorts.setdefault(phrase.cohort.key, phrase.cohort)
        if phrase is not None and phrase.criterion_code:
            criteria.setdefault(phrase.criterion_code, phrase.criterion_code)
        modules = {number: str(module) for number, module in self.modules.items()}
        shared = {key: _("Instructors of %(cohort)s") % {"cohort": cohort.name} for key, cohort in self.cohorts.items()}
        self.fields["text"].required = True
        self.fields["criterion"] = _choice(_("Criterion"), _("Any criterion"), criteria)
        self.fields["module"] = _choice(_("Module"), _("Any module"), modules)
        self.fields["cohort"] = _choice(_("Share with"), _("Not shared"), shared)

    def given(self) -> Given:
        """The valid form as the service takes it."""
        data = self.cleaned_data
        return Given(
            data["text"], self.modules.get(data["module"]), data["criterion"], self.cohorts.get(data["cohort"])
        )


def _choice(label: str, none: str, others: dict[str, str]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", none), *others.items()])


def _initial(phrase: Phrase) -> dict[str, str]:
    return {
        "text": phrase.text,
        "criterion": phrase.criterion_code,
        "module": str(phrase.module.number) if phrase.module else "",
        "cohort": phrase.cohort.key if phrase.cohort else "",
    }
