"""What templates need of the journals. Load with ``{% load journals_tags %}``."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from django import template
from django.utils import dateformat, formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from berakhlak.zones import Zone
from journals import richtext
from journals.grading import Working
from journals.services import evidence, journey, working

register = template.Library()


def in_words(when: datetime, zone: str, day: str = "l, j F Y") -> str:
    """ "Senin, 23 November 2026 pukul 23.59 WITA"; `zone` is one of berakhlak.zones."""
    return _in_words(when, zone, day, get_language())


@lru_cache(maxsize=1024)
def _in_words(when: datetime, zone: str, day: str, language: str | None) -> str:
    # A cohort shares its few due times, and a page names the same ones again and again.
    local = timezone.localtime(when, timezone=ZoneInfo(zone))
    return _("%(day)s at %(clock)s") % {"day": dateformat.format(local, day), "clock": clock_of(when, zone)}


def clock_of(when: datetime, zone: str) -> str:
    """ "23.59 WITA", which no line end tears apart."""
    local = timezone.localtime(when, timezone=ZoneInfo(zone))
    return f"{formats.time_format(local, 'TIME_FORMAT')}\N{NO-BREAK SPACE}{Zone(zone).label}"


def since(when: datetime, zone: str, now: datetime) -> str:
    """ "pukul 23.59 WITA", and with the day unless that is today in `zone`."""
    day, today = (timezone.localtime(moment, timezone=ZoneInfo(zone)).date() for moment in (when, now))
    if day == today:
        return _("at %(clock)s") % {"clock": clock_of(when, zone)}
    return _("on %(when)s") % {"when": in_words(when, zone)}


@register.simple_tag(takes_context=True)
def moment(context: dict, when: datetime, cohort) -> SafeString:
    """A time in the cohort's zone, and in brackets in the reader's own where that differs."""
    return format_html(
        '<time datetime="{}">{}{}</time>',
        when.isoformat(),
        in_words(when, cohort.timezone),
        _own_zone(context, when, cohort),
    )


def _own_zone(context: dict, when: datetime, cohort) -> str:
    own = getattr(context.get("user"), "timezone", cohort.timezone)
    if own == cohort.timezone:
        return ""
    mine, theirs = (timezone.localtime(when, timezone=ZoneInfo(zone)) for zone in (own, cohort.timezone))
    return f" ({clock_of(when, own) if mine.date() == theirs.date() else in_words(when, own, 'l, j F')})"


@register.simple_tag
def saved(when: datetime, cohort) -> str:
    """When something was saved, in the cohort's zone: "pukul 14.31 WITA", with the day unless it is today."""
    return since(when, cohort.timezone, timezone.now())


@register.simple_tag
def day(when: datetime, cohort) -> SafeString:
    """Day and time, short, for lists: "23 November 2026 pukul 14.31 WITA"."""
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), in_words(when, cohort.timezone, "j F Y"))


@register.simple_tag
def clock(when: datetime, cohort) -> SafeString:
    """The time alone, where the day stands above: "14.31 WITA"."""
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), clock_of(when, cohort.timezone))


@register.filter
def score(value: Decimal | None) -> str:
    """ "93,50"; nothing for None, since no score is not 0."""
    return "" if value is None else formats.number_format(value, decimal_pos=2)


@register.filter
def amount(text: str | None) -> str:
    """A number kept as text, such as "85.00", as it is written; a dash for None."""
    return "–" if text is None else score(Decimal(text))


@register.filter
def exactly(value: Decimal) -> str:
    """ "24,765": with as many places as it has, and two at least."""
    exponent = value.normalize().as_tuple().exponent
    return formats.number_format(value, decimal_pos=max(2, -int(exponent)))


@register.filter
def lateness(way: Working) -> str:
    """What lateness did to a score: "86,25 − 3 hari × 5,00 = 71,25"; nothing for what was on time."""
    return working.line(way)


@register.filter
def rich(html: str) -> SafeString:
    """Rich text, ready to be shown. Cleaned here again, so that safety never rests on what was stored."""
    return mark_safe(richtext.clean(html, limit=None))


@register.inclusion_tag("journals/participant/_entry_panel.html", takes_context=True)
def entry_panel(context: dict, module) -> dict:
    """The way from a module's page to one's own entry; nothing for people without one.

    No query for visitors, one for people who do not take part, five for participants, one more for what was begun.
    """
    user = context["request"].user
    stops = journey.module_stops(user, module, timezone.now()) if user.is_authenticated else []
    begun = [stop.entry.pk for stop in stops if stop.entry]
    shows = evidence.behaviours_of(begun) if begun else {}
    return {"panels": [(stop, shows.get(stop.entry.pk, []) if stop.entry else []) for stop in stops], "user": user}


@register.filter
def typed(field) -> str:
    """What a rich text field of a bound form holds, as HTML; nothing where it could not be read."""
    return field.form.cleaned_data.get(field.name, "")
