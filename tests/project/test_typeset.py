"""What makes print possible: characters that fonts have, words that break well, and data that stays data."""

import io
from datetime import UTC, datetime

import pypdf
import pytest

from berakhlak.hyphenation import SOFT_HYPHEN, hyphenated
from berakhlak.typeset import BOX, FONTS, Printable, qr, typeset

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


@pytest.mark.parametrize(
    "text", ["1️⃣ Mencatat", "a\u20e3b", "Judul\ufeff saya", "\ufeffJudul", "e\u0323\u0302\u0329 ḿ", "1\u0302\u20e0"]
)
def test_a_sign_whose_marks_stand_in_another_font_is_printed_without_them(text):
    said = Printable().text(text)
    for look in ("", "strong", "emph"):
        assert draw(said, look)  # typst refuses what it cannot draw


def draw(text, look):
    import typst

    shown = f"#{look}(sys.inputs.text)" if look else "#sys.inputs.text"
    fonts = ", ".join(f'"{font}"' for font in FONTS)
    page = f'#set document(title: "x")\n#set text(font: ({fonts}))\n{shown}'.encode()
    return typst.compile(page, ignore_system_fonts=True, sys_inputs={"text": text}, pdf_standards=["a-2a"])


@pytest.mark.parametrize("run", ["=" * 130, "Laporan_Aktualisasi_" * 6, "wkwk" * 30, "ab" * 64])
def test_a_run_without_a_space_stays_on_the_paper(run):
    page = pypdf.PdfReader(io.BytesIO(draw(Printable().text(run), ""))).pages[0]
    assert page.extract_text().replace("\n", "").replace("\xad", "").replace("-", "").strip() == run
    assert len(page.extract_text().splitlines()) > 1


@pytest.mark.parametrize("run", ["a" + "n\u0304" * 30, "\u0628\u064e" * 30])
def test_a_mark_is_never_parted_from_its_letter(run):
    assert Printable().text(run) == run


def test_an_address_is_left_as_it_is():
    address = "https://contoh.go.id/" + "pelayanan/" * 8
    assert Printable().text(address) == address


def test_endless_unknown_signs_cost_no_endless_time(monkeypatch):
    asked = []
    monkeypatch.setattr("berakhlak.typeset._is_printable", lambda sign: bool(asked.append(sign)))
    ink = Printable()
    ink.text("".join(map(chr, range(0x4E00, 0x4E00 + 2000))))
    assert len(asked) == 300
    assert len(ink.notes()) == 41
