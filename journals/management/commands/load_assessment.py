"""manage.py load_assessment: the default rubric and grade bands, as often as you like."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from curriculum.parsing import CatalogueError
from journals.services.defaults import FILE, load

WORDS = {"new": "new", "edited": "differs from the file, left alone", "unchanged": "as in the file"}


class Command(BaseCommand):
    """Load the default assessment; a second run writes nothing."""

    help = "Create the default rubric and grade bands where there are none. Existing rows are never changed."

    def add_arguments(self, parser):
        """Options of the command."""
        parser.add_argument(
            "--check", action="store_true", help="check the file and list the differences; write nothing"
        )
        parser.add_argument("--file", type=Path, default=FILE, help="another assessment file")

    def handle(self, *args, **options):
        """Load or compare, then say what happened."""
        try:
            report = load(options["file"], write=not options["check"])
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        for name, words in WORDS.items():
            for label in getattr(report, name):
                self.stdout.write(f"{label}: {words}")
        self.stdout.write("Assessment compared, nothing written." if options["check"] else "Assessment loaded.")
