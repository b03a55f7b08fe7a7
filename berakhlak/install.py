"""What makes the site an app that works without a network: the manifest and the service worker.

The worker stands at `/sw.js`, since a worker may serve only what lies below its own address. Its list of files is made
here from the names that the storage gives them: hashed ones in production, plain ones for developers.
"""

import json
import re
from functools import lru_cache
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import condition, require_safe

from berakhlak.version import version

# Light --paper and --accent of static/css/tokens.css; a test compares them.
PAPER, ACCENT = "#FAF6EF", "#AF2524"
ICONS = [("192", "any"), ("512", "any"), ("maskable", "maskable")]
SHEETS = ("tokens", "base", "components", "journal", "editor", "public")
# What the offline page mounts; whatever these import comes with them.
SCRIPTS = ("app", "modules/device", "modules/shelf", "modules/shell", "modules/keeper", "modules/editor",
           "modules/sign-out", "modules/dialog")  # fmt: skip
IMPORTS = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*)["'](\.[^"']+\.js)["']""")
STATIC_IMPORTS = re.compile(r"""\bfrom\s*["'](\.[^"']+\.js)["']""")


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """The manifest; in Indonesian, like the app's name on the home screen."""
    icons = [
        {
            "src": static(f"img/icon-{name}.png"),
            "type": "image/png",
            "sizes": "512x512" if name == "maskable" else f"{name}x{name}",
            "purpose": purpose,
        }
        for name, purpose in ICONS
    ]
    icons.append({"src": static("img/icon.svg"), "type": "image/svg+xml", "sizes": "any", "purpose": "any"})
    answer = JsonResponse(
        {
            "id": "/",
            "name": "BerAKHLAK – Jurnal Pelatihan",
            "short_name": "BerAKHLAK",
            "description": "Jurnal Diklat ASN BerAKHLAK, juga tanpa jaringan.",
            "lang": "id",
            "dir": "ltr",
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "theme_color": ACCENT,
            "background_color": PAPER,
            "icons": icons,
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Cache-Control"] = "max-age=86400"
    return answer


@login_not_required
@require_safe
@condition(etag_func=lambda request: f'"{version()}"')
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Browsers ask for it with each page, so it is written once for each build."""
    script = _script() if settings.DEBUG else _script_of_build(version())
    answer = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    # Nothing may stand between a new build and its users.
    answer["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=1)
def _script_of_build(_version: str) -> str:
    return _script()


def _script() -> str:
    """`static/js/sw.js` with what it must know of this build in front of it."""
    about = {
        "version": version(),
        "hashed": hasattr(staticfiles_storage, "hashed_files"),
        "static": settings.STATIC_URL,
        "shell": reverse("offline"),
        "files": [static(name) for name in files()],
        "later": [static("django_prose_editor/editor.js")],
    }
    script = (settings.BASE_DIR / "static" / "js" / "sw.js").read_text(encoding="utf-8")
    return f"const about = {json.dumps(about)};\n{script}"


def files() -> list[str]:
    """Every file that the offline page needs, by its plain name."""
    found: dict[str, None] = {}
    waiting = [f"js/{name}.js" for name in SCRIPTS]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            waiting += _imports(name)
    return [*(f"css/{name}.css" for name in SHEETS), "img/favicon.svg", *sorted(found)]


def _imports(name: str) -> list[str]:
    """What a script imports. Of app.js only what it always needs: its modules are those named above."""
    text = (settings.BASE_DIR / "static" / name).read_text(encoding="utf-8")
    pattern = STATIC_IMPORTS if name == "js/app.js" else IMPORTS
    folder = (settings.BASE_DIR / "static" / name).parent
    root = settings.BASE_DIR / "static"
    return [PurePosixPath((folder / path).resolve().relative_to(root)).as_posix() for path in pattern.findall(text)]
