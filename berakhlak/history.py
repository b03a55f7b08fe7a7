"""Admin pages with history that can be read and not be used as a way around permissions."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin


class HistoryAdmin(SimpleHistoryAdmin):
    """simple-history's admin without "revert".

    Its page of an old version saves whatever is posted, also for people who may only look, and takes the
    fields that the form does not show from the old row.
    """

    def revert_disabled(self, request: HttpRequest, obj=None) -> bool:
        """Never offered; correct a row by editing it."""
        return True

    def history_form_view(self, request: HttpRequest, object_id, version_id, extra_context=None):
        """Show an old version; refuse to save one."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)
