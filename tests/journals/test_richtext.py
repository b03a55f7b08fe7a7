"""Rich text: only our tags, one canonical form, nothing dangerous, and the notation both ways."""
# ruff: noqa: E501 (long cases read better in one line)

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import django_prose_editor
import pytest
from hypothesis import given, settings

from berakhlak.csp import TIPTAP_STYLE_HASH
from journals import canonical, notation
from journals.canonical import ALLOWED, REL
from journals.richtext import TooLong, clean, from_notation, to_notation
from journals.text import count_words, count_words_in_html, html_to_text
from tests.golden import golden
from tests.journals.html_strategies import canonical_html, messy_html

CASES = golden("richtext")
XSS = golden("xss")


class _Judge(HTMLParser):
    """Collects every tag and attribute of cleaned HTML that the allow-list does not name."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in ALLOWED:
            self.refused.append(f"<{tag}>")
        for name, value in attrs:
            if tag == "a" and name == "href":
                address = urlsplit(value)
                well_formed = address.scheme == "mailto" or (address.scheme in ("http", "https") and address.netloc)
                if not well_formed or not value.startswith(("http://", "https://", "mailto:")):
                    self.refused.append(f"href={value}")
            elif not (tag == "a" and name == "rel" and value == REL):
                self.refused.append(f"{tag}.{name}={value}")

    def handle_comment(self, data):
        self.refused.append("comment")

    handle_decl = handle_pi = unknown_decl = handle_comment


def refused(html: str) -> list[str]:
    judge = _Judge()
    judge.feed(html)
    judge.close()
    return judge.refused


def test_the_judge_itself_sees_what_is_forbidden():
    assert refused('<p onclick=x><img src=x><a href="//x" rel="opener">x</a><!-- --></p>') == [
        "p.onclick=x", "<img>", "img.src=x", "href=//x", "a.rel=opener", "comment",
    ]  # fmt: skip


def test_there_are_enough_attacks():
    assert len(XSS) >= 60
    assert len(set(XSS)) == len(XSS)


@pytest.mark.parametrize("payload", XSS)
@pytest.mark.parametrize(
    "around", ["{}", "<p>{}</p>", "<ul><li><a href='https://a.id'>{}", "<!-- --><div title='{}'>{}"]
)
def test_attacks_leave_nothing(payload, around):
    result = clean(around.replace("{}", payload))
    assert refused(result) == []
    assert clean(result) == result


@pytest.mark.parametrize("payload", XSS)
def test_attacks_in_the_notation_leave_nothing(payload):
    for text in (
        payload,
        f"**{payload}**",
        f"[x]({payload})",
        f"[{payload}](https://a.id)",
        f"- > ### {payload}",
    ):
        assert refused(from_notation(text)) == []


@pytest.mark.parametrize("case", CASES["clean"], ids=lambda case: case["html"][:40])
def test_clean(case):
    assert clean(case["html"]) == case["clean"]
    assert clean(case["clean"]) == case["clean"]


@given(messy_html)
def test_cleaning_is_idempotent_and_safe_for_any_input(html):
    once = clean(html)
    assert clean(once) == once
    assert refused(once) == []


@settings(max_examples=60)
@given(canonical_html)
def test_canonical_html_survives_cleaning_the_notation_and_counting(html):
    assert clean(html) == html
    assert clean(from_notation(to_notation(html))) == html
    assert count_words(html_to_text(html)) == count_words_in_html(html)


def test_length_is_bounded():
    assert clean("a" * 200_000)
    with pytest.raises(ValueError, match="200001"):
        clean("a" * 200_001)
    with pytest.raises(TooLong):
        from_notation("a" * (notation.LIMIT + 1))


@pytest.mark.parametrize(
    "piece",
    ["<b>", "<b a=1><p>", "<ul><li>", "<blockquote>", "<a href='", "<a ", "<!--", "<!", "<svg>", "</b>", "<", "&", "<a href=\"x", "<p", "</i><i>",
     "<ul>", "<li>", "<script>", "<title>", "</title>"],
)  # fmt: skip
def test_unclosed_pieces_neither_crash_nor_multiply(piece):
    html = (piece * 200_000)[:199_000]
    for hostile in (html, html + ">", html + "x</i></b></ul>" * 10):
        assert len(clean(hostile)) < 2_000_000


@pytest.mark.parametrize("piece", ["[", "*", "**a ", "_a", "> ", "- ", "[a](", "\\", "&", "![", "1. ", "*a_", "[a](b"])
def test_hostile_notation_does_not_crash(piece):
    text = (piece * notation.LIMIT)[: notation.LIMIT]
    assert refused(from_notation(text)) == []


def test_rows_of_combining_marks_are_cut_and_the_rest_is_normal():
    row = "\u0315\u0300\u0323"
    once = clean("a" + row * 60_000)
    assert len(once) < 60
    assert clean(once) == once
    assert clean("e\u0301 a\u0323\u0302") == "<p>é ậ</p>"


def test_an_address_does_not_pretend_to_be_another():
    assert clean('<a href="https://www.bkn.go.id@evil.example/">x</a>') == "<p>x</p>"
    assert "href" in clean('<a href="https://www.bkn.go.id/@humas">x</a>')


def test_a_link_is_judged_by_nh3_too():
    assert clean('<a href="https://[">x</a>') == "<p>x</p>"


def test_nh3_has_the_last_word(monkeypatch):
    """Even if our own writer were fooled, what it wrote passes through nh3."""
    monkeypatch.setattr(canonical, "to_html", lambda blocks: fooled)
    fooled = "<p onclick=x>a<script>b</script></p>"
    assert clean("anything") == "<p>a</p>"
    fooled = '<a href="//evil.example">a</a><a href="javascript:x">b</a>'
    assert clean("anything") == f'<a rel="{REL}">a</a><a rel="{REL}">b</a>'


@pytest.mark.parametrize("case", CASES["both"], ids=lambda case: case["notation"][:40])
def test_notation_both_ways(case):
    assert from_notation(case["notation"]) == case["html"]
    assert to_notation(case["html"]) == case["notation"]


@pytest.mark.parametrize("case", CASES["read"], ids=lambda case: case["notation"][:40])
def test_notation_read(case):
    assert from_notation(case["notation"]) == case["html"]


@given(messy_html)
def test_any_text_in_the_notation_reads_the_same_after_one_round(text):
    html = from_notation(text)
    assert refused(html) == []
    assert from_notation(to_notation(html)) == html


def test_the_style_hash_belongs_to_the_installed_editor():
    """Tiptap injects one <style>; the policy names its hash. On an upgrade: recompute it and read the change."""
    editor = Path(django_prose_editor.__file__).parent / "static/django_prose_editor/editor.js"
    [style] = set(
        re.findall(r"`(\.ProseMirror \{\n  position: relative;\n\}[^`]*)`", editor.read_text(encoding="utf-8"))
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == TIPTAP_STYLE_HASH
