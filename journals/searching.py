"""What a search looks for in a text, and where in the text it stands. Knows no database.

A word is here a run of letters and digits, in one case. A query finds a text when each of its words is the beginning
of a word of the text; so the text is kept with one blank before each word (`folded`), and " layan" is looked for.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import islice

from journals.text import WIDTHLESS

MOST_WORDS = 8  # of a query; the others are not looked at
BEFORE, AFTER = 5, 7  # words that an excerpt shows around the one that was found

_word = re.compile(r"[^\W_]+")
_widthless = re.compile(f"[{WIDTHLESS}]")
_core = re.compile(r"(\W*)(.*?)(\W*)", re.DOTALL)


def words_of(plain: str) -> list[str]:
    """The words of a text, or of a query, in the one spelling that both are compared in."""
    return _word.findall(unicodedata.normalize("NFC", _widthless.sub("", plain).casefold()))


def folded(plain: str) -> str:
    """A text as it is searched: its words with one blank between them, and one before and behind."""
    return f" {' '.join(words_of(plain))} "


def beginnings(query: str) -> list[str]:
    """What each searched text must hold, all of it: blank and beginning of a word."""
    return [f" {word}" for word in dict.fromkeys(islice(words_of(query), MOST_WORDS))]


def excerpt(parts: Iterable[str], query: str) -> list[tuple[str, bool]]:
    """The words around the first place where a text has what the query's longest word asks for, as pieces of which
    the true ones were found; nothing unless the text has all words of the query."""
    parts, sought = list(parts), beginnings(query)
    whole = folded("\n".join(parts))
    if not sought or not all(beginning in whole for beginning in sought):
        return []
    longest = max(sought, key=len)
    for part in parts:
        tokens = part.split()
        place = next((place for place, token in enumerate(tokens) if _begins(token, [longest])), None)
        if place is not None:
            return _around(tokens, place, sought)
    return []


def _begins(token: str, sought: list[str]) -> bool:
    words = folded(token)
    return any(beginning in words for beginning in sought)


def _around(tokens: list[str], place: int, sought: list[str]) -> list[tuple[str, bool]]:
    first, last = max(place - BEFORE, 0), place + AFTER
    pieces = [("…" if first else "", False)]
    for token in tokens[first:last]:
        core = _core.fullmatch(token) if _begins(token, sought) else None
        before, word, behind = core.groups() if core else (token, "", "")
        pieces += [(f" {before}", False), (word, True), (behind, False)]
    pieces.append((" …" if last < len(tokens) else "", False))
    return _joined(pieces)


def _joined(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Without empty ones or a blank in front, and with neighbours of a kind in one."""
    joined: list[tuple[str, bool]] = []
    for text, found in pieces:
        if joined and joined[-1][1] == found:
            joined[-1] = (joined[-1][0] + text, found)
        elif text.strip() or (joined and text):
            joined.append((text if joined else text.lstrip(), found))
    return joined
