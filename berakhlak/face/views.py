"""The gallery of components, the choice of theme, and the page for a refused form."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from berakhlak.face.context import THEME_COOKIE, THEMES
from berakhlak.face.examples import examples
from berakhlak.middleware import comes_from_us, typed_text

YEAR = 365 * 24 * 3600


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state. For developers (DEBUG) and staff; others learn nothing of it."""
    if not (settings.DEBUG or request.user.is_staff):
        raise Http404
    return render(request, "face/gallery.html", examples(request))


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the theme in a cookie, so that the server writes it and no page flashes in the wrong one."""
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if safe else "/")
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form was refused: say what to do. The reason is for the log, which Django has written already."""
    # What another site's form carried must not appear on our page as if its reader had typed it.
    kept = typed_text(request) if comes_from_us(request) else []
    return render(request, "403_csrf.html", {"kept": kept}, status=403)
