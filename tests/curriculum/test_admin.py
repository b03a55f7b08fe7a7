"""Editing the curriculum in the admin: shown at once, kept in versions, never deleted."""

import re
from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.core.files import File
from django.urls import reverse

from berakhlak.accounts.models import User
from curriculum.loader import load
from curriculum.models import Keyword, Material, Module, Objective, Prompt, Topic, Value
from curriculum.parsing import CATALOGUE
from journals import staff
from tests import factory

pytestmark = pytest.mark.django_db
MODELS = [model for model in admin.site._registry if model._meta.app_label == "curriculum"]


@pytest.fixture
def cast(db):
    """Three people; the common cast brings modules of its own, which would meet those of the catalogue."""
    return SimpleNamespace(
        curriculum_editor=factory.make_staff("Penyunting Satu", staff.CURRICULUM),
        participant=factory.make_user("Ratna Kusumaningrum"),
        superuser=User.objects.create_superuser(
            email="super@berakhlak.test",
            name="Super",
            password=factory.PASSWORD,
            privacy_version="2026-11",
            privacy_acknowledged_at=factory.NOW,
        ),
    )


@pytest.fixture
def editor(as_user, cast):
    """A client signed in as a member of the group Kurikulum."""
    return as_user(cast.curriculum_editor)


def filled(response) -> dict[str, str]:
    """What a browser would send from the admin form of a page that nobody touched."""
    data: dict = {}
    context = response.context
    forms = [context["adminform"].form]
    for formset in context.get("inline_admin_formsets", []):
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if field.field.disabled or value is None or value is False or isinstance(value, File):
                continue
            data[field.html_name] = "on" if value is True else value
    return data


def change(client, item, **changes):
    """Open an item's form, change something and save."""
    address = reverse(f"admin:curriculum_{item._meta.model_name}_change", args=[item.pk])
    data = filled(client.get(address)) | changes
    response = client.post(address, {name: value for name, value in data.items() if value is not None})
    assert response.status_code == 302, response.context["errors"]
    return response


def test_a_changed_title_is_on_the_site_at_once(editor):
    load()
    module = Module.objects.get(number=3)
    change(editor, module, title="Akuntabel setiap hari")
    assert "Akuntabel setiap hari" in editor.get(reverse("modules")).content.decode()
    assert "Akuntabel setiap hari" in editor.get(module.get_absolute_url()).content.decode()


def test_saving_a_form_without_a_change_is_no_edit(editor):
    load()
    for item in (
        Module.objects.get(number=1),
        Value.objects.get(order=4),
        Topic.objects.get(code="kapal"),
        Prompt.objects.first(),
    ):
        change(editor, item)
    assert load().edited == []


def test_new_rows_of_a_form_get_a_code_and_the_last_place(editor, cast):
    load()
    module = Module.objects.get(number=2)
    change(
        editor,
        module,
        **{
            "objectives-TOTAL_FORMS": "4",
            "objectives-3-text": "Tersenyum",
            "objectives-3-order": "",
            "objectives-3-active": "on",
            "objectives-3-module": str(module.pk),
        },
    )
    objective = Objective.objects.get(text="Tersenyum")
    assert objective.order == 4
    assert re.fullmatch(r"berorientasi-pelayanan-[a-z2-7]{6}", objective.code)
    assert objective.history.get().history_user == cast.curriculum_editor


def test_codes_and_keys_are_fixed_once_made(editor):
    load()
    module, prompt = Module.objects.get(number=2), Prompt.objects.get(module__number=2, key="refleksi")
    change(editor, module, code="lain", **{"prompts-1-key": "lain"})
    change(editor, prompt, code="lain", key="lain")
    module.refresh_from_db()
    prompt.refresh_from_db()
    assert module.code == "berorientasi-pelayanan"
    assert (prompt.code, prompt.key) == ("berorientasi-pelayanan-refleksi", "refleksi")


def test_a_new_module_can_be_made(editor):
    address = reverse("admin:curriculum_module_add")
    assert editor.get(address).status_code == 200
    response = editor.post(
        address,
        {
            "number": "42",
            "title": "Baru",
            "slug": "baru",
            "code": "baru",
            "active": "on",
            "summary": "<p>Ringkas<script>x</script></p>",
        },
    )
    assert response.status_code == 302
    module = Module.objects.get(code="baru")
    assert (module.published, module.summary) == (False, "<p>Ringkas</p>")


def test_items_are_retired_and_brought_back(editor, cast):
    load()
    keyword = Keyword.objects.get(code="loyal-komitmen")
    value = Value.objects.get(code="loyal")
    address = reverse("admin:curriculum_value_changelist")
    assert editor.post(address, {"action": "retire", "_selected_action": [value.pk]}).status_code == 302
    assert editor.get(value.get_absolute_url()).status_code == 404
    latest = value.history.latest()
    assert (latest.active, latest.history_user) == (False, cast.curriculum_editor)
    editor.post(address, {"action": "bring_back", "_selected_action": [value.pk]})
    assert keyword.text in editor.get(value.get_absolute_url()).content.decode()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_nothing_is_deleted_but_materials(as_user, cast, model):
    load()
    client = as_user(cast.superuser)
    if model is Material:
        item = Material.objects.create(module=Module.objects.first(), title="A", url="https://example.test/")
    else:
        item = model.objects.first()
    page = client.get(reverse(f"admin:curriculum_{model._meta.model_name}_changelist")).content.decode()
    assert ("delete_selected" in page) == (model is Material)
    address = reverse(f"admin:curriculum_{model._meta.model_name}_delete", args=[item.pk])
    assert client.post(address, {"post": "yes"}).status_code == (302 if model is Material else 403)
    assert model.objects.filter(pk=item.pk).exists() == (model is not Material)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_pages_of_every_item_open_for_editors_only(as_user, cast, model):
    load()
    Material.objects.create(module=Module.objects.first(), title="A", url="https://example.test/")
    item = model.objects.first()
    name = f"admin:curriculum_{model._meta.model_name}"
    version = reverse(f"{name}_simple_history", args=[item.pk, item.history.first().pk])
    pages = [
        reverse(f"{name}_changelist") + "?q=a",
        reverse(f"{name}_change", args=[item.pk]),
        reverse(f"{name}_history", args=[item.pk]),
        version,
    ]
    for page in pages:
        response = as_user(cast.curriculum_editor).get(page)
        assert response.status_code == 200, page
        html = response.content.decode()
        assert "style=" not in html, page
        assert not re.search(r"<script(?![^>]*\b(src|nonce)=)", html), page
        assert as_user(cast.participant).get(page).status_code in (302, 403), page


def test_the_form_links_to_the_public_page(editor):
    load()
    Module.objects.filter(number=3).update(published=False)
    for item, address in [
        (Module.objects.get(number=3), "/modul/akuntabel/"),
        (Topic.objects.get(code="kapal"), "/modul/asn-berakhlak-bangga-melayani-bangsa/"),
        (Prompt.objects.get(code="loyal-refleksi"), "/modul/loyal/"),
        (Keyword.objects.get(code="loyal-komitmen"), "/nilai/loyal/"),
    ]:
        name = f"admin:curriculum_{item._meta.model_name}_change"
        page = editor.get(reverse(name, args=[item.pk])).content.decode()
        assert f'href="{address}"' in page
        assert editor.get(address).status_code == 200


def test_versions_can_be_compared_and_restored_with_their_links(editor, cast):
    load()
    module = Module.objects.get(number=5)
    first = module.history.latest()
    change(editor, module, title="Rukun", values=[Value.objects.get(code="loyal").pk])
    page = editor.get(reverse("admin:curriculum_module_history", args=[module.pk])).content.decode()
    assert "<del>Harmonis</del> → <ins>Rukun</ins>" in page
    address = reverse("admin:curriculum_module_simple_history", args=[module.pk, first.pk])
    response = editor.get(address)
    assert editor.post(address, filled(response)).status_code == 302
    module.refresh_from_db()
    assert module.title == "Harmonis"
    assert [value.code for value in module.values.all()] == ["harmonis"]
    assert module.history.latest().history_user == cast.curriculum_editor


def test_who_may_only_look_restores_nothing(client, db):
    load()
    module = Module.objects.get(number=5)
    module.title = "Rukun"
    module.save()
    client.force_login(factory.make_staff("Penyelenggara Satu", staff.ORGANISERS))
    address = reverse("admin:curriculum_module_simple_history", args=[module.pk, module.history.last().pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"number": "5", "title": "Direbut", "slug": module.slug}).status_code == 403
    module.refresh_from_db()
    assert module.title == "Rukun"


def test_a_restored_version_counts_as_edited(editor, tmp_path):
    load()
    value = Value.objects.get(code="loyal")
    old = value.history.get()
    newer = tmp_path / "baru.yaml"
    newer.write_text(
        CATALOGUE.read_text(encoding="utf-8").replace('name: "Loyal"', 'name: "Loyal Baru"'), encoding="utf-8"
    )
    assert load(newer).updated == ["Value loyal"]
    address = reverse("admin:curriculum_value_simple_history", args=[value.pk, old.pk])
    assert editor.post(address, filled(editor.get(address))).status_code == 302
    assert load(newer).edited == ["Value loyal"]
    value.refresh_from_db()
    assert value.name == "Loyal"
