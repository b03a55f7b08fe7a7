"""What the admin says: no raw names of rules and fields, no error pages for odd addresses."""

import ast
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise

from berakhlak.numbers import whole_number
from journals.admin.cohort import cohorts_that_rely
from journals.models import Cohort, Event, Review, Schedule, Submission
from tests import factory
from tests.journals.test_admin_cohort import desk, new_cohort, page_of, posted  # noqa: F401  desk is a fixture

OURS = ("accounts", "curriculum", "journals")
PAGES = [page for model, page in admin.site._registry.items() if model._meta.app_label in OURS]
NINES = "9" * 5000


def shown_fields(page) -> set[models.Field]:
    """Fields that a page or one of its inlines names."""
    found = set()
    for part in (page, *(inline(page.model, admin.site) for inline in page.inlines)):
        fields = [*flatten(part.fields or []), *flatten(part.readonly_fields)]
        if not part.fields:
            fields += [field.name for field in part.opts.fields if field.editable]
        if part is page:
            fields += [*part.list_display, *getattr(part, "looked_at", [])]
        concrete = {field.name: field for field in (*part.opts.fields, *part.opts.many_to_many)}
        found |= {concrete[name] for name in fields if name in concrete and not concrete[name].primary_key}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.opts.label_lower)
def test_every_field_has_a_translated_name(page):
    wrong = {str(field) for field in shown_fields(page) if not isinstance(field.verbose_name, Promise)}
    assert wrong == set()


def test_every_rule_that_a_form_can_break_says_it_in_words():
    edited = {page.model for page in PAGES} | {
        inline.model for page in PAGES for inline in page.inlines if inline.model._meta.app_label in OURS
    }
    written_by_the_workflow = {"Entry", "Submission", "Review", "Event", "Reminder", "Phrase", "Takeover"}
    bare = {
        rule.name
        for model in edited
        if model._meta.app_label != "accounts" and model.__name__ not in written_by_the_workflow
        for rule in model._meta.constraints
        if rule.violation_error_message in (None, rule.default_violation_error_message)
    }
    assert bare == set()


def test_texts_inside_f_strings_are_never_extracted():
    """xgettext does not look there, so such a text would stay English."""
    root = Path(__file__).resolve().parents[2]
    names = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
    wrong = [
        f"{path.relative_to(root)}:{call.lineno}"
        for package in ("berakhlak", "curriculum", "journals")
        for path in (root / package).rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "number"), [("17", 17), ("²", 0), (NINES, 0), ("\0", 0), ("-1", 0), ("", 0), (None, 0), ("١", 0), (8, 8)]
)
def test_whole_numbers(text, number):
    assert whole_number(text) == number


@pytest.mark.parametrize("value", ["²", NINES, "abc"])
@pytest.mark.parametrize(
    "page",
    [
        "journals_enrolment_add",
        "journals_teaching_add",
        "journals_group_add",
        "journals_extension_add",
        "journals_remedial_add",
        "curriculum_topic_add",
    ],
)
def test_addresses_with_nonsense_open_an_empty_form(cast, as_user, page, value):
    client = as_user(cast.superuser)
    for name in ("cohort", "user", "instructor", "enrolment", "module", "group"):
        assert client.get(reverse(f"admin:{page}"), {name: value}).status_code == 200


def test_history_of_what_is_no_row_is_not_there(cast, as_user):
    client = as_user(cast.superuser)
    for path in (f"{NINES}/history/", "abc/history/", "abc/history/1/", "1/history/abc/", "1/history/999999/"):
        for model in ("journals/cohort", "curriculum/module", "accounts/user"):
            assert client.get(f"/admin/{model}/{path}").status_code == 404


def test_nobody_reads_the_trail_of_their_own_entries_there(cast, as_user):
    """Scores stand in it before they are given."""
    enrolment = factory.enrol(cast.organiser, cast.cohort, cast.group, 61)
    factory.graded(enrolment, cast.modules[0], cast.instructor)
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    own, other = (f"entry:{each.entries.get().pk}" for each in (enrolment, cast.enrolment))
    page = as_user(cast.organiser).get(reverse("admin:journals_event_changelist")).content.decode()
    assert f">{other}<" in page
    assert f">{own}<" not in page
    hidden = Event.objects.filter(stream__name=own).first()
    assert as_user(cast.organiser).get(reverse("admin:journals_event_change", args=[hidden.pk])).status_code == 302


def test_moments_name_their_zone(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.organiser)
    for name, row in (("submission", Submission), ("review", Review)):
        page = client.get(reverse(f"admin:journals_{name}_change", args=[row.objects.get().pk])).content.decode()
        assert "23-11-2026 11.00 WITA" in page
    for page in ("changelist", "change"):
        args = [Event.objects.first().pk] if page == "change" else []
        assert "23-11-2026 10.00 WIB" in client.get(reverse(f"admin:journals_event_{page}", args=args)).content.decode()


def test_a_new_cohort_is_offered_four_named_groups(cast, as_user):
    client, url = as_user(cast.organiser), reverse("admin:journals_cohort_add")
    data = posted(client.get(url))
    assert [data[f"groups-{number}-name"] for number in range(4)] == [f"Kelompok {number}" for number in range(1, 5)]
    given = new_cohort(cast.cohort.rubric) | {name: data[name] for name in data if name.startswith("groups-")}
    assert client.post(url, given).status_code == 302
    assert Cohort.objects.get(name="Angkatan VI").groups.count() == 4


def test_modules_without_answer_parts_are_not_scheduled(desk, cast, as_user):  # noqa: F811
    client, url, data = desk
    bare = factory.make_module(3)
    bare.prompts.update(active=False)
    place = f"schedules-{data['schedules-TOTAL_FORMS']}"
    data |= {"schedules-TOTAL_FORMS": 3, f"{place}-module": bare.pk, f"{place}-weight": "1"}
    data |= {f"{place}-opens": "2026-12-01T07:00", f"{place}-due": "2026-12-02T23:59"}
    data |= {f"{place}-closes": "2026-12-09T23:59"}
    assert "belum memiliki bagian jawaban" in client.post(url, data).content.decode()
    answer = client.post(reverse("admin:journals_cohort_add"), new_cohort(cast.cohort.rubric), follow=True)
    assert "Tidak dijadwalkan karena belum memiliki bagian jawaban: modul 3." in answer.content.decode()
    assert not Schedule.objects.filter(module=bare).exists()


def test_retiring_a_module_names_the_cohorts_that_use_it(cast, as_user):
    client = as_user(cast.curriculum_editor)
    chosen = {"action": "retire", "_selected_action": [cast.modules[0].pk]}
    page = client.post(reverse("admin:curriculum_module_changelist"), chosen, follow=True).content.decode()
    assert "Angkatan yang sedang berjalan memakainya" in page
    assert cast.cohort.name in page
    assert cohorts_that_rely([factory.make_module(9)]) == []


def test_participants_get_no_link_to_a_retired_module(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0])
    module, url = cast.modules[0], reverse("entry", args=[cast.cohort.key, 1])
    assert module.get_absolute_url() in as_user(cast.participant).get(url).content.decode()
    module.active = False
    module.save()
    assert module.get_absolute_url() not in as_user(cast.participant).get(url).content.decode()


def test_the_teaching_form_offers_the_groups_of_its_cohort(cast, as_user):
    client = as_user(cast.organiser)
    foreign = factory.make_group(cast.outside_cohort, "Kelompok Asing")
    url = reverse("admin:journals_teaching_change", args=[cast.cohort.teachings.first().pk])
    assert "Kelompok Asing" not in client.get(url).content.decode()
    url = reverse("admin:journals_teaching_add")
    assert "Kelompok Asing" not in client.get(url, {"cohort": cast.cohort.pk}).content.decode()
    assert "Kelompok Asing" in client.get(url).content.decode()
    assert foreign.pk


def test_deleting_a_teaching_says_what_it_means(cast, as_user):
    url = reverse("admin:journals_teaching_delete", args=[cast.cohort.teachings.first().pk])
    assert "tetap ada" in as_user(cast.organiser).get(url).content.decode()


def test_the_page_of_a_version_has_an_indonesian_trail(cast, as_user):
    version = cast.cohort.history.first()
    url = reverse("admin:journals_cohort_simple_history", args=[cast.cohort.pk, version.pk])
    trail = BeautifulSoup(as_user(cast.organiser).get(url).content, "html.parser").select_one(".breadcrumbs").text
    assert "istorical" not in trail
    assert "Jurnal › Angkatan › Angkatan IV › Riwayat › Versi" in trail
