"""The form field for rich text: a text area in our notation, which the editor replaces where it can.

The hidden input <name>-format says what the text area holds: "notation" (no JavaScript, or not yet) or
"html" (the editor took over). Either way the field gives canonical HTML, and a form shown again after an
error gives back what was typed.
"""

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from journals.richtext import TooLong, clean, from_notation, to_notation
from journals.text import count_words, count_words_in_html


class Typed(NamedTuple):
    """What a rich text field sent."""

    text: str
    format: str  # "notation" or "html"

    def to_html(self) -> str:
        """Canonical HTML; TooLong if it is longer than anybody writes."""
        return clean(self.text) if self.format == "html" else from_notation(self.text)


class RichTextWidget(forms.Textarea):
    """Counts words against the optional limits; it never cuts."""

    template_name = "journals/widgets/rich_text.html"

    class Media:
        css = {"all": ["css/editor.css"]}

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        min_words: int | None = None,
        max_words: int | None = None,
    ):
        super().__init__({"rows": 8, "autocomplete": "off", "spellcheck": "true", **(attrs or {})})
        self.min_words, self.max_words = min_words, max_words

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed | None:
        text = data.get(name)
        if text is None:
            return None
        return Typed(str(text), "html" if data.get(f"{name}-format") == "html" else "notation")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        text, html = self._both_forms(value)
        context = super().get_context(name, text, attrs)
        widget_attrs = context["widget"]["attrs"]
        count_id = f"{widget_attrs.get('id') or name}_count"
        described = widget_attrs.get("aria-describedby", "")
        widget_attrs["aria-describedby"] = f"{described} {count_id}".strip()
        if get_language() != "id":  # people write Indonesian: for the spelling checker and the screen reader
            widget_attrs["lang"] = "id"
        # The browser's own check would look at a hidden text area and stop the form without a word.
        widget_attrs.pop("required", None)
        context["rich"] = {
            "html": html,
            "editor": static("django_prose_editor/editor.js"),
            "count_id": count_id,
            **self._count(count_words(text) if html is None else count_words_in_html(html)),
        }
        return context

    @staticmethod
    def _both_forms(value: Any) -> tuple[str, str | None]:
        """The text for the text area and the HTML for the editor, None if it must not start."""
        if not isinstance(value, Typed):
            html = clean(str(value or ""), limit=None)
            return to_notation(html), html
        try:
            html = value.to_html()
        except TooLong:
            return value.text, None
        return (value.text if value.format == "notation" else to_notation(html)), html

    def _count(self, words: int) -> dict[str, Any]:
        low, high = self.min_words, self.max_words
        limits = {"count": "{count}", "min": low, "max": high}
        if low and high:
            text = _("%(count)s words (limits %(min)s–%(max)s)") % limits
        elif high:
            text = _("%(count)s words (at most %(max)s)") % limits
        elif low:
            text = _("%(count)s words (at least %(min)s)") % limits
        else:
            text = _("%(count)s words") % limits
        state = "below" if low and words < low else "above" if high and words > high else "within"
        distance = {"below": (low or 0) - words, "above": words - (high or 0), "within": 0}[state]
        states = []
        if low or high:
            words_of_states = [
                ("below", "pencil-line", _("%(count)s to go") % limits),
                ("within", "circle-check", _("enough")),
                ("above", "triangle-alert", _("%(count)s too many") % limits),
            ]
            states = [
                {"name": key, "icon": icon, "text": said, "shown": said.replace("{count}", str(distance))}
                for key, icon, said in words_of_states
            ]
        return {
            "min": low or "",
            "max": high or "",
            "state": state if states else "",
            "count_text": text,
            "count_shown": text.replace("{count}", str(words)),
            "states": states,
        }

    def _render(self, template_name: str, context: dict[str, Any], renderer: Any = None) -> Any:
        # Through the project's own templates: the default form renderer sees only those inside apps.
        return render_to_string(template_name, context)


class RichTextField(forms.CharField):
    """Canonical HTML from either format. `min_words`, `max_words` only count; submitting judges."""

    widget = RichTextWidget
    default_error_messages = {
        "too_long": gettext_lazy("This text is far too long to be kept. Please shorten it."),
    }

    def __init__(self, *, min_words: int | None = None, max_words: int | None = None, **kwargs: Any):
        super().__init__(strip=False, **kwargs)
        self.widget.min_words, self.widget.max_words = min_words, max_words

    def to_python(self, value: Any) -> str:
        try:
            if isinstance(value, Typed):
                return value.to_html()
            return clean(str(value)) if value not in self.empty_values else ""
        except TooLong:
            raise ValidationError(self.error_messages["too_long"], code="too_long") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            return self.to_python(data) != clean(str(initial or ""), limit=None)
        except ValidationError:
            return True
