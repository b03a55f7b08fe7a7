"""Pages around one's own account. Sign-in and passwords are allauth's views, see `entrance`."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from berakhlak.accounts.forms import PhotoForm, ProfileForm
from berakhlak.accounts.models import Frequency, User
from berakhlak.accounts.nip import format_nip
from berakhlak.accounts.photos import has_photo, photo_key, read_photo, set_photo
from berakhlak.accounts.ranks import nip_warnings
from berakhlak.accounts.reminders import reader_of, switch_notices_off, switch_off, user_of
from berakhlak.accounts.requests import SignedInRequest

YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """Who I am, and what of it I may change. Only ever one's own."""
    if request.method != "POST":
        return _profile_page(request, ProfileForm(instance=request.user), PhotoForm())
    # A copy of the row, so that refused input does not show up as one's name in the page header.
    form = ProfileForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        return _profile_page(request, form, PhotoForm(), status=422)
    form.save()
    messages.success(request, _("Your profile has been saved."))
    return redirect("profile")


@require_POST
def profile_photo(request: SignedInRequest) -> HttpResponse:
    """Take a new photo in place of the old one."""
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _profile_page(request, ProfileForm(instance=request.user), form, status=422)
    set_photo(request.user, form.cleaned_data["photo"])
    messages.success(request, _("Your photo has been saved."))
    return redirect("profile")


@require_POST
def profile_photo_remove(request: SignedInRequest) -> HttpResponse:
    """Delete my photo, file and all."""
    set_photo(request.user, None)
    messages.success(request, _("Your photo has been removed."))
    return redirect("profile")


def _profile_page(
    request: SignedInRequest, form: ProfileForm, photo_form: PhotoForm, status: int = 200
) -> HttpResponse:
    user = request.user
    # base.html looks at `form` for the word "Error" in the title, so the refused form carries that name.
    context = {
        "form": photo_form if photo_form.errors else form,
        "profile_form": form,
        "photo_form": photo_form,
        "photo_key": photo_key(user),
        "nip": format_nip(user.nip),
        "nip_warnings": nip_warnings(user.nip, user.rank),
    }
    return render(request, "accounts/profile.html", context, status=status)


@require_safe
@condition(etag_func=lambda request, key: f'"{key}"' if has_photo(key) else None)
def photo(request: HttpRequest, key: str) -> HttpResponse:
    """A photo, for people who are signed in. A new photo has a new address, so this one never changes."""
    try:
        content = read_photo(key)
    except FileNotFoundError:
        raise Http404 from None
    return HttpResponse(
        content,
        content_type="image/webp",
        headers={
            "Cache-Control": f"private, max-age={YEAR}, immutable",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": "inline; filename=photo.webp",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice, public; somebody signed in who has not read this version can say so here."""
    user = request.user
    waiting = user.is_authenticated and user.privacy_version != settings.PRIVACY_NOTICE_VERSION
    context = {
        "waiting": waiting,
        "next": _safe_next(request, request.GET),
        "version": settings.PRIVACY_NOTICE_VERSION,
    }
    return render(request, "accounts/privacy.html", context)


@login_not_required
@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed address is the proof
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_off(request: HttpRequest, token: str) -> HttpResponse:
    """The way out of reminders by e-mail: a GET asks, since mail scanners open every link; a POST does it."""
    user = user_of(token)
    if user is None:
        raise Http404
    if request.method == "POST":
        switch_off(user)
    return render(request, "accounts/reminders_off.html", {"off": not user.email_reminders})


@login_not_required
@csrf_exempt  # as above
@require_http_methods(["GET", "HEAD", "POST"])
def notices_off(request: HttpRequest, token: str) -> HttpResponse:
    """The way out of notices by e-mail."""
    user = reader_of(token)
    if user is None:
        raise Http404
    if request.method == "POST":
        switch_notices_off(user)
    return render(request, "accounts/notices_off.html", {"off": user.email_notices == Frequency.NEVER})


@require_POST
def privacy_acknowledge(request: SignedInRequest) -> HttpResponse:
    """Remember which version I have read and when, then go on to where I was going."""
    user = request.user
    if user.privacy_version != settings.PRIVACY_NOTICE_VERSION:
        user.privacy_version, user.privacy_acknowledged_at = settings.PRIVACY_NOTICE_VERSION, now()
        user.save(update_fields=["privacy_version", "privacy_acknowledged_at"])
    return redirect(_safe_next(request, request.POST) or reverse("home"))


def _safe_next(request: HttpRequest, data) -> str:
    """Where somebody was going, if that is on this site."""
    url = data.get(REDIRECT_FIELD_NAME, "")
    safe = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if safe else ""


@require_safe
def signed_in(request: SignedInRequest) -> HttpResponse:
    """Where signing in ends in a tab opened for nothing else: back to the tab that still holds the text."""
    return render(request, "accounts/signed_in.html", {"next": _safe_next(request, request.GET)})


@login_not_required
@require_safe
def signup_closed(request: HttpRequest) -> HttpResponse:
    """Explains that organisers make the accounts. allauth asks for a page of this name."""
    return render(request, "account/signup_closed.html")
