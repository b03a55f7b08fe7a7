"""Answers that several views give."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed


def wrong_method(request: HttpRequest, *methods: str) -> HttpResponse | None:
    """405 when the method is not among `methods`; HEAD counts as GET.

    Called after the access check and not as a decorator: an outsider learns nothing, not even the method.
    """
    if ("GET" if request.method == "HEAD" else request.method) in methods:
        return None
    return HttpResponseNotAllowed(methods)
