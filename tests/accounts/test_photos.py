"""Photos: what arrives is drawn anew, what is no picture is refused, and nobody sees them uninvited."""

import re
import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from berakhlak.accounts import photos
from berakhlak.accounts.models import User
from tests import factory

PROFILE, UPLOAD, REMOVE = "/akun/profil/", "/akun/profil/foto/", "/akun/profil/foto/hapus/"
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def person(client, db):
    user = factory.make_user("Siti Aminah", nip="198609262015051901")
    client.force_login(user)
    return user


def encoded(image, form="JPEG", **options) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def send(client, data: bytes, name="foto.jpg", content_type="image/jpeg", **kwargs):
    return client.post(UPLOAD, {"photo": SimpleUploadedFile(name, data, content_type)}, **kwargs)


def stored(user) -> Image.Image:
    user.refresh_from_db()
    with user.photo.open() as file:
        image = Image.open(BytesIO(file.read()))
        image.load()
    return image


def near(pixel, colour) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(pixel[:3], colour, strict=True))


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims to be huge and unpacks to a great many equal bytes: a few kilobytes only."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * min(height, 2000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_photo_is_stored_square_small_and_under_a_random_name(client, person):
    response = send(client, encoded(Image.new("RGB", (1600, 900), RED)), follow=True)
    assert response.redirect_chain == [(PROFILE, 302)]
    assert "Foto Anda telah disimpan." in response.content.decode()
    image = stored(person)
    assert (image.format, image.size) == ("WEBP", (512, 512))
    assert near(image.getpixel((256, 256)), RED)
    assert re.fullmatch(r"photos/[0-9a-f]{32}\.webp", person.photo.name)
    assert f'src="/akun/foto/{photos.photo_key(person)}/"' in response.content.decode()


def test_a_small_picture_is_not_blown_up(client, person):
    send(client, encoded(Image.new("RGB", (200, 300), RED)))
    assert stored(person).size == (200, 200)


def test_the_phone_is_turned_back_and_place_and_time_are_gone(client, person):
    picture = Image.new("RGB", (400, 400), RED)
    picture.paste(BLUE, (0, 0, 400, 200))  # blue above; "rotate 90° clockwise" brings it to the right
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0110] = "Telepon Rahasia"
    exif.get_ifd(0x8825)[2] = (6.0, 10.0, 30.0)
    exif.get_ifd(0x8825)[1] = "S"
    data = encoded(picture, exif=exif, comment=b"alamat rumah", quality=95)
    assert Image.open(BytesIO(data)).getexif().get_ifd(0x8825)
    send(client, data)
    image = stored(person)
    assert near(image.getpixel((300, 200)), BLUE)
    assert near(image.getpixel((100, 200)), RED)
    assert dict(image.getexif()) == {}
    assert {"exif", "xmp", "icc_profile", "comment"}.isdisjoint(image.info)
    with person.photo.open() as file:
        content = file.read()
    assert b"Telepon" not in content
    assert b"alamat" not in content


def test_a_picture_of_endless_scans_is_refused_before_it_is_unpacked(client, person):
    whole = encoded(Image.new("RGB", (200, 200), RED), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    response = send(client, whole[:last] + whole[last:-2] * 200 + b"\xff\xd9", "foto.jpg", "image/jpeg")
    assert response.status_code == 422
    send(client, whole, "foto.jpg", "image/jpeg")
    assert near(stored(person).getpixel((50, 50)), RED)


def test_see_through_parts_become_white(client, person):
    send(client, encoded(Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "PNG"), "foto.png", "image/png")
    image = stored(person)
    assert image.mode == "RGB"
    assert near(image.getpixel((50, 50)), WHITE)


def test_of_an_animation_the_first_picture_is_kept(client, person):
    frames = [Image.new("RGB", (100, 100), RED), Image.new("RGB", (100, 100), BLUE)]
    send(client, encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]), "foto.webp", "image/webp")
    image = stored(person)
    assert getattr(image, "n_frames", 1) == 1
    assert near(image.getpixel((50, 50)), RED)


@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("P", "PNG"),
        ("1", "PNG"),
        ("I;16", "PNG"),
        ("LA", "PNG"),
        ("RGB", "WEBP"),
        ("RGBA", "WEBP"),
    ],
)
def test_every_common_kind_of_picture(client, person, mode, form):
    assert send(client, encoded(Image.new(mode, (80, 80)), form)).status_code == 302
    assert stored(person).size == (80, 80)


def test_the_rest_of_a_polyglot_is_not_kept(client, person):
    data = encoded(Image.new("RGB", (100, 100), RED)) + b"<script>alert(1)</script>PK\x03\x04"
    assert send(client, data).status_code == 302
    with person.photo.storage.open(stored(person) and person.photo.name) as file:
        assert b"<script>" not in file.read()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = encoded(Image.new("RGB", (100, 100), RED))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(SVG, "Berkas ini bukan foto", id="svg"),
        pytest.param(b"GIF89a/*<html>*/=1;alert(1)", "Berkas ini bukan foto", id="fake gif"),
        pytest.param(encoded(Image.new("RGB", (100, 100)), "GIF"), "Berkas ini bukan foto", id="gif"),
        pytest.param(b"%PDF-1.7", "Berkas ini bukan foto", id="pdf"),
        pytest.param(JPEG[:300], "Berkas ini bukan foto", id="cut off"),
        pytest.param(JPEG[:2] + bytes(5000), "Berkas ini bukan foto", id="only a head"),
        pytest.param(encoded(Image.new("RGB", (100, 100)), "BMP"), "Berkas ini bukan foto", id="bmp"),
        pytest.param(encoded(Image.new("RGB", (100, 100)), "TIFF"), "Berkas ini bukan foto", id="tiff"),
        pytest.param(encoded(Image.new("RGB", (100, 100)), "EPS"), "Berkas ini bukan foto", id="eps"),
        pytest.param(png_of(6000, 6000), "Resolusi foto terlalu tinggi", id="36 megapixels"),
        pytest.param(png_of(60_000, 60_000), "Resolusi foto terlalu tinggi", id="bomb"),
        pytest.param(encoded(Image.new("RGB", (63, 500))), "Foto terlalu kecil", id="too narrow"),
        pytest.param(b"", "Berkas ini kosong", id="empty"),
        pytest.param(b"\xff\xd8" + bytes(8 * 1024 * 1024), "lebih dari 8 MB", id="too large"),
    ],
)
def test_what_is_no_proper_picture_is_refused_in_words(client, person, data, says):
    response = send(client, data)
    assert response.status_code == 422
    [message] = response.context["photo_form"].errors["photo"]
    assert says in message
    assert message in response.content.decode().replace("&quot;", '"')
    person.refresh_from_db()
    assert not person.photo


@pytest.mark.parametrize("form", ["JPEG", "MPO"])
def test_a_phones_fifty_megapixels_are_drawn_small_at_once(client, person, monkeypatch, form):
    sizes = []
    load = JpegImageFile.load

    def spy(picture):
        sizes.append(picture.size)
        return load(picture)

    data = encoded(Image.new("RGB", (8160, 6144), RED), form)
    monkeypatch.setattr(JpegImageFile, "load", spy)
    assert send(client, data).status_code == 302
    assert max(sizes) == (2040, 1536)
    monkeypatch.undo()
    assert near(stored(person).getpixel((256, 256)), RED)


def test_a_large_picture_is_made_small_before_it_is_turned(client, person):
    picture = Image.new("RGB", (3000, 3000), RED)
    picture.paste(BLUE, (0, 0, 3000, 1500))
    exif = Image.Exif()
    exif[0x0112] = 6  # blue comes to the right
    assert send(client, encoded(picture, "PNG", exif=exif), "foto.png", "image/png").status_code == 302
    assert near(stored(person).getpixel((400, 256)), BLUE)
    assert near(stored(person).getpixel((100, 256)), RED)


def test_no_file_is_refused_in_words(client, person):
    response = client.post(UPLOAD)
    assert response.status_code == 422
    assert "Pilih foto terlebih dahulu." in response.content.decode()


def test_the_decoders_of_rare_formats_are_never_asked(person, monkeypatch):
    asked = []
    original = Image.open

    def spy(*args, **kwargs):
        asked.append(kwargs.get("formats"))
        return original(*args, **kwargs)

    monkeypatch.setattr(Image, "open", spy)
    photos.portrait(SimpleUploadedFile("foto.jpg", JPEG))
    assert asked == [("JPEG", "PNG", "WEBP")]


def test_replacing_deletes_the_old_file_after_the_commit(client, person, django_capture_on_commit_callbacks):
    send(client, JPEG)
    person.refresh_from_db()
    old = person.photo.name
    with django_capture_on_commit_callbacks() as callbacks:
        send(client, JPEG)
    person.refresh_from_db()
    assert person.photo.name != old
    assert default_storage.exists(old)
    for callback in callbacks:
        callback()
    assert not default_storage.exists(old)
    assert default_storage.exists(person.photo.name)


def test_removing(client, person, django_capture_on_commit_callbacks):
    send(client, JPEG)
    person.refresh_from_db()
    old = person.photo.name
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(REMOVE, follow=True)
    assert "Foto Anda telah dihapus." in response.content.decode()
    assert not default_storage.exists(old)
    person.refresh_from_db()
    assert not person.photo
    with django_capture_on_commit_callbacks(execute=True):
        client.post(REMOVE)  # nothing to remove is no error


def test_a_failed_save_leaves_no_file_behind(client, person, monkeypatch):
    before = set(default_storage.listdir("photos")[1]) if default_storage.exists("photos") else set()

    def refuse(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(User, "save", refuse)
    with pytest.raises(RuntimeError):
        photos.set_photo(person, photos.portrait(SimpleUploadedFile("foto.jpg", JPEG)))
    assert set(default_storage.listdir("photos")[1]) == before


def test_the_row_is_not_locked_while_the_file_is_written(person, monkeypatch):
    open_at_save = []
    save = default_storage.save

    def spy(*args, **kwargs):
        open_at_save.append(list(connection.savepoint_ids))
        return save(*args, **kwargs)

    monkeypatch.setattr(User._meta.get_field("photo").storage, "save", spy)
    photos.set_photo(person, photos.portrait(SimpleUploadedFile("foto.jpg", JPEG)))
    assert open_at_save == [[]]


def test_a_photo_is_served_to_people_who_are_signed_in_with_safe_headers(client, person, django_assert_num_queries):
    send(client, JPEG)
    person.refresh_from_db()
    address = f"/akun/foto/{photos.photo_key(person)}/"
    client.force_login(factory.make_user("Rekan"))
    with django_assert_num_queries(2):  # session, user
        response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert Image.open(BytesIO(response.content)).size == (100, 100)
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304
    client.logout()
    assert client.get(address).url == f"/akun/masuk/?next={address}"


@pytest.mark.parametrize("key", ["0" * 32, "..%2f..%2fx", "1" * 31, "A" * 32])
def test_other_keys_lead_nowhere(client, person, key):
    assert client.get(f"/akun/foto/{key}/").status_code == 404


@pytest.mark.parametrize("path", [UPLOAD, REMOVE])
def test_changing_needs_a_post(client, person, path):
    assert client.get(path).status_code == 405


def test_queries_of_an_upload(client, person, django_assert_num_queries):
    # session, user, savepoint, lock, update, history, release
    with django_assert_num_queries(7):
        send(client, JPEG)
