"""Indonesia's three time zones; none of them has daylight saving time."""

from django.db import models
from django.utils import timezone


class Zone(models.TextChoices):
    """The stored value is the IANA name; the label is the abbreviation people say."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"


def zone_name() -> str:
    """WIB, WITA or WIT: the zone that is active now."""
    name = str(timezone.get_current_timezone())
    return Zone(name).label if name in Zone.values else name
