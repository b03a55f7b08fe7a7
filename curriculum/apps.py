"""The curriculum app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CurriculumConfig(AppConfig):
    """The ten modules and the value content. Knows nothing of journals."""

    name = "curriculum"
    verbose_name = _("Curriculum")

    def ready(self) -> None:
        """Register the system checks."""
        from curriculum import checks  # noqa: F401 -- registers itself
