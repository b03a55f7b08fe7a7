"""What the guides need. Load with ``{% load guides %}``."""

import json
import re
from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

register = template.Library()
CONTROL = re.compile(r"\[([^\]]+)\]")
FOLDER = "img/guides"


@register.filter
def controls(text: str) -> SafeString:
    """The text with each ``[name of a control]`` as the interface itself writes it in this language."""
    parts = CONTROL.split(str(text))  # words, a name, words, a name, … words
    shown = (
        format_html('<b class="control">{}</b>', gettext(part)) if index % 2 else escape(part)
        for index, part in enumerate(parts)
    )
    return mark_safe("".join(shown))


@cache
def sizes() -> dict[str, list[int]]:
    """Width and height of each picture in CSS pixels, as ``make guide-pictures`` wrote them down."""
    found = settings.BASE_DIR / "static" / FOLDER / "sizes.json"
    return json.loads(found.read_text(encoding="utf-8"))


@register.simple_tag
def picture(name: str) -> str:
    """The address of a picture."""
    return static(f"{FOLDER}/{name}.webp")


@register.simple_tag
def picture_size(name: str) -> SafeString:
    """The attributes ``width`` and ``height`` of a picture, so that the page does not jump when it arrives."""
    width, height = sizes()[name]
    return format_html('width="{}" height="{}"', width, height)
