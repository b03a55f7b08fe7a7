"""How long somebody who guessed too often has to wait. The counting itself is allauth's, in the cache."""

import math
import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext

APP, ACTION = "allauth.account", "login_failed"


def _keys(request: HttpRequest, key: str):
    for rate in ratelimit.get_rates(app=APP, action=ACTION):
        yield rate, ratelimit.get_cache_key(request, app=APP, action=ACTION, rate=rate, key=key)


def seconds_to_wait(request: HttpRequest, key: str) -> int:
    """Seconds until the next try counts again; at least 1."""
    now, waits = time.time(), [1.0]
    for rate, cache_key in _keys(request, key):
        history = cache.get(cache_key, [])  # newest first
        if len(history) >= rate.amount:
            waits.append(history[rate.amount - 1] + rate.duration - now)
    return math.ceil(max(waits))


def forget_failures(request: HttpRequest, key: str) -> None:
    """After a new password the wrong tries at this account no longer count; those of the address still do."""
    for rate, cache_key in _keys(request, key):
        if rate.per == "key":
            cache.delete(cache_key)


def in_minutes(seconds: int) -> str:
    """ "5 minutes", rounded up, so that nobody comes back too early."""
    minutes = max(1, math.ceil(seconds / 60))
    return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
