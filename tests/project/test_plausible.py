"""What no browser of a person sends is refused before it costs anything."""

import pytest


@pytest.mark.parametrize("address", ["/?x=%00", "/telaah/?angkatan=%00abc", "/admin/?q=a%00"])
def test_nul_in_an_address(client, db, address):
    assert client.get(address).status_code == 400


def test_nul_in_a_cookie(client, db):
    client.cookies["sessionid"] = "aaaa\x00bbbb"
    assert client.get("/beranda/").status_code == 400


@pytest.mark.parametrize(
    ("size", "signed_in", "status"),
    [(3, False, 413), (3, True, 403), (26, True, 413)],
)
def test_large_bodies_are_refused_before_they_are_read(cast, client_with_csrf, size, signed_in, status):
    """A signed-in person's upload passes this gate and meets the next one (no CSRF token here)."""
    if signed_in:
        client_with_csrf.force_login(cast.participant)
    response = client_with_csrf.generic("POST", "/tampilan/", b"x", CONTENT_LENGTH=str(size * 1024 * 1024))
    assert response.status_code == status
    if status == 413:
        assert "terlalu besar" in response.content.decode()


@pytest.fixture
def client_with_csrf():
    from django.test import Client

    return Client(enforce_csrf_checks=True)
