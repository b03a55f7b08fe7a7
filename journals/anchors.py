"""Passages that stay with their words while a text is edited, or have no place: never another passage.

static/js/lib/anchors.js follows the same rules; tests/golden/anchors.json binds both. Places are counted in characters
(code points) of the text as it is read: without markup, any run of spaces, line ends and paragraph ends as one space.
So bold type or a new paragraph in its middle does not lose a passage.

Two rules. `track`, for one change: a passage that lies before or after everything that changed is where it was, unless
as many words of its kind have become fewer, when nobody can say which of them went. `find`, where that does not help
(several changes at once, an earlier state restored): what stood around the passage must stand there still, on both
sides and in one place only; for words that were alone of their kind what is near, for others all that was kept.
Otherwise its author is asked.
"""

import re
from dataclasses import dataclass
from html import unescape

from journals.text import BREAKS, SPACES, TAG

AROUND = 32  # characters kept of each side
NEAR = 16  # of them suffice for words that were alone of their kind
LONGEST = 1000  # characters of a passage

_spaces = re.compile(f"[{SPACES}]+")
# A sentence ends at its mark; not after one or two letters: "dr. Siti", "Jl. Merdeka", "No. 5".
_sentence_end = re.compile(r"(?<!\b[^\W\d_])(?<!\b[^\W\d_][^\W\d_])[.!?…]+[\"”’)\]]*(?= )")


@dataclass(frozen=True)
class Anchor:
    """A passage's words and what stood around them; `lone` where the words stood nowhere else in the text."""

    quote: str
    prefix: str
    suffix: str
    lone: bool


def plain(html: str) -> str:
    """The text of HTML as richtext.clean returns it, as places in it are counted."""
    return squeeze(_lines(html))


def squeeze(text: str) -> str:
    """One space for any run of them, none at the ends. Nothing without width is left in what richtext.clean returns."""
    return _spaces.sub(" ", text).strip(" ")


def at(text: str, start: int, end: int) -> Anchor | None:
    """The anchor of a place in a text; None where it could not be told from another, and where there is no word."""
    quote = text[start:end]
    if not any(map(str.isalnum, quote)):
        return None
    prefix, suffix = around(text, start, end)
    found = Anchor(quote, prefix, suffix, lone=text.find(quote) == text.rfind(quote))
    return found if find(text, found) == start else None


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before and after a place, as much as is kept of it."""
    return text[max(start - AROUND, 0) : start], text[end : end + AROUND]


def find(text: str, anchor: Anchor) -> int | None:
    """Where the passage stands in a text, by what stands around it."""
    near, size, found = NEAR if anchor.lone else AROUND, len(anchor.quote), None
    start = text.find(anchor.quote) if anchor.quote else -1
    while start >= 0:
        if _before(text, start, anchor.prefix, near) and _after(text, start + size, anchor.suffix, near):
            if found is not None:
                return None
            found = start
        start = text.find(anchor.quote, start + 1)
    return found


def track(before: str, after: str, start: int, end: int) -> int | None:
    """Where a passage that began at `start` begins after a change; None where the change may have touched it."""
    quote = before[start:end]
    if before.count(quote) > after.count(quote):
        return None
    if before.startswith(after[:end]) and len(after) >= end:
        return start
    rest = len(before) - start
    moved = len(after) - rest
    return moved if moved >= 0 and after.endswith(before[start:]) else None


def _before(text: str, start: int, kept: str, near: int) -> bool:
    """Whether this stands before a place; less than `near` was all that stood there, from the beginning on."""
    return text.endswith(kept[-near:], 0, start) if len(kept) >= near else text[:start] == kept


def _after(text: str, end: int, kept: str, near: int) -> bool:
    return text.startswith(kept[:near], end) if len(kept) >= near else text[end:] == kept


def sentences(html: str) -> list[tuple[int, int]]:
    """Start and end of each sentence, for people who choose from a list."""
    found, start = [], 0
    for line in map(squeeze, _lines(html).split("\n")):
        ends = [match.end() for match in _sentence_end.finditer(line)]
        begin = 0
        for end in [*ends, len(line)]:
            if line[begin:end].strip():
                found.append((start + begin, start + end))
            begin = end + 1
        start += len(line) + 1 if line else 0
    return found


def _lines(html: str) -> str:
    return unescape(TAG.sub("", BREAKS.sub("\n", html)))
