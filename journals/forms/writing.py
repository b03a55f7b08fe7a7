"""The author's forms: writing, settling two versions, and handing in."""

from collections.abc import Mapping
from dataclasses import dataclass
from re import ASCII, fullmatch

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from journals.models import RevisionItem
from journals.services.drafting import Part
from journals.widgets import RichTextField
from journals.workflow import answer_name

# What a version that cannot be read counts as: it matches no saved text, so nothing is overwritten unseen.
UNKNOWN_VERSION = -1
MINE, SERVER, BOTH = "mine", "server", "both"


def field_name(part: Part) -> str:
    """The field of a part; prompt keys may hold signs that other field names use."""
    return f"part-{part.prompt.key}"


def choice_name(part: Part) -> str:
    """Which text wins where two versions of a part meet."""
    return f"choice-{part.prompt.key}"


class WritingForm(forms.Form):
    """Title and parts. Length in words is not judged here: a draft may be as short or as long as it is."""

    use_required_attribute = False
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        strip=True,
        help_text=_("In a few words, what your entry is about."),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args, parts: list[Part], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.parts = parts
        for part in parts:
            self.fields[field_name(part)] = RichTextField(
                label=part.prompt.title,
                min_words=part.prompt.min_words,
                max_words=part.prompt.max_words,
                required=False,
            )

    @classmethod
    def of(cls, parts: list[Part], entry=None) -> "WritingForm":
        """The form as the saved entry fills it; empty before the first save."""
        initial: dict[str, object] = {field_name(part): part.html for part in parts}
        initial |= {"version": entry.version, "title": entry.title} if entry else {"version": 0}
        return cls(parts=parts, initial=initial)

    @classmethod
    def of_stray(cls, parts: list[Part], stray, entry) -> "WritingForm":
        """A text that waits beside the draft, as if its author had just sent it to replace the draft."""
        data = QueryDict(mutable=True)
        data.update({"version": str(entry.version), "title": stray.title})
        for part in parts:
            if part.prompt.key in stray.answers:
                name = field_name(part)
                data.update({name: stray.answers[part.prompt.key], f"{name}-format": "html"})
        return cls(data, parts=parts)

    def clean_version(self) -> int:
        """The version the text is based on, or one that matches nothing."""
        text = self.cleaned_data["version"]
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else UNKNOWN_VERSION

    def sections(self) -> list[tuple[Part, forms.BoundField]]:
        """Each part with its field, in order."""
        return [(part, self[field_name(part)]) for part in self.parts]

    def answers(self) -> dict[str, str]:
        """HTML by prompt key. A part that was not sent stays as it is saved."""
        given = {}
        for part in self.parts:
            choice = self.data.get(choice_name(part), MINE)
            if field_name(part) not in self.data or choice == SERVER:
                continue
            mine = self.cleaned_data[field_name(part)]
            given[part.prompt.key] = part.html + mine if choice == BOTH else mine
        return given

    def title_or_none(self) -> str | None:
        """The title, or None where it stays as it is saved."""
        if "title" not in self.data or self.data.get("choice-title") == SERVER:
            return None
        return self.cleaned_data["title"]

    def differences(self, parts: list[Part], title: str) -> list[str]:
        """The names of the fields in which this form and what is saved now are not the same."""
        given, sent_title = self.answers(), self.title_or_none()
        found = [field_name(part) for part in parts if given.get(part.prompt.key, part.html) != part.html]
        return (["title"] if sent_title is not None and sent_title != title else []) + found


class SubmitForm(forms.Form):
    """Handing in: the version that was previewed, the form's own key, and the statement."""

    use_required_attribute = False
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    statement = forms.BooleanField(required=False)


@dataclass(frozen=True)
class AnswerField:
    """A thing to improve with what was typed for it, or else what was answered before, and what is wrong with that."""

    item: RevisionItem
    name: str
    text: str
    error: str


def answers_given(data: QueryDict) -> dict[int, str]:
    """What was typed for each thing to improve, by its id; nothing is judged here."""
    found = {}
    for name in data:
        if match := fullmatch(r"answer-(\d{1,18})", name, ASCII):
            found[int(match[1])] = str(data[name]).replace("\r\n", "\n").replace("\x00", "")
    return found


def answer_fields(
    items: list[RevisionItem], typed: Mapping[int, str] | None, errors: Mapping[str, str]
) -> list[AnswerField]:
    """The fields of the page that hands in again."""
    fields = []
    for item in items:
        name, stored = answer_name(item.pk), getattr(item, "answer", None)
        text = (stored.text if stored else "") if typed is None else typed.get(item.pk, "")
        fields.append(AnswerField(item, name, text, errors.get(name, "")))
    return fields


def answers_kept(typed: Mapping[int, str] | None, shown: list[AnswerField]) -> list[tuple[str, str]]:
    """What was typed and has no field on the page, as (label, text), to be copied."""
    on_page = {field.item.pk for field in shown}
    return [(gettext("Your answer"), text) for pk, text in (typed or {}).items() if pk not in on_page and text.strip()]


class RestoreForm(forms.Form):
    """Restoring: the version that the author compared with."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
