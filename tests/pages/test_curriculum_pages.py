"""The public pages: what they show, to whom, and at what price."""

import gzip
import re
from html import unescape

import pytest
import yaml
from django.core.files.base import ContentFile
from django.urls import reverse

from curriculum.loader import load
from curriculum.models import (
    Behaviour,
    GuidingQuestion,
    Keyword,
    Material,
    Module,
    Objective,
    Point,
    Prompt,
    Topic,
    Value,
)
from curriculum.parsing import CATALOGUE
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    """The whole catalogue in the database."""
    load()


def words(response) -> str:
    """The words of a page on one line, without its markup."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def public_pages() -> list[str]:
    """Addresses of all public pages of the curriculum."""
    return [
        reverse("landing"),
        reverse("values"),
        reverse("modules"),
        *(value.get_absolute_url() for value in Value.objects.all()),
        *(module.get_absolute_url() for module in Module.objects.all()),
    ]


def leaves(data, skip=("code", "slug", "key", "values")):
    """All texts of the catalogue that people are to read."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key not in skip or (key == "values" and value and isinstance(value[0], dict)):
                yield from leaves(value, skip)
    elif isinstance(data, list):
        for value in data:
            yield from leaves(value, skip)
    elif isinstance(data, str):
        for paragraph in data.split("\n\n"):
            yield " ".join(paragraph.split())


def test_every_sentence_of_the_catalogue_is_on_some_page(client, loaded):
    everything = " ".join(words(client.get(page)) for page in public_pages())
    texts = list(leaves(yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))))
    assert len(texts) > 200
    assert [text for text in texts if text not in everything] == []


def test_every_page_says_what_it_is(client, loaded):
    for page in public_pages():
        response = client.get(page)
        assert response.status_code == 200
        html = response.content.decode()
        description = re.search(r'<meta name="description" content="([^"]*)">', html)
        assert description, page
        assert 20 <= len(unescape(description[1])) <= 240, (page, description[1])
        assert len(re.findall(r"<h1\b", html)) == 1
        assert "style=" not in html


def test_pages_are_small(client, loaded):
    for page in public_pages():
        assert len(gzip.compress(client.get(page).content)) < 13_000, page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("landing", 4), ("values", 3), ("value", 3), ("modules", 1), ("module", 3), ("module_content", 3)],
)
def test_queries_do_not_grow(client, django_assert_num_queries, rows, page, queries):
    for number in range(1, rows + 1):
        full_value(number)
    for number in range(1, rows + 1):
        full_module(number, rows)
    address = {"value": reverse("value", args=["nilai-1"]), "module": reverse("module", args=["modul-1"])}
    address["module_content"] = reverse("module_content", args=["modul-1"])
    with django_assert_num_queries(queries):
        assert client.get(address.get(page) or reverse(page)).status_code == 200


def full_value(number):
    """A value with as many behaviours and keywords as its number."""
    value = factory.make_value(number)
    for _ in range(number):
        Behaviour.objects.create(value=value, text="Ramah")
        Keyword.objects.create(value=value, text="Kualitas")
    return value


def full_module(number, rows):
    """A module with so many rows of everything."""
    module = Module.objects.create(
        code=f"modul-{number}", slug=f"modul-{number}", number=number, title="M", summary="<p>Ringkas</p>"
    )
    module.values.set(Value.objects.all())
    for place in range(rows):
        Objective.objects.create(module=module, text="Mampu")
        code = "kapal" if (number, place) == (1, 0) else ""
        topic = Topic.objects.create(module=module, heading="Topik", code=code)
        Point.objects.create(topic=topic, term="Kompas", description="Arah")
        prompt = Prompt.objects.create(module=module, key=f"k{place}", title="Bagian", max_words=9)
        GuidingQuestion.objects.create(prompt=prompt, text="Apa?")
        Material.objects.create(module=module, title="Bahan", url="https://example.test/")
    return module


def test_a_participants_module_page_stays_within_twelve_queries(as_user, cast, django_assert_max_num_queries):
    client = as_user(cast.participant)
    with django_assert_max_num_queries(12):
        assert client.get(cast.modules[0].get_absolute_url()).status_code == 200


def test_a_module_shows_its_parts_with_limits_and_questions(client, loaded):
    page = words(client.get(reverse("module", args=["akuntabel"])))
    assert "Modul 3 dari 10" in page
    for text in (
        "Refleksi 120–800 kata",
        "Ringkasan materi 40–300 kata",
        "Rencana penerapan 60–500 kata",
        "Pertanyaan pemantik",
        "Kami bertanggung jawab atas kepercayaan yang diberikan.",
    ):
        assert text in page


def test_neighbours_of_modules_and_values(client, loaded):
    first = client.get(reverse("module", args=["pengantar-berakhlak"])).content.decode()
    assert 'rel="prev"' not in first
    assert 'rel="next"' in first
    last = client.get(reverse("value", args=["kolaboratif"])).content.decode()
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last


def test_the_law_is_quoted_only_where_it_differs(client, loaded):
    assert "Dalam undang-undang" in words(client.get(reverse("value", args=["loyal"])))
    assert "Dalam undang-undang" in words(client.get(reverse("value", args=["adaptif"])))
    assert "Dalam undang-undang" not in words(client.get(reverse("value", args=["kompeten"])))


@pytest.mark.parametrize("change", [{"published": False}, {"active": False}])
def test_closed_modules_are_hidden_but_staff_may_preview(client, as_user, cast, change):
    Module.objects.filter(number=2).update(**change)
    address = cast.modules[1].get_absolute_url()
    for page in (reverse("landing"), reverse("modules"), cast.modules[0].get_absolute_url()):
        assert address not in as_user(None).get(page).content.decode()
    assert client.get(address).status_code == 404
    assert as_user(cast.participant).get(address).status_code == 404
    response = as_user(cast.curriculum_editor).get(address)
    assert response.status_code == 200
    assert "Pratinjau" in words(response)
    assert address not in client.get(reverse("modules")).content.decode()


def test_retired_parts_are_hidden(client, loaded):
    Behaviour.objects.filter(code="loyal-nama-baik").update(active=False)
    Topic.objects.filter(code="dasar-hukum").update(active=False)
    Point.objects.filter(code="pns").update(active=False)
    Value.objects.filter(code="adaptif").update(active=False)
    assert "nama baik" not in words(client.get(reverse("value", args=["loyal"])))
    page = words(client.get(reverse("module", args=["pengantar-berakhlak"])))
    assert "Dasar hukum" not in page
    assert "Pegawai Negeri Sipil (PNS) adalah" not in page
    assert "antusias dalam menggerakkan" not in page
    assert client.get(reverse("value", args=["adaptif"])).status_code == 404
    assert reverse("value", args=["adaptif"]) not in client.get(reverse("values")).content.decode()


def test_the_landing_page_does_not_show_topics_of_closed_modules(client, loaded):
    assert "Nakhoda" in words(client.get("/"))
    Module.objects.filter(number=9).update(published=False)
    assert "Nakhoda" not in words(client.get("/"))


def test_pages_without_any_curriculum(client):
    for page in ("landing", "values", "modules"):
        assert client.get(reverse(page)).status_code == 200
    assert client.get(reverse("module", args=["tidak-ada"])).status_code == 404
    assert client.get(reverse("value", args=["tidak-ada"])).status_code == 404


@pytest.mark.parametrize("page", ["landing", "values", "modules"])
def test_pages_are_only_read(client, page):
    assert client.post(reverse(page)).status_code == 405
    assert client.head(reverse(page)).status_code == 200


def test_text_that_was_never_cleaned_is_cleaned_on_the_page(client):
    module = factory.make_module(1, summary="<p>Halo<script>alert(1)</script></p>")
    html = client.get(module.get_absolute_url()).content.decode()
    assert "alert(1)" not in html
    assert "<p>Halo</p>" in html


@pytest.fixture
def handout(settings, tmp_path):
    """A material with a file."""
    settings.MEDIA_ROOT = tmp_path
    item = Material(module=factory.make_module(7), title="Bahan: Loyal & Setia")
    item.file.save("bahan asli.pdf", ContentFile(b"%PDF-1.7 isi"), save=True)
    return item


def test_a_material_is_downloaded_not_shown(client, handout):
    address = reverse("material", args=[handout.pk])
    assert address in client.get(handout.module.get_absolute_url()).content.decode()
    response = client.get(address)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 isi"
    assert response["Content-Disposition"] == 'attachment; filename="bahan-loyal-setia.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Material, {"active": False}),
        (Module, {"active": False}),
        (Module, {"published": False}),
    ],
)
def test_materials_of_closed_modules_are_for_staff(as_user, cast, handout, model, change):
    model.objects.filter(pk=handout.pk if model is Material else handout.module_id).update(**change)
    address = reverse("material", args=[handout.pk])
    for person in (None, cast.participant, cast.instructor):
        assert as_user(person).get(address).status_code == 404
    response = as_user(cast.curriculum_editor).get(address)
    assert response.status_code == 200
    response.close()


def test_materials_without_a_file(client, handout):
    handout.file.storage.delete(handout.file.name)
    assert client.get(reverse("material", args=[handout.pk])).status_code == 404
    link = Material.objects.create(module=handout.module, title="Tautan", url="https://example.test/a")
    assert client.get(reverse("material", args=[link.pk])).status_code == 404
    assert client.get(reverse("material", args=[99999])).status_code == 404
    assert 'href="https://example.test/a"' in client.get(handout.module.get_absolute_url()).content.decode()
