"""The rich text field: either format in, canonical HTML out, and nothing typed is lost on the way back."""

import pytest
from django import forms
from django.http import QueryDict
from django.utils.translation import override

from journals.text import count_words
from journals.widgets import RichTextField, Typed


class AnswerForm(forms.Form):
    answer = RichTextField(label="Refleksi", min_words=3, max_words=5, required=False)


def form(text, format=None, **kwargs):
    data = QueryDict(mutable=True)
    data["answer"] = text
    if format:
        data["answer-format"] = format
    return AnswerForm(data, **kwargs)


@pytest.mark.parametrize(
    ("text", "format", "html"),
    [
        (
            "**satu** dua\n\n- tiga",
            "notation",
            "<p><strong>satu</strong> dua</p><ul><li><p>tiga</p></li></ul>",
        ),
        ("<p>a</p>", "notation", "<p>&lt;p&gt;a&lt;/p&gt;</p>"),
        ("<p>a</p>", None, "<p>&lt;p&gt;a&lt;/p&gt;</p>"),
        ("<p>a</p>", "other", "<p>&lt;p&gt;a&lt;/p&gt;</p>"),
        ("<p>**a**<script>b</script></p>", "html", "<p>**a**</p>"),
        ("<p></p>", "html", ""),
        ("", "html", ""),
        ("  \n ", "notation", ""),
    ],
)
def test_either_format_becomes_canonical_html(text, format, html):
    answer = form(text, format)
    assert answer.is_valid()
    assert answer.cleaned_data["answer"] == html


def test_a_required_field_sees_through_empty_markup():
    class Required(forms.Form):
        answer = RichTextField()

    for text, format in (("<p> </p><p></p>", "html"), (" \n", "notation"), ("", None)):
        data = {"answer": text, "answer-format": format}
        assert Required(data).has_error("answer", "required")


def test_a_missing_field_is_no_answer():
    answer = AnswerForm(QueryDict(""))
    assert answer.is_valid()
    assert answer.cleaned_data["answer"] == ""


def test_too_long_is_an_error_and_the_text_comes_back():
    for text, format in (("a " * 30_000, "notation"), ("a " * 110_000, "html")):
        answer = form(text, format)
        assert answer.has_error("answer", "too_long")
        assert text.strip()[-1000:] in str(answer["answer"])


def page(bound):
    """(textarea text, format, data-html) of the rendered field."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(str(bound), "html.parser")
    textarea = soup.find("textarea")
    hidden = soup.find("input", type="hidden")
    return textarea.text.removeprefix("\n"), hidden["value"], soup.div.get("data-html")


def test_the_stored_html_is_shown_as_notation_and_given_to_the_editor():
    html = "<p><strong>Ber</strong>orientasi &amp; *ramah*</p>"
    shown = page(AnswerForm(initial={"answer": html})["answer"])
    assert shown == (r"**Ber**orientasi & \*ramah\*", "notation", html)


def test_an_empty_field():
    assert page(AnswerForm()["answer"]) == ("", "notation", "")


@pytest.mark.parametrize(
    "text", ["*setengah", "1. a\n3. b", "\n\n  dua baris\n", "a</textarea><script>", "&amp; <b>", "-", "\\"]
)
def test_notation_comes_back_exactly_as_typed(text):
    assert page(form(text, "notation")["answer"])[:2] == (text, "notation")


def test_html_comes_back_to_the_editor_and_as_notation():
    text, format, html = page(form("<p><em>a</em> b</p><ul><li>c</li></ul>", "html")["answer"])
    assert html == "<p><em>a</em> b</p><ul><li><p>c</p></li></ul>"
    assert (text, format) == ("_a_ b\n\n- c", "notation")


def test_whatever_was_redisplayed_gives_the_same_answer_again():
    first = form("<p>1. <strong>a</strong>b</p>", "html")
    assert first.is_valid()
    text, format, _ = page(first["answer"])
    second = form(text, format)
    assert second.is_valid()
    assert second.cleaned_data == first.cleaned_data


def test_too_long_a_notation_keeps_the_editor_away():
    assert page(form("a " * 30_000, "notation")["answer"])[2] is None


def test_has_changed_compares_meaning():
    field = RichTextField()
    assert not field.has_changed("<p>a <strong>b</strong></p>", Typed("a **b**", "notation"))
    assert not field.has_changed("<p>a</p>", Typed("<p>a</p><p></p>", "html"))
    assert field.has_changed("<p>a</p>", Typed("<p>b</p>", "html"))
    assert not field.has_changed(None, Typed("", "notation"))
    assert field.has_changed("", Typed("a " * 30_000, "notation"))


@pytest.mark.parametrize(
    ("limits", "text", "shown"),
    [
        ({"min_words": 3, "max_words": 5}, "a b", "2 kata (batas 3–5) kurang 1"),
        ({"min_words": 3, "max_words": 5}, "a b c", "3 kata (batas 3–5) cukup"),
        ({"min_words": 3, "max_words": 5}, "a b c d e f g", "7 kata (batas 3–5) lebih 2"),
        ({"max_words": 5}, "a", "1 kata (paling banyak 5) cukup"),
        ({"min_words": 3}, "a", "1 kata (paling sedikit 3) kurang 2"),
        ({}, "a", "1 kata"),
    ],
)
def test_the_server_counts_too(limits, text, shown):
    from bs4 import BeautifulSoup

    class Limited(forms.Form):
        answer = RichTextField(**limits)

    with override("id"):
        soup = BeautifulSoup(str(Limited(initial={"answer": f"<p>{text}</p>"})["answer"]), "html.parser")
    counter = soup.find(class_="word-count")
    for hidden in counter.find_all(hidden=True):
        hidden.decompose()
    assert " ".join(counter.get_text(" ").split()) == shown
    assert count_words(text) == int(shown.split()[0])


def test_description_and_no_inline_anything():
    rendered = str(AnswerForm()["answer"])
    assert 'aria-describedby="id_answer_count"' in rendered
    assert 'id="id_answer_count"' in rendered
    assert " style=" not in rendered
    assert " required" not in rendered
    assert "<script" not in rendered


def test_the_media_is_one_sheet_of_ours():
    assert str(AnswerForm().media).count("<") == 1
    assert "css/editor.css" in str(AnswerForm().media)
