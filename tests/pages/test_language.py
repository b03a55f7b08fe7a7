"""Content is Indonesian: on a page in English it says so, for screen readers (WCAG 3.1.2)."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from curriculum.loader import load
from curriculum.models import Module, Value
from tests import factory
from tests.pages.writing import address


@pytest.fixture
def english(client):
    client.cookies["django_language"] = "en"
    return client


def language_of(soup, text: str) -> set[str]:
    """The languages of the places in the page's main part where a text stands."""
    found = soup.main.find_all(string=lambda string: text in " ".join(string.split()))
    assert found, text
    return {place.find_parent(attrs={"lang": True})["lang"] for place in found}


def soup_of(response) -> BeautifulSoup:
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def test_the_curriculum(db, english):
    load()
    value, module = Value.objects.get(code="harmonis"), Module.objects.get(values__code="harmonis", number__gt=1)
    prompt, behaviour = module.prompts.first(), value.behaviours.first()
    keyword = value.keywords.first()
    pages = {
        reverse("landing"): [value.name, value.definition, module.title],
        reverse("values"): [value.name, value.definition, value.affirmation, keyword.text],
        reverse("modules"): [module.title],
        value.get_absolute_url(): [value.name, value.definition, value.affirmation, behaviour.text, keyword.text],
        module.get_absolute_url(): [module.title, value.affirmation, behaviour.text, prompt.title],
    }
    for path, texts in pages.items():
        soup = soup_of(english.get(path))
        assert soup.html["lang"] == "en"
        for text in texts:
            assert language_of(soup, text) == {"id"}, (path, text)
    assert language_of(soup, "What you will write") == {"en"}


def test_no_page_in_indonesian_repeats_its_language(db, client):
    load()
    for name in ("landing", "values", "modules"):
        soup = soup_of(client.get(reverse(name)))
        assert {tag["lang"] for tag in soup.main.find_all(attrs={"lang": True})} <= {"en"}


def test_the_journal(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    factory.draft(cast.enrolment, cast.modules[1])
    client = as_user(cast.participant)
    client.cookies["django_language"] = "en"
    answer = factory.ANSWER.removeprefix("<p>").removesuffix("</p>")
    pages = {
        address("entry", cast): ["Refleksi yang jujur.", cast.modules[0].title],
        address("submission", cast, 1, 1): [answer, "Ringkasan materi", "Refleksi yang jujur.", "Catatan pemahaman"],
        address("entry_write", cast, 2): ["Ringkasan materi", "Apa yang Anda rasakan?", answer],
        address("entry_preview", cast, 2): [answer, "Ringkasan materi"],
        reverse("journal", args=[cast.cohort.key]): ["Angkatan IV", cast.modules[0].title],
    }
    for path, texts in pages.items():
        soup = soup_of(client.get(path))
        for hidden in soup.select(".crumbs, .journey, nav, label.visually-hidden, template"):
            hidden.decompose()
        for text in texts:
            assert language_of(soup, text) == {"id"}, (path, text)
