"""Pictures that strangers send: opened with limits, and drawn anew, so that nothing hidden in a file reaches anybody.

A phone writes place and time into each picture; the new one carries pixels only.
"""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

# Each of these takes at most about 200 MB of memory for a moment. A JPEG is drawn smaller while it is read: a phone's
# 50 megapixels take 45 MB, or 160 MB where they are stored progressively.
MAX_PIXELS = {"JPEG": 65_000_000, "PNG": 30_000_000, "WEBP": 12_000_000}
MAX_SCANS = 100  # a progressive picture has about ten; each is unpacked in full, however small it is in the file
FORMATS = tuple(MAX_PIXELS)
ACCEPT = "image/jpeg,image/png,image/webp"
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif")
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    TypeError,
    OverflowError,
    struct.error,
)


class UnusablePicture(Exception):
    """Why a file is refused: `code` is "unreadable", "heic", "too_many" or "too_small"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def opened(file: BinaryIO | Any, *, min_side: int = 1) -> Iterator[Image.Image]:
    """The picture in a file, its size and scans within bounds and not unpacked yet.

    Raises `UnusablePicture`, also for what goes wrong while it is unpacked inside the block.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's notes on odd metadata; sizes are checked below
            # Only these three decoders: the rarer ones of the library never see a stranger's file.
            with Image.open(file, formats=FORMATS) as picture:
                _check_size(picture, min_side)
                _check_scans(picture, file)
                yield picture
    except Image.DecompressionBombError as error:  # so many that the library refuses to look at the rest
        raise UnusablePicture("too_many") from error
    except BROKEN as error:
        raise UnusablePicture("heic" if _is_heic(file) else "unreadable") from error


def _check_size(picture: Image.Image, min_side: int) -> None:
    # Read from the header alone, before anything is unpacked.
    width, height = picture.size
    if width * height > MAX_PIXELS["JPEG" if isinstance(picture, JpegImageFile) else str(picture.format)]:
        raise UnusablePicture("too_many")
    if min(width, height) < min_side:
        raise UnusablePicture("too_small")


def _check_scans(picture: Image.Image, file: BinaryIO) -> None:
    if isinstance(picture, JpegImageFile):
        file.seek(0)
        scans = file.read().count(b"\xff\xda")
        file.seek(0)
        if scans > MAX_SCANS:
            raise UnusablePicture("unreadable")


def _is_heic(file: BinaryIO) -> bool:
    """An iPhone's own format, which deserves its own words."""
    file.seek(0)
    head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in HEIC


def on_white(picture: Image.Image) -> Image.Image:
    """A fresh RGB image: no EXIF, XMP, colour profile or comment to write out; see-through parts become white."""
    picture = picture.convert("RGBA")
    fresh = Image.new("RGB", picture.size, "white")
    fresh.paste(picture, mask=picture.getchannel("A"))
    return fresh
