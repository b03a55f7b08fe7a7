"""manage.py sweep_files: files of attachments and books that no row knows."""

import contextlib
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from journals.models import Attachment, Book
from journals.models.attachment import FOLDER, private_storage
from journals.models.book import BOOKS
from journals.services import exports

# An upload stores its bytes before its row is written; what is younger may still be on its way.
AGE = timedelta(days=1)


class Command(BaseCommand):
    """List them, or delete them."""

    help = (
        "Name the stored files of attachments and books that no row knows: left behind by a server that was killed "
        "between storing a file and writing its row. With --delete they are deleted, and so are exports that "
        "have expired. Files younger than a day are left alone."
    )

    def add_arguments(self, parser):
        """Options of the command."""
        parser.add_argument("--delete", action="store_true", help="delete them, too")

    def handle(self, *args, **options):
        """One line for each, and how many there were."""
        storage, limit = private_storage(), timezone.now() - AGE
        names: list[str] = []
        for folder in (FOLDER, BOOKS):
            with contextlib.suppress(FileNotFoundError):  # nothing was ever stored there
                names += [folder + name for name in storage.listdir(folder)[1]]
        known = set(Book.objects.values_list("file", flat=True))
        for pair in Attachment.objects.values_list("file", "thumbnail").iterator():
            known |= set(pair)
        spare = [name for name in sorted(names) if name not in known]
        spare = [name for name in spare if storage.get_modified_time(name) < limit]
        for name in spare:
            self.stdout.write(name)
            if options["delete"]:
                storage.delete(name)
        self.stdout.write(f"{len(spare)} files {'deleted' if options['delete'] else 'that no row knows'}.")
        if options["delete"]:
            self.stdout.write(f"{exports.sweep(timezone.now())} exports had expired and are deleted.")
