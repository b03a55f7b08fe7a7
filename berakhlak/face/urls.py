"""The gallery's address."""

from django.urls import path

from berakhlak.face import views

urlpatterns = [path("", views.gallery, name="gallery")]
