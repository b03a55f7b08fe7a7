"""System checks of the installation: a wrong environment is reported with an id and a hint."""

import os
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


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
    """berakhlak.W003: without SMTP nobody can set or reset a password."""
    if settings.EMAIL_HOST:
        return []
    return [
        Warning(
            "BERAKHLAK_SMTP_HOST is not set: mails only go to the log.",
            hint="Set the SMTP server of your agency.",
            id="berakhlak.W003",
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
