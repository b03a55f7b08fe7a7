"""Changing and resetting passwords: by mail, with one answer for everybody, in Indonesian."""

import re
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

import pytest
from django.core import mail

from berakhlak.accounts.models import User
from tests import factory

FORGOTTEN, CHANGE, LOGIN = "/akun/kata-sandi/lupa/", "/akun/kata-sandi/ubah/", "/akun/masuk/"
NIP = "199001012015011901"
NEW = "LayananPrima2026"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture
def person(db) -> User:
    return factory.make_user("Siti Aminah", nip=NIP, email="siti@berakhlak.test", title_after="S.T.")


def link_in(message) -> str:
    return re.search(r"http://testserver(/\S+)", message.body)[1]


def follow(client, link, password=NEW, again=None):
    form = client.get(link, follow=True)
    return client.post(form.context["action_url"], {"password1": password, "password2": again or password}, follow=True)


def test_the_mail_is_indonesian_and_its_link_works_once(client, person):
    response = client.post(FORGOTTEN, {"email": "Siti@berakhlak.test"}, follow=True)
    assert "Jika ada akun dengan alamat ini" in response.content.decode()
    [message] = mail.outbox
    assert message.subject == "[BerAKHLAK] Atur kata sandi baru"
    assert message.to == ["siti@berakhlak.test"]
    assert "Yth. Bapak/Ibu Siti Aminah, S.T.," in message.body
    assert "selama 3 hari" in message.body
    assert NIP not in message.body
    assert "&" not in message.body

    link = link_in(message)
    shown = client.get(link)
    assert shown.status_code == 302
    assert "set-password" in shown.url  # the key leaves the address bar
    done = follow(client, link)
    page = done.content.decode()
    assert page.count("Kata sandi baru Anda telah disimpan") == 1
    assert "Masuk dengan kata sandi baru" in page
    assert client.post(LOGIN, {"login": NIP, "password": NEW}).status_code == 302
    client.logout()
    assert "Tautan ini tidak berlaku lagi" in client.get(link, follow=True).content.decode()


def test_each_mail_has_a_form_with_markup_that_says_the_same(client, person):
    User.objects.filter(pk=person.pk).update(title_after="S.T. <b>")
    client.post(FORGOTTEN, {"email": person.email})
    follow(client, link_in(mail.outbox[0]))
    client.post(FORGOTTEN, {"email": "tidak-ada@berakhlak.test"})
    asked, changed, unknown = [message.alternatives[0].content for message in mail.outbox]
    assert f'<a href="http://testserver{link_in(mail.outbox[0])}">' in asked
    assert all("Siti Aminah, S.T. &lt;b&gt;," in html and '<html lang="id">' in html for html in (asked, changed))
    assert "beri tahu penyelenggara diklat Anda" in changed
    assert "Yth." not in unknown
    assert NIP not in asked + changed + unknown


@pytest.mark.parametrize("debug", [True, False])
def test_the_line_below_a_mail_names_the_place_of_its_link(client, person, settings, debug):
    settings.DEBUG, settings.SITE_URL = debug, "https://jurnal.example.go.id"
    client.post(FORGOTTEN, {"email": person.email})
    body = mail.outbox[0].body
    site = re.search(r"(https?://[^/]+)/\S+", body)[1]
    assert site == ("http://testserver" if debug else "https://jurnal.example.go.id")
    assert body.rstrip().endswith(f"BerAKHLAK\n{site}")


def test_the_owner_hears_of_the_new_password(client, person, clock):
    client.post(FORGOTTEN, {"email": person.email})
    follow(client, link_in(mail.outbox[0]))
    assert mail.outbox[1].subject == "[BerAKHLAK] Kata sandi Anda telah diubah"
    assert "Senin, 23 November 2026 pukul 10.00 WIB" in mail.outbox[1].body


def test_unknown_and_inactive_people_get_the_same_page_and_another_mail(client, person):
    factory.make_user("Pergi", email="pergi@berakhlak.test", is_active=False)
    pages = []
    for email in ("siti@berakhlak.test", "tidak-ada@berakhlak.test", "pergi@berakhlak.test"):
        pages.append(client.post(FORGOTTEN, {"email": email}, follow=True))
    assert {page.status_code for page in pages} == {200}
    assert len({TOKEN.sub(b"", page.content) for page in pages}) == 1
    assert [message.subject for message in mail.outbox] == [
        "[BerAKHLAK] Atur kata sandi baru",
        "[BerAKHLAK] Tentang akun Anda",
        "[BerAKHLAK] Tentang akun Anda",
    ]
    assert "http://testserver/akun" not in mail.outbox[1].body + mail.outbox[2].body


def test_people_without_an_address_are_told_whom_to_ask(client, db):
    assert "mintalah kode aktivasi kepada penyelenggara diklat Anda" in client.get(FORGOTTEN).content.decode()


@pytest.mark.parametrize("email", ["siti@berakhlak.test", "tidak-ada@berakhlak.test"])
@pytest.mark.parametrize("error", [SMTPException("no"), ConnectionRefusedError()])
def test_a_broken_mail_server_is_said_and_the_address_comes_back(client, person, mail_fails, email, error):
    mail_fails(error)
    response = client.post(FORGOTTEN, {"email": email})
    assert response.status_code == 503
    page = response.content.decode()
    assert "Surel belum dapat dikirim" in page
    assert f'value="{email}"' in page


def test_an_address_that_the_mail_server_refuses_gets_the_answer_of_all_others(client, person, mail_fails):
    mail_fails(SMTPRecipientsRefused({}))
    response = client.post(FORGOTTEN, {"email": person.email}, follow=True)
    assert "Jika ada akun dengan alamat ini" in response.content.decode()


@pytest.fixture
def mail_fails(monkeypatch):
    """``mail_fails(error)``: no mail leaves from now on."""

    def fail_with(error):
        def send(*args, **kwargs):
            raise error

        monkeypatch.setattr("django.core.mail.EmailMessage.send", send)

    return fail_with


@pytest.mark.parametrize("email", ["", "bukan-alamat", NIP])
def test_no_address_is_refused_and_comes_back(client, db, email):
    response = client.post(FORGOTTEN, {"email": email})
    assert response.status_code == 422
    assert f'value="{email}"' in response.content.decode() or email == ""
    assert mail.outbox == []


def test_asking_again_and_again_is_slowed_down_for_known_and_unknown(client, person, clock):
    for email in (person.email, "tidak-ada@berakhlak.test"):
        for _try in range(3):
            assert client.post(FORGOTTEN, {"email": email}).status_code == 302
        response = client.post(FORGOTTEN, {"email": email})
        assert response.status_code == 429
        assert "Mohon tunggu sepuluh menit" in response.content.decode()
    assert len(mail.outbox) == 6


def test_a_link_dies_after_three_days_and_with_a_change_of_address(client, person, clock):
    client.post(FORGOTTEN, {"email": person.email})
    link = link_in(mail.outbox[0])
    clock.shift(timedelta(days=3, seconds=1))
    assert "Tautan ini tidak berlaku lagi" in client.get(link, follow=True).content.decode()
    client.post(FORGOTTEN, {"email": person.email})
    User.objects.filter(pk=person.pk).update(email="baru@berakhlak.test")
    assert "Tautan ini tidak berlaku lagi" in client.get(link_in(mail.outbox[1]), follow=True).content.decode()


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_a_link_dies_when_its_account_gets_rights(client, person, right):
    client.post(FORGOTTEN, {"email": person.email})
    link = link_in(mail.outbox[0])
    User.objects.filter(pk=person.pk).update(**{right: True})
    assert "Tautan ini tidak berlaku lagi" in client.get(link, follow=True).content.decode()


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("pendek", None, "terlalu pendek"),
        (NIP, None, "hanya terdiri atas angka"),
        ("siti aminah", None, "terlalu mirip"),
        ("password123", None, "terlalu umum"),
        (NEW, "LayananPrima2027", "Kedua kata sandi baru tidak sama."),
    ],
)
def test_weak_and_mistyped_passwords_are_refused(client, person, password, again, says):
    client.post(FORGOTTEN, {"email": person.email})
    response = follow(client, link_in(mail.outbox[0]), password, again)
    assert response.status_code == 422
    assert response.context["form"].errors
    if says:
        assert says in response.content.decode()
    person.refresh_from_db()
    assert person.check_password(factory.PASSWORD)


def test_a_new_password_ends_the_wait_for_this_account(client, person, clock):
    for _try in range(5):
        client.post(LOGIN, {"login": NIP, "password": "salah"})
    assert client.post(LOGIN, {"login": NIP, "password": factory.PASSWORD}).status_code == 429
    client.post(FORGOTTEN, {"email": person.email})
    follow(client, link_in(mail.outbox[0]))
    assert client.post(LOGIN, {"login": NIP, "password": NEW}).status_code == 302


def test_changing_the_password_keeps_this_device_and_signs_out_the_others(client, person, client_factory):
    elsewhere = client_factory()
    for device in (client, elsewhere):
        device.post(LOGIN, {"login": NIP, "password": factory.PASSWORD})
    response = client.post(CHANGE, {"oldpassword": factory.PASSWORD, "password1": NEW, "password2": NEW}, follow=True)
    assert response.redirect_chain == [("/akun/profil/", 302)]
    assert "Kata sandi baru Anda telah disimpan." in response.content.decode()
    assert elsewhere.get("/akun/profil/").status_code == 302
    assert mail.outbox[0].subject == "[BerAKHLAK] Kata sandi Anda telah diubah"
    assert person.history.first().history_change_reason == "password"


@pytest.fixture
def client_factory():
    from django.test import Client

    return Client


def test_the_current_password_must_be_right(client, person):
    client.force_login(person)
    response = client.post(CHANGE, {"oldpassword": "salah", "password1": NEW, "password2": NEW})
    assert response.status_code == 422
    assert "Ini bukan kata sandi Anda saat ini." in response.content.decode()


def test_people_without_e_mail_can_change_theirs(client, db):
    user = factory.make_user(nip=NIP, email=None)
    client.force_login(user)
    client.post(CHANGE, {"oldpassword": factory.PASSWORD, "password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert mail.outbox == []


def test_a_broken_mail_server_does_not_undo_the_change(client, person, mail_fails):
    mail_fails(SMTPException("no"))
    client.force_login(person)
    response = client.post(CHANGE, {"oldpassword": factory.PASSWORD, "password1": NEW, "password2": NEW})
    assert response.status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_setting_a_first_password_while_signed_in(client, db):
    user = User.objects.create_user(
        name="Baru",
        email="baru@berakhlak.test",
        privacy_version="2026-11",
        privacy_acknowledged_at=factory.NOW,
    )
    client.force_login(user)
    assert client.get(CHANGE).url == "/akun/kata-sandi/buat/"
    client.post("/akun/kata-sandi/buat/", {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)
