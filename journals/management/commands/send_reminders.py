"""``manage.py send_reminders``: every five minutes, by cron or a timer."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from berakhlak.accounts import codemail
from journals import letters
from journals.services import reminders


class Command(BaseCommand):
    """Stores the reminders that have come due; the worker sends their e-mails."""

    help = (
        "Send notices as their readers wish, and remind of what is due in 3 days, 1 day and 2 hours and not handed in; "
        "e-mails go through the worker (db_worker). Safe to call at any time, also twice at once."
    )

    def handle(self, *args, **options) -> None:
        """Report how much there was to do."""
        made, people = reminders.remind(timezone.now())
        self.stdout.write(f"{made} reminders are new; e-mails to {people} people were handed to the worker.")
        self.stdout.write(f"{codemail.hand_out(timezone.now())} activation codes were handed to the worker.")
        self.stdout.write(f"Notices to {letters.hand_out(timezone.now())} people were handed to the worker.")
