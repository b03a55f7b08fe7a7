"""Versions of the curriculum: read in words, compared with today, restored whole, and deleted for good."""

import pytest
import yaml
from django.core.management import call_command
from django.urls import reverse

from berakhlak.changes import changed_words, marked, plain
from curriculum.loader import load
from curriculum.models import Behaviour, Material, Module, Prompt, Topic, Value
from curriculum.parsing import CATALOGUE
from journals import staff
from tests import factory
from tests.curriculum.test_admin import change, filled

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, db):
    """A client signed in as a member of the group Kurikulum."""
    client.force_login(factory.make_staff("Penyunting Satu", staff.CURRICULUM))
    return client


def version_page(item, version):
    name = f"admin:curriculum_{item._meta.model_name}_simple_history"
    return reverse(name, args=[item.pk, version.pk])


def history_page(client, item):
    name = f"admin:curriculum_{item._meta.model_name}_history"
    return client.get(reverse(name, args=[item.pk])).content.decode()


# --- Words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Satu dua. Tiga empat lima. Enam.", "Satu dua. Tiga lima. Enam.", "Tiga <del>empat</del> lima."),
        ("Satu. Dua.", "Satu. Dua. Tiga.", "<ins>Tiga.</ins>"),
        ("Kami <b> & kamu", "Kami & kamu", "Kami <del>&lt;b&gt;</del> &amp; kamu"),
        ("A b.\nC d.\nE f.", "A x.\nC d.\nE y.", "A <del>b.</del> <ins>x.</ins> … E <del>f.</del> <ins>y.</ins>"),
        ("Sama.", "Sama.", ""),
    ],
)
def test_changed_sentences(old, new, shown):
    assert marked(changed_words(old, new)) == shown


def test_plain_words_of_rich_text():
    assert plain("<p>Satu &amp; dua</p><ul><li><p>tiga</p></li></ul>").split() == ["Satu", "&", "dua", "tiga"]


def test_the_history_shows_whole_sentences_and_no_tags(editor):
    load()
    topic = Topic.objects.get(code="tentang-berakhlak")
    change(editor, topic, body=topic.body.replace("peran penting", "peran utama"))
    page = history_page(editor, topic)
    assert "memiliki peran <del>penting</del> <ins>utama</ins> dalam pelayanan publik" in page
    assert "chars]" not in page
    assert "&lt;p&gt;" not in page


def test_a_bold_word_is_called_formatting(editor):
    load()
    topic = Topic.objects.get(code="tentang-berakhlak")
    change(editor, topic, body=topic.body.replace("peran penting", "<strong>peran penting</strong>"))
    assert "hanya format teks yang berubah" in history_page(editor, topic)


def test_a_version_without_a_change_says_so(editor):
    load()
    value = Value.objects.get(code="loyal")
    change(editor, value)
    assert "Disimpan tanpa perubahan di sini" in history_page(editor, value)


def test_choices_and_yes_and_no_are_words(editor):
    load()
    value = Value.objects.get(code="loyal")
    change(editor, value, active=None)
    assert "<del>Ya</del> → <ins>Tidak</ins>" in history_page(editor, value)


def test_an_old_version_shows_what_is_different_today(editor):
    load()
    module = Module.objects.get(number=5)
    change(editor, module, title="Rukun", values=[Value.objects.get(code="loyal").pk])
    page = editor.get(version_page(module, module.history.last())).content.decode()
    assert "Berbeda hari ini" in page
    assert "<del>Harmonis</del> → <ins>Rukun</ins>" in page
    assert "<del>Harmonis</del> → <ins>Loyal</ins>" in page
    page = editor.get(version_page(module, module.history.first())).content.decode()
    assert "Tidak ada yang berbeda hari ini" in page


# --- One version for one save -----------------------------------------------------------------------


def test_loading_writes_one_version_with_its_links():
    load()
    (only,) = Module.objects.get(number=5).history.all()
    assert [link.value.code for link in only.values.all()] == ["harmonis"]
    assert only.history_type == "+"
    assert only.history_change_reason


def test_saving_writes_one_version_with_its_links(editor):
    load()
    module = Module.objects.get(number=5)
    change(editor, module, title="Rukun", values=[Value.objects.get(code="loyal").pk])
    newest, _loaded = module.history.all()
    assert [link.value.code for link in newest.values.all()] == ["loyal"]
    assert newest.history_user.name == "Penyunting Satu"


def test_a_restored_version_says_where_it_comes_from(editor):
    load()
    module = Module.objects.get(number=5)
    change(editor, module, title="Rukun")
    address = version_page(module, module.history.last())
    assert editor.post(address, filled(editor.get(address))).status_code == 302
    assert module.history.count() == 3
    assert module.history.first().history_change_reason.startswith("Dikembalikan ke versi ")
    assert "WIB" in module.history.first().history_change_reason


# --- Deleted materials ------------------------------------------------------------------------------


@pytest.fixture
def deleted(editor):
    """A material that an editor has deleted."""
    load()
    material = Material.objects.create(module=Module.objects.first(), title="A", url="https://example.test/")
    key = material.pk
    assert editor.post(reverse("admin:curriculum_material_delete", args=[key]), {"post": "yes"}).status_code == 302
    return Material(pk=key)


def test_a_deleted_material_can_be_restored(editor, deleted):
    address = version_page(deleted, Material.history.filter(id=deleted.pk).last())
    page = editor.get(address)
    assert "Data ini kemudian dihapus" in page.content.decode()
    assert editor.post(address, filled(page)).status_code == 302
    assert Material.objects.get(pk=deleted.pk).title == "A"


def test_the_loader_leaves_deleted_what_somebody_deleted(editor, tmp_path):
    data = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    data["modules"][0]["materials"] = [{"code": "bahan-uji", "title": "A", "url": "https://example.test/"}]
    newer = tmp_path / "bahan.yaml"
    newer.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    call_command("load_curriculum", file=newer)
    material = Material.objects.get(code="bahan-uji")
    editor.post(reverse("admin:curriculum_material_delete", args=[material.pk]), {"post": "yes"})
    for write in (False, True):
        report = load(newer, write=write)
        assert (report.new, report.retired) == ([], ["Material bahan-uji"])
    call_command("load_curriculum", file=newer)
    assert not Material.objects.exists()


# --- Answer parts and parts of items ----------------------------------------------------------------


def test_a_new_module_is_not_published(editor):
    address = reverse("admin:curriculum_module_add")
    assert "published" not in filled(editor.get(address))
    data = {"number": "42", "title": "Baru", "slug": "baru", "code": "baru", "active": "on", "published": "on"}
    assert "lalu terbitkan" in editor.post(address, data).content.decode()


def test_a_published_module_keeps_an_answer_part(editor):
    load()
    module = Module.objects.get(number=2)
    address = reverse("admin:curriculum_module_change", args=[module.pk])
    data = filled(editor.get(address))
    for number in range(3):
        del data[f"prompts-{number}-active"]
    assert "memerlukan bagian jawaban" in editor.post(address, data).content.decode()
    del data["published"]
    assert editor.post(address, data).status_code == 302
    Module.objects.filter(pk=module.pk).update(published=True)
    prompt = Prompt.objects.filter(module=module).first()
    Prompt.objects.filter(pk=prompt.pk).update(active=True)
    address = reverse("admin:curriculum_prompt_change", args=[prompt.pk])
    data = filled(editor.get(address))
    del data["active"]
    assert "memerlukan bagian jawaban" in editor.post(address, data).content.decode()


def test_retiring_all_answer_parts_leaves_one(editor):
    load()
    parts = Prompt.objects.filter(module__number=2)
    chosen = {"action": "retire", "_selected_action": [part.pk for part in parts]}
    page = editor.post(reverse("admin:curriculum_prompt_changelist"), chosen, follow=True).content.decode()
    assert "memerlukan bagian jawaban" in page
    assert parts.filter(active=True).count() == 1


def test_no_module_is_number_eleven_of_ten(client):
    load()
    extra = factory.make_module(12)
    page = client.get(extra.get_absolute_url()).content.decode()
    assert "Modul 12 dari" not in page
    assert "Modul 12" in page
    extra.active = False
    extra.save()
    assert "Modul 3 dari 10" in client.get(Module.objects.get(number=3).get_absolute_url()).content.decode()


def test_parts_begin_with_what_they_say_and_lead_back(editor):
    load()
    behaviour = Behaviour.objects.first()
    address = reverse("admin:curriculum_behaviour_change", args=[behaviour.pk])
    page = editor.get(address)
    assert [*page.context["adminform"].form.fields] == ["value", "order", "text", "text_law", "active"]
    above = reverse("admin:curriculum_value_change", args=[behaviour.value_id])
    assert change(editor, behaviour, text="Lain").url == above
    old = version_page(behaviour, behaviour.history.last())
    assert editor.post(old, filled(editor.get(old))).url == above
