"""allauth's views with the statuses this project uses: 422 for a refused form, 429 for too many tries."""

import logging
from collections.abc import Callable
from functools import wraps
from smtplib import SMTPException, SMTPRecipientsRefused

from allauth.account import views
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from berakhlak.accounts.adapter import TOO_MANY
from berakhlak.accounts.forms import ResetPasswordForm

logger = logging.getLogger(__name__)


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
_password_reset = _with_status(views.password_reset)
password_reset_from_key = _with_status(views.password_reset_from_key)


@login_not_required
def password_reset(request: HttpRequest) -> HttpResponse:
    """Send the link; when the mail server does not answer, say so (503) and keep what was typed."""
    try:
        return _password_reset(request)
    except SMTPRecipientsRefused:
        # The same answer as for every address: the page must not tell which ones exist.
        logger.exception("The mail server refused the address of a password reset")
        return redirect("account_reset_password_done")
    except (SMTPException, OSError):
        logger.exception("The mail of a password reset could not be sent")
        form = ResetPasswordForm(request.POST)
        form.add_error(
            None,
            _("The e-mail could not be sent just now. Try again in a few minutes, or ask the organiser for a link."),
        )
        return render(request, "account/password_reset.html", {"form": form}, status=503)
