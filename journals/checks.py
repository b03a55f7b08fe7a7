"""System checks of the journals app."""

from django.core.checks import Tags, Warning, register
from django.db import connections

from journals import triggers


@register(Tags.database)
def frozen_rows_are_guarded(app_configs, databases, **kwargs):
    """journals.W001: the triggers that freeze rows are missing (run with ``check --database default``).

    Not an error: `migrate` asks this too before it begins, and is what installs them.
    """
    errors = []
    for alias in databases or []:
        connection = connections[alias]
        if "journals_event" not in connection.introspection.table_names():
            continue  # not migrated yet
        missing = triggers.names(connection.vendor) - triggers.installed(connection)
        if missing:
            errors.append(
                Warning(
                    f"Triggers are missing in database {alias!r}: {', '.join(sorted(missing))}.",
                    hint="Run manage.py migrate; it installs them.",
                    id="journals.W001",
                )
            )
    return errors
