"""Admin pages with history that can be read and not be used as a way around permissions.

simple-history's page of an old version saves whatever is posted, also for people who may only look.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.utils import get_history_manager_for_model

from berakhlak.admin import CarefulAdmin
from berakhlak.changes import ReadableChanges
from berakhlak.numbers import whole_number
from berakhlak.versions import write_version
from berakhlak.zones import zone_name


class ReadableHistory(CarefulAdmin, SimpleHistoryAdmin):
    """simple-history's pages with changes in readable words and the zone of their times."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context=None) -> HttpResponse:
        """The versions of a row, also of one that is gone."""
        if not whole_number(object_id):
            raise Http404
        extra = {"zone": zone_name(), **(extra_context or {})}
        return super().history_view(request, object_id, extra)

    def history_view_title(self, request: HttpRequest, obj: Any) -> str:
        """The library's Indonesian says "change the history"."""
        return _("History of %(name)s") % {"name": obj}

    def history_form_view(self, request: HttpRequest, object_id, version_id, extra_context=None) -> HttpResponse:
        """An old version, with what is different today."""
        if not (whole_number(object_id) and whole_number(version_id)):
            raise Http404
        extra = {"zone": zone_name(), **self._since(request, object_id, version_id)}
        return super().history_form_view(request, object_id, version_id, {**extra, **(extra_context or {})})

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record) -> ReadableChanges:
        """Ours."""
        return ReadableChanges(self.model, historical_record)

    def _since(self, request: HttpRequest, object_id: str, version_id: str) -> dict[str, Any]:
        """What the row says today where this version says something else."""
        versions = get_history_manager_for_model(self.model).filter(**{self.opts.pk.attname: object_id})
        then, today = versions.filter(pk=version_id).first(), versions.first()
        if then is None or today is None:
            raise Http404
        delta = today.diff_against(then, foreign_keys_are_objs=True)
        changes = self.get_historical_record_context_helper(request, today).context_for_delta_changes(delta)
        return {"version": then, "changes_since": changes, "is_gone": today.history_type == "-"}


class RestoringAdmin(ReadableHistory):
    """simple-history's admin with "revert" for those only who may change the row."""

    def history_form_view(self, request: HttpRequest, object_id, version_id, extra_context=None) -> HttpResponse:
        """Show an old version; restore it for people with the right to change."""
        if request.method not in ("GET", "HEAD") and not self.has_change_permission(request):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Write one version that has the links too; a restored one says which version came back."""
        version = getattr(obj, "_history", None)  # simple-history marks an instance that was made from a version
        if version is not None:
            moment = date_format(timezone.localtime(version.history_date), "DATETIME_FORMAT")
            obj._change_reason = _("Restored to the version of %(moment)s") % {"moment": f"{moment} {zone_name()}"}
        if obj._meta.many_to_many:
            self._version_after_links(obj, form, created=not change)
        super().save_model(request, obj, form, change)

    def _version_after_links(self, obj: Any, form: Any, *, created: bool) -> None:
        save_links, obj.skip_history_when_saving = form.save_m2m, True

        def links_and_version() -> None:
            save_links()
            write_version(obj, created=created)

        form.save_m2m = links_and_version


class HistoryAdmin(ReadableHistory):
    """simple-history's admin without "revert", which takes the fields that the form does not show from the old row."""

    def revert_disabled(self, request: HttpRequest, obj=None) -> bool:
        """Never offered; correct a row by editing it."""
        return True

    def history_form_view(self, request: HttpRequest, object_id, version_id, extra_context=None) -> HttpResponse:
        """Show an old version; refuse to save one."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)
