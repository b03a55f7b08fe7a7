"""Cuts any HTML into text and tags; journals/canonical.py decides what they mean, nh3 what may pass."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_DROPPED = {
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript",
    "template", "svg", "math", "object", "select", "audio", "video", "canvas", "applet", "datalist",
}  # fmt: skip
_name = re.compile(r"/?([a-zA-Z][^\s/>]*)")
_attribute = re.compile(r"""[\s/]*([^\s/>=][^\s/>=]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]*))?""")


class Token(NamedTuple):
    kind: str  # "text", "open" or "close"
    value: str
    attributes: dict[str, str]


def tokens(html: str) -> Iterator[Token]:
    """Text and tags in one pass. Time grows with the length only, whatever is left unclosed."""
    position, last_end = 0, html.rfind(">")
    never_closed: set[str] = set()
    lowered = html.lower()
    if len(lowered) != len(html):  # a few letters change length; offsets must fit
        lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in html)
    while position < len(html):
        start = html.find("<", position)
        if start < 0 or start > last_end:
            yield Token("text", html[position:], {})
            return
        if start > position:
            yield Token("text", html[position:start], {})
        if html.startswith("<!--", start):
            end = html.find("-->", start + 4)
            position = end + 3 if end >= 0 else len(html)
            continue
        name_match = _name.match(html, start + 1)
        if not name_match:
            if html[start + 1 : start + 2] in ("!", "?", "/"):
                position = html.find(">", start) + 1
            else:
                yield Token("text", "<", {})
                position = start + 1
            continue
        name, position = name_match[1].lower(), name_match.end()
        attributes: dict[str, str] = {}
        while match := _attribute.match(html, position):
            position = match.end()
            attributes.setdefault(match[1].lower(), unescape((match[2] or "").strip("\"'")))
        position = html.find(">", position) + 1
        if not position:
            return
        closing = html[start + 1] == "/"
        if name in _DROPPED and not closing and name not in never_closed:
            end = lowered.find(f"</{name}", position)
            if end >= 0:
                position = end
                continue
            never_closed.add(name)
            if name in ("script", "style"):
                return
        yield Token("close" if closing else "open", name, attributes)
