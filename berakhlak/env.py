"""Strict reading of environment variables.

A wrong value stops the program with the variable's name, what was read and what to write instead:
better at start than at three in the morning.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def _fail(name: str, problem: str, hint: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} {problem}. {hint}")


def env_str(name: str, default: str = "") -> str:
    """The variable's text without surrounding spaces, or the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, *, default: bool) -> bool:
    """Only ``true`` and ``false`` (any case) are understood; everything else stops the program."""
    raw = env_str(name).lower()
    if not raw:
        return default
    if raw in ("true", "false"):
        return raw == "true"
    raise _fail(name, f"is {raw!r}", "Write true or false.")


def env_int(name: str, default: int, *, low: int, high: int) -> int:
    """A whole number between ``low`` and ``high``, both included."""
    raw = env_str(name)
    if not raw:
        return default
    if not raw.isascii() or not raw.isdigit() or not low <= int(raw) <= high:
        raise _fail(name, f"is {raw!r}", f"Write a whole number from {low} to {high}.")
    return int(raw)


def env_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Comma-separated words; empty ones are an error, since they hide a typing mistake."""
    raw = env_str(name)
    if not raw:
        return list(default)
    words = [word.strip() for word in raw.split(",")]
    if not all(words):
        raise _fail(name, f"is {raw!r}", "Separate the items by single commas.")
    return words


def env_url(name: str, schemes: tuple[str, ...], default: str = "") -> str:
    """An address with one of the schemes and a host, without a slash at its end; or the default, such as nothing."""
    raw = env_str(name, default).rstrip("/")
    url = urlsplit(raw)
    if raw and not (url.scheme in schemes and url.netloc):
        known = " or ".join(f"{scheme}://" for scheme in schemes)
        raise _fail(name, f"is {raw!r}", f"Write an address that begins with {known}.")
    return raw


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    raw = env_str(name, default)
    if raw not in choices:
        raise _fail(name, f"is {raw!r}", f"Write one of: {', '.join(choices)}.")
    return raw


def env_secret(name: str, *, default: str = "", required: bool = True) -> str:
    """A secret from ``NAME`` or from the file named in ``NAME_FILE``; never both. Stops when there is none."""
    path = env_str(f"{name}_FILE")
    value = env_str(name)
    if path and value:
        raise _fail(name, f"and {name}_FILE are both set", "Keep one of them.")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise _fail(
                f"{name}_FILE",
                f"names {path!r}, which cannot be read ({error.strerror})",
                "Check the path and its permissions.",
            ) from error
    if required and not value and not default:
        raise _fail(name, "is not set", f"Set {name} or {name}_FILE.")
    return value or default


def database_from_url(name: str, default: str) -> dict[str, Any]:
    """Django's database dictionary from ``sqlite:///path`` or ``postgres://user:pass@host:port/name``."""
    raw = env_str(name, default)
    url = urlsplit(raw)
    if url.scheme == "sqlite" and not url.netloc and len(url.path) > 1:
        return sqlite_database(url.path[1:])
    if url.scheme in ("postgres", "postgresql") and len(url.path) > 1:
        try:
            port = str(url.port or "")
        except ValueError as error:
            raise _fail(name, "has a port that is not a number from 1 to 65535", "Write it as host:5432.") from error
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path[1:]),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": unquote(url.hostname or ""),
            "PORT": port,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(url.query)),
        }
    raise _fail(name, "is not understood", "Write sqlite:///file or postgres://user:password@host:5432/database.")


def sqlite_database(path: str) -> dict[str, Any]:
    """SQLite as a server needs it: write-ahead log, and writers that queue instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # Taking the write lock at BEGIN lets the busy timeout work; a later upgrade would fail at once.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # synchronous=FULL: what was confirmed to a writer is on the disk, also when the power goes.
            # recursive_triggers: otherwise INSERT OR REPLACE would take frozen rows away unasked.
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA recursive_triggers=ON;",
        },
    }


S3 = ("ENDPOINT", "REGION", "ACCESS_KEY", "SECRET_KEY", "SECRET_KEY_FILE")


def file_storage(name: str, folder: Path) -> dict[str, Any]:
    """Where uploaded files lie: in a folder, or under that name in an S3-compatible bucket.

    ``BERAKHLAK_S3_BUCKET`` decides; the other variables without it stop the program, since files would go astray.
    """
    bucket = env_str("BERAKHLAK_S3_BUCKET")
    if not bucket:
        for other in S3:
            if env_str(f"BERAKHLAK_S3_{other}"):
                raise _fail(f"BERAKHLAK_S3_{other}", "is set without BERAKHLAK_S3_BUCKET", "Name the bucket too.")
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            # For the server's own eyes; a proxy that serves files has no business here.
            "OPTIONS": {
                "location": str(folder),
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
        raise _fail("BERAKHLAK_S3_BUCKET", f"is {bucket!r}", "Write the bucket's name alone, in small letters.")
    access = env_str("BERAKHLAK_S3_ACCESS_KEY")
    if not access:
        raise _fail("BERAKHLAK_S3_ACCESS_KEY", "is not set", "Set it together with BERAKHLAK_S3_SECRET_KEY.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "location": name,
            "endpoint_url": env_url("BERAKHLAK_S3_ENDPOINT", ("http", "https")) or None,
            "region_name": env_str("BERAKHLAK_S3_REGION", "us-east-1"),
            "access_key": access,
            "secret_key": env_secret("BERAKHLAK_S3_SECRET_KEY"),
            "default_acl": None,  # the bucket's own: private
            "addressing_style": "path",  # servers of one's own rarely have a name for each bucket
            "file_overwrite": False,
        },
    }
