"""Which build of the program this is. Pages, answers and the service worker name it, so that they can be compared."""

import hashlib
from functools import lru_cache

from django.conf import settings

PARTS = (("templates", "*.html"), ("static", "*.*"), ("locale", "*.mo"))
LENGTH = 12


def version() -> str:
    """Changes with every template, script, style or translation; the same in all processes of one build."""
    return _read() if settings.DEBUG else _once()


@lru_cache(maxsize=1)
def _once() -> str:
    return _read()


def _read() -> str:
    digest = hashlib.sha256()
    for folder, pattern in PARTS:
        for path in sorted((settings.BASE_DIR / folder).rglob(pattern)):
            digest.update(path.as_posix().removeprefix(settings.BASE_DIR.as_posix()).encode())
            digest.update(_mark(path))
    return digest.hexdigest()[:LENGTH]


def _mark(path) -> bytes:
    # A developer's page asks each time: the clock of the file is enough there.
    return str(path.stat().st_mtime_ns).encode() if settings.DEBUG else path.read_bytes()
