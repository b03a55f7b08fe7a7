"""Admin pages in the time zone of the cohort they are about."""

from collections.abc import Callable
from contextlib import nullcontext
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from berakhlak.admin import CarefulAdmin
from berakhlak.zones import Zone
from journals.models import Cohort


def shown_in(moment, cohort: Cohort) -> str:
    """A moment in a cohort's own time, with the zone: lists mix cohorts."""
    return f"{date_format(moment.astimezone(cohort.tz), 'SHORT_DATETIME_FORMAT')} {cohort.get_timezone_display()}"


def there(name: str, label: Any, cohort_path: str = "enrolment__cohort") -> Callable:
    """A display of one moment of a row, in the zone of the row's cohort."""

    @admin.display(description=label, ordering=name)
    def shown(model_admin: admin.ModelAdmin, row: Any) -> str:
        moment = getattr(row, name)
        return shown_in(moment, attrgetter(cohort_path.replace("__", "."))(row)) if moment else "–"

    return shown


class ZonedAdmin(CarefulAdmin):
    """Form, errors and history of one row are read, typed and shown in its cohort's zone."""

    def zone_for(self, request: HttpRequest, object_id: str | None) -> str:
        """The IANA name of the zone, or empty for the visitor's own."""
        raise NotImplementedError

    def changeform_view(self, request: HttpRequest, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        """Rendered inside the zone too: a TemplateResponse would otherwise be written after it has ended."""
        zone = self.zone_for(request, object_id)
        with timezone.override(ZoneInfo(zone)) if zone in Zone.values else nullcontext():
            response = super().changeform_view(request, object_id, form_url, extra_context)
            return response.render() if hasattr(response, "render") else response
