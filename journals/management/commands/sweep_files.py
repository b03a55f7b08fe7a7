"""manage.py sweep_files: files of attachments, books, exports and photos that no row knows."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.files.storage import Storage
from django.core.management.base import BaseCommand
from django.utils import timezone

from berakhlak.accounts.models import User
from journals.models import Attachment, Book, Export
from journals.models.attachment import FOLDER, private_storage
from journals.models.book import BOOKS
from journals.models.export import EXPORTS
from journals.services import exports

# An upload or an export stores its bytes before its row names them; what is younger may still be on its way.
AGE = timedelta(days=1)


class Command(BaseCommand):
    """List them, or delete them."""

    help = (
        "Name the stored files of attachments, books, exports and photos that no row knows: left behind by a server or "
        "a worker that was killed between storing a file and writing its row. With --delete they are deleted, and so "
        "are exports that have expired. Files younger than a day are left alone."
    )

    def add_arguments(self, parser):
        """Options of the command."""
        parser.add_argument("--delete", action="store_true", help="delete them, too")

    def handle(self, *args, **options):
        """One line for each, and how many there were."""
        spare = sorted(_spare(), key=lambda found: found[1])
        for storage, name in spare:
            self.stdout.write(name)
            if options["delete"]:
                storage.delete(name)
        self.stdout.write(f"{len(spare)} files {'deleted' if options['delete'] else 'that no row knows'}.")
        if options["delete"]:
            self.stdout.write(f"{exports.sweep(timezone.now())} exports had expired and are deleted.")


def _spare() -> Iterator[tuple[Storage, str]]:
    limit = timezone.now() - AGE
    photo = User._meta.get_field("photo")
    folders = [(private_storage(), folder) for folder in (FOLDER, BOOKS, EXPORTS)]
    folders.append((photo.storage, str(photo.upload_to)))
    # Names first, rows after: what was stored meanwhile is young, and what was let go is no longer there.
    found = [(storage, folder + name) for storage, folder in folders for name in _names(storage, folder)]
    named = (Book, "file"), (Export, "file"), (User, "photo")
    known = {name for model, column in named for name in model._base_manager.values_list(column, flat=True)}
    for pair in Attachment.objects.values_list("file", "thumbnail").iterator():
        known |= set(pair)
    for storage, name in found:
        if name not in known and storage.get_modified_time(name) < limit:
            yield storage, name


def _names(storage: Storage, folder: str) -> list[str]:
    try:
        return storage.listdir(folder)[1]
    except FileNotFoundError:  # nothing was ever stored there
        return []
