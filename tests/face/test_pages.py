"""The gallery, the theme, and the pages for errors."""

import pytest
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

GALLERY = reverse("gallery")


@pytest.fixture
def staff(db):
    return get_user_model().objects.create_user(
        email="staf@berakhlak.test",
        name="Staf",
        is_staff=True,
        privacy_version="2026-11",
        privacy_acknowledged_at="2026-11-01T00:00Z",
    )


@pytest.mark.django_db
def test_the_gallery_is_for_developers_and_staff(client, settings, staff):
    assert client.get(GALLERY).status_code == 404
    client.force_login(
        get_user_model().objects.create_user(
            email="p@berakhlak.test",
            name="Peserta",
            privacy_version="2026-11",
            privacy_acknowledged_at="2026-11-01T00:00Z",
        )
    )
    assert client.get(GALLERY).status_code == 404
    client.force_login(staff)
    assert client.get(GALLERY).status_code == 200
    client.logout()
    settings.DEBUG = True
    assert client.get(GALLERY).status_code == 200


@pytest.mark.django_db
def test_the_page_says_its_language_theme_and_title(client, settings):
    settings.DEBUG = True
    page = client.get(GALLERY).content.decode()
    assert '<html lang="id">' in page
    assert "<title>Galeri komponen – BerAKHLAK</title>" in page
    assert page.count("<main") == 1
    assert 'href="#main"' in page
    assert page.count('<link rel="stylesheet"') <= 5
    client.cookies["theme"] = "dark"
    assert 'data-theme="dark"' in client.get(GALLERY).content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-theme=" not in client.get(GALLERY).content.decode().split(">", 2)[1]


def test_the_theme_is_kept_in_a_cookie(client):
    answer = client.post(reverse("set_theme"), {"theme": "dark", "next": "/nilai/"})
    assert answer.status_code == 302
    assert answer["Location"] == "/nilai/"
    assert answer.cookies["theme"].value == "dark"
    assert answer.cookies["theme"]["httponly"]
    assert answer.cookies["theme"]["samesite"] == "Lax"
    answer = client.post(reverse("set_theme"), {"theme": "", "next": "/"})
    assert answer.cookies["theme"].value == ""
    assert client.get(reverse("set_theme")).status_code == 405


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_the_theme_form_never_leads_away(client, back):
    assert client.post(reverse("set_theme"), {"theme": "dark", "next": back})["Location"] == "/"


def test_a_refused_form_says_what_to_do():
    answer = Client(enforce_csrf_checks=True).post(reverse("set_theme"), {"theme": "dark"})
    assert answer.status_code == 403
    assert "Salin tulisan Anda" in answer.content.decode()


def test_a_missing_page_is_ours(client):
    answer = client.get("/tidak-ada/")
    assert answer.status_code == 404
    assert "<h1>Halaman tidak ditemukan</h1>" in answer.content.decode()


@pytest.mark.parametrize("status", ["400", "500"])
def test_the_standalone_pages_need_nothing(status):
    page = render_to_string(f"{status}.html")
    assert "css/tokens.css" in page
    assert "BerAKHLAK" in page
    assert "csrfmiddlewaretoken" not in page
