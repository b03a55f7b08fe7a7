"""What strangers may send as evidence, and what is refused in words that name the file."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from berakhlak import documents
from journals import files
from tests import factory
from tests.accounts.test_photos import encoded, png_of

RED, BLUE = (255, 0, 0), (0, 0, 255)


def prepare(data: bytes, name: str = "bukti.jpg"):
    return files.prepare(SimpleUploadedFile(name, data))


def picture(prepared) -> Image.Image:
    image = Image.open(BytesIO(prepared.data))
    image.load()
    return image


def near(pixel, colour) -> bool:
    return all(abs(a - b) < 30 for a, b in zip(pixel[:3], colour, strict=True))


# --- Pictures -----------------------------------------------------------------------------------------


def test_the_phone_is_turned_back_and_place_and_time_are_gone():
    drawn = Image.new("RGB", (400, 300), RED)
    drawn.paste(BLUE, (0, 0, 400, 150))  # blue above; "rotate 90° clockwise" brings it to the right
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x0110] = "Telepon Rahasia"
    exif.get_ifd(0x8825)[2] = (6.0, 10.0, 30.0)
    data = encoded(drawn, exif=exif, comment=b"alamat rumah", quality=95) + b"<script>alert(1)</script>PK\x03\x04"
    prepared = prepare(data)
    image = picture(prepared)
    assert image.size == (prepared.width, prepared.height) == (300, 400)
    assert near(image.getpixel((250, 200)), BLUE)
    assert near(image.getpixel((50, 200)), RED)
    assert dict(image.getexif()) == {}
    for hidden in (b"Telepon", b"alamat", b"<script>", b"Exif"):
        assert hidden not in prepared.data + prepared.thumbnail


@pytest.mark.parametrize(
    ("size", "kept"), [((4000, 3000), (2560, 1920)), ((100, 6000), (43, 2560)), ((300, 200), (300, 200))]
)
def test_large_pictures_become_smaller_and_small_ones_stay(size, kept):
    prepared = prepare(encoded(Image.new("RGB", size, RED)))
    assert picture(prepared).size == kept
    small = Image.open(BytesIO(prepared.thumbnail))
    assert (small.format, max(small.size)) == ("WEBP", min(480, max(kept)))


@pytest.mark.parametrize(
    ("mode", "form"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "PNG"), ("1", "PNG"), ("I;16", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")],
)
def test_every_common_kind_of_picture_becomes_a_jpeg(mode, form):
    prepared = prepare(encoded(Image.new(mode, (80, 80)), form), f"Bukti.{form}")
    assert (picture(prepared).format, picture(prepared).mode, prepared.name) == ("JPEG", "RGB", "Bukti.jpg")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
JPEG = encoded(Image.new("RGB", (100, 100), RED))
PROGRESSIVE = encoded(Image.new("RGB", (200, 200), RED), "JPEG", progressive=True)
LAST_SCAN = PROGRESSIVE.rindex(b"\xff\xda")
UNREADABLE = "tidak dapat dibaca"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(SVG, UNREADABLE, id="svg"),
        pytest.param(b"<html><script>alert(1)</script>", UNREADABLE, id="html"),
        pytest.param(b"GIF89a/*<html>*/=1;alert(1)", UNREADABLE, id="fake gif"),
        pytest.param(encoded(Image.new("RGB", (100, 100)), "GIF"), UNREADABLE, id="gif"),
        pytest.param(encoded(Image.new("RGB", (100, 100)), "TIFF"), UNREADABLE, id="tiff"),
        pytest.param(b"PK\x03\x04" + bytes(500), UNREADABLE, id="zip"),
        pytest.param(JPEG[:300], UNREADABLE, id="cut off"),
        pytest.param(
            PROGRESSIVE[:LAST_SCAN] + PROGRESSIVE[LAST_SCAN:-2] * 200 + b"\xff\xd9", UNREADABLE, id="endless scans"
        ),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(500), "foto HEIC", id="heic"),
        pytest.param(b"\0\0\0\x18ftypmif1" + bytes(500), "foto HEIC", id="heif"),
        pytest.param(png_of(6000, 6000), "terlalu tinggi", id="36 megapixels"),
        pytest.param(png_of(60_000, 60_000), "terlalu tinggi", id="bomb"),
        pytest.param(encoded(Image.new("RGB", (15, 500))), "terlalu kecil", id="too narrow"),
        pytest.param(b"", "kosong", id="empty"),
        pytest.param(b"\xff\xd8" + bytes(10 * 1024 * 1024), "lebih dari 10 MB", id="too large"),
    ],
)
def test_what_is_no_proper_picture_is_refused_by_name(data, says):
    with pytest.raises(files.Unusable) as caught:
        prepare(data, "Loket 3.jpg")
    assert says in caught.value.message
    assert "“Loket 3.jpg”" in caught.value.message


# --- PDFs ---------------------------------------------------------------------------------------------


def stream(content: bytes, about: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (about, len(content), content)


def packed(objects: bytes, more: bytes = b"/Filter/FlateDecode") -> bytes:
    content = zlib.compress(objects) if b"Flate" in more else objects
    return stream(content, b"/Type/ObjStm/N 1/First 4" + more)


SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"


def test_a_pdf_is_kept_byte_for_byte():
    data = factory.pdf(stream(b"BT (Loket) Tj ET"), packed(b"5 0 <</Type/Page>>"))
    prepared = prepare(data, "Surat Tugas.PDF")
    assert (prepared.kind, prepared.name, prepared.pages) == ("pdf", "Surat Tugas.pdf", 2)
    assert prepared.data == data


def test_links_and_outlines_are_no_reason_to_refuse():
    data = factory.pdf(
        b"<</A<</S/URI/URI(https://lan.go.id)>>>>", b"<</S/GoTo/D[3 0 R/Fit]>>", root=b"/OpenAction 5 0 R"
    )
    assert prepare(data).pages == 1


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(factory.pdf(trailer=b"/Encrypt 9 0 R"), "kata sandi", id="encrypted"),
        pytest.param(factory.pdf(SCRIPT), "program", id="script"),
        pytest.param(factory.pdf(b"<</S/J#61v#61Script/JS(1)>>"), "program", id="escaped script"),
        pytest.param(factory.pdf(packed(b"5 0 " + SCRIPT)), "program", id="packed script"),
        pytest.param(factory.pdf(packed(b"5 0 " + SCRIPT, b"")), "program", id="script in a plain object stream"),
        pytest.param(
            factory.pdf(b"%% stream\n" + packed(b"5 0 " + SCRIPT)), "program", id="behind a false word stream"
        ),
        pytest.param(
            factory.pdf(packed(b"5 0 " + SCRIPT).replace(b"/ObjStm", b"/Obj#53tm")), "program", id="escaped stream"
        ),
        pytest.param(factory.pdf(b"<</S/Launch/F(cmd.exe)>>"), "program", id="launch"),
        pytest.param(factory.pdf(b"<</XFA 4 0 R>>"), "program", id="xfa"),
        pytest.param(factory.pdf(b"<</S/SubmitForm/F(http://x)>>"), "program", id="submit"),
        pytest.param(factory.pdf(stream(b"MZ", b"/Type/EmbeddedFile")), "berkas lain", id="embedded"),
        pytest.param(
            factory.pdf(packed(b"35 30 20 3c", b"/Filter/ASCIIHexDecode")), "bukan PDF yang utuh", id="odd filter"
        ),
        pytest.param(
            factory.pdf(packed(b"5 0 x", b"/Filter[/FlateDecode/ASCIIHexDecode]")), "yang utuh", id="two filters"
        ),
        pytest.param(factory.pdf(packed(bytes(40 * 1024 * 1024))), "yang utuh", id="bomb"),
        pytest.param(factory.pdf()[:-30], "yang utuh", id="cut off"),
        pytest.param(b"PK\x03\x04" + bytes(30) + factory.pdf(), "yang utuh", id="zip before"),
        pytest.param(b"<html><script>alert(1)</script>" + factory.pdf(), "yang utuh", id="html before"),
        pytest.param(factory.pdf() + b"PK\x05\x06" + bytes(18), "yang utuh", id="zip after"),
        pytest.param(factory.pdf(b"(PK\x05\x06)"), "yang utuh", id="zip inside"),
        pytest.param(factory.pdf(b"(<html><script>)"), "yang utuh", id="html inside"),
        pytest.param(b"%PDF-1.4\n%%EOF", "yang utuh", id="only a head"),
    ],
)
def test_a_pdf_that_could_do_something_is_refused_by_name(data, says):
    with pytest.raises(files.Unusable) as caught:
        prepare(data, "surat.pdf")
    assert says in caught.value.message
    assert "“surat.pdf”" in caught.value.message


def test_the_scan_is_bounded(monkeypatch):
    monkeypatch.setattr(documents, "MAX_UNPACKED", 1000)
    assert documents.check_pdf(factory.pdf(packed(bytes(900))))
    with pytest.raises(documents.UnusableDocument):
        documents.check_pdf(factory.pdf(packed(bytes(600)), packed(bytes(600))))


# --- Names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("C:\\Foto\\loket.jpg", "loket.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("  dua \n baris .pdf", "dua baris .pdf"),
        ("", "berkas"),
        ("...", "berkas"),
        ("x" * 300 + ".jpeg", "x" * 95 + ".jpeg"),
        ("Pelayanan é.png", "Pelayanan é.png"),
    ],
)
def test_a_name_is_one_plain_line(given, shown):
    assert files.shown_name(given) == shown


def test_the_head_of_a_png_is_not_enough():
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", 100, 100, 8, 2, 0, 0, 0)
    with pytest.raises(files.Unusable):
        prepare(head)
