"""The public pages: what BerAKHLAK is, its values, and the modules."""

from pathlib import PurePath

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from berakhlak.face.templatetags.face import content
from curriculum import reading
from curriculum.models import Material, Module, Value

# Topics of the catalogue that also have a place outside their module.
SHIP, INTRODUCTION, SLOGAN, CONDUCT = "kapal", "tentang-berakhlak", "bangga-melayani-bangsa", "kode-perilaku"
KEPT = 300  # seconds for which a browser shows a module's content without asking again


def may_preview(request: HttpRequest) -> bool:
    """Staff who may see modules in the admin may see them here before they are published."""
    return request.user.is_staff and request.user.has_perm("curriculum.view_module")


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, for somebody who has never heard of it."""
    topics = reading.topics_by_code([SHIP, INTRODUCTION, SLOGAN])
    return render(
        request,
        "curriculum/landing.html",
        {
            "values": Value.objects.active(),
            "modules": reading.open_modules(),
            "introduction": topics.get(INTRODUCTION),
            "slogan": topics.get(SLOGAN),
            "ship": topics.get(SHIP),
        },
    )


@login_not_required
@require_safe
def values(request: HttpRequest) -> HttpResponse:
    """The seven values."""
    return render(
        request,
        "curriculum/values.html",
        {
            "values": reading.active_values(),
            "conduct": reading.topics_by_code([CONDUCT]).get(CONDUCT),
        },
    )


@login_not_required
@require_safe
def value(request: HttpRequest, code: str) -> HttpResponse:
    """One value: definition, affirmation, behaviours, keywords, and the modules that teach it."""
    everything = reading.active_values()
    found = next((item for item in everything if item.code == code), None)
    if found is None:
        raise Http404
    before, after = reading.neighbours(everything, found)
    return render(
        request,
        "curriculum/value.html",
        {
            "value": found,
            "previous": before,
            "next": after,
            "modules": reading.open_modules().filter(values=found),
            "trail": [(_("Seven values"), reverse("values")), (content(found.name), "")],
        },
    )


@login_not_required
@require_safe
def modules(request: HttpRequest) -> HttpResponse:
    """The modules in their order."""
    return render(request, "curriculum/modules.html", {"modules": reading.open_modules()})


@login_not_required
@require_safe
def module(request: HttpRequest, slug: str) -> HttpResponse:
    """One module: objectives, what it teaches, materials, and what the entry will ask for."""
    siblings = list(reading.open_modules())
    found = next((item for item in siblings if item.slug == slug), None)
    preview = found is None
    if found is None:
        if not may_preview(request):
            raise Http404
        found = get_object_or_404(Module, slug=slug)
    before, after = reading.neighbours(siblings, found)
    return render(
        request,
        "curriculum/module.html",
        {
            "module": found,
            "page": reading.module_page(found),
            "preview": preview,
            "previous": before,
            "next": after,
            # "Module 11 of 10" would be nonsense, so only where the numbers run from one to the last.
            "count": len(siblings) if siblings and siblings[-1].number == len(siblings) else 0,
            "SHIP": SHIP,
            "trail": [(_("Modules"), reverse("modules")), (content(found.title), "")],
        },
    )


@login_not_required
@require_safe
def module_content(request: HttpRequest, slug: str) -> HttpResponse:
    """What one module teaches, as a fragment beside the text; alike for everybody, so browsers may keep it."""
    found = get_object_or_404(reading.open_modules(), slug=slug)
    response = render(request, "curriculum/module_content.html", {"page": reading.module_page(found)})
    patch_cache_control(response, private=True, max_age=KEPT)
    set_response_etag(response)
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@login_not_required
@require_safe
def material(request: HttpRequest, pk: int) -> FileResponse:
    """A material's file, to be saved and never shown inside our own pages."""
    item = get_object_or_404(Material.objects.select_related("module"), pk=pk)
    shown = item.active and item.module.active and item.module.published
    if not item.file.name or not (shown or may_preview(request)):
        raise Http404
    try:
        stream = item.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    suffix = PurePath(item.file.name).suffix.lower()
    response = FileResponse(stream, as_attachment=True, filename=f"{slugify(item.title) or item.pk}{suffix}")
    response["X-Content-Type-Options"] = "nosniff"
    return response
