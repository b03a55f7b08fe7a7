"""Django's admin, with our sign-in in front of it."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The admin site that shares the application's sign-in and its limits."""

    default_site = "berakhlak.admin.AdminSite"

    def ready(self) -> None:
        """Register the installation's own system checks."""
        super().ready()
        from berakhlak import checks  # noqa: F401 -- registers by being imported
