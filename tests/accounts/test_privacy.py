"""The privacy notice: public to read, shown once per version, and never in the way of work under hand."""

import pytest
from django.conf import settings

from berakhlak.accounts.models import User
from tests import factory

PRIVACY, ACKNOWLEDGE = "/akun/privasi/", "/akun/privasi/dibaca/"


@pytest.fixture
def newcomer(client, db) -> User:
    user = factory.make_user("Siti Aminah", privacy_version="", privacy_acknowledged_at=None)
    user.skip_history_when_saving = True  # as our own sign-in does
    client.force_login(user)
    del user.skip_history_when_saving
    return user


def test_the_first_page_leads_to_the_notice_and_back(client, newcomer, clock):
    response = client.get("/akun/profil/?a=1&b=2")
    assert response.url == "/akun/privasi/?next=%2Fakun%2Fprofil%2F%3Fa%3D1%26b%3D2"
    page = client.get(response.url)
    assert "Saya telah membaca pemberitahuan ini" in page.content.decode()
    response = client.post(ACKNOWLEDGE, {"next": page.context["next"]})
    assert response.url == "/akun/profil/?a=1&b=2"
    newcomer.refresh_from_db()
    assert newcomer.privacy_version == settings.PRIVACY_NOTICE_VERSION
    assert newcomer.privacy_acknowledged_at == factory.NOW
    assert client.get("/akun/profil/").status_code == 200
    page = client.get(PRIVACY).content.decode()
    assert "Saya telah membaca pemberitahuan ini" not in page
    assert "Senin, 23 November 2026" in page


def test_a_new_version_is_shown_again_and_both_stay_in_the_history(client, newcomer, settings):
    client.post(ACKNOWLEDGE)
    settings.PRIVACY_NOTICE_VERSION = "2027-01"
    assert client.get("/akun/profil/").url.startswith(PRIVACY)
    client.post(ACKNOWLEDGE)
    assert client.get("/akun/profil/").status_code == 200
    versions = newcomer.history.order_by("history_id").values_list("privacy_version", flat=True)
    assert list(versions) == ["", "2026-11", "2027-01"]


def test_confirming_twice_keeps_the_first_time(client, newcomer, clock):
    client.post(ACKNOWLEDGE)
    clock.shift(3600)
    client.post(ACKNOWLEDGE)
    newcomer.refresh_from_db()
    assert newcomer.privacy_acknowledged_at == factory.NOW


def test_a_form_already_open_is_not_lost(client, newcomer):
    client.post("/akun/profil/", {"title_before": "Dr.", "timezone": "Asia/Jayapura"})
    newcomer.refresh_from_db()
    assert newcomer.title_before == "Dr."


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true"},
        {"Accept": "application/json"},
        {"Sec-Fetch-Dest": "empty"},
        {"Sec-Fetch-Dest": "image"},
    ],
)
def test_scripts_and_pictures_are_not_led_away(client, newcomer, headers):
    assert client.get("/akun/profil/", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/akun/keluar/", PRIVACY, "/healthz", "/", "/nilai/", "/modul/"])
def test_one_can_always_leave_and_read(client, newcomer, path):
    assert client.get(path).status_code == 200


def test_the_admin_is_behind_the_notice_too(client, db):
    client.force_login(User.objects.create_superuser(email="super@berakhlak.test", name="Super"))
    assert client.get("/admin/").url == "/akun/privasi/?next=%2Fadmin%2F"


@pytest.mark.parametrize("target", ["https://jahat.example/", "//jahat.example", "javascript:alert(1)"])
def test_next_stays_on_this_site(client, newcomer, target):
    assert client.post(ACKNOWLEDGE, {"next": target}).url == "/beranda/"


def test_strangers_read_the_notice_without_the_button(client, db):
    page = client.get(PRIVACY).content.decode()
    assert "Pengendali data pribadi adalah instansi pemerintah" in page
    assert "Undang-Undang Nomor 27 Tahun 2022" in page
    assert ACKNOWLEDGE not in page
    assert client.get(ACKNOWLEDGE).url.startswith("/akun/masuk/")


def test_acknowledging_needs_a_post(client, newcomer):
    assert client.get(ACKNOWLEDGE).status_code in (302, 405)
    client.post(ACKNOWLEDGE)
    assert client.get(ACKNOWLEDGE).status_code == 405


def test_english(client, db):
    client.cookies["django_language"] = "en"
    assert "Who reads your journal" in client.get(PRIVACY).content.decode()
