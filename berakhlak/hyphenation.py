"""Where Indonesian words may be broken at the end of a line. Typst knows no patterns for the language."""

import re
from functools import lru_cache

import pyphen

SOFT_HYPHEN = "\u00ad"
SHORTEST = 6
_word = re.compile(r"(?<![\w./:@-])[A-Z]?[a-z]{5,}(?![\w./:@-])")
_vowel = re.compile(r"[aeiou]")


def hyphenated(text: str) -> str:
    """The text with soft hyphens in its longer words; names like "BerAKHLAK" and addresses stay whole."""
    return _word.sub(lambda found: _broken(found[0]), text)


@lru_cache(maxsize=20_000)
def _broken(word: str) -> str:
    pieces = _patterns().inserted(word, SOFT_HYPHEN).split(SOFT_HYPHEN)
    # The patterns cut "ng", "k" and the like off by themselves ("de-ng-ar"): they begin the next syllable.
    syllables: list[str] = []
    for piece in reversed(pieces):
        if _vowel.search(piece.lower()) or not syllables:
            syllables.insert(0, piece)
        else:
            syllables[0] = piece + syllables[0]
    if len(syllables) > 1 and not _vowel.search(syllables[-1]):
        syllables[-2:] = ["".join(syllables[-2:])]
    return SOFT_HYPHEN.join(syllables)


@lru_cache(maxsize=1)
def _patterns() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="id_ID", left=2, right=2)
