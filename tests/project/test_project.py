"""Things that hold for the project as a whole."""

from io import StringIO
from unittest.mock import Mock

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from berakhlak import health
from tests import messages


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_translations_are_complete_and_compiled():
    assert messages.problems() == []


def test_health(client, db):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_health_without_a_database_says_so(rf, monkeypatch):
    monkeypatch.setattr(health, "connection", Mock(cursor=Mock(side_effect=DatabaseError)))
    response = health.healthz(rf.get("/healthz"))
    assert (response.status_code, response.content) == (503, b'{"status": "database"}')
