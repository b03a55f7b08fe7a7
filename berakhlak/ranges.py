"""Sending a private file: whole, in part (one range), or not at all where the browser has it already.

Django's FileResponse knows no ranges, and a PDF viewer or a broken download on a weak line asks for them.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

CHUNK = 64 * 1024
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Unsatisfiable(ValueError):
    """A range that begins behind the end of the file."""


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that a Range header asks for, or None for the whole file.

    What is no single range of bytes may be ignored (RFC 9110, 14.2), and is. Raises Unsatisfiable.
    """
    match = RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:  # the last so many bytes
        if int(last) == 0 or size == 0:
            raise Unsatisfiable
        return max(size - int(last), 0), size - 1
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise Unsatisfiable
    return int(first), min(int(last or size), size - 1)


def send(
    request: HttpRequest, file: BinaryIO | Any, *, size: int, etag: str, content_type: str, headers: dict[str, str]
) -> HttpResponseBase:
    """Answer a GET or HEAD for an opened file, which is closed with the answer. `etag` without quotes."""
    # What is compressed already would only be slowed down, and a range of something else would be sent.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    quoted = f'"{etag}"'
    always = {"ETag": quoted, "Accept-Ranges": "bytes", **headers}
    unchanged = get_conditional_response(request, etag=quoted)
    if unchanged is not None:  # 304 or 412
        file.close()
        return _headed(unchanged, always)
    part = None
    # A range goes with the file that it was begun with (If-Range); for another one everything comes anew.
    if request.method == "GET" and request.headers.get("If-Range", quoted) == quoted:
        try:
            part = wanted_range(request.headers.get("Range", ""), size)
        except Unsatisfiable:
            file.close()
            refusal = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
            return _headed(refusal, always)
    first, last = part or (0, size - 1)
    if request.method == "HEAD":
        file.close()
        response: HttpResponseBase = HttpResponse(content_type=content_type)
    else:
        response = StreamingHttpResponse(
            _chunks(file, first, last), content_type=content_type, status=206 if part else 200
        )
        response._resource_closers.append(file.close)  # type: ignore[attr-defined]  # as FileResponse does
    if part:
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    response.headers["Content-Length"] = str(last - first + 1)
    return _headed(response, always)


def _headed(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _chunks(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    file.seek(first)
    left = last - first + 1
    while left > 0 and (chunk := file.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
