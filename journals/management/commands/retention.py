"""manage.py retention: journals whose retention period has ended."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from berakhlak.accounts.backends import find_by_login
from journals import workflow


class Command(BaseCommand):
    """Report them, or delete them."""

    help = (
        "Name the cohorts that ended before a day and still have their journals. With --delete their texts, files, "
        "feedback and messages are deleted for good; people, final recaps and the audit trail stay. Make a backup "
        "first, and run this again after restoring an older one."
    )

    def add_arguments(self, parser):
        """Options of the command."""
        parser.add_argument("--ended-before", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--delete", action="store_true", help="delete them, too")
        parser.add_argument("--by", metavar="LOGIN", help="who is responsible: NIP or e-mail address of a superuser")

    def handle(self, *args, **options):
        """One line for each cohort, then what was done."""
        if options["ended_before"] > timezone.localdate():
            raise CommandError("--ended-before lies in the future.")
        by = self._responsible(options["by"]) if options["delete"] else None
        found = workflow.holdings(options["ended_before"])
        for each in found:
            self.stdout.write(
                f"{each.cohort.ends} {each.cohort.name}: {each.people} people, {each.entries} entries, "
                f"{each.files} files ({filesizeformat(each.size)}){'. ' + each.problem if each.problem else ''}"
            )
            if by and not each.problem:
                closed = workflow.delete_journals(user=by, cohort=each.cohort, now=timezone.now())
                self.stdout.write(f"  deleted; {len(closed)} accounts closed")
        kept = sum(1 for each in found if each.problem or not by)
        self.stdout.write(f"{len(found)} cohorts ended before {options['ended_before']}; {kept} still have journals.")

    def _responsible(self, login: str | None):
        by = find_by_login(login) if login else None
        if by is None or not (by.is_active and by.is_superuser):
            raise CommandError("--delete needs --by with the NIP or e-mail address of an active superuser.")
        return by
