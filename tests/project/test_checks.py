"""Each system check of the installation, seen to complain and to be content."""

import pytest

from berakhlak import checks
from journals.management.commands import worker_beside
from journals.services.reminder_mail import send_digests


@pytest.mark.parametrize("url", ["", "jurnal.go.id", "ftp://jurnal.go.id", "https://jurnal.go.id/app"])
def test_site_url(settings, url):
    settings.SITE_URL = url
    assert [error.id for error in checks.site_url_is_complete(None)] == ["berakhlak.E001"]
    settings.SITE_URL = "https://jurnal.example.go.id"
    assert checks.site_url_is_complete(None) == []


def test_https(settings):
    settings.HTTPS = False
    assert [warning.id for warning in checks.https_is_on(None)] == ["berakhlak.W002"]
    settings.HTTPS = True
    assert checks.https_is_on(None) == []


def test_mail(settings):
    settings.EMAIL_HOST = ""
    assert [warning.id for warning in checks.mail_leaves_the_server(None)] == ["berakhlak.W003"]
    settings.EMAIL_HOST = "smtp.example.go.id"
    assert checks.mail_leaves_the_server(None) == []


def test_data_directory(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "missing"
    assert [error.id for error in checks.data_directory_is_writable(None)] == ["berakhlak.E004"]
    settings.DATA_DIR = tmp_path
    assert checks.data_directory_is_writable(None) == []


@pytest.mark.django_db
def test_tasks_that_nobody_takes(settings, clock):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    send_digests.enqueue("", [])
    clock.shift(checks.LONGEST_WAIT)
    assert checks.a_worker_is_at_work(None, ["default"]) == []
    clock.shift(1)
    assert [warning.id for warning in checks.a_worker_is_at_work(None, ["default"])] == ["berakhlak.W005"]
    assert checks.a_worker_is_at_work(None, None) == []  # without --database nothing is asked


def test_the_worker_beside_a_server_ends_with_it(monkeypatch):
    parents, ended = iter([7, 7, 1]), []
    monkeypatch.setattr(worker_beside.os, "getppid", lambda: next(parents))
    monkeypatch.setattr(worker_beside.os, "kill", lambda *given: ended.append(given))
    monkeypatch.setattr(worker_beside.time, "sleep", lambda _seconds: None)
    worker_beside.end_with(7)
    assert ended == [(worker_beside.os.getpid(), worker_beside.signal.SIGTERM)]
