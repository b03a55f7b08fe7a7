"""The project's own settings, with what only tests change: speed, and mail and files that stay here."""

import os
import tempfile
from pathlib import Path

os.environ["BERAKHLAK_DEBUG"] = "false"
os.environ["BERAKHLAK_HTTPS"] = "false"
os.environ["BERAKHLAK_SECRET_KEY"] = "tests-only"
os.environ["BERAKHLAK_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["BERAKHLAK_SITE_URL"] = "http://testserver"
os.environ["BERAKHLAK_DATABASE_URL"] = (
    os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{tempfile.gettempdir()}/berakhlak-outside-tests.sqlite3"
)

from berakhlak.settings import *  # noqa: F403
from berakhlak.settings import DATABASES, STORAGES

# At once; the tests of the worker itself put the table back.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Hashed names need collectstatic; the production run in tests/browser does without this.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "counts")
}
DATA_DIR = Path(tempfile.mkdtemp(prefix="berakhlak-data-"))  # a fresh checkout has none
for name in ("default", "private"):
    folder = tempfile.mkdtemp(prefix=f"berakhlak-{name}-")
    STORAGES[name] = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
DATABASES["default"]["CONN_MAX_AGE"] = 0
if os.environ.get("TEST_SQLITE_FILE"):
    # A browser asks from other threads: a file behaves as in production, shared memory does not.
    DATABASES["default"]["TEST"] = {
        "NAME": os.path.join(tempfile.gettempdir(), f"berakhlak-test-{os.getpid()}.sqlite3")
    }
