"""From a slip of paper to a signed-in person: the code, the password, and every way in which a code stops working."""

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command

from berakhlak.accounts import codemail, codes
from berakhlak.accounts.models import ActivationCode, User
from tests import factory
from tests.factory import NOW

CODE, PASSWORD, LOGIN = "/akun/aktivasi/", "/akun/aktivasi/kata-sandi/", "/akun/masuk/"
NEW = "LayananPrima2026"


@pytest.fixture
def organiser(db) -> User:
    return factory.make_user("Penyelenggara")


@pytest.fixture
def person(db, clock) -> User:
    user = factory.make_user("Siti Aminah", nip="199001012015011901", email=None, title_after="S.T.")
    user.set_unusable_password()
    user.save()
    return user


@pytest.fixture
def code(person, organiser) -> ActivationCode:
    return codes.make_codes([person], by=organiser, now=NOW)[0]


def enter(client, text):
    return client.post(CODE, {"kode": text})


def choose(client, password=NEW, again=None):
    return client.post(PASSWORD, {"password1": password, "password2": again or password})


def said(response) -> str:
    return response.content.decode()


def test_a_slip_leads_in(client, person, code):
    text = codes.text_of(code)
    assert enter(client, text).url == PASSWORD
    page = said(client.get(PASSWORD))
    assert "<strong>Siti Aminah, S.T.</strong> adalah pemilik akun ini." in page
    assert "1990•••• •••••• • 901" in page
    assert person.nip not in page.replace('name="username" autocomplete="username" value="199001012015011901"', "")
    done = choose(client)
    assert (done.status_code, done.url) == (302, "/beranda/")
    assert int(client.session["_auth_user_id"]) == person.pk
    client.logout()
    assert client.post(LOGIN, {"login": person.nip, "password": NEW}).status_code == 302
    code.refresh_from_db()
    assert (code.used_at, code.revoked_at) == (NOW, None)


@pytest.mark.parametrize("spell", [str.lower, lambda text: text.replace("-", " "), lambda text: f" {text}. "])
def test_the_spelling_does_not_matter(client, code, spell):
    assert enter(client, spell(codes.text_of(code))).status_code == 302


def test_a_code_is_nowhere_in_the_database_and_can_be_printed_again(code):
    text = codes.text_of(code)
    stored = ActivationCode.objects.filter(pk=code.pk).values_list().get()
    assert text.replace("-", "") not in "".join(map(str, stored))
    assert codes.text_of(ActivationCode.objects.get()) == text
    assert set(text) - {"-"} <= set(codes.ALPHABET)
    assert [len(part) for part in text.split("-")] == [4, 4, 4]


def test_codes_of_many_people_differ(organiser):
    people = [factory.make_user(f"Orang {number}") for number in range(50)]
    made = codes.make_codes(people, by=organiser, now=NOW)
    assert len({codes.text_of(code) for code in made}) == 50


def test_a_new_secret_key_keeps_the_codes_while_the_old_one_is_listed(client, code, settings):
    text, old = codes.text_of(code), django_settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-for-this-test"
    assert codes.text_of(code) == ""
    assert enter(client, text).status_code == 422
    settings.SECRET_KEY_FALLBACKS = [old]
    assert codes.text_of(code) == text
    assert enter(client, text).status_code == 302


def close_used(code):
    codes.taken(code.pk, NOW)


def close_replaced(code):
    codes.make_codes([code.user], by=code.made_by, now=NOW)


def close_old(code):
    ActivationCode.objects.filter(pk=code.pk).update(made_at=NOW - timedelta(days=14), expires_at=NOW)


def close_inactive(code):
    User.objects.filter(pk=code.user_id).update(is_active=False)


def close_staff(code):
    User.objects.filter(pk=code.user_id).update(is_staff=True)


CLOSED = [
    (close_staff, "Kode tidak berlaku untuk akun pengelola situs ini."),
    (close_used, "Kode ini sudah dipakai."),
    (close_replaced, "Kode ini tidak berlaku lagi."),
    (close_old, "Masa berlaku kode ini sudah habis."),
    (close_inactive, "Akun ini dinonaktifkan."),
]


@pytest.mark.parametrize(("close", "words"), CLOSED)
def test_a_closed_code_says_why(client, code, close, words):
    text = codes.text_of(code)
    close(code)
    refused = enter(client, text)
    assert refused.status_code == 422
    assert words in said(refused)
    assert text in said(refused)
    assert client.get(PASSWORD).url == CODE


@pytest.mark.parametrize(("close", "words"), CLOSED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_code_that_is_closed_between_the_two_pages_sets_no_password(client, person, code, close, words, method):
    enter(client, codes.text_of(code))
    close(code)
    refused = client.get(PASSWORD) if method == "get" else choose(client)
    assert refused.status_code == 409
    assert words in said(refused)
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert "_auth_user_id" not in client.session
    assert client.get(PASSWORD).url == CODE


def test_of_two_who_use_a_code_at_once_one_succeeds(code):
    codes.taken(code.pk, NOW)
    with pytest.raises(ValidationError):
        codes.taken(code.pk, NOW)


@pytest.mark.parametrize("typed", ["", "ABCD", "ABCD-EFGH-JKMN", "0000-0000-0000", "ABCD-EFGH-JKMN-PQRS", "é" * 12])
def test_what_is_no_code_is_refused_and_given_back(client, code, typed):
    refused = enter(client, typed)
    assert refused.status_code == 422
    assert f'value="{typed}"' in said(refused) or not typed
    assert "_auth_user_id" not in client.session


def test_a_weak_password_uses_up_no_code(client, code):
    enter(client, codes.text_of(code))
    assert choose(client, "1234567890").status_code == 422
    assert choose(client, NEW, "LayananPrima2027").status_code == 422
    assert choose(client).status_code == 302


def test_nobody_sets_a_password_without_a_code(client, db):
    assert client.get(PASSWORD).url == CODE
    assert choose(client).url == CODE


def test_wrong_codes_are_counted_and_right_ones_are_not(client, code, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "activation_failed": "3/m/ip"}
    for _time in range(5):
        assert enter(client, codes.text_of(code)).status_code == 302
    for _time in range(3):
        assert enter(client, "ABCD-EFGH-JKMN").status_code == 422
    blocked = enter(client, codes.text_of(code))
    assert blocked.status_code == 429
    assert "Terlalu banyak kode keliru dari sini." in said(blocked)


def test_whoever_sets_a_password_otherwise_leaves_no_open_code(client, organiser, clock):
    person = factory.make_user("Siti Aminah", email="siti@berakhlak.test")
    text = codes.text_of(codes.make_codes([person], by=organiser, now=NOW)[0])
    client.force_login(person)
    changed = {"oldpassword": factory.PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/akun/kata-sandi/ubah/", changed).status_code == 302
    client.logout()
    assert "Kode ini tidak berlaku lagi." in said(enter(client, text))


def test_the_owner_hears_of_it_where_there_is_an_address(client, organiser, clock):
    person = factory.make_user("Siti Aminah", email="siti@berakhlak.test")
    before = person.password
    enter(client, codes.text_of(codes.make_codes([person], by=organiser, now=NOW)[0]))
    person.refresh_from_db()
    assert person.password == before  # the old password stays good until there is a new one
    choose(client)
    assert [message.to for message in mail.outbox] == [["siti@berakhlak.test"]]


def test_somebody_else_who_is_signed_in_goes_out(client, person, code):
    client.force_login(factory.make_user("Orang Lain"))
    enter(client, codes.text_of(code))
    choose(client)
    assert int(client.session["_auth_user_id"]) == person.pk


def test_neither_page_is_kept_by_a_cache(client, code):
    assert "no-store" in client.get(CODE)["Cache-Control"]
    enter(client, codes.text_of(code))
    assert "no-store" in client.get(PASSWORD)["Cache-Control"]


# --- By e-mail ---------------------------------------------------------------------------------------


@pytest.fixture
def asked(organiser, clock) -> ActivationCode:
    person = factory.make_user("Siti Aminah", email="siti@berakhlak.test", title_after="S.T. & Rekan")
    made = codes.make_codes([person], by=organiser, now=NOW)[0]
    ActivationCode.objects.update(mail_asked_at=NOW)
    return made


def test_the_mail_carries_the_code_and_its_address(client, asked):
    assert codemail.send_codes.func([asked.pk]) == 1
    [message] = mail.outbox
    text = codes.text_of(asked)
    assert message.subject == "[BerAKHLAK] Kode aktivasi Anda"
    assert f"http://testserver/akun/aktivasi/#{text.replace('-', '')}" in message.body
    assert "Yth. Bapak/Ibu Siti Aminah, S.T. & Rekan," in message.body
    assert "sampai Senin, 7 Desember 2026" in message.body
    html = message.alternatives[0].content
    assert text in html
    assert "S.T. &amp; Rekan" in html
    asked.refresh_from_db()
    assert asked.mailed_at == NOW
    assert codemail.send_codes.func([asked.pk]) == 0


def test_the_mail_is_in_its_readers_language(asked):
    User.objects.filter(pk=asked.user_id).update(email_language="en")
    codemail.send_codes.func([asked.pk])
    [message] = mail.outbox
    assert message.subject == "[BerAKHLAK] Your activation code"
    assert "until Monday, 7 December 2026" in message.body


def test_a_code_that_was_closed_meanwhile_is_not_sent(asked):
    codes.revoke([asked.user], NOW)
    assert codemail.send_codes.func([asked.pk]) == 0
    assert mail.outbox == []


def test_a_mail_that_fails_concerns_nobody_else(asked, organiser, monkeypatch):
    other = codes.make_codes([factory.make_user("Budi")], by=organiser, now=NOW)[0]
    ActivationCode.objects.update(mail_asked_at=NOW)
    send = mail.EmailMultiAlternatives.send

    def fails_for_siti(message, *args, **kwargs):
        if message.to == ["siti@berakhlak.test"]:
            raise OSError("no route to host")
        return send(message, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", fails_for_siti)
    assert codemail.send_codes.func([asked.pk, other.pk]) == 1
    sent = dict(ActivationCode.objects.values_list("pk", "mailed_at"))
    assert sent == {asked.pk: None, other.pk: NOW}


def test_a_code_that_did_not_go_is_tried_again_with_pauses(asked, clock, monkeypatch):
    sends, real = [], mail.EmailMultiAlternatives.send

    def fails(message, *args, **kwargs):
        sends.append(message)
        raise RuntimeError("a fault of the mail library")

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", fails)
    assert codemail.hand_out(NOW) == 1
    assert codemail.hand_out(NOW) == 0  # it has been tried just now
    clock.move_to(NOW + timedelta(minutes=16))
    assert codemail.hand_out(NOW + timedelta(minutes=16)) == 1
    assert (len(sends), ActivationCode.objects.get().mail_attempts) == (2, 2)
    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", real)
    clock.move_to(NOW + timedelta(hours=1))
    call_command("send_reminders", stdout=StringIO())
    assert len(mail.outbox) == 1
    assert codemail.hand_out(NOW + timedelta(hours=9)) == 0


def test_a_mail_server_that_is_away_costs_a_code_no_try(asked, monkeypatch):
    def refuse(connection):
        raise OSError("no route to host")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
    assert codemail.send_codes.func([asked.pk]) == 0
    assert ActivationCode.objects.get().mail_attempts == 0
