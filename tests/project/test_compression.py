"""What goes out compressed, and what is packed already."""

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from berakhlak.middleware import Compression

TEXT = b"<p>Melayani dengan tulus.</p>" * 40


def answered(kind: str, accepts: str = "gzip, br") -> HttpResponse:
    request = RequestFactory().get("/", headers={"accept-encoding": accepts})
    return Compression(lambda _request: HttpResponse(TEXT, content_type=kind, headers={"ETag": '"abc"'}))(request)


@pytest.mark.parametrize(
    "kind", ["text/html; charset=utf-8", "application/json", "text/csv; charset=utf-8", "image/svg+xml"]
)
def test_text_is_compressed_for_those_who_take_it(kind):
    answer = answered(kind)
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content) == TEXT
    assert answer["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in answered(kind, accepts="")


@pytest.mark.parametrize(
    "kind",
    [
        "application/zip",
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "image/webp",
        "image/jpeg",
        "Image/PNG; name=a",
    ],
)
def test_what_is_packed_stays_as_it_is(kind):
    answer = answered(kind)
    assert answer.content == TEXT
    assert answer["ETag"] == '"abc"'  # strong: a download that broke off may go on
    assert "Content-Encoding" not in answer
    assert "Vary" not in answer


def test_pages_of_the_site_are_compressed(client, db):
    answer = client.get("/akun/masuk/", headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert b"<form" in gzip.decompress(answer.content)
