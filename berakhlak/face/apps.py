"""The application's entry in INSTALLED_APPS."""

from django.apps import AppConfig


class FaceConfig(AppConfig):
    """Templates' helpers and the gallery; no models."""

    name = "berakhlak.face"
    label = "face"
