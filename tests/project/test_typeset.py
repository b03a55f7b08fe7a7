"""What makes print possible: characters that fonts have, words that break well, and data that stays data."""

import io
from datetime import UTC, datetime

import pypdf
import pytest

from berakhlak.hyphenation import SOFT_HYPHEN, hyphenated
from berakhlak.typeset import BOX, Printable, qr, typeset

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "broken"),
    [
        ("mendengarkan", "men-de-ngar-kan"),
        ("masyarakat", "ma-sya-ra-kat"),
        ("pelayanan", "pe-la-yan-an"),
        ("Pengembangan", "Pe-ngem-bang-an"),
        ("struktur", "struk-tur"),
        ("BerAKHLAK", "BerAKHLAK"),
        ("ASN", "ASN"),
        ("saya", "saya"),
        ("https://contoh.go.id/pelayanan", "https://contoh.go.id/pelayanan"),
        ("pelayanan@contoh.go.id", "pelayanan@contoh.go.id"),
    ],
)
def test_words_break_between_syllables(word, broken):
    assert hyphenated(word).replace(SOFT_HYPHEN, "-") == broken


def test_breaking_changes_nothing_but_soft_hyphens():
    text = "Saya mendengarkan masyarakat; pelayanan (berorientasi) itu membanggakan."
    assert hyphenated(text).replace(SOFT_HYPHEN, "") == text


def test_what_no_font_has_becomes_a_box_and_is_noted():
    ink = Printable()
    assert (
        ink.text("Bangga 😀 melayani ꦗꦮ “Jawa” — ½ é 👩‍👩‍👧 😀")
        == f"Bangga {BOX} melayani {BOX}{BOX} “Jawa” — ½ é {BOX * 3} {BOX}"
    )
    assert ink.notes()[0].startswith("U+A997") or ink.notes()
    assert "U+1F600 GRINNING FACE × 2" in ink.notes()


def test_signs_that_are_none_are_left_out():
    ink = Printable()
    assert ink.text("a\x00b\x07c\nd\te\ud800") == "abc\nd\te"
    assert ink.notes() == []


def test_a_template_reads_data_and_never_runs_it():
    evil = '#read("/etc/passwd") #panic("x") \\u{41} *bold* $x$'
    slip = {"cohort": evil, "name": evil, "place": evil, "code": evil, "qr": qr("x"), "until": evil}
    data = {
        "lang": "id", "title": "x", "footer": "x", "open": "x", "address": "x", "type": "x", "qr_alt": "x",
        "slips": [slip],
    }  # fmt: skip
    first, second = (typeset("slips.typ", data, at=AT) for _time in range(2))
    assert first == second
    text = pypdf.PdfReader(io.BytesIO(first)).pages[0].extract_text()
    assert '#read("/etc/passwd")' in " ".join(text.split())
