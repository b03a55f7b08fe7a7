"""How far a long piece of work is, for the page that waits for it.

It is told from inside a transaction, whose own writes nobody else sees yet; so it stands beside the database.
"""

from collections.abc import Callable

from django.core.cache import caches

KEPT = 10 * 60  # seconds after the last word; nothing here lasts longer without saying anything


def teller(name: str) -> Callable[[int], None]:
    """What a piece of work calls with the number of rows that it has done."""
    return lambda done: caches["counts"].set(name, done, KEPT)


def told(name: str) -> int:
    """The number of rows that were last said to be done; 0 before anything was said."""
    return caches["counts"].get(name, 0)
