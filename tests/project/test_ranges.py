"""Sending files whole, in part, and not at all."""

from io import BytesIO

import pytest
from django.test import RequestFactory

from berakhlak import ranges

# Closing an answer ends the request, and with it Django looks after its connections.
pytestmark = pytest.mark.django_db
DATA = bytes(range(100)) * 2000


def answer(method="get", **headers):
    file = BytesIO(DATA)
    request = getattr(RequestFactory(), method)(
        "/", headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    response = ranges.send(
        request, file, size=len(DATA), etag="abc", content_type="image/jpeg", headers={"Cache-Control": "no-store"}
    )
    content = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    assert file.closed
    assert response["ETag"] == '"abc"'
    assert response["Cache-Control"] == "no-store"
    assert response["Accept-Ranges"] == "bytes"
    return response, content


def test_the_whole():
    response, content = answer(accept_encoding="gzip")
    assert (response.status_code, content) == (200, DATA)
    assert response["Content-Length"] == "200000"
    assert "Content-Range" not in response


def test_head_says_how_much_and_sends_nothing():
    response, content = answer("head", range="bytes=0-9")
    assert (response.status_code, content, response["Content-Length"]) == (200, b"", "200000")


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=100000-", 100000, 199999),
        ("bytes=0-", 0, 199999),
        ("bytes=-1", 199999, 199999),
        ("bytes=-500", 199500, 199999),
        ("bytes=-999999", 0, 199999),
        ("bytes=199990-999999", 199990, 199999),
        ("bytes = 5 - 6", 5, 6),
    ],
)
def test_one_part(header, first, last):
    response, content = answer(range=header)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/200000"
    assert response["Content-Length"] == str(last - first + 1)
    assert content == DATA[first : last + 1]


@pytest.mark.parametrize("header", ["bytes=200000-", "bytes=999999-1000000", "bytes=-0"])
def test_beyond_the_end(header):
    response, content = answer(range=header)
    assert (response.status_code, response["Content-Range"], content) == (416, "bytes */200000", b"")


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "bytes=9-5", "bytes=a-b", "bytes=0-1,5-6", "items=0-5", "bytes=1-" + "9" * 30]
)
def test_what_is_no_single_range_gets_the_whole(header):
    response, content = answer(range=header)
    assert (response.status_code, content) == (200, DATA)


@pytest.mark.parametrize(("mark", "status"), [('"abc"', 206), ('"other"', 200), ('W/"abc"', 200)])
def test_a_part_of_another_file_is_not_given(mark, status):
    assert answer(range="bytes=0-9", if_range=mark)[0].status_code == status


def test_what_the_browser_has_is_not_sent():
    response, content = answer(if_none_match='"abc"')
    assert (response.status_code, content) == (304, b"")
    assert answer(if_none_match='"other"')[0].status_code == 200
    assert answer(if_match='"other"')[0].status_code == 412


def test_an_empty_file_has_no_part():
    with pytest.raises(ranges.Unsatisfiable):
        ranges.wanted_range("bytes=0-", 0)
    with pytest.raises(ranges.Unsatisfiable):
        ranges.wanted_range("bytes=-5", 0)
