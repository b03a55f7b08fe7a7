"""The guides name what there is, in both languages, and show pictures that there are."""

import re
from pathlib import Path

import polib
import pytest
from django.urls import reverse
from django.utils import translation
from PIL import Image

from journals.templatetags.guides import CONTROL, controls, sizes
from journals.views.guides import GUIDES
from tests.messages import PO, ROOT

PICTURES = ROOT / "static" / "img" / "guides"
SECTIONS = [section for guide in GUIDES.values() for section in guide.sections]
OWN = (ROOT / "journals" / "guides", ROOT / "templates" / "journals" / "guides")


def messages() -> dict[str, str]:
    """English -> Indonesian of every text of the guides."""
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(PO))}
    with translation.override("en"):
        texts = [str(text) for part in SECTIONS for text in (*part.steps, part.text, part.note) if text]
    return {text: known[text] for text in texts}


def interface() -> str:
    """All other sources that people see, on one line."""
    files: list[Path] = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("journals/**/*.py")]
    return " ".join(
        path.read_text(encoding="utf-8") for path in files if not any(path.is_relative_to(own) for own in OWN)
    )


def test_every_control_a_guide_names_is_one_of_the_interface():
    everything = interface()
    named = {name for text in messages() for name in CONTROL.findall(text)}
    assert len(named) > 30
    assert [name for name in named if f'"{name}"' not in everything] == []


def test_a_translation_names_the_same_controls_by_the_same_keys():
    for english, indonesian in messages().items():
        assert sorted(CONTROL.findall(english)) == sorted(CONTROL.findall(indonesian)), english


def test_a_control_is_shown_in_the_words_of_the_language_and_everything_else_is_escaped():
    assert controls("<i> [Submit the entry] & on") == ('&lt;i&gt; <b class="control">Kirim entri</b> &amp; on')


def test_every_picture_is_there_in_its_size_and_none_besides():
    shown = sorted(section.picture for section in SECTIONS if section.picture)
    assert sorted(sizes()) == shown
    assert sorted(path.stem for path in PICTURES.glob("*.webp")) == shown
    for name, (width, height) in sizes().items():
        with Image.open(PICTURES / f"{name}.webp") as picture:
            assert abs(picture.width / picture.height - width / height) < 0.01, name
        assert (PICTURES / f"{name}.webp").stat().st_size < 90_000, name
    assert all(bool(section.picture) == bool(section.shows) for section in SECTIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(GUIDES))
def test_anybody_reads_a_guide_without_a_query(client, role, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = client.get(reverse("guide", args=[role])).content.decode()
    for section in GUIDES[role].sections:
        assert f'<h2 id="{section.anchor}">' in page
        assert f'href="#{section.anchor}"' in page
    assert "[" not in re.sub(r"<[^>]+>", "", page)


@pytest.mark.django_db
def test_all_guides_are_found_from_every_page(client):
    assert f'href="{reverse("guides")}"' in client.get(reverse("landing")).content.decode()
    page = client.get(reverse("guides")).content.decode()
    assert [role for role in GUIDES if f'href="{reverse("guide", args=[role])}"' not in page] == []
    assert client.get(reverse("guide", args=["tamu"])).status_code == 404


@pytest.mark.django_db
def test_an_empty_page_leads_to_the_section_that_says_how_to_fill_it(cast, as_user):
    """Every guide and section that a template names exists."""
    named = re.findall(
        r'guide="([\w-]+)" anchor="([\w-]+)"',
        " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html")),
    )
    there = {(role, section.anchor) for role, guide in GUIDES.items() for section in guide.sections}
    assert len(named) >= 10
    assert [pair for pair in named if pair not in there] == []
    page = as_user(cast.instructor).get(reverse("queue")).content.decode()
    assert f'href="{reverse("guide", args=["widyaiswara"])}#antrean"' in page
