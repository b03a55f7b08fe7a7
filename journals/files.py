"""What becomes of a file that an author sends: pictures are drawn anew, PDFs looked through, others refused."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from berakhlak import documents, pictures
from journals.enums import AttachmentKind

MAX_FILES = 10  # on one entry
MAX_MEGABYTES = 10  # each, as it is sent
MAX_BYTES = MAX_MEGABYTES * 1024 * 1024
LONG_SIDE = 2560
THUMBNAIL_SIDE = 480
MIN_SIDE = 16
NAME_LENGTH = 100
ACCEPT = f"{pictures.ACCEPT},application/pdf"
EXTENSION = {AttachmentKind.IMAGE: "jpg", AttachmentKind.PDF: "pdf"}
CONTENT_TYPE = {AttachmentKind.IMAGE: "image/jpeg", AttachmentKind.PDF: "application/pdf"}
THUMBNAIL_TYPE = "image/webp"


class Unusable(Exception):
    """A file that is not taken; the message names it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Prepared:
    """What will be stored, and what is known about it."""

    kind: AttachmentKind
    name: str
    data: bytes
    thumbnail: bytes = b""
    width: int | None = None
    height: int | None = None
    pages: int | None = None

    @property
    def sha256(self) -> str:
        """Of the bytes as they are stored."""
        return hashlib.sha256(self.data).hexdigest()


def prepare(upload: UploadedFile) -> Prepared:
    """The file as it will be stored. Raises Unusable. Its kind follows from its content, never from its name."""
    given = shown_name(upload.name or "")
    if not upload.size:
        raise Unusable(_("“%(name)s” is empty.") % {"name": given})
    if upload.size > MAX_BYTES:
        raise Unusable(_("“%(name)s” is larger than %(most)d MB.") % {"name": given, "most": MAX_MEGABYTES})
    upload.seek(0)
    head = upload.read(1024)
    upload.seek(0)
    return _pdf(upload, given) if b"%PDF-" in head else _picture(upload, given)


def shown_name(name: str) -> str:
    """The name as people may see it: one line of letters without a path, not too long."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    # Marks that turn the direction of writing can make "gpj.exe" look like "exe.jpg".
    name = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = " ".join(name.split()).strip(". ")
    path = PurePath(name or _("file"))
    return path.stem[: NAME_LENGTH - len(path.suffix[:10])] + path.suffix[:10]


def _named(given: str, kind: AttachmentKind) -> str:
    """With the ending of what it now is."""
    stem = re.sub(r"\.(?:jpe?g|png|webp|pdf|mpo)$", "", given, flags=re.IGNORECASE)
    return f"{stem}.{EXTENSION[kind]}"


def _picture(upload: UploadedFile, given: str) -> Prepared:
    refused = {
        "heic": _("“%(name)s” is a HEIC picture, which other devices cannot show. Save or send it as JPEG."),
        "too_many": _("“%(name)s” has too many pixels; at most 65 megapixels as JPEG, 30 as PNG, 12 as WebP."),
        "too_small": _("“%(name)s” is too small to show anything."),
        "unreadable": _("“%(name)s” cannot be read. Choose a JPEG, PNG or WebP picture, or a PDF."),
    }
    try:
        with pictures.opened(upload, min_side=MIN_SIDE) as picture:
            drawn = _redrawn(picture)
    except pictures.UnusablePicture as problem:
        raise Unusable(refused[problem.code] % {"name": given}) from problem
    small = drawn.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Prepared(
        kind=AttachmentKind.IMAGE,
        name=_named(given, AttachmentKind.IMAGE),
        data=_encoded(drawn, "JPEG", quality=82, optimize=True, progressive=True),
        thumbnail=_encoded(small, "WEBP", quality=75, method=4),
        width=drawn.width,
        height=drawn.height,
    )


def _redrawn(picture: Image.Image) -> Image.Image:
    """Turned as it was held, on white, and no larger than needed."""
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture.load()
        picture = ImageOps.exif_transpose(picture).convert("RGBA")
        picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
        return pictures.on_white(picture)
    # A JPEG is drawn smaller while it is read, the others right after: the large one is never in memory twice.
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return pictures.on_white(ImageOps.exif_transpose(picture))


def _encoded(picture: Image.Image, form: str, **options) -> bytes:
    out = BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def _pdf(upload: UploadedFile, given: str) -> Prepared:
    refused = {
        "encrypted": _("“%(name)s” is protected by a password. Save it without one."),
        "active": _("“%(name)s” contains a program or a form. Print it to PDF, then attach that."),
        "files": _("“%(name)s” has other files inside it. Print it to PDF, then attach that."),
        "unreadable": _("“%(name)s” is no complete PDF. Save it anew, then attach that."),
    }
    data = upload.read()
    try:
        pages = documents.check_pdf(data)
    except documents.UnusableDocument as problem:
        raise Unusable(refused[problem.code] % {"name": given}) from problem
    return Prepared(kind=AttachmentKind.PDF, name=_named(given, AttachmentKind.PDF), data=data, pages=pages)
