"""All addresses. Each app keeps its own; the paths are Indonesian, as their readers are."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from berakhlak.face.views import set_theme
from berakhlak.health import healthz
from berakhlak.install import manifest, worker

urlpatterns = [
    path("", include("curriculum.urls")),
    path("", include("journals.urls")),
    path("akun/", include("berakhlak.accounts.urls")),
    path("bahasa/", login_not_required(set_language), name="set_language"),
    path("tampilan/", set_theme, name="set_theme"),
    path("face/", include("berakhlak.face.urls")),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", worker, name="worker"),
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
]
