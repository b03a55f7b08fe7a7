"""manage.py verify_audit: prove that nobody changed the audit trail."""

from django.core.management.base import BaseCommand, CommandError

from journals.audit import breaks, damaged_files
from journals.models import Event, Stream


class Command(BaseCommand):
    """Walk all streams and compare them with their heads."""

    help = (
        "Recompute every hash of the audit trail. Ends with status 1 and names the first break of each "
        "stream when something was edited, deleted, inserted or reordered, or when a submission, a grade, a remedial, "
        "a final recap or a book is not what its event says. Keep the output of --heads outside: "
        "it proves later that a whole stream was not rewritten together with its head."
    )

    def add_arguments(self, parser):
        """Options of the command."""
        parser.add_argument(
            "--heads", action="store_true", help="also print each stream's name, number of events and last hash"
        )

        parser.add_argument(
            "--files", action="store_true", help="also read every submitted attachment and compare it with its digest"
        )

    def handle(self, *args, **options):
        """Report breaks, or that all is whole."""
        if options["heads"]:
            for stream in Stream.objects.order_by("name").iterator():
                self.stdout.write(f"{stream.name} {stream.last_number} {stream.last_hash}")
        broken = 0
        for problem in breaks():
            broken += 1
            self.stderr.write(problem)
        if broken:
            raise CommandError(f"The audit trail is broken in {broken} of {Stream.objects.count()} streams.")
        if options["files"]:
            self._compare_files()
        self.stdout.write(
            f"The audit trail is whole: {Event.objects.count()} events in {Stream.objects.count()} streams."
        )

    def _compare_files(self) -> None:
        damaged = 0
        for problem in damaged_files():
            damaged += 1
            self.stderr.write(problem)
        if damaged:
            raise CommandError(f"{damaged} submitted files or texts are not what was handed in.")
        self.stdout.write("All submitted attachments are what was handed in.")
