"""The way in for people with a slip of paper: the code, then a password, and they are signed in."""

from allauth.account.adapter import get_adapter
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from berakhlak.accounts import codes
from berakhlak.accounts.forms import CodeForm, ResetPasswordKeyForm
from berakhlak.accounts.models import ActivationCode, User
from berakhlak.accounts.nip import mask_nip

SESSION_KEY = "activation_code"
LIMIT = {"app": "allauth.account", "action": "activation_failed"}


@login_not_required
@never_cache
@sensitive_post_parameters("kode")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code. Only wrong ones are counted: forty people in a room share an address."""
    if request.method != "POST":
        return _code_page(request, CodeForm())
    form = CodeForm(request.POST)
    if not ratelimit.consume(request, **LIMIT, dry_run=True):
        form.add_error(None, _("Too many wrong codes came from here. Wait a minute, then try again."))
        return _code_page(request, form, status=429)
    if not form.is_valid():
        ratelimit.consume(request, **LIMIT)
        return _code_page(request, form, status=422)
    request.session[SESSION_KEY] = form.cleaned_data["kode"].pk
    return redirect("activation_password")


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Set a password with the code that was typed, and go in."""
    pk = request.session.get(SESSION_KEY)
    found = ActivationCode.objects.select_related("user").filter(pk=pk).first() if pk else None
    if found is None:
        return redirect("activation")
    if problem := codes.problem_of(found, timezone.now()):
        return _closed(request, problem)
    form = ResetPasswordKeyForm(request.POST or None, user=found.user)
    if request.method != "POST" or not form.is_valid():
        return _password_page(request, form, found.user)
    try:
        user = _use(found, form)
    except ValidationError as error:
        return _closed(request, error.message)
    get_adapter().login(request, user)
    get_adapter().send_notification_mail("account/email/password_set", user)
    messages.success(request, _("Welcome, %(name)s. Your password has been saved.") % {"name": user.full_name})
    return redirect("home")


@transaction.atomic
def _use(found: ActivationCode, form: ResetPasswordKeyForm) -> User:
    code = codes.taken(found.pk, timezone.now())
    form.user = code.user
    form.save()
    return code.user


def _closed(request: HttpRequest, problem) -> HttpResponse:
    del request.session[SESSION_KEY]
    form = CodeForm({"kode": ""})
    form.errors.clear()
    form.add_error("kode", problem)
    return _code_page(request, form, status=409)


def _code_page(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    return render(request, "account/activation.html", {"form": form}, status=status)


def _password_page(request: HttpRequest, form: ResetPasswordKeyForm, user: User) -> HttpResponse:
    context = {"form": form, "person": user, "nip": mask_nip(user.nip)}
    return render(request, "account/activation_password.html", context, status=422 if form.errors else 200)
