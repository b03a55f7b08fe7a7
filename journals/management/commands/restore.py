"""manage.py restore: from an archive back to an installation."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from berakhlak import archive
from berakhlak.accounts.models import User
from journals import audit, triggers


class Command(BaseCommand):
    """Fills an empty installation and proves that nothing is missing."""

    help = (
        "Restore an archive made by `backup` into an empty, migrated installation of the same version. Everything or "
        "nothing; afterwards counts, digests of files and the audit trail are verified."
    )

    def add_arguments(self, parser):
        """Where from."""
        parser.add_argument("path", type=Path)

    def handle(self, *args, **options) -> None:
        """Restore, then verify."""
        try:
            with triggers.lifted():
                report = archive.restore(options["path"], is_empty=lambda: not User.objects.exists())
        except archive.Unusable as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{sum(report.rows.values())} rows and {report.files} files are restored.")
        for name in report.missing:
            self.stderr.write(f"was missing when the archive was made: {name}")
        if report.other_key:
            self.stderr.write(
                "The secret key is another than before: everybody signs in again, and links and activation codes that "
                "were sent no longer work."
            )
        found = [*audit.breaks(), *audit.damaged_files()]
        for line in found:
            self.stderr.write(line)
        if found:
            raise CommandError(f"{len(found)} problems in the audit trail.")
        self.stdout.write("The audit trail is whole, and so are all files.")
