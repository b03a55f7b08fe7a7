"""Background work, imported from here only: under Django 6 this becomes `from django.tasks import task`."""

from datetime import datetime

from django.apps import apps
from django_tasks import task

__all__ = ["task", "tasks_waiting_since"]


def tasks_waiting_since(moment: datetime) -> int:
    """How many tasks have been waiting for a worker since then or longer."""
    return (
        apps.get_model("django_tasks_database", "DBTaskResult").objects.ready().filter(enqueued_at__lt=moment).count()
    )
