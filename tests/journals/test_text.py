"""Word counting: one rule for the server and the browser, both held to tests/golden/words.json."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journals.richtext import from_notation
from journals.text import count_words, count_words_in_html, html_to_text
from tests.golden import golden

WORDS = golden("words")


def test_there_are_enough_golden_cases():
    assert len(WORDS["plain"]) >= 40


@pytest.mark.parametrize("case", WORDS["plain"], ids=lambda case: case["why"])
def test_plain_text(case):
    assert count_words(case["text"]) == case["words"]


@pytest.mark.parametrize("case", WORDS["html"], ids=lambda case: case["why"])
def test_html(case):
    assert count_words_in_html(case["html"]) == case["words"]


@pytest.mark.parametrize("case", WORDS["notation"], ids=lambda case: case["why"])
def test_notation_counts_as_the_html_it_becomes(case):
    assert count_words_in_html(from_notation(case["notation"])) == case["words"]


@given(st.text(), st.text())
def test_a_space_between_two_texts_adds_their_counts(one, two):
    assert count_words(f"{one} {two}") == count_words(one) + count_words(two)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>satu</p>", "satu"),
        ("<p>satu</p><p>dua</p>", "satu\n\ndua"),
        ("<p>satu<br>dua</p>", "satu\ndua"),
        ("<h3>Judul</h3><p>isi &amp; lain</p>", "Judul\n\nisi & lain"),
        ("<ul><li><p>satu</p></li><li><p>dua</p></li></ul><p>tiga</p>", "- satu\n- dua\n\ntiga"),
        ("<ol><li><p>satu</p><ul><li><p>dua</p></li></ul></li></ol>", "- satu\n- dua"),
        ("<blockquote><p>satu</p><p>dua</p></blockquote><p>tiga</p>", "satu\n\ndua\n\ntiga"),
        ('<p><a href="https://a.id" rel="x">di <strong>sini</strong></a>.</p>', "di sini."),
        ("<p>&lt;script&gt; &amp;amp;</p>", "<script> &amp;"),
    ],
)
def test_plain_text_of_html(html, text):
    assert html_to_text(html) == text


def test_the_plain_text_counts_like_the_html():
    for case in WORDS["html"]:
        assert count_words(html_to_text(case["html"])) == case["words"], case["why"]
