"""Versions of rows with links."""

from django.db import models
from simple_history.utils import get_history_manager_for_model


def write_version(item: models.Model, *, created: bool) -> None:
    """The version of a row that was saved with `skip_history_when_saving`, once its links are set too.

    Otherwise each step is a version of its own, and whoever restores the first loses the links.
    """
    del item.skip_history_when_saving  # type: ignore[attr-defined]  # read by simple-history
    name = next(field.name for field in item._meta.concrete_fields if not field.primary_key)
    item.save(update_fields=[name])
    if created:
        versions = get_history_manager_for_model(type(item)).filter(**{item._meta.pk.attname: item.pk})
        versions.filter(pk=versions.first().pk).update(history_type="+")
