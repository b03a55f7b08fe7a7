"""Admin pages in the time zone of the cohort they are about."""

from contextlib import nullcontext
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from berakhlak.zones import Zone
from journals.models import Cohort


def zone_name() -> str:
    """WIB, WITA or WIT: the zone that is active now."""
    name = str(timezone.get_current_timezone())
    return Zone(name).label if name in Zone.values else name


def shown_in(moment, cohort: Cohort) -> str:
    """A moment in a cohort's own time, with the zone: lists mix cohorts."""
    return f"{date_format(moment.astimezone(cohort.tz), 'SHORT_DATETIME_FORMAT')} {cohort.get_timezone_display()}"


class ZonedAdmin(admin.ModelAdmin):
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


def number(text) -> int:
    """A primary key from an address or a form; 0, which nothing has, for anything else."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
