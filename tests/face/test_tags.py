"""Icons, badges and the small filters."""

import pytest
from django.template import Context, Template
from django.utils.translation import override

from berakhlak.face.templatetags.face import NOTICE_ICONS, STATES, badge, icon, initials, tone
from journals.enums import EntryState


def render(source: str, **context) -> str:
    return Template("{% load face %}" + source).render(Context(context))


def test_an_icon_is_decorative_unless_it_has_a_name():
    assert 'aria-hidden="true"' in icon("check")
    assert 'role="img" aria-label="Tutup &lt;b&gt;"' in icon("x", label="Tutup <b>")
    assert "xmlns" not in icon("check")
    assert "style=" not in icon("check")


@pytest.mark.parametrize("state", STATES)
def test_every_badge_has_an_icon_and_a_word_in_both_languages(state):
    words = set()
    for language in ("id", "en"):
        with override(language):
            html = badge(state)
        assert "<svg" in html
        words.add(html.rsplit("</svg>", 1)[1])
    assert len(words) == 2


def test_the_words_of_badges_are_those_of_the_states():
    with override("en"):
        assert {code: str(STATES[code][1]) for code in EntryState.values} == {
            code: str(label) for code, label in EntryState.choices
        }


def test_a_badge_escapes_its_label():
    assert "&lt;b&gt;" in badge("draft", label="<b>")


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("success", "ok"),
        ("warning", "warn"),
        ("extra error", "error"),
        ("debug", "info"),
        ("", "info"),
        ("nonsense", "info"),
    ],
)
def test_message_levels_become_tones(level, expected):
    assert tone(level) == expected
    assert expected in NOTICE_ICONS


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Sri", "S"), ("Ni Luh Putu Ayu", "NA"), ("", ""), ("I. B. Oka", "IO"), ("ahmad fauzi", "AF")],
)
def test_initials(name, expected):
    assert initials(name) == expected


def test_a_scroll_box_is_named_and_reachable():
    html = render("{% scroll label=words %}<table></table>{% endscroll %}", words="Rekap <nilai>")
    assert 'role="region" tabindex="0" aria-label="Rekap &lt;nilai&gt;"' in html
    assert "<table></table>" in html


def test_comments_escape_text_and_keep_cleaned_html():
    source = '{% include "includes/comment.html" with author="A" body=body only %}'
    assert "&lt;i&gt;" in render(source, body="<i>x</i>")
