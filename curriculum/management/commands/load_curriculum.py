"""manage.py load_curriculum: write the catalogue file into the database, as often as you like."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from curriculum.loader import load
from curriculum.parsing import CATALOGUE, CatalogueError

WORDS = {
    "new": "new in the file",
    "updated": "unedited, follows the newer file",
    "edited": "edited in the admin, left alone",
    "retired": "retired or deleted in the admin, left alone",
    "missing": "no longer in the file, left alone (retire it in the admin)",
}


class Command(BaseCommand):
    """Load the curriculum; a second run writes nothing."""

    help = "Load the curriculum from its catalogue file. Edited and retired rows are never overwritten."

    def add_arguments(self, parser):
        """Options of the command."""
        parser.add_argument(
            "--check", action="store_true", help="check the file and list the differences; write nothing"
        )
        parser.add_argument("--file", type=Path, default=CATALOGUE, help="another catalogue file")

    def handle(self, *args, **options):
        """Load or compare, then say what happened to which rows."""
        try:
            report = load(options["file"], write=not options["check"])
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        for name, words in WORDS.items():
            labels = getattr(report, name)
            # A first load has some two hundred new rows: only a comparison needs their names.
            if labels and (options["check"] or name not in ("new", "updated") or options["verbosity"] > 1):
                for label in labels:
                    self.stdout.write(f"{label}: {words}")
        counts = ", ".join(f"{len(getattr(report, name))} {name}" for name in WORDS)
        state = "compared, nothing written" if options["check"] else "loaded"
        self.stdout.write(f"Curriculum {state}: {counts}, {report.unchanged} unchanged.")
