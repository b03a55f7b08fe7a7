"""The whole installation as one file: each table as lines of JSON, each stored file, and a list of both.

It is written and read through Django's models, so that it needs no tools of a database and an archive of SQLite can be
restored into PostgreSQL. Rows keep their keys, those of content types included, so whatever points at them fits. What
is worthless tomorrow is left out: sessions, caches, finished tasks, exports. Who did what in the admin comes along.
"""

import base64
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import storages
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils.crypto import salted_hmac
from django.utils.duration import duration_string
from django.utils.timezone import now

FORMAT = 1
BATCH = 500
LEFT_OUT = {"sessions.session", "django_tasks_database.dbtaskresult", "journals.export"}
MANIFEST = "manifest.json"


class Unusable(Exception):
    """The archive cannot be restored here; the message says why."""


@dataclass
class Report:
    """What was written or read."""

    rows: dict[str, int] = field(default_factory=dict)  # by model
    files: int = 0
    missing: list[str] = field(default_factory=list)  # files that rows name and no store has
    other_key: bool = False  # the secret key is another than when the archive was made


def kept_models() -> list[type[models.Model]]:
    """All tables that belong into an archive, those of many-to-many relations included."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_OUT
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def applied() -> list[list[str]]:
    """The migrations of this database."""
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def fingerprint() -> str:
    """Which secret key this is, without telling it."""
    return salted_hmac("berakhlak.archive", "key", algorithm="sha256").hexdigest()[:16]


# --- Writing ----------------------------------------------------------------------------------------


def write(path: Path) -> Report:
    """Make an archive, then read it once more. The rows are those of one moment, whatever happens meanwhile.

    It has its name only when it is whole and on the disk: half of one would pass for a backup. Raises OSError when
    there is no room, Unusable when it cannot be read again; nothing is left then.
    """
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)  # left by one that was killed
    try:
        part.touch(mode=0o600)
        with part.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive, _snapshot():
                report = _fill(archive, path.parent)
            file.flush()
            os.fsync(file.fileno())
        inspect(part)
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return report


def _fill(archive: tarfile.TarFile, folder: Path) -> Report:
    report, listed = Report(), []
    for model in kept_models():
        # Beside the archive, where there is room: /tmp may be a part of the memory.
        with tempfile.TemporaryFile(dir=folder) as rows:
            report.rows[model._meta.label_lower] = _dump(model, rows)
            _add(archive, f"rows/{model._meta.label_lower}.jsonl", rows)
    for storage, name in stored_files():
        entry = _add_file(archive, storage, name)
        if entry is None:
            report.missing.append(f"{storage}: {name}")
        else:
            listed.append(entry)
    report.files = len(listed)
    manifest = {
        "format": FORMAT,
        "made_at": now().isoformat(),
        "migrations": applied(),
        "rows": report.rows,
        "files": listed,
        "missing": report.missing,
        "key": fingerprint(),
    }
    text = json.dumps(manifest, indent=1, sort_keys=True).encode()
    _add(archive, MANIFEST, io.BytesIO(text))
    return report


@contextmanager
def _snapshot() -> Iterator[None]:
    """One transaction that sees the rows of one moment, and keeps no writer waiting."""
    usual = getattr(connection, "transaction_mode", None)
    if usual is not None:
        # SQLite takes no lock for writing then, as long as nothing is written.
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql" and not connection.savepoint_ids:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    finally:
        if usual is not None:
            connection.transaction_mode = usual  # type: ignore[attr-defined]


def _dump(model: type[models.Model], out) -> int:
    names = [column.attname for column in model._meta.concrete_fields]
    rows = model._base_manager.order_by(model._meta.pk.attname).values_list(*names)
    count = 0
    for row in rows.iterator(chunk_size=BATCH):
        out.write(json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; `field.to_python` brings it back."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, timedelta):
        return duration_string(value)
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return value


def stored_files() -> Iterator[tuple[str, str]]:
    """(storage, name) of each file that a row names."""
    seen = set()
    for model in kept_models():
        for column in model._meta.concrete_fields:
            if not isinstance(column, models.FileField):
                continue
            storage = "private" if column.storage == storages["private"] else "default"
            for name in model._base_manager.exclude(**{column.attname: ""}).values_list(column.attname, flat=True):
                if name and (storage, name) not in seen:
                    seen.add((storage, name))
                    yield storage, name


def _add(archive: tarfile.TarFile, name: str, content) -> None:
    size = content.seek(0, io.SEEK_END)
    content.seek(0)
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(now().timestamp())
    archive.addfile(info, content)


def _add_file(archive: tarfile.TarFile, storage: str, name: str) -> dict[str, Any] | None:
    try:
        with storages[storage].open(name, "rb") as file:
            content = file.read()  # at most some megabytes each, by the limits of uploads
    except OSError:
        return None
    _add(archive, f"files/{storage}/{name}", io.BytesIO(content))
    return {"storage": storage, "name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


# --- Reading ----------------------------------------------------------------------------------------


def inspect(path: Path) -> dict[str, Any]:
    """The manifest of an archive. Raises Unusable when it is none, or is not whole."""
    try:
        with tarfile.open(path, "r:gz") as archive:
            member = archive.extractfile(MANIFEST)
            manifest = json.load(member) if member else None
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as problem:
        raise Unusable(f"{path} is no whole archive: {problem}") from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise Unusable(f"{path} has a format that this version does not know.")
    return manifest


def restore(path: Path, *, is_empty: Callable[[], bool]) -> Report:
    """Fill an empty, migrated installation. Raises Unusable before anything is written; all rows or none.

    Triggers that refuse inserts have to be lifted by the caller.
    """
    manifest = inspect(path)
    if manifest["migrations"] != applied():
        raise Unusable("The archive was made by another version. Install that version, restore, then upgrade.")
    if not is_empty():
        raise Unusable("This installation is not empty.")
    report = Report(other_key=manifest["key"] != fingerprint(), missing=manifest["missing"])
    by_label = {model._meta.label_lower: model for model in kept_models()}
    with tarfile.open(path, "r:gz") as archive:
        wanted = {f"files/{entry['storage']}/{entry['name']}": entry for entry in manifest["files"]}
        with transaction.atomic(), connection.constraint_checks_disabled():
            _empty(by_label.values())
            for member in archive:
                if member.name.startswith("rows/"):
                    label = member.name.removeprefix("rows/").removesuffix(".jsonl")
                    if label not in by_label:
                        raise Unusable(f"The archive has a table that this version does not know: {label}.")
                    report.rows[label] = _load(by_label[label], archive.extractfile(member))
                elif member.name in wanted:
                    _store(wanted.pop(member.name), archive.extractfile(member))
                    report.files += 1
            if wanted or report.rows != manifest["rows"]:
                raise Unusable("The archive does not hold what its list says.")
            _reset_sequences(list(by_label.values()))
        connection.check_constraints()
    ContentType.objects.clear_cache()  # other numbers than those that `migrate` gave
    return report


def _empty(tables) -> None:
    """What a migration makes by itself (permissions, groups, content types) comes back from the archive."""
    with connection.cursor() as cursor:
        for model in tables:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of ours


def _load(model: type[models.Model], lines) -> int:
    columns = model._meta.concrete_fields
    count, batch = 0, []
    for line in lines:
        values = [_typed(column, value) for column, value in zip(columns, json.loads(line), strict=True)]
        batch.append(model(**{column.attname: value for column, value in zip(columns, values, strict=True)}))
        count += 1
        if len(batch) == BATCH:
            _insert(model, batch)
            batch = []
    _insert(model, batch)
    return count


def _typed(column: models.Field, value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"base64"} and isinstance(column, models.BinaryField):
        return base64.b64decode(value["base64"])
    target = column.target_field if isinstance(column, models.ForeignKey) else column
    return target.to_python(value) if not isinstance(target, models.JSONField | models.FileField) else value


def _insert(model: type[models.Model], rows: list[models.Model]) -> None:
    """As they are: no default, no `auto_now`, nothing that `save` would add."""
    if not rows:
        return
    for column in model._meta.concrete_fields:
        if getattr(column, "auto_now", False) or getattr(column, "auto_now_add", False):
            raise Unusable(f"{model._meta.label}.{column.name} would be given another time.")
    model._base_manager.bulk_create(rows, batch_size=BATCH)


def _store(entry: dict[str, Any], content) -> None:
    data = content.read()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise Unusable(f"The file {entry['name']} in the archive is damaged.")
    storage = storages[entry["storage"]]
    if storage.exists(entry["name"]):
        storage.delete(entry["name"])
    stored = storage.save(entry["name"], io.BytesIO(data))
    if stored != entry["name"]:
        raise Unusable(f"The store gave the file {entry['name']} another name.")


def _reset_sequences(tables: list[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)


def settings_needed() -> list[str]:
    """What an archive does not hold and an installation needs: names only, never values."""
    names = ["BERAKHLAK_SECRET_KEY", "BERAKHLAK_HOSTS", "BERAKHLAK_SITE_URL", "BERAKHLAK_DATABASE_URL"]
    if settings.EMAIL_HOST:
        names += ["BERAKHLAK_SMTP_HOST", "BERAKHLAK_SMTP_USER", "BERAKHLAK_SMTP_PASSWORD"]
    if settings.REDIS_URL:
        names.append("BERAKHLAK_REDIS_URL")
    return names
