"""What stands beside the text and under it: the module's content, tools, notices, and an honest preview."""

import re

import pytest
from django.urls import reverse

from curriculum.loader import load
from curriculum.models import Module
from journals import workflow
from tests import factory
from tests.factory import NOW
from tests.pages.writing import address, text_of


def content(client, module, **headers):
    return client.get(reverse("module_content", args=[module.slug]), headers=headers)


# --- The module's content -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_fragment_says_what_the_page_says_but_not_the_prompts_again(client):
    load()
    module = Module.objects.get(slug="kompeten")
    said = text_of(content(client, module))
    page = text_of(client.get(module.get_absolute_url()))
    value = module.values.get()
    words = [value.definition, value.affirmation, *value.behaviours.values_list("text", flat=True)]
    words += [*module.objectives.values_list("text", flat=True), *module.topics.values_list("heading", flat=True)]
    for text in words:
        assert text in said
        assert text in page
    assert "<html" not in said
    assert "Pertanyaan pemantik" not in said
    assert "Ringkasan materi" not in said
    # Following a link must not take the author away from the text.
    links = re.findall(r"<a [^>]*>", said)
    assert links
    assert all('target="_blank"' in link for link in links)


@pytest.mark.django_db
def test_browsers_keep_the_fragment_also_for_the_signed_in(client, cast, as_user):
    module = cast.modules[0]
    for asker in (client, as_user(cast.participant)):
        first = content(asker, module)
        assert first["Cache-Control"] == "private, max-age=300"
        again = content(asker, module, **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    factory.make_value().modules.add(module)
    assert content(client, module, **{"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("hidden", [{"active": False}, {"published": False}])
def test_a_hidden_module_has_no_content_and_no_panel(cast, as_user, client, hidden):
    module = cast.modules[0]
    factory.draft(cast.enrolment, module)
    Module.objects.filter(pk=module.pk).update(**hidden)
    assert content(client, module).status_code == 404
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    assert "Isi modul" not in page
    assert "data-open-module" not in page


def test_without_javascript_the_panel_is_a_link_to_the_module(cast, as_user):
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    assert re.search(r'<details class="beside beside--module"[^>]* open>', page)
    assert f'href="{cast.modules[0].get_absolute_url()}" target="_blank"' in page


def test_beside_feedback_the_panel_waits_folded(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    assert '<details class="beside" name="beside" open>' in page
    assert not re.search(r'<details class="beside beside--module"[^>]* open>', page)


def test_notices_about_the_whole_entry_stand_above_the_feedback(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    feedback = page.index("Yang perlu diperbaiki")
    assert (
        page.index("data-other-tab") < page.index("data-other-version") < feedback < page.index('<form class="write"')
    )


def test_the_writing_page_costs_no_query_more(cast, as_user, django_assert_num_queries):
    client = as_user(cast.participant)
    factory.draft(cast.enrolment, cast.modules[0])
    client.get(address("entry_write", cast))
    with django_assert_num_queries(9):
        client.get(address("entry_write", cast))


# --- Shortcuts and tools --------------------------------------------------------------------------------------


def test_every_shortcut_is_listed_in_indonesian(cast, as_user):
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    box = page[page.index('id="write-keys"') :]
    for what in ("Tebal", "Miring", "Subjudul", "Daftar berbutir", "Daftar bernomor", "Kutipan", "Tautan", "Urungkan",
                 "Ulangi", "Simpan draf", "Lihat pratinjau", "Layar tenang", "Bantuan ini"):  # fmt: skip
        assert f"<dd>{what}" in box


# --- Preview ----------------------------------------------------------------------------------------------------


def sheet(page: str) -> str:
    """The text on its sheet, as HTML."""
    return re.search(r'<article class="sheet".*?</article>', page, re.S)[0]


def test_the_preview_shows_exactly_what_the_instructor_will_see(cast, as_user):
    module = cast.modules[0]
    entry = factory.draft(cast.enrolment, module, title="Antrean <posyandu>", text=f"<h3>Judul</h3>{factory.ANSWER}")
    before = sheet(text_of(as_user(cast.participant).get(address("entry_preview", cast))))
    submission = workflow.submit(
        user=cast.participant, entry=entry, version=entry.version, key="k" * 16, accepted=True, now=NOW
    )
    after = sheet(text_of(as_user(cast.instructor).get(reverse("review", args=[submission.entry.key]))))
    assert before == after
    assert "Apa yang Anda rasakan?" in before


def test_the_preview_holds_the_guard_with_its_words_and_shows_nothing_without_it(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0], text="<p>NIK 3201234105860001</p>")
    page = text_of(as_user(cast.participant).get(address("entry_preview", cast)))
    notice = re.search(r'<section class="notice notice--warn js-only" data-module="privacy-check"[^>]*>', page)[0]
    assert notice.endswith(" hidden>")
    assert 'data-nik="NIK"' in notice
    assert f'data-write-url="{address("entry_write", cast)}"' in notice
