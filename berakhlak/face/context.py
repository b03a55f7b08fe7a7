"""What every template may know about the page it is part of."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from berakhlak.version import version

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def page(request: HttpRequest) -> dict:
    """Context processor: `theme` is "light", "dark" or "" (as the device says); `app_version` that of the program."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return {"theme": chosen if chosen in THEMES else "", "app_version": SimpleLazyObject(version)}
