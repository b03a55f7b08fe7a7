"""``manage.py worker_beside``: the worker of ``make run``, which ends with the process that started it."""

import os
import signal
import threading
import time

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """For a developer's machine; on a server systemd looks after `db_worker`."""

    help = "Run db_worker until the process that started it ends, in whatever way."

    def handle(self, *args, **options) -> None:
        """Watch the parent and work."""
        threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
        call_command("db_worker", reload=False, interval=2)


def end_with(parent: int) -> None:
    """Stop this process once its parent is gone: even a killed server leaves no worker behind."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
