"""Rich text in templates. Load with ``{% load curriculum_tags %}``."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from curriculum import prose as words

register = template.Library()


@register.filter
def prose(html: str) -> SafeString:
    """Rich text, cleaned again: rows written outside the forms were never cleaned."""
    return mark_safe(words.clean_prose(html or ""))  # cleaned in this very line


@register.filter
def plain(html: str) -> str:
    """The words of some rich text on one line."""
    return words.plain(html or "")
