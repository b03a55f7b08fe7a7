"""What every request passes: language, sign-in, and the rule that private pages are never stored."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.decorators import sync_only_middleware
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from berakhlak.version import version

VERSION_HEADER = "App-Version"
# Kinds of files that gzip makes no smaller: photos, PDFs, ZIPs, and DOCX, PPTX and XLSX, which are ZIPs.
PACKED = re.compile(r"image/(?!svg)|application/(zip|pdf|vnd\.openxmlformats-officedocument\.)", re.IGNORECASE)
GetResponse = Callable[[HttpRequest], HttpResponse]


class Compression(GZipMiddleware):
    """gzip for all but what is packed already: that would cost time, its Content-Length and its strong ETag."""

    def process_response(self, request, response):
        """Compress, or leave the answer as it is."""
        if PACKED.match(response.get("Content-Type", "")):
            return response
        return super().process_response(request, response)


@sync_only_middleware
def language(get_response: GetResponse) -> GetResponse:
    """Indonesian unless the visitor's own cookie says otherwise.

    Django's LocaleMiddleware would follow Accept-Language, and office computers here are mostly set up
    in English: their users never asked for English pages.
    """
    known = {code for code, _ in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Cookie",))
        return response

    return middleware


@sync_only_middleware
def plausible(get_response: GetResponse) -> GetResponse:
    """Refuse what no browser of a person sends, before anything is read: it would only fill disk and log."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # PostgreSQL refuses NUL in text; in a cookie it comes as an octal escape.
        if "%00" in request.META.get("QUERY_STRING", "") or "\\000" in request.META.get("HTTP_COOKIE", ""):
            raise BadRequest("NUL in the request")
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        # Whole bodies are written to disk before a view runs, so strangers get no more than a form needs.
        if size > settings.LARGEST_FORM and (size > settings.LARGEST_UPLOAD or not request.user.is_authenticated):
            return render(request, "413.html", status=413)
        return get_response(request)

    return middleware


def typed_text(request: HttpRequest) -> list[tuple[str, str]]:
    """The longer texts of a posted form, to be given back when the form cannot be accepted: (label, text).

    A value with a space or a line break was written by a person; keys, numbers and choices have none. A form
    names the short fields that count as well: the hidden field `label_x` holds the words for `x`. A password
    never comes back. The label is empty where nothing says what the field is.
    """
    kept = []
    for name, values in request.POST.lists():
        if "password" in name or name.startswith("label_"):
            continue
        label = request.POST.get(f"label_{name}", "")
        wanted = [value for value in values if (value.strip() if label else any(map(str.isspace, value.strip())))]
        kept += [(label or _label_of(name), value) for value in wanted]
    return kept


def _label_of(field: str) -> str:
    if field == "title":
        return _("Title")
    # The parts of an entry carry their key, an Indonesian word, in the name of the field.
    return field.removeprefix("part-").replace("-", " ").capitalize() if field.startswith("part-") else ""


def comes_from_us(request: HttpRequest) -> bool:
    """False when the browser says that another site sent this request."""
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return not sender or url_has_allowed_host_and_scheme(sender, {request.get_host()})


def wants_fragment(request: HttpRequest) -> bool:
    """True for requests made by a script, which must get a status and not a sign-in page."""
    return "HX-Request" in request.headers or request.headers.get("Accept", "").startswith("application/json")


class LoginRequired(LoginRequiredMiddleware):
    """Sign-in by default; a script gets 401, since it would swap the sign-in page into the document."""

    def handle_no_permission(self, request, view_func):
        if wants_fragment(request):
            return HttpResponse(status=401)
        if request.method == "POST" and (kept := typed_text(request)):
            # The session ended while somebody wrote: a redirect would drop what the form carries.
            return render(request, "signed_out.html", {"kept": kept, "next": _page_of_form(request)}, status=401)
        if request.method == "POST":
            messages.warning(request, _not_received(request))
        if request.method not in ("GET", "HEAD"):
            # Most addresses of forms answer no GET: after signing in one comes back to where the form stood.
            return redirect_to_login(
                _page_of_form(request), self.get_login_url(view_func), self.get_redirect_field_name(view_func)
            )
        return super().handle_no_permission(request, view_func)


def _not_received(request: HttpRequest) -> str:
    """What the sign-in page says about a form that came too late and carried no text."""
    place = request.resolver_match
    if place is not None and place.url_name == "entry_submit":
        return _("Your entry has not been submitted yet. Sign in, then submit it once more.")
    return _("What you just sent was not received, because your session had ended. Sign in, then send it once more.")


def _page_of_form(request: HttpRequest) -> str:
    """The page of ours that sent this form, or the start page where that is unknown or the same address."""
    referrer = request.headers.get("Referer", "")
    page = urlsplit(referrer)
    ours = url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure())
    if not ours or not page.netloc or page.path == request.path:
        return reverse("home")
    return page._replace(scheme="", netloc="").geturl()


@sync_only_middleware
def method_page(get_response: GetResponse) -> GetResponse:
    """A page in place of the empty 405 that Django gives to a wrong method, such as a reload of a form's address.

    A view may say where to go on: `back` on its answer, an address of ours.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and not response.content and not wants_fragment(request):
            back = getattr(response, "back", "") or reverse("home")
            response.content = render_to_string("405.html", {"back": back}, request)
            response["Content-Type"] = "text/html; charset=utf-8"
        return response

    return middleware


@sync_only_middleware
def private_pages(get_response: GetResponse) -> GetResponse:
    """Pages of a signed-in person stay out of every cache and follow that person's time zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        with timezone.override(ZoneInfo(request.user.timezone)):
            response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        # A page that is older than this learns it from any answer, and offers to load itself anew.
        response.headers[VERSION_HEADER] = version()
        return response

    return middleware
