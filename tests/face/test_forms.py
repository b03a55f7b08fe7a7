"""The crispy pack: label, hint, error, control, tied together by ids; and the summary above."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout, Row, Submit
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field, as_crispy_form
from crispy_forms.utils import render_crispy_form
from django import forms
from django.test import override_settings
from django.utils.translation import override

from berakhlak.face.examples import ExampleForm


@pytest.fixture(autouse=True)
def _indonesian():
    with override("id"):
        yield


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def test_label_hint_error_control_in_this_order():
    html = as_crispy_field(ExampleForm({})["name"])
    order = [
        html.index(part)
        for part in (
            '<label class="field__label" for="id_name"',
            'id="id_name_helptext"',
            'id="id_name_error"',
            "<input",
        )
    ]
    assert order == sorted(order)
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert html.count("aria-describedby") == 1
    assert 'aria-invalid="true"' in html


def test_a_right_field_shows_no_error():
    html = as_crispy_field(ExampleForm({"name": "Sri"})["name"])
    assert "field--error" not in html
    assert "id_name_error" not in html
    assert 'aria-describedby="id_name_helptext"' in html


def test_optional_fields_say_so():
    assert "field__optional" in as_crispy_field(ExampleForm()["email"])
    assert "field__optional" not in as_crispy_field(ExampleForm()["name"])


def test_groups_of_choices_are_described_as_a_group():
    html = as_crispy_field(ExampleForm({})["level"])
    assert re.search(r'<fieldset[^>]*aria-describedby="id_level_helptext id_level_error"', html)
    assert "<legend" in html
    assert re.search(r'<input type="radio"[^>]*id="id_level_0"', html)
    assert '<label for="id_level_0">' in html


def test_a_control_of_several_parts_is_described_as_a_group():
    class Form(forms.Form):
        born = forms.DateField(widget=forms.SelectDateWidget, help_text="Hari, bulan, tahun.")

    html = as_crispy_form(Form({}))
    assert re.search(r'<fieldset[^>]*aria-describedby="id_born_helptext id_born_error"', html)
    assert re.search(r'<li><a href="#(id_born_[a-z]+)"', html)[1] in ids(html)


def test_each_control_is_reachable_from_its_summary():
    html = as_crispy_form(ExampleForm({}))
    targets = re.findall(r'<li><a href="#([^"]+)"', html)
    assert len(targets) == 9
    assert set(targets) <= set(ids(html))
    assert 'data-module="error-summary"' in html
    assert 'role="alert"' in html


def test_ids_are_unique_and_described_ids_exist():
    html = as_crispy_form(ExampleForm({}))
    found = ids(html)
    assert len(found) == len(set(found))
    for described in re.findall(r'aria-describedby="([^"]+)"', html):
        assert set(described.split()) <= set(found)


def test_errors_carry_a_hidden_word_and_text_is_escaped():
    class Form(forms.Form):
        name = forms.CharField(label="<b>Nama</b>", widget=forms.TextInput)

        def clean_name(self):
            raise forms.ValidationError("<script>alert(1)</script>")

    html = as_crispy_form(Form({"name": "x"}))
    assert "<script>" not in html
    assert "<b>Nama" not in html
    assert re.search(r'<span class="visually-hidden">[^<]+</span>', html)


def test_a_layout_renders_a_whole_form():
    class Form(forms.Form):
        first = forms.CharField()
        second = forms.CharField()
        hidden = forms.CharField(widget=forms.HiddenInput, required=False)

    form = Form()
    form.helper = FormHelper()
    form.helper.layout = Layout(Fieldset("Judul", Row("first", Div("second")), "hidden"))
    form.helper.add_input(Submit("save", "Simpan"))
    html = render_crispy_form(form, context={"csrf_token": "token"})
    assert "novalidate" in html
    assert "csrfmiddlewaretoken" in html
    assert "<legend>Judul</legend>" in html
    assert re.search(r'<button type="submit" name="save" value="Simpan" class="btn btn--primary', html)
    assert html.count('name="hidden"') == 1


@override_settings(DEBUG=True)
def test_formsets_render_their_management_form():
    class Form(forms.Form):
        name = forms.CharField()

    formset = forms.formset_factory(Form, extra=2)(
        {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "1", "form-0-name": "", "form-1-name": "x"}
    )
    html = as_crispy_form(formset)
    assert 'name="form-TOTAL_FORMS"' in html
    assert '<li><a href="#id_form-0-name"' in html
