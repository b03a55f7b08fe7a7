"""allauth's views with the statuses this project uses: 422 for a refused form, 429 for too many tries."""

from collections.abc import Callable
from functools import wraps

from allauth.account import views
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse

from berakhlak.accounts.adapter import TOO_MANY


def _with_status(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        form = (getattr(response, "context_data", None) or {}).get("form")
        if request.method == "POST" and form is not None and form.errors:
            _set_status(response, form)
        return response

    return wrapper


def _set_status(response: HttpResponse, form) -> None:
    response.status_code = 422
    for error in form.errors.as_data().get(NON_FIELD_ERRORS, []):
        if error.code == TOO_MANY:
            response.status_code = 429
            response["Retry-After"] = str(error.params["seconds"])


login = _with_status(views.login)
password_change = _with_status(views.password_change)
password_set = _with_status(views.password_set)
password_reset = _with_status(views.password_reset)
password_reset_from_key = _with_status(views.password_reset_from_key)
