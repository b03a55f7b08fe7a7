"""``manage.py demo``: a running and a finished cohort with invented people, to look at and to measure with."""

import time
from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from curriculum.models import Module
from journals.demo import cohorts, plan
from journals.models import Rubric


class Command(BaseCommand):
    """Makes the demo once; a second call changes nothing."""

    help = "Make the demo: a running cohort, a finished one, invented people, entries in every state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Sizes, for measuring."""
        parser.add_argument("--cohorts", type=int, default=2, help="cohorts in all (default 2)")
        parser.add_argument("--participants", type=int, default=80, help="participants in all (default 80)")
        parser.add_argument("--force", action="store_true", help="also outside debug mode")
        parser.add_argument("--port", type=int, default=8000, help="port of the printed address")

    def handle(self, **options) -> None:
        """Refuse where real people could be, make the demo, say how to sign in."""
        if not settings.DEBUG and not options["force"]:
            raise CommandError("The demo belongs into debug mode (BERAKHLAK_DEBUG=true); --force makes it anyway.")
        if options["cohorts"] < 1 or options["participants"] < options["cohorts"]:
            raise CommandError("There must be at least one cohort and one participant in each.")
        if options["participants"] > 999 * options["cohorts"]:
            raise CommandError("The demo makes 999 participants a cohort at most; use more --cohorts.")
        if Module.objects.active().count() < plan.MODULES or not Rubric.objects.filter(is_default=True).exists():
            raise CommandError("Run load_curriculum and load_assessment first.")
        if cohorts.exists():
            self.stdout.write("The demo is there already.")
        else:
            self.make(options["cohorts"], options["participants"])
        self.welcome(options["port"])

    def make(self, number: int, participants: int) -> None:
        """Make it, with a line that shows how far it is."""
        began = time.monotonic()

        def progress(done: int, total: int) -> None:
            bar = "#" * (30 * done // total)
            self.stderr.write(f"\r[{bar:<30}] {done}/{total} cohorts, {time.monotonic() - began:.0f} s", ending="")
            self.stderr.flush()

        cohorts.make(cohorts=number, participants=participants, now=timezone.now(), progress=progress)
        self.stderr.write("")

    def welcome(self, port: int) -> None:
        """The address and the three sign-ins."""
        self.stdout.write(f"\nBerAKHLAK: http://127.0.0.1:{port}/   password of all three: {cohorts.PASSWORD}")
        for role, email in (
            ("participant", cohorts.PARTICIPANT),
            ("instructor", cohorts.INSTRUCTOR),
            ("admin", cohorts.ADMIN),
        ):
            self.stdout.write(f"  {role:<12} {email}")
        self.stdout.write("")
