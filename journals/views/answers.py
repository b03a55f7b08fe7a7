"""Answers that several views give."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.urls import reverse

# The page behind the addresses of its forms: the beginning of the address, the page, and what it needs.
PAGES = (
    ("jurnal/", "entry", ("cohort", "number")),
    ("telaah/frasa/", "phrases", ()),
    ("telaah/", "review", ("entry",)),
)


def wrong_method(request: HttpRequest, *methods: str) -> HttpResponse | None:
    """405 when the method is not among `methods`; HEAD counts as GET.

    Called after the access check and not as a decorator: an outsider learns nothing, not even the method.
    """
    if ("GET" if request.method == "HEAD" else request.method) in methods:
        return None
    refusal = HttpResponseNotAllowed(methods)
    refusal.back = _page_behind(request)  # type: ignore[attr-defined]  # for berakhlak.middleware.method_page
    return refusal


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the data that was sent, empty or not; None when the page is only looked at."""
    return request.POST if request.method == "POST" else None


def asks_for_changes(request: HttpRequest) -> bool:
    """Whether the address asks for what a submission changed, in place of its text."""
    return request.GET.get("lihat") == "perubahan"


def _page_behind(request: HttpRequest) -> str:
    place = request.resolver_match
    for start, name, needs in PAGES:
        if place is not None and place.route.startswith(start) and place.kwargs.keys() >= set(needs):
            return reverse(name, kwargs={key: place.kwargs[key] for key in needs})
    return ""
