"""Icons, badges and the few things a template cannot say by itself. Load with ``{% load face %}``."""

import re
from functools import lru_cache

from django import template
from django.forms import BoundField, CheckboxSelectMultiple, RadioSelect
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from lucide.templatetags.lucide import lucide

register = template.Library()

# The state's icon and word. Words of the four stored states are those of journals.enums.EntryState;
# this package may not import journals, so a test compares them.
STATES = {
    "draft": ("pencil-line", pgettext_lazy("entry state", "Draft")),
    "submitted": ("send", pgettext_lazy("entry state", "Submitted")),
    "returned": ("undo-2", pgettext_lazy("entry state", "Needs improvement")),
    "graded": ("badge-check", pgettext_lazy("entry state", "Graded")),
    "late": ("clock-alert", pgettext_lazy("entry state", "Late")),
    "overdue": ("triangle-alert", pgettext_lazy("entry state", "Overdue")),
    "reviewing": ("eye", pgettext_lazy("entry state", "Being reviewed")),
    "reviewed": ("hourglass", pgettext_lazy("entry state", "Reviewed, waiting for release")),
    "released": ("award", pgettext_lazy("entry state", "Released")),
    "empty": ("circle-dashed", pgettext_lazy("entry state", "Not started")),
    "notopen": ("calendar-clock", pgettext_lazy("entry state", "Not open yet")),
    "closed": ("lock", pgettext_lazy("entry state", "Closed")),
}
# The stops of the journey are small: only these states have a drawing, the others show the module's number.
STOP_ICONS = {
    "graded": "check",
    "released": "check",
    "returned": "undo-2",
    "overdue": "clock-alert",
    "submitted": "send",
    "reviewing": "send",
    "reviewed": "send",
    "closed": "lock",
}
NOTICE_ICONS = {"ok": "circle-check", "warn": "triangle-alert", "error": "circle-alert", "info": "info"}
# The names django.contrib.messages and our own templates use for the same four tones.
TONES = {
    "success": "ok",
    "warning": "warn",
    "danger": "error",
    "debug": "info",
    **{t: t for t in NOTICE_ICONS},
}
ADDED, REMOVED = gettext_lazy("Added:"), gettext_lazy("Removed:")


@lru_cache(maxsize=256)
def _drawing(name: str) -> str:
    """The inside of a lucide icon; size, stroke and colour come from the class `icon`."""
    svg = lucide(name, size=None)
    return re.sub(r"\s*\n\s*", "", re.sub(r"^<svg[^>]*>|</svg>\s*$", "", svg.strip()))


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An inline icon: decorative, or an image with a name when `label` is given."""
    return _icon(name, str(label), css)


@lru_cache(maxsize=256)
def _icon(name: str, label: str, css: str) -> SafeString:
    about = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" focusable="false" {}>{}</svg>',
        f" {css}" if css else "",
        mark_safe(about),  # built by format_html or constant, just above
        mark_safe(_drawing(name)),  # from the installed icon package, never from users
    )


@lru_cache(maxsize=128)
def _badge(state: str, label: str, language: str | None) -> SafeString:
    # Rows of a long table repeat the same few badges, so each is built once per language.
    symbol, word = STATES[state]
    return format_html('<span class="badge badge--{}">{}{}</span>', state, icon(symbol), label or word)


@register.simple_tag
def badge(state: str, label: str = "") -> SafeString:
    """The tag of a state: icon and word, never colour alone. `label` replaces the word."""
    return _badge(str(state), str(label), get_language())


@register.filter
def tone(value: str) -> str:
    """One of ok, warn, error, info for whatever name a message level or template uses."""
    return TONES.get(str(value).split()[-1] if value else "info", "info")


@register.filter
def tone_icon(value: str) -> str:
    """The icon that goes with a tone."""
    return NOTICE_ICONS[tone(value)]


@register.simple_block_tag
def scroll(content: SafeString, label: str) -> SafeString:
    """A box in which a wide table scrolls sideways, reachable and named for the keyboard."""
    return format_html('<div class="table-scroll" role="region" tabindex="0" aria-label="{}">{}</div>', label, content)


@register.filter
def error_target(field: BoundField) -> str:
    """The id an error summary links to: the control, or the first of a group of choices."""
    if isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id


# What people and the curriculum write is Indonesian, whatever language the words around it are in (WCAG 3.1.2).
CONTENT_LANGUAGE = "id"


@register.simple_tag
def content_lang() -> SafeString:
    """The attribute `lang` for a container of content, where it is not the language of the page."""
    return mark_safe("" if get_language() == CONTENT_LANGUAGE else f' lang="{CONTENT_LANGUAGE}"')  # constant


@register.filter
def content(text: str) -> str:
    """A piece of content inside a sentence of ours, marked where it is not in the language of the page."""
    if not text or get_language() == CONTENT_LANGUAGE:
        return text
    return format_html('<span lang="{}">{}</span>', CONTENT_LANGUAGE, text)


@register.filter
def nowrap(text: str) -> SafeString:
    """A number or name inside a sentence that no line end may tear apart."""
    return format_html('<span class="nowrap">{}</span>', text)


@register.filter
def initials(name: str) -> str:
    """One or two letters for the round sign beside a name."""
    words = re.findall(r"[^\W\d_]+", str(name))
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@register.filter
def diff_word(kind: str) -> str:
    """What a screen reader hears before a changed piece of text."""
    return {"ins": str(ADDED), "del": str(REMOVED)}.get(kind, "")


@register.simple_tag
def stop_sign(number: int, state: str) -> SafeString | int:
    """What stands in a stop's circle: the icon of what was reached or needs attention, or else its number."""
    return icon(STOP_ICONS[state]) if state in STOP_ICONS else number


@register.simple_tag
def stop_words(number: int, state: str, title: str = "") -> str:
    """What a stop of the journey is called: number, title and state in words."""
    word = STATES[str(state)][1]
    return _("Module %(number)s: %(title)s (%(state)s)") % {"number": number, "title": title, "state": word}
