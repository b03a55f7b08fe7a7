"""Indonesia's three time zones; none of them has daylight saving time."""

from django.db import models


class Zone(models.TextChoices):
    """The stored value is the IANA name; the label is the abbreviation people say."""

    WIB = "Asia/Jakarta", "WIB"
    WITA = "Asia/Makassar", "WITA"
    WIT = "Asia/Jayapura", "WIT"
