"""Environment helpers: a wrong value stops with the variable's name and a hint."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler

from berakhlak import env

NAME = "BERAKHLAK_EXAMPLE"


@pytest.mark.parametrize(("raw", "value"), [("true", True), ("False", False), ("", True), ("  ", True)])
def test_bool(monkeypatch, raw, value):
    monkeypatch.setenv(NAME, raw)
    assert env.env_bool(NAME, default=True) is value


@pytest.mark.parametrize(
    "read",
    [
        lambda: env.env_bool(NAME, default=True),
        lambda: env.env_int(NAME, 1, low=1, high=5),
        lambda: env.env_choice(NAME, "a", ("a", "b")),
        lambda: env.database_from_url(NAME, ""),
        lambda: env.env_url(NAME, ("https",)),
    ],
)
@pytest.mark.parametrize("raw", ["yes", "1.5", "-1", "mysql://x/y", "sqlite://", "٣"])
def test_nonsense_stops_with_name_and_hint(monkeypatch, read, raw):
    monkeypatch.setenv(NAME, raw)
    with pytest.raises(ImproperlyConfigured, match=rf"{NAME} is .*\. (Write|Separate)"):
        read()


@pytest.mark.parametrize("port", ["abc", "99999"])
def test_a_bad_port_is_named(monkeypatch, port):
    monkeypatch.setenv(NAME, f"postgres://u:p@db:{port}/journal")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} has a port"):
        env.database_from_url(NAME, "")


def test_an_address_loses_the_slash_at_its_end(monkeypatch):
    monkeypatch.setenv(NAME, "https://jurnal.example.go.id/")
    assert env.env_url(NAME, ("http", "https")) == "https://jurnal.example.go.id"
    assert env.env_url("BERAKHLAK_UNSET", ("redis",)) == ""


def test_int_is_bounded(monkeypatch):
    monkeypatch.setenv(NAME, "6")
    with pytest.raises(ImproperlyConfigured, match="from 1 to 5"):
        env.env_int(NAME, 1, low=1, high=5)
    assert env.env_int("BERAKHLAK_UNSET", 3, low=1, high=5) == 3


def test_list_refuses_empty_items(monkeypatch):
    monkeypatch.setenv(NAME, "a,,b")
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env.env_list(NAME)
    monkeypatch.setenv(NAME, "a, b")
    assert env.env_list(NAME) == ["a", "b"]


def test_secret_from_file(monkeypatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("rahasia\n")
    monkeypatch.setenv(f"{NAME}_FILE", str(secret))
    assert env.env_secret(NAME) == "rahasia"
    monkeypatch.setenv(NAME, "x")
    with pytest.raises(ImproperlyConfigured, match="both set"):
        env.env_secret(NAME)


def test_secret_is_demanded_and_an_unreadable_file_named(monkeypatch, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} is not set"):
        env.env_secret(NAME)
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        env.env_secret(NAME)


@pytest.mark.parametrize(
    ("url", "engine", "name"),
    [
        ("sqlite:///data/x.sqlite3", "sqlite3", "data/x.sqlite3"),
        ("sqlite:////srv/x.sqlite3", "sqlite3", "/srv/x.sqlite3"),
        ("postgres://u:p%40ss@db:5432/journal", "postgresql", "journal"),
    ],
)
def test_database_url(monkeypatch, url, engine, name):
    monkeypatch.setenv(NAME, url)
    database = env.database_from_url(NAME, "")
    assert database["ENGINE"].endswith(engine)
    assert database["NAME"] == name
    if engine == "postgresql":
        assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"]) == (
            "u",
            "p@ss",
            "db",
            "5432",
        )


def test_files_lie_in_a_folder_unless_a_bucket_is_named(monkeypatch, tmp_path):
    assert env.file_storage("private", tmp_path)["OPTIONS"]["location"] == str(tmp_path)
    monkeypatch.setenv("BERAKHLAK_S3_ENDPOINT", "https://s3.example.go.id")
    with pytest.raises(ImproperlyConfigured, match="without BERAKHLAK_S3_BUCKET"):
        env.file_storage("private", tmp_path)
    monkeypatch.setenv("BERAKHLAK_S3_BUCKET", "Bukan Nama")
    with pytest.raises(ImproperlyConfigured, match="BERAKHLAK_S3_BUCKET"):
        env.file_storage("private", tmp_path)
    monkeypatch.setenv("BERAKHLAK_S3_BUCKET", "jurnal")
    with pytest.raises(ImproperlyConfigured, match="BERAKHLAK_S3_ACCESS_KEY"):
        env.file_storage("private", tmp_path)
    monkeypatch.setenv("BERAKHLAK_S3_ACCESS_KEY", "a")
    with pytest.raises(ImproperlyConfigured, match="BERAKHLAK_S3_SECRET_KEY"):
        env.file_storage("private", tmp_path)
    monkeypatch.setenv("BERAKHLAK_S3_SECRET_KEY", "b")
    found = env.file_storage("private", tmp_path)
    assert found["BACKEND"] == "storages.backends.s3.S3Storage"
    assert found["OPTIONS"]["endpoint_url"] == "https://s3.example.go.id"
    assert found["OPTIONS"]["location"] == "private"


@pytest.mark.django_db
def test_what_sqlite_confirms_is_on_the_disk(tmp_path):
    """2 is FULL: each commit waits for the disk, also with a write-ahead log, or a power cut would take it back."""
    connection = ConnectionHandler({"default": env.sqlite_database(str(tmp_path / "file.sqlite3"))})["default"]
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    connection.close()
    assert found == ["wal", 2]
