"""Photos of people: taken apart and drawn anew, so that nothing hidden in a file reaches anybody.

A phone writes place and time into each picture; the new one carries pixels only.
"""

import secrets
from io import BytesIO
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile

from berakhlak import pictures
from berakhlak.accounts.models import User

MAX_BYTES = 8 * 1024 * 1024
MIN_SIDE = 64
SIDE = 512
ACCEPT = pictures.ACCEPT
FACE_HEIGHT = 0.35  # a tall picture is cropped around its upper part, where the face is
KEY_BYTES = 16

UNREADABLE = _("This file is not a photo we can read. Choose a JPEG, PNG or WebP file.")
REFUSED = {
    "too_many": _("The photo has too many pixels; at most 65 megapixels as JPEG, 30 as PNG, 12 as WebP."),
    "too_small": _("The photo is too small; each side needs at least 64 pixels."),
}


def portrait(upload: UploadedFile) -> ContentFile:
    """A square WebP of at most 512 × 512 pixels without metadata; ValidationError says what is wrong."""
    if upload.size is None or upload.size > MAX_BYTES:
        raise ValidationError(_("The photo is larger than 8 MB. Choose a smaller one."), "too_large")
    try:
        with pictures.opened(upload, min_side=MIN_SIDE) as picture:
            return ContentFile(_redraw(picture))
    except pictures.UnusablePicture as refused:
        raise ValidationError(REFUSED.get(refused.code, UNREADABLE), refused.code) from refused


def _redraw(picture: Image.Image) -> bytes:
    if isinstance(picture, JpegImageFile):  # MPO is one too: what some phones call a JPEG
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    picture.load()
    # Small before it is turned and converted, so that the large one is never in memory twice.
    if picture.mode in ("RGB", "RGBA", "L") and (times := min(picture.size) // (2 * SIDE)) > 1:
        picture = picture.reduce(times)
    turned = ImageOps.exif_transpose(picture).convert("RGBA")
    side = min(SIDE, *turned.size)
    square = ImageOps.fit(turned, (side, side), Image.Resampling.LANCZOS, centering=(0.5, FACE_HEIGHT))
    out = BytesIO()
    pictures.on_white(square).save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def set_photo(user: User, content: ContentFile | None) -> None:
    """Store, replace or (None) remove somebody's photo; the old file goes once the change is certain.

    The row is locked only while the names change: a slow store must keep nobody else waiting.
    """
    field = User._meta.get_field("photo")
    storage = field.storage
    new = storage.save(f"{field.upload_to}{secrets.token_hex(KEY_BYTES)}.webp", content) if content else ""
    try:
        with transaction.atomic():
            owner = User.objects.select_for_update().get(pk=user.pk)
            old, owner.photo = owner.photo.name, new
            owner.save(update_fields=["photo"])
            if old:
                transaction.on_commit(lambda: storage.delete(old))
    except BaseException:
        if new:
            storage.delete(new)
        raise
    user.photo = owner.photo


def photo_key(user: User) -> str:
    """The unguessable part of the photo's file name, which is its address too; "" without a photo."""
    return PurePosixPath(user.photo.name).stem if user.photo.name else ""


def has_photo(key: str) -> bool:
    """True while a picture is stored under this key."""
    field = User._meta.get_field("photo")
    return field.storage.exists(f"{field.upload_to}{key}.webp")


def read_photo(key: str) -> bytes:
    """The stored picture; FileNotFoundError when there is none (any more)."""
    if not has_photo(key):
        raise FileNotFoundError(key)
    field = User._meta.get_field("photo")
    with field.storage.open(f"{field.upload_to}{key}.webp") as file:
        return file.read()
