"""What changed between two versions, in words that a person can read: no tags, and whole sentences around a change."""

import dataclasses
import html
import re
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from django.contrib.admin.utils import display_for_field
from django.db import models
from django.utils.html import conditional_escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_prose_editor.fields import ProseEditorField
from simple_history.models import ModelChange, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper

Words = list[tuple[str, str]]  # (" ", "-" or "+", word)
BLOCK_ENDS = re.compile(r"</(?:p|li|h[1-6]|blockquote)>|<br\s*/?>")
SENTENCE_END = re.compile(r"[.!?…]+[\"”’)]*\Z")
LONG = 60


def plain(text: str) -> str:
    """The words of rich text, one block a line."""
    return html.unescape(strip_tags(BLOCK_ENDS.sub("\n", text))).strip()


def changed_words(old: str, new: str) -> list[Words]:
    """The sentences in which two texts differ, word by word."""
    before, after = _split(old), _split(new)
    words: Words = []
    for kind, low, high, from_, to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            words += [(" ", word) for word in before[low:high]]
        else:
            words += [("-", word) for word in before[low:high]] + [("+", word) for word in after[from_:to]]
    sentences: list[Words] = [[]]
    for sign, word in words:
        sentences[-1].append((sign, word))
        if sign == " " and (word == "\n" or SENTENCE_END.search(word)):
            sentences.append([])
    return [sentence for sentence in sentences if any(sign != " " and word != "\n" for sign, word in sentence)]


def _split(text: str) -> list[str]:
    return re.findall(r"\S+|\n", text)


def marked(sentences: list[Words]) -> SafeString:
    """Those sentences with what went and what came."""
    return format_html_join(" … ", "{}", ((_sentence(words),) for words in sentences))


def _sentence(words: Words) -> SafeString:
    tags = {" ": "{}", "-": "<del>{}</del>", "+": "<ins>{}</ins>"}
    runs = [
        (sign, " ".join(word for _sign, word in run if word != "\n"))
        for sign, run in groupby(words, key=lambda word: word[0])
    ]
    return format_html_join(" ", "{}", ((format_html(tags[sign], text),) for sign, text in runs if text))


def shown_change(field: models.Field, old: Any, new: Any) -> SafeString:
    """One field's change: long texts by their changed sentences, everything else as old → new."""
    if isinstance(field, ProseEditorField):
        old, new = plain(old or ""), plain(new or "")
        if old == new:
            return conditional_escape(_("only the formatting changed"))
    if isinstance(old, str) and isinstance(new, str) and old and new and max(len(old), len(new)) > LONG:
        return marked(changed_words(old, new))
    return format_html("<del>{}</del> → <ins>{}</ins>", _shown(field, old), _shown(field, new))


def _shown(field: models.Field, value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(sorted(str(item) for item in value)) or "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.is_relation or (isinstance(value, str) and not field.flatchoices):
        return value if value not in (None, "") else "–"
    return display_for_field(value, field, "–")


class ReadableChanges(HistoricalRecordContextHelper):
    """simple-history's helper, which cuts texts in the middle and shows their tags."""

    def context_for_delta_changes(self, delta: ModelDelta) -> list[dict[str, Any]]:
        """Name of the field and its change, in the order of the model's fields."""
        places = {field.name: place for place, field in enumerate(self.model._meta.get_fields())}
        changes = sorted(delta.changes, key=lambda change: places[change.field])
        return [dataclasses.asdict(self.format_delta_change(change)) for change in changes]

    def format_delta_change(self, change: ModelChange) -> "Shown":  # type: ignore[override]  # for our template
        """What the templates show."""
        field = self.model._meta.get_field(change.field)
        old = self.prepare_delta_change_value(change, change.old)
        new = self.prepare_delta_change_value(change, change.new)
        return Shown(str(field.verbose_name), shown_change(field, old, new))


@dataclasses.dataclass
class Shown:
    """A changed field."""

    field: str
    change: SafeString
