"""Organisers look after people and cannot give themselves, or take over, anybody's power."""

import re
from smtplib import SMTPException

import pytest
from django.contrib.auth.models import Group, Permission
from django.core import mail
from django.urls import reverse

from berakhlak.accounts.models import User
from tests import factory

NIP = "198609262015051901"
LIST, ADD = "/admin/accounts/user/", "/admin/accounts/user/add/"
GOOD = {
    "name": "Siti Aminah",
    "title_before": "Dr.",
    "title_after": "S.T.",
    "nip": "19860926 201505 1 901",
    "email": "Siti@Berakhlak.TEST",
    "agency": "",
    "unit": "",
    "position": "",
    "rank": "",
    "timezone": "Asia/Jakarta",
    "email_language": "id",
    "is_active": "on",
}
LINK = re.compile(r"http://testserver(/akun/kata-sandi/atur/\S+?/)(?:\s|<)")


def change(user) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def link_page(user) -> str:
    return reverse("admin:accounts_user_password_link", args=[user.pk])


def fields_of(user, **changes) -> dict:
    names = (
        "name",
        "title_before",
        "title_after",
        "nip",
        "email",
        "agency",
        "unit",
        "position",
        "rank",
        "timezone",
        "email_language",
    )
    return {**{name: getattr(user, name) or "" for name in names}, "is_active": "on", **changes}


@pytest.fixture
def organiser(cast, as_user):
    as_user(cast.organiser)
    return cast.organiser


def errors_of(response) -> dict:
    return response.context["adminform"].form.errors


def test_adding_stores_one_form_and_leads_to_the_link(organiser, client):
    response = client.post(ADD, GOOD)
    user = User.objects.get(nip=NIP)
    assert (user.name, user.email, user.title_before) == ("Siti Aminah", "siti@berakhlak.test", "Dr.")
    assert not user.has_usable_password()
    assert response.url == link_page(user)
    assert user.history.get().history_user == organiser
    assert " telah disimpan." in client.get(response.url).content.decode()
    client.post(link_page(user))
    [message] = mail.outbox
    assert message.subject == "[BerAKHLAK] Atur kata sandi akun Anda"
    assert message.to == ["siti@berakhlak.test"]
    assert NIP not in message.body
    assert user.history.first().history_change_reason == "password link"
    assert user.history.first().history_user == organiser
    client.logout()
    form = client.get(LINK.search(message.body)[1], follow=True)
    new = {"password1": "LayananPrima2026", "password2": "LayananPrima2026"}
    client.post(form.context["action_url"], new)
    client.post("/akun/masuk/", {"login": NIP, "password": "LayananPrima2026"})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_people_without_e_mail_get_a_link_by_hand_shown_once(organiser, client):
    client.post(ADD, {**GOOD, "email": ""})
    user = User.objects.get(nip=NIP)
    assert user.email is None
    assert "Tautan akan ditampilkan satu kali" in client.get(link_page(user)).content.decode()
    assert LINK.search(client.get(link_page(user)).content.decode()) is None
    page = client.post(link_page(user)).content.decode()
    assert mail.outbox == []
    client.logout()
    assert client.get(LINK.search(page)[1]).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("nip", "123", "18 angka"),
        ("nip", "19861326 201505 1 901", "tanggal ini tidak ada"),
        ("nip", "198609262015051000", "tidak boleh 000"),
        ("nip", "1.98609262015051E+17", "hanya angka"),
        ("name", "", None),
        ("email", "bukan", None),
        ("title_after", "<b>", "Gelar terdiri atas"),
    ],
)
def test_what_cannot_be_is_refused(organiser, client, field, value, error):
    response = client.post(ADD, {**GOOD, field: value})
    assert response.status_code == 200
    assert list(errors_of(response)) == [field]
    assert error is None or error in str(errors_of(response)[field])


def test_somebody_needs_a_nip_or_an_address(organiser, client):
    assert "Isi NIP atau alamat surel." in str(errors_of(client.post(ADD, {**GOOD, "nip": "", "email": ""})))


def test_two_people_cannot_share_an_address_in_another_case(organiser, client, cast):
    response = client.post(ADD, {**GOOD, "email": cast.peer.email.upper()})
    assert list(errors_of(response)) == ["email"]


def test_a_nip_that_disagrees_with_the_rank_warns_and_is_saved(organiser, client):
    response = client.post(ADD, {**GOOD, "rank": "Golongan IX"}, follow=True)
    assert "Mohon periksa NIP: NIP ini milik PNS." in response.content.decode()
    assert User.objects.filter(nip=NIP).exists()


def test_an_odd_number_stored_earlier_does_not_block_other_changes(organiser, client):
    user = factory.make_user(nip="198613262015051901", email=None)
    response = client.post(change(user), fields_of(user, unit="Dinas"), follow=True)
    user.refresh_from_db()
    assert user.unit == "Dinas"
    assert "tanggal ini tidak ada" in response.content.decode()


@pytest.mark.parametrize("search", [NIP, "19860926 201505 1 901", "siti am", "siti@"])
def test_searching(organiser, client, search):
    user = factory.make_user("Siti Aminah", nip=NIP, email="siti@berakhlak.test")
    response = client.get(LIST, {"q": search})
    assert list(response.context["cl"].queryset) == [user]
    assert "19860926 201505 1 901" in response.content.decode()


@pytest.mark.parametrize("power", ["is_staff", "is_superuser", "groups", "user_permissions"])
def test_nobody_is_given_power_by_an_organiser(organiser, client, cast, power):
    value = {
        "groups": [Group.objects.get(name="Kurikulum").pk],
        "user_permissions": [Permission.objects.first().pk],
    }.get(power, "on")
    assert f'name="{power}"' not in client.get(change(cast.peer)).content.decode()
    assert client.post(change(cast.peer), fields_of(cast.peer, unit="Dinas", **{power: value})).status_code == 302
    cast.peer.refresh_from_db()
    assert cast.peer.unit == "Dinas"
    assert not cast.peer.is_staff
    assert not cast.peer.is_superuser
    assert not cast.peer.groups.exists()
    assert not cast.peer.user_permissions.exists()
    client.post(ADD, {**GOOD, power: value})
    added = User.objects.get(nip=NIP)
    assert (added.is_staff, added.is_superuser, added.groups.count()) == (False, False, 0)


@pytest.mark.parametrize("who", ["superuser", "curriculum_editor", "organiser"])
def test_staff_are_out_of_an_organisers_reach(organiser, client, cast, who):
    user = getattr(cast, who)
    assert client.get(change(user)).status_code == 200  # may be looked at
    for path, data in [
        (change(user), fields_of(user, email="saya@berakhlak.test")),
        (link_page(user), {}),
        (f"/admin/accounts/user/{user.pk}/password/", {"password1": "x", "password2": "x"}),
    ]:
        assert client.post(path, data).status_code in (302, 403, 404)
    assert client.get(link_page(user)).status_code == 403
    client.post(LIST, {"action": "send_links", "_selected_action": [user.pk]})
    user.refresh_from_db()
    assert user.email != "saya@berakhlak.test"
    assert user.check_password(factory.PASSWORD)
    assert mail.outbox == []


def test_an_old_version_cannot_be_saved_back(organiser, client, cast):
    cast.peer.is_staff = True
    cast.peer.save()
    version = cast.peer.history.first().pk
    cast.peer.is_staff = False
    cast.peer.save()
    path = f"{LIST}{cast.peer.pk}/history/{version}/"
    assert client.get(path).status_code == 200
    assert client.post(path, fields_of(cast.peer)).status_code == 403
    cast.peer.refresh_from_db()
    assert not cast.peer.is_staff


def test_the_history_page_shows_who_changed_what(organiser, client, cast):
    client.post(change(cast.peer), fields_of(cast.peer, unit="Dinas Kesehatan"))
    page = client.get(f"{LIST}{cast.peer.pk}/history/").content.decode()
    assert "Dinas Kesehatan" in page
    assert "Penyelenggara Satu" in page


@pytest.mark.parametrize("lookup", ["password__regex", "password__startswith", "password"])
def test_the_list_does_not_tell_hashes(organiser, client, lookup):
    assert client.get(LIST, {lookup: "md5"}).status_code == 400


def test_a_link_that_could_not_be_sent_is_not_recorded(organiser, client, monkeypatch):
    person = factory.make_user("Siti Aminah")
    before = person.history.count()

    def refuse(*args, **kwargs):
        raise SMTPException("no")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert "Server surel tidak menerima pesan" in client.post(link_page(person), follow=True).content.decode()
    assert person.history.count() == before


def test_nobody_deletes_people(cast, as_user):
    client = as_user(cast.superuser)
    assert client.get(f"{LIST}{cast.peer.pk}/delete/").status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [cast.peer.pk], "post": "yes"})
    assert User.objects.filter(pk=cast.peer.pk).exists()


def test_a_superuser_gives_rights(cast, as_user):
    client = as_user(cast.superuser)
    group = Group.objects.get(name="Kurikulum")
    client.post(change(cast.peer), fields_of(cast.peer, is_staff="on", groups=[group.pk]))
    cast.peer.refresh_from_db()
    assert cast.peer.is_staff
    assert list(cast.peer.groups.all()) == [group]


def test_sending_links_to_many(organiser, client, cast):
    without = factory.make_user(email=None, nip=NIP)
    away = factory.make_user(is_active=False)
    chosen = [cast.peer.pk, cast.stranger.pk, without.pk, away.pk, cast.superuser.pk]
    response = client.post(LIST, {"action": "send_links", "_selected_action": chosen}, follow=True)
    page = response.content.decode()
    assert "Tautan telah dikirim kepada 2 orang." in page
    assert "3 orang tidak dikirimi tautan" in page
    assert {message.to[0] for message in mail.outbox} == {cast.peer.email, cast.stranger.email}


def test_inactive_people_get_no_link(organiser, client):
    assert client.post(link_page(factory.make_user(is_active=False))).status_code == 403


@pytest.mark.parametrize("number", ["abc", "0", "99999999", "9" * 30])
def test_a_link_for_nobody(organiser, client, number):
    assert client.get(f"{LIST}{number}/password-link/").status_code == 404


def test_the_mail_is_indonesian_even_if_the_organiser_reads_english(organiser, client, cast):
    client.cookies["django_language"] = "en"
    client.post(link_page(cast.peer))
    assert "Yth. Bapak/Ibu Dimas Prayogo, S.E.," in mail.outbox[0].body


def test_the_admin_signs_in_through_our_own_page(client, cast):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/akun/masuk/?next=%2Fadmin%2F"
    # Django's own sign-in, which knows no limits, is out of reach.
    direct = client.post("/admin/login/", {"username": "super@berakhlak.test", "password": factory.PASSWORD})
    assert direct.url.startswith("/akun/masuk/?next=")
    assert "_auth_user_id" not in client.session
    response = client.post(
        "/akun/masuk/", {"login": cast.organiser.email, "password": factory.PASSWORD, "next": "/admin/"}
    )
    assert response.url == "/admin/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("who", "status"), [("nobody", 403), ("participant", 403), ("curriculum_editor", 403)])
def test_others_do_not_see_the_list(cast, as_user, who, status):
    assert as_user(getattr(cast, who)).get(LIST, follow=True).status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_list(organiser, client, django_assert_num_queries, rows):
    for _number in range(rows):
        factory.make_user()
    with django_assert_num_queries(6):
        client.get(LIST)
