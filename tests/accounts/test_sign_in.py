"""Signing in and out: NIP or e-mail, one answer to every wrong try, and a stop after five."""

from datetime import timedelta

import pytest
from django.urls import reverse

from berakhlak.accounts.models import User
from tests import factory

LOGIN = "/akun/masuk/"
NIP = "199001012015011901"
WRONG = "NIP atau alamat surel dan kata sandi tidak cocok. Periksa keduanya, lalu coba lagi."


@pytest.fixture
def person(db) -> User:
    return factory.make_user("Siti Aminah", nip=NIP, email="siti@berakhlak.test")


def sign_in(client, login, password=factory.PASSWORD, **extra):
    return client.post(LOGIN, {"login": login, "password": password, **extra})


def signed_in_as(client) -> str | None:
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize(
    "login",
    [
        NIP,
        "19900101 201501 1 901",
        "19900101.201501.1.901",
        "19900101-201501-1-901",
        f"  {NIP} ",
        "siti@berakhlak.test",
        "Siti@BerAKHLAK.test ",
    ],
)
def test_every_common_spelling_signs_in(client, person, login):
    response = sign_in(client, login)
    assert response.status_code == 302
    assert response.url == reverse("home")
    assert signed_in_as(client) == str(person.pk)


@pytest.mark.parametrize(
    ("fields", "login"),
    [
        ({"nip": None, "email": "tanpa-nip@berakhlak.test"}, "tanpa-nip@berakhlak.test"),
        ({"nip": NIP, "email": None}, NIP),
    ],
)
def test_one_of_the_two_is_enough(client, db, fields, login):
    user = factory.make_user(**fields)
    sign_in(client, login)
    assert signed_in_as(client) == str(user.pk)


@pytest.mark.parametrize("login", [NIP, "siti@berakhlak.test", "199001012015011902", "tidak-ada@berakhlak.test", "xyz"])
def test_known_and_unknown_people_get_the_same_answer(client, person, login):
    response = sign_in(client, login, "salah-sama-sekali")
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == [WRONG]
    assert WRONG in response.content.decode()
    assert "<title>Galat: Masuk" in response.content.decode()
    assert signed_in_as(client) is None


def test_the_password_does_not_come_back_but_the_login_does(client, person):
    page = sign_in(client, "siti@berakhlak.test", "rahasia-sekali").content.decode()
    assert "rahasia-sekali" not in page
    assert 'value="siti@berakhlak.test"' in page


def test_the_old_address_no_longer_signs_in_after_a_change(client, person):
    sign_in(client, "siti@berakhlak.test")
    client.logout()
    User.objects.filter(pk=person.pk).update(email="baru@berakhlak.test")
    assert sign_in(client, "siti@berakhlak.test").status_code == 422
    assert sign_in(client, "baru@berakhlak.test").status_code == 302


def test_five_wrong_tries_are_followed_by_a_wait_that_is_told(client, person, clock):
    for _try in range(5):
        assert sign_in(client, NIP, "salah").status_code == 422
    response = sign_in(client, "19900101 201501 1 901")  # the right password, in another spelling
    assert response.status_code == 429
    assert response["Retry-After"] == "300"
    assert "Terlalu banyak percobaan yang salah. Tunggu 5 menit, lalu coba lagi" in response.content.decode()
    assert signed_in_as(client) is None
    clock.shift(timedelta(seconds=200))
    response = sign_in(client, NIP)
    assert response["Retry-After"] == "100"
    assert "Tunggu 2 menit" in response.content.decode()
    clock.shift(timedelta(seconds=101))
    assert sign_in(client, NIP).status_code == 302


def test_the_stop_holds_for_one_account_only_and_for_every_host_name(client, person, clock):
    other = factory.make_user("Budi", email="budi@berakhlak.test")
    for _try in range(5):
        sign_in(client, NIP, "salah")
    assert client.post(LOGIN, {"login": NIP, "password": factory.PASSWORD}, HTTP_HOST="localhost").status_code == 429
    sign_in(client, "budi@berakhlak.test")
    assert signed_in_as(client) == str(other.pk)


def test_an_unknown_login_is_stopped_in_the_same_way(client, db, clock):
    for _try in range(5):
        sign_in(client, "tidak-ada@berakhlak.test", "salah")
    assert sign_in(client, "tidak-ada@berakhlak.test", "salah").status_code == 429


def test_a_flood_from_one_address_gets_our_own_page(client, person, clock, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}
    sign_in(client, NIP, "salah")
    response = sign_in(client, NIP, "salah")
    assert response.status_code == 429
    assert "Terlalu banyak percobaan dalam waktu singkat" in response.content.decode()


def test_forty_people_in_one_room_sign_in_within_a_minute(client, db, clock):
    for number in range(41):
        user = factory.make_user(email=f"ruang{number}@berakhlak.test", nip=None)
        sign_in(client, user.email)
        assert signed_in_as(client) == str(user.pk)
        client.logout()


def test_inactive_people_learn_why_and_only_with_the_right_password(client, person):
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert sign_in(client, NIP, "salah").status_code == 422
    response = client.post(LOGIN, {"login": NIP, "password": factory.PASSWORD}, follow=True)
    assert "Akun ini tidak aktif" in response.content.decode()
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    ("target", "arrives"),
    [
        ("/akun/profil/", "/akun/profil/"),
        ("https://jahat.example/", "/beranda/"),
        ("//jahat.example/", "/beranda/"),
        ("javascript:alert(1)", "/beranda/"),
    ],
)
def test_next_stays_on_this_site(client, person, target, arrives):
    assert sign_in(client, NIP, next=target).url == arrives


def test_next_travels_through_a_wrong_try(client, person):
    page = sign_in(client, NIP, "salah", next="/akun/profil/").content.decode()
    assert '<input type="hidden" name="next" value="/akun/profil/">' in page


def test_signing_in_leaves_no_row_of_history_and_says_nothing_superfluous(client, person):
    rows = person.history.count()
    response = client.post(LOGIN, {"login": NIP, "password": factory.PASSWORD, "next": "/akun/profil/"}, follow=True)
    assert person.history.count() == rows
    assert list(response.context["messages"]) == []
    person.refresh_from_db()
    assert person.last_login is not None


def test_sign_out_needs_a_post(client, person):
    client.force_login(person)
    assert "Keluar dari akun?" in client.get("/akun/keluar/").content.decode()
    assert signed_in_as(client) is not None
    assert client.post("/akun/keluar/").url == "/"
    assert signed_in_as(client) is None


@pytest.mark.parametrize("login", ["1990 0101 2015 01 190", "19900101 201501 1 9000"])
def test_a_nip_that_is_too_short_or_too_long_is_named(client, person, login):
    """The same for everybody: it is said before anybody is looked up."""
    response = sign_in(client, login)
    assert response.status_code == 422
    assert "NIP terdiri atas 18 angka." in response.content.decode()


def test_the_page_after_signing_in_elsewhere_leads_only_to_this_site(client, person):
    client.force_login(person)
    assert 'href="https://jahat' not in client.get("/akun/kembali/?next=https://jahat.example/").content.decode()


def test_the_language_is_kept_for_a_year(client, db):
    client.post("/bahasa/", {"language": "en"})
    assert client.cookies["django_language"]["max-age"] == 365 * 24 * 3600


def test_nobody_can_register(client, db):
    assert "Tidak ada pendaftaran mandiri" in client.get("/akun/daftar/").content.decode()
    fields = {
        "email": "baru@berakhlak.test",
        "password1": "PanjangSekali9",
        "password2": "PanjangSekali9",
        "name": "X",
    }
    assert client.post("/akun/daftar/", fields).status_code == 405
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    "path",
    [
        LOGIN,
        "/akun/keluar/",
        "/akun/daftar/",
        "/akun/nonaktif/",
        "/akun/kata-sandi/lupa/",
        "/akun/kata-sandi/lupa/terkirim/",
        "/akun/kata-sandi/atur/1-abc/",
        "/akun/kata-sandi/atur/selesai/",
        "/akun/privasi/",
    ],
)
def test_public_pages_are_public(client, db, path):
    response = client.get(path)
    assert response.status_code == (302 if path == "/akun/keluar/" else 200)
    assert LOGIN not in response.get("Location", "")


@pytest.mark.parametrize(
    "path",
    [
        "/akun/profil/",
        "/akun/profil/foto/",
        "/akun/profil/foto/hapus/",
        "/akun/privasi/dibaca/",
        "/akun/kata-sandi/ubah/",
        "/akun/kata-sandi/buat/",
        f"/akun/foto/{'0' * 32}/",
    ],
)
def test_the_others_lead_to_sign_in_and_scripts_get_401(client, db, path):
    assert client.get(path).url == f"{LOGIN}?next={path}"
    assert client.post(path).status_code == 302
    assert client.get(path, HTTP_HX_REQUEST="true").status_code == 401


def test_english_is_shown_by_cookie_and_not_by_the_browser(client, db):
    assert "Kata sandi" in client.get(LOGIN, HTTP_ACCEPT_LANGUAGE="en").content.decode()
    client.cookies["django_language"] = "en"
    page = client.get(LOGIN).content.decode()
    assert "NIP or e-mail address" in page
    assert "Kata sandi" not in page


def test_the_sign_in_page_offers_what_password_managers_look_for(client, db):
    page = client.get(LOGIN).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "placeholder" not in page


@pytest.mark.parametrize("login", [NIP, "siti@berakhlak.test"])
def test_queries_of_a_sign_in(client, person, django_assert_num_queries, login):
    with django_assert_num_queries(9):
        sign_in(client, login)


def test_the_sign_in_page_asks_the_database_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(LOGIN)
