"""Shows the privacy notice at the first sign-in, and again when it has changed (UU 27/2022)."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import sync_only_middleware

from berakhlak.middleware import wants_fragment

EXEMPT: set[str | None] = {"privacy_acknowledge", "account_logout", "photo"}


@sync_only_middleware
def privacy_notice(get_response: Callable[[HttpRequest], HttpResponse]):
    """Lead somebody who has not yet read the present notice to it, and back afterwards."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        place = request.resolver_match
        if not _is_page(request) or (place is not None and place.url_name in EXEMPT):
            return None
        if not getattr(view, "login_required", True):  # what anybody may read, people with an account may too
            return None
        user = request.user
        if not user.is_authenticated or user.privacy_version == settings.PRIVACY_NOTICE_VERSION:
            return None
        query = urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('privacy')}?{query}")

    middleware.process_view = process_view  # type: ignore[attr-defined]  # Django looks for it there
    return middleware


def _is_page(request: HttpRequest) -> bool:
    """A page being opened. Forms already open and scripts pass: what they carry must not be lost."""
    return (
        request.method == "GET"
        and not wants_fragment(request)
        and request.headers.get("Sec-Fetch-Dest", "document") == "document"
    )
