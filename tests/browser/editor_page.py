"""A page with two rich text fields, for tests/browser/test_editor.py only."""
# ruff: noqa: E501 (long cases read better in one line)

import re

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template import RequestContext, Template
from django.urls import path
from django.utils.safestring import mark_safe
from playwright.sync_api import expect

from journals.richtext import clean
from journals.widgets import RichTextField
from tests.golden import golden

STORED = "<p>Saya <strong>belajar</strong> melayani.</p><ol><li><p>satu</p></li></ol>"
PAGE = """{% load static crispy_forms_tags %}<!doctype html><html lang="id"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Uji</title>
<link rel="icon" href="{% static 'img/favicon.svg' %}">
<link rel="stylesheet" href="{% static 'css/tokens.css' %}"><link rel="stylesheet" href="{% static 'css/base.css' %}">
<link rel="stylesheet" href="{% static 'css/components.css' %}">{{ form.media }}
<script type="module" src="{% static 'js/app.js' %}"></script></head>
<body><main id="main" class="wrap page"><h1>Jurnal</h1>
<form method="post" class="form">{% csrf_token %}{{ form|crispy }}<button class="btn btn--primary">Kirim</button></form>
<output>{{ cleaned }}</output></main></body></html>"""


class AnswerForm(forms.Form):
    refleksi = RichTextField(
        label="Refleksi", help_text="Tulis pengalaman Anda.", min_words=4, max_words=8, initial=STORED
    )
    rencana = RichTextField(label="Rencana", required=False)


@login_not_required
def write(request):
    """The form; after a valid POST the cleaned HTML stands in <output>."""
    form = AnswerForm(request.POST or None)
    cleaned = form.cleaned_data["refleksi"] if request.method == "POST" and form.is_valid() else ""
    return HttpResponse(Template(PAGE).render(RequestContext(request, {"form": form, "cleaned": cleaned})))


@login_not_required
def attacks(request):
    """All cleaned attacks as they would be shown, without the help of a content security policy."""
    body = "".join(f"<section>{clean(payload)}</section>" for payload in golden("xss"))
    response = HttpResponse(
        mark_safe(f"<!doctype html><link rel=icon href=data:,><title>x</title><body>{body}<p id=end>end</p>")
    )
    response._csp_exempt = True
    return response


@login_not_required
def raw_attack(request):
    """The control: an attack that works, so that the test is known to see one."""
    response = HttpResponse(
        "<!doctype html><link rel=icon href=data:,><title>x</title><body><script>window.__xss=1</script><p id=end>end</p>"
    )
    response._csp_exempt = True
    return response


urlpatterns = [path("", write), path("attacks/", attacks), path("raw/", raw_attack)]


# --- What the tests do on it ---


def box(page, label="Refleksi"):
    return page.get_by_role("textbox", name=re.compile(label))


def field(page, name="refleksi"):
    return page.locator(f"textarea[name={name}]").input_value(), page.locator(f"[name={name}-format]").input_value()


def with_editor(page, site):
    page.goto(site)
    expect(page.locator(".rich-text__text").first).to_be_visible()
    return box(page)
