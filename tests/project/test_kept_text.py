"""A form that arrives too late gives back what was typed, also without JavaScript."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

TEXT = "Saya belajar mendengarkan <b>warga</b> lebih dahulu."


def address(cast) -> str:
    return reverse("entry_save", kwargs={"cohort": cast.cohort.key, "number": 1})


def test_the_session_ended_while_writing(cast, client):
    response = client.post(address(cast), {"refleksi": TEXT, "version": "3"})
    assert response.status_code == 401
    html = response.content.decode()
    assert "Saya belajar mendengarkan &lt;b&gt;warga&lt;/b&gt; lebih dahulu.</textarea>" in html
    assert html.count("<textarea") == 1


def test_the_texts_carry_the_names_of_their_sections_and_signing_in_leads_back(cast, client):
    page = f"http://testserver{reverse('entry_write', args=[cast.cohort.key, 1])}"
    form = {"title": "Antrean posyandu", "part-refleksi": TEXT, "alasan": TEXT}
    html = client.post(address(cast), form, headers={"Referer": page}).content.decode()
    labels = re.findall(r'for="kept-\d">([^<]+)</label>', html)
    assert labels == ["Judul", "Refleksi", "Teks 3"]
    assert f'href="{reverse("account_login")}?next={urlsplit(page).path}" target="_blank"' in html


@pytest.mark.parametrize("name", ["password", "oldpassword", "password1"])
def test_a_password_never_comes_back(cast, client, name):
    phrase = "empat kata yang rahasia"
    strict = Client(enforce_csrf_checks=True)
    for response in (
        strict.post(reverse("account_login"), {"login": "siti@berakhlak.test", name: phrase}),
        client.post(reverse("account_change_password"), {name: phrase, "alasan": TEXT}),
    ):
        assert phrase not in response.content.decode()


def test_without_text_there_is_nothing_to_give_back(cast, client):
    assert client.post(address(cast), {"version": "3"}).status_code == 302


def test_what_another_site_sends_is_not_shown_as_ones_own(cast):
    strict = Client(enforce_csrf_checks=True, headers={"origin": "https://evil.example"})
    response = strict.post(address(cast), {"refleksi": TEXT})
    assert response.status_code == 403
    assert "lebih dahulu" not in response.content.decode()


def test_a_refused_form_gives_the_text_back_too(cast):
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(address(cast), {"refleksi": TEXT})
    assert response.status_code == 403
    assert "lebih dahulu.</textarea>" in response.content.decode()
