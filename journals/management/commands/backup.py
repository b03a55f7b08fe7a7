"""manage.py backup: the whole installation as one file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from berakhlak import archive


class Command(BaseCommand):
    """Writes an archive."""

    help = (
        "Write everything (rows, photos, attachments, books) into one .tar.gz, which `restore` reads. It holds "
        "personal data: keep it encrypted and elsewhere. The secret key is not in it."
    )

    def add_arguments(self, parser):
        """Where to."""
        parser.add_argument("path", type=Path, help="a file that does not exist yet, such as berakhlak.tar.gz")

    def handle(self, *args, **options) -> None:
        """Say what is in it."""
        path: Path = options["path"]
        if path.exists():
            raise CommandError(f"{path} exists already.")
        try:
            report = archive.write(path)
        except archive.Unusable as problem:
            raise CommandError(str(problem)) from problem
        except OSError as problem:
            raise CommandError(f"{path} could not be written: {problem}") from problem
        rows = sum(report.rows.values())
        self.stdout.write(f"{path}: {rows} rows of {len(report.rows)} tables, {report.files} files.")
        for name in report.missing:
            self.stderr.write(f"missing in the store: {name}")
        self.stdout.write("Not in it, and needed to restore: " + ", ".join(archive.settings_needed()))
