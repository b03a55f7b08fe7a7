"""The restore drill: everything into one file, the installation gone, everything back, and nothing is missing."""

import errno
import hashlib
import io
import json
import os
import resource
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from berakhlak import archive
from berakhlak.accounts import codes
from berakhlak.accounts.models import User
from curriculum.models import Module
from journals import audit, recap, triggers, workflow
from journals.models import Attachment, Book, Entry
from journals.services import books
from tests import factory
from tests.factory import NOW


@pytest.fixture
def lived_in(transactional_db, cast):
    """Of most things one, and files in the private store."""
    value = factory.make_value()
    factory.attached(cast.enrolment, cast.modules[0])
    factory.draft(cast.enrolment, cast.modules[0])
    factory.marked(cast.enrolment, cast.modules[0], behaviour=factory.make_behaviour(value))
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    factory.returned(cast.peer_enrolment, cast.modules[0], cast.instructor)
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    content = recap.recap_of(cast.cohort)
    workflow.finalise(user=cast.lead, cohort=cast.cohort, expected=recap.text_of(content)[1], now=NOW)
    codes.make_codes([cast.nobody], by=cast.organiser, now=NOW)
    books.issue(cast.enrolment, by=cast.participant, now=NOW)
    return cast


def members(path) -> dict[str, bytes]:
    """What an archive holds, but for the time at which it was made."""
    with tarfile.open(path) as opened:
        found = {member.name: opened.extractfile(member).read() for member in opened}
    manifest = json.loads(found.pop(archive.MANIFEST))
    del manifest["made_at"]
    return {name: hashlib.sha256(content).hexdigest() for name, content in found.items()} | {"manifest": manifest}


def kill() -> None:
    """A new machine: empty tables after `migrate`, and empty stores."""
    triggers.remove()
    call_command("flush", interactive=False, verbosity=0)
    for name in ("default", "private"):
        shutil.rmtree(storages[name].location, ignore_errors=True)


def test_everything_comes_back(lived_in, tmp_path, client):
    first, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    out = io.StringIO()
    call_command("backup", first, stdout=out)
    assert "BERAKHLAK_SECRET_KEY" in out.getvalue()
    assert first.stat().st_mode & 0o077 == 0
    before = members(first)
    photo = Attachment.objects.get()
    kill()
    assert not User.objects.exists()
    assert not photo.file.storage.exists(photo.file.name)
    out = io.StringIO()
    call_command("restore", first, stdout=out)
    assert "The audit trail is whole, and so are all files." in out.getvalue()
    call_command("backup", second, stdout=io.StringIO())
    assert members(second) == before
    assert list(audit.breaks()) == []
    assert list(audit.damaged_files()) == []
    assert triggers.installed(connection) == triggers.names(connection.vendor)
    book = Book.objects.get()
    with book.file.open("rb") as file:
        assert file.read() == books.again(book)
    # It lives: somebody signs in, and new rows get new keys.
    assert (
        client.post("/akun/masuk/", {"login": lived_in.nobody.email, "password": factory.PASSWORD}).status_code == 302
    )
    highest = User.objects.order_by("-pk").first().pk
    assert factory.make_user("Orang Baru").pk > highest
    assert factory.make_module(30).pk > Module.objects.exclude(number=30).order_by("-pk").first().pk


def test_who_did_what_in_the_admin_comes_back(lived_in, tmp_path):
    """Each line with what it is about, although the new installation numbers its kinds of rows otherwise."""
    changed_row = lived_in.cohort
    LogEntry.objects.log_actions(
        lived_in.organiser.pk, [changed_row], CHANGE, [{"changed": {"fields": ["name"]}}], single_object=True
    )
    before = LogEntry.objects.values().get()
    path = tmp_path / "a.tar.gz"
    call_command("backup", path, stdout=io.StringIO())
    kill()
    Permission.objects.all().delete()
    ContentType.objects.update(id=F("id") + 1000)
    ContentType.objects.get_for_model(type(changed_row))  # as long as nobody forgets it, under its number of before
    call_command("restore", path, stdout=io.StringIO())
    [line] = LogEntry.objects.all()
    assert LogEntry.objects.values().get() == before
    assert line.user == lived_in.organiser
    assert line.get_edited_object() == changed_row
    assert ContentType.objects.get_for_model(type(changed_row)) == line.content_type


def test_nothing_is_overwritten(lived_in, tmp_path):
    path = tmp_path / "a.tar.gz"
    call_command("backup", path, stdout=io.StringIO())
    before = Entry.objects.count()
    with pytest.raises(CommandError, match="not empty"):
        call_command("restore", path)
    assert Entry.objects.count() == before
    assert triggers.installed(connection) == triggers.names(connection.vendor)
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", path)


def full_disk(*_arguments, **_named):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("moment", ["rows", "files", "sync", "name"])
def test_a_full_disk_leaves_nothing_that_looks_like_a_backup(lived_in, tmp_path, monkeypatch, moment):
    owner, name = {
        "rows": (archive, "_dump"),
        "files": (tarfile.TarFile, "addfile"),
        "sync": (os, "fsync"),
        "name": (Path, "rename"),
    }[moment]
    path = tmp_path / "a.tar.gz"
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full_disk)
        with pytest.raises(CommandError, match=r"a\.tar\.gz could not be written: .*No space left"):
            call_command("backup", path, stdout=io.StringIO())
    assert list(tmp_path.iterdir()) == []
    call_command("backup", path, stdout=io.StringIO())  # and the next one is not in its own way
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_without_room_for_all_of_it_leaves_nothing(lived_in, tmp_path):
    """The system refuses the last bytes, which go out when the archive is closed, so closing fails as well."""
    path = tmp_path / "a.tar.gz"
    call_command("backup", path, stdout=io.StringIO())
    size = path.stat().st_size
    path.unlink()
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size - 100, usual[1]))
    try:
        with pytest.raises(CommandError, match="could not be written"):
            call_command("backup", path, stdout=io.StringIO())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert list(tmp_path.iterdir()) == []


def test_whole_tables_wait_where_the_archive_is_written(lived_in, tmp_path, monkeypatch):
    """/tmp may be a part of the memory."""
    places, usual = set(), tempfile.TemporaryFile

    def opened(*arguments, dir=None, **named):
        places.add(dir)
        return usual(*arguments, dir=dir, **named)

    monkeypatch.setattr(tempfile, "TemporaryFile", opened)
    call_command("backup", tmp_path / "a.tar.gz", stdout=io.StringIO())
    assert places == {tmp_path}


def test_what_a_killed_backup_left_is_written_over(lived_in, tmp_path):
    left = tmp_path / "a.tar.gz.part"
    left.write_bytes(b"x")
    left.chmod(0o644)
    path = tmp_path / "a.tar.gz"
    call_command("backup", path, stdout=io.StringIO())
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0


def test_an_archive_that_cannot_be_read_again_gets_no_name(lived_in, tmp_path, monkeypatch):
    monkeypatch.setattr(archive.json, "load", lambda _file: None)
    with pytest.raises(CommandError, match="does not know"):
        call_command("backup", tmp_path / "a.tar.gz", stdout=io.StringIO())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_missing_is_said(transactional_db, tmp_path):
    with pytest.raises(CommandError, match="could not be written"):
        call_command("backup", tmp_path / "nowhere" / "a.tar.gz", stdout=io.StringIO())


def changed(path, target, change):
    """A copy of an archive with some members changed by `change(name, content)`; None leaves a member out."""
    with tarfile.open(path) as source, tarfile.open(target, "w:gz") as copy:
        for member in source:
            content = change(member.name, source.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                copy.addfile(member, io.BytesIO(content))


def other_manifest(**values):
    def change(name, content):
        return json.dumps(json.loads(content) | values).encode() if name == archive.MANIFEST else content

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (other_manifest(format=99), "format"),
        (other_manifest(migrations=[["journals", "0001_initial"]]), "another version"),
        (lambda name, content: None if name == archive.MANIFEST else content, "no whole archive"),
        (lambda name, content: None if name.startswith("files/") else content, "does not hold"),
        (lambda name, content: content + b"x" if name.startswith("files/") else content, "is damaged"),
        (lambda name, content: None if name == "rows/journals.entry.jsonl" else content, "does not hold"),
        (lambda name, content: b"" if name == "rows/journals.event.jsonl" else content, "does not hold"),
    ],
)
def test_a_broken_archive_restores_nothing(lived_in, tmp_path, change, said):
    path, broken = tmp_path / "a.tar.gz", tmp_path / "b.tar.gz"
    call_command("backup", path, stdout=io.StringIO())
    changed(path, broken, change)
    kill()
    with pytest.raises(CommandError, match=said):
        call_command("restore", broken, stdout=io.StringIO(), stderr=io.StringIO())
    assert not User.objects.exists()
    call_command("restore", path, stdout=io.StringIO(), stderr=io.StringIO())  # the whole one still does


def test_what_is_no_archive_is_said(transactional_db, tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(CommandError, match="no whole archive"):
        call_command("restore", path)


def test_another_key_is_said(lived_in, tmp_path, settings):
    path = tmp_path / "a.tar.gz"
    call_command("backup", path, stdout=io.StringIO())
    kill()
    settings.SECRET_KEY = "another-key-for-this-test"
    err = io.StringIO()
    call_command("restore", path, stdout=io.StringIO(), stderr=err)
    assert "The secret key is another than before" in err.getvalue()


def test_a_file_that_the_store_has_lost_is_named(lived_in, tmp_path):
    photo = Attachment.objects.get()
    photo.file.storage.delete(photo.file.name)
    err = io.StringIO()
    call_command("backup", tmp_path / "a.tar.gz", stdout=io.StringIO(), stderr=err)
    assert photo.file.name in err.getvalue()


def test_no_secret_is_in_it(lived_in, tmp_path, settings):
    path = tmp_path / "a.tar.gz"
    call_command("backup", path, stdout=io.StringIO())
    with tarfile.open(path) as opened:
        everything = b"".join(opened.extractfile(member).read() for member in opened)
    assert settings.SECRET_KEY.encode() not in everything


@pytest.mark.postgres
def test_a_backup_keeps_no_writer_waiting(lived_in, tmp_path, monkeypatch):
    """While it reads, somebody else saves; what is saved meanwhile is not in it."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("a database in memory has one connection only")
    dump, written = archive._dump, []

    def meanwhile(model, out):
        count = dump(model, out)
        if not written:
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("UPDATE accounts_user SET unit = 'sesudahnya'")
                written.append(cursor.rowcount)
            other.close()
        return count

    monkeypatch.setattr(archive, "_dump", meanwhile)
    path = tmp_path / "a.tar.gz"
    call_command("backup", path, stdout=io.StringIO())
    assert written[0] > 0
    assert User.objects.filter(unit="sesudahnya").exists()
    with tarfile.open(path) as opened:
        assert b"sesudahnya" not in opened.extractfile("rows/accounts.user.jsonl").read()
