"""Admin pages with history that can be read and not be used as a way around permissions.

simple-history's page of an old version saves whatever is posted, also for people who may only look.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin


class RestoringAdmin(SimpleHistoryAdmin):
    """simple-history's admin with "revert" for those only who may change the row."""

    def history_form_view(self, request: HttpRequest, object_id, version_id, extra_context=None):
        """Show an old version; restore it for people with the right to change."""
        if request.method not in ("GET", "HEAD") and not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)


class HistoryAdmin(SimpleHistoryAdmin):
    """simple-history's admin without "revert", which takes the fields that the form does not show from the old row."""

    def revert_disabled(self, request: HttpRequest, obj=None) -> bool:
        """Never offered; correct a row by editing it."""
        return True

    def history_form_view(self, request: HttpRequest, object_id, version_id, extra_context=None):
        """Show an old version; refuse to save one."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)
