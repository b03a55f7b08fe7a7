"""The journals app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class JournalsConfig(AppConfig):
    """Cohorts, entries, reviews and results."""

    name = "journals"
    verbose_name = _("Journals")

    def ready(self) -> None:
        """Keep triggers and staff groups in place after every migration."""
        from journals import checks, staff, triggers  # noqa: F401 -- models are ready only here

        pre_migrate.connect(triggers.make_way, sender=self, dispatch_uid="journals.triggers.make_way")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="journals.triggers")
        post_migrate.connect(staff.ensure_groups, sender=self, dispatch_uid="journals.staff")
