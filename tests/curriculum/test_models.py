"""The database refuses nonsense, and rows made by hand get what the catalogue would have given."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from curriculum.models import (
    CODE_LETTERS,
    MATERIAL_MAX_BYTES,
    Keyword,
    Material,
    Module,
    Prompt,
    Topic,
    Value,
)
from curriculum.prose import clean_prose, paragraphs, plain
from tests import factory

pytestmark = pytest.mark.django_db


def another_module(**fields):
    """A second module, right but for the given fields."""
    return lambda first: Module.objects.create(
        **{"code": "lain", "slug": "lain", "number": 2, "title": "Lain", **fields}
    )


def another_prompt(**fields):
    """A fourth prompt of the first module, right but for the given fields."""
    return lambda first: Prompt.objects.create(
        **{"module": first, "key": "lain", "order": 4, "title": "Lain", "max_words": 5, **fields}
    )


def material(**fields):
    """A material of the first module."""
    return lambda first: Material.objects.create(module=first, title="Bahan", **fields)


def another_value(**fields):
    """A second value, right but for the given fields."""

    def make(first):
        factory.make_value(1)
        return Value.objects.create(**{"code": "lain", "order": 2, "letters": "K", "name": "Lain", **fields})

    return make


@pytest.mark.parametrize(
    "make",
    [
        another_module(number=0),
        another_module(number=100),
        another_module(number=1),
        another_module(title=""),
        another_module(slug="modul-1"),
        another_module(code="modul-1"),
        another_prompt(key="ringkasan"),
        another_prompt(min_words=6),
        another_prompt(max_words=5001),
        material(),
        material(file="materials/a.pdf", url="https://example.test/"),
        another_value(order=1),
        another_value(order=0),
        another_value(order=100),
        another_value(name=""),
        another_value(code="nilai-1"),
    ],
)
def test_the_database_refuses(make):
    first = factory.make_module(1)
    with pytest.raises(IntegrityError), transaction.atomic():
        make(first)


@pytest.mark.parametrize(
    "make",
    [
        another_module(),
        another_prompt(),
        another_value(),
        material(url="https://example.test/"),
        material(file="materials/a.pdf"),
    ],
)
def test_the_same_rows_without_the_mistake_are_taken(make):
    assert make(factory.make_module(1)).pk


def test_parts_made_by_hand_get_a_code_and_the_last_place():
    value = factory.make_value(1)
    first, second = (Keyword.objects.create(value=value, text=text) for text in ("Satu", "Dua"))
    assert (first.order, second.order) == (1, 2)
    assert first.code != second.code
    stem, _hyphen, signs = second.code.rpartition("-")
    assert stem == "nilai-1"
    assert len(signs) == 6
    assert set(signs) <= set(CODE_LETTERS)


def test_a_topic_without_a_module_gets_a_code():
    assert Topic.objects.create(heading="Lepas").code.startswith("topic-")


def test_materials_are_small_documents_or_web_links():
    module = factory.make_module(1)
    item = Material(module=module, code="m", order=1, title="Bahan")
    item.file = SimpleUploadedFile("virus.exe", b"MZ")
    with pytest.raises(ValidationError, match="exe"):
        item.full_clean()
    large = SimpleUploadedFile("besar.pdf", b"%PDF")
    large.size = MATERIAL_MAX_BYTES + 1
    item.file = large
    with pytest.raises(ValidationError, match="20 MB"):
        item.full_clean()
    with pytest.raises(ValidationError):
        Material(module=module, code="n", order=1, title="Bahan", url="ftp://example.test/a").full_clean()


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>Satu</p>", "<p>Satu</p>"),
        ("<script>alert(1)</script><p onclick='x()'>Satu</p>", "<p>Satu</p>"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="//evil.example">x</a>', '<a rel="noopener noreferrer">x</a>'),
        (
            '<a href="https://example.test/" rel="opener" target="_blank">x</a>',
            '<a href="https://example.test/" rel="noopener noreferrer">x</a>',
        ),
        ('<a href="/&#9;/evil.example">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="\x01//evil.example">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ("<p></p><p>&nbsp;</p>", ""),
        ("<h1>Judul</h1><h3>Anak</h3>", "Judul<h3>Anak</h3>"),
        ('<img src="x">', ""),
    ],
)
def test_rich_text_is_cleaned(html, kept):
    assert clean_prose(html) == kept


def test_rich_text_is_cleaned_before_it_is_stored():
    topic = Topic(code="t", order=1, heading="T", body="<p>Satu<script>alert(1)</script></p>")
    topic.full_clean()
    assert topic.body == "<p>Satu</p>"


def test_plain_words_and_paragraphs():
    assert plain("<p>Satu &amp; dua</p><p>tiga</p>") == "Satu & dua tiga"
    assert paragraphs("a\n\n\nb") == "<p>a</p><p>b</p>"
    assert paragraphs("") == ""
