"""Addresses of the public pages."""

from django.urls import path

from curriculum import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("nilai/", views.values, name="values"),
    path("nilai/<slug:code>/", views.value, name="value"),
    path("modul/", views.modules, name="modules"),
    path("modul/<slug:slug>/", views.module, name="module"),
    path("modul/<slug:slug>/isi/", views.module_content, name="module_content"),
    path("materi/<int:pk>/", views.material, name="material"),
]
