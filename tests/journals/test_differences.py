"""The difference of two rich texts: nothing is lost or made up, small changes stay small, and time is bounded."""

import random
import time
from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journals import differences
from journals.canonical import clean
from journals.differences import DEL, INS, SAME, Start, Word, compare, lines, tokens
from journals.text import html_to_text
from tests.journals.html_strategies import canonical_html, messy_html

# Few words, so that texts meet by chance as often as they can.
FEW = st.lists(st.lists(st.sampled_from(["a", "b", "c.", "d"]), min_size=1, max_size=9).map(" ".join), max_size=6)
alike = FEW.map(lambda blocks: "".join(f"<p>{block}</p>" for block in blocks))


def exact(token) -> tuple:
    """A token with what its equality leaves out."""
    return ("start", token.shape, token.number) if isinstance(token, Start) else (token.lead, token.text, token.marks)


def sides(changes) -> tuple[list, list]:
    return (
        [exact(change.old) for change in changes if change.kind in (SAME, DEL)],
        [exact(change.new) for change in changes if change.kind in (SAME, INS)],
    )


def holds(old: str, new: str) -> None:
    changes = compare(old, new)
    assert sides(changes) == ([exact(t) for t in tokens(old)], [exact(t) for t in tokens(new)])
    assert all(change.old == change.new for change in changes if change.kind == SAME)
    assert differences.differs(changes) == (tokens(old) != tokens(new))


@given(canonical_html, canonical_html)
def test_both_texts_come_back(old, new):
    holds(old, new)


@given(alike, alike)
def test_both_texts_come_back_where_much_is_alike(old, new):
    holds(old, new)


@given(alike)
def test_a_text_and_itself_do_not_differ(text):
    assert not differences.differs(compare(text, text))


@given(canonical_html | messy_html.map(clean))
def test_the_tokens_are_the_whole_text(html):
    words = "".join(token.lead + token.text for token in tokens(html) if isinstance(token, Word))
    bare = unescape(clean_of_tags(html))
    assert words.replace("\n", "") == bare


def clean_of_tags(html: str) -> str:
    return "".join(piece.split(">", 1)[-1] for piece in html.split("<"))


@given(canonical_html, canonical_html)
def test_what_is_shown_is_safe_and_whole(old, new):
    for side, text in ((DEL, old), (INS, new)):
        shown = [span.html for line in lines(old, new) for span in line.spans if span.kind in (SAME, side)]
        together = html_to_text("".join(shown)).split()
        assert "".join(together) == "".join(html_to_text(text.replace("<li>", "").replace("</p>", " </p>")).split())


def shown(old: str, new: str) -> list[str]:
    """Blocks with [-gone-] and {+come+}."""
    signs = {SAME: "{}", DEL: "[-{}-]", INS: "{{+{}+}}"}
    return [
        f"{line.kind if line.kind != SAME else ''}|{line.bullet}|"
        + "".join(signs[span.kind].format(span.html) for span in line.spans)
        for line in lines(old, new)
    ]


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def items(*texts: str, tag: str = "ul") -> str:
    return f"<{tag}>" + "".join(f"<li><p>{text}</p></li>" for text in texts) + f"</{tag}>"


GOLDEN = [
    ("nothing", "", "", []),
    ("the same", paragraphs("Satu dua."), paragraphs("Satu dua."), ["||Satu dua."]),
    ("a first text", "", paragraphs("Satu dua."), ["||{+Satu dua.+}"]),
    ("a text gone", paragraphs("Satu dua."), "", ["||[-Satu dua.-]"]),
    (
        "words in a sentence",
        paragraphs("Saya akan menata ulang antrean bulan depan bersama dua rekan."),
        paragraphs("Saya akan menata ulang antrean mulai Senin bersama dua rekan di loket."),
        ["||Saya akan menata ulang antrean[- bulan depan-]{+ mulai Senin+} bersama dua rekan{+ di loket+}."],
    ),
    (
        "a paragraph between two",
        paragraphs("Satu.", "Tiga."),
        paragraphs("Satu.", "Dua sekali.", "Tiga."),
        ["||Satu.", "||{+Dua sekali.+}", "||Tiga."],
    ),
    (
        "a paragraph gone",
        paragraphs("Satu.", "Dua sekali.", "Tiga."),
        paragraphs("Satu.", "Tiga."),
        ["||Satu.", "||[-Dua sekali.-]", "||Tiga."],
    ),
    (
        "a paragraph cut in two",
        paragraphs("Satu dua. Tiga empat."),
        paragraphs("Satu dua.", "Tiga empat."),
        ["||Satu dua.", "ins||Tiga empat."],
    ),
    (
        "two paragraphs joined",
        paragraphs("Satu dua.", "Tiga empat."),
        paragraphs("Satu dua. Tiga empat."),
        ["||Satu dua.", "del|| Tiga empat."],
    ),
    ("a list made", paragraphs("Satu", "Dua"), items("Satu", "Dua"), ["shape|•|Satu", "shape|•|Dua"]),
    (
        "numbers follow",
        items("Satu", "Dua", tag="ol"),
        items("Nol", "Satu", "Dua", tag="ol"),
        ["|1.|{+Nol+}", "|2.|Satu", "|3.|Dua"],
    ),
    (
        "only the format",
        paragraphs("Saya <strong>bangga</strong> melayani."),
        paragraphs("Saya bangga melayani."),
        ["||Saya[-<strong> bangga</strong>-]{+ bangga+} melayani."],
    ),
    (
        "no islands of chance",
        paragraphs("Rapat itu membahas jadwal dan anggaran kantor kami tahun depan."),
        paragraphs("Warga datang mengeluh, petugas mendengarkan dan mencatat semua keluhan mereka."),
        [
            "||[-Rapat itu membahas jadwal dan anggaran kantor kami tahun depan-]"
            "{+Warga datang mengeluh, petugas mendengarkan dan mencatat semua keluhan mereka+}."
        ],
    ),
    (
        "signs that look like tags",
        paragraphs("a &lt;b&gt; c"),
        paragraphs("a &lt;i&gt; c"),
        ["||a[- &lt;b&gt;-]{+ &lt;i&gt;+} c"],
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), [case[1:] for case in GOLDEN], ids=[case[0] for case in GOLDEN])
def test_golden(old, new, expected):
    assert shown(old, new) == expected


def test_quotes_and_headings_keep_their_shape():
    html = "<h3>Judul</h3><blockquote><p>Kutipan</p></blockquote><ul><li><p>a</p><ol><li><p>b</p></li></ol></li></ul>"
    found = [(line.tag, line.depth, line.quoted, line.bullet) for line in lines(html, html)]
    assert found == [("h3", 0, False, ""), ("p", 0, True, ""), ("p", 1, False, "•"), ("p", 2, False, "1.")]


def hard_cases():
    chance = random.Random(7)

    def one(row):
        return paragraphs(" ".join(map(escape, row)))

    def many(row):
        return paragraphs(*row)

    for shape, words in ((one, 20_000), (many, 7_000)):
        unique = [str(number) for number in range(words)]
        few = [chance.choice("ab") for _ in range(words)]
        yield shape(["a"] * words), shape(["a"] * (words - 9))
        yield shape(["a", "b"] * (words // 2)), shape(["b", "a"] * (words // 2 - 3))
        yield shape(few), shape([chance.choice("ab") for _ in range(words)])
        yield shape(unique), shape(unique[::-1])
        yield shape(unique), shape(chance.sample(unique, words))
        yield shape(unique), shape([word if place % 3 else word + "x" for place, word in enumerate(unique)])


def test_time_is_bounded_on_twenty_thousand_words():
    """Half a second to three each on the slow machine that this was written on; difflib needs minutes."""
    for old, new in hard_cases():
        begun = time.process_time()
        lines(old, new)
        assert time.process_time() - begun < 20
