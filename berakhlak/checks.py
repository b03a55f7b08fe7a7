"""System checks of the installation: a wrong environment is reported with an id and a hint."""

import os
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connection
from django.utils.timezone import now

from berakhlak.tasks import tasks_waiting_since

LONGEST_WAIT = timedelta(minutes=30)


@register(Tags.urls)
def site_url_is_complete(app_configs, **kwargs):
    """berakhlak.E001: mails and receipts carry BERAKHLAK_SITE_URL, so it must be a whole address."""
    url = urlsplit(settings.SITE_URL)
    if url.scheme in ("http", "https") and url.netloc and url.path in ("", "/"):
        return []
    return [
        Error(
            f"BERAKHLAK_SITE_URL is {settings.SITE_URL!r}.",
            hint="Write the public address, for example https://jurnal.instansi.go.id",
            id="berakhlak.E001",
        )
    ]


@register(Tags.security, deploy=True)
def https_is_on(app_configs, **kwargs):
    """berakhlak.W002: without HTTPS passwords and journals travel readable."""
    if settings.HTTPS:
        return []
    return [Warning("BERAKHLAK_HTTPS is false.", hint="Only for a trial without real data.", id="berakhlak.W002")]


@register(Tags.security, deploy=True)
def mail_leaves_the_server(app_configs, **kwargs):
    """berakhlak.W003: without SMTP passwords are set with activation codes only, and nobody is reminded."""
    if settings.EMAIL_HOST:
        return []
    return [
        Warning(
            "BERAKHLAK_SMTP_HOST is not set: mails only go to the log.",
            hint="Set the SMTP server of your agency.",
            id="berakhlak.W003",
        )
    ]


@register(Tags.database)
def a_worker_is_at_work(app_configs, databases, **kwargs):
    """berakhlak.W005: tasks lie about, so nobody takes them (run with ``check --database default``)."""
    if not databases or "django_tasks_database_dbtaskresult" not in connection.introspection.table_names():
        return []  # not asked about the database, or not migrated yet
    waiting = tasks_waiting_since(now() - LONGEST_WAIT)
    if not waiting:
        return []
    return [
        Warning(
            f"{waiting} tasks have been waiting for more than {LONGEST_WAIT.seconds // 60} minutes.",
            hint="Start a worker: manage.py db_worker",
            id="berakhlak.W005",
        )
    ]


@register(deploy=True)
def data_directory_is_writable(app_configs, **kwargs):
    """berakhlak.E004: photos (and SQLite) live in BERAKHLAK_DATA_DIR."""
    folder = settings.DATA_DIR
    if folder.is_dir() and os.access(folder, os.W_OK):
        return []
    return [
        Error(
            f"BERAKHLAK_DATA_DIR {str(folder)!r} is not a writable directory.",
            hint="Create it, owned by the user that runs the server.",
            id="berakhlak.E004",
        )
    ]
