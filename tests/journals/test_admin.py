"""The admin: what nobody may change there, and what each staff group finds there."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import NoReverseMatch, reverse

from journals import staff, workflow
from journals.models import Extension, Notice, Remedial, Submission
from tests import factory
from tests.factory import NOW

# Written by the workflow only; a phrase by its owner.
PROTECTED = {
    "Announcement",
    "Receipt",
    "Annotation",
    "AnnotationClosing",
    "AnnotationReply",
    "Checkpoint",
    "Attachment",
    "Book",
    "Claim",
    "Entry",
    "Event",
    "Evidence",
    "Extension",
    "FeedbackRead",
    "Export",
    "Finalisation",
    "FrozenAttachment",
    "ItemAnswer",
    "ItemClosing",
    "Notice",
    "Phrase",
    "Reading",
    "Release",
    "ReleaseBatch",
    "Remark",
    "Remedial",
    "Reminder",
    "Roster",
    "RosterRow",
    "Response",
    "Review",
    "RevisionItem",
    "Score",
    "Stream",
    "Submission",
    "SubmissionText",
    "StrayDraft",
    "Supersession",
    "Takeover",
}
EDITABLE = {"Cohort", "Criterion", "Enrolment", "GradeBand", "Group", "Level", "Rubric", "Schedule", "Teaching"}
MAY_ADD = {"Extension", "Remedial"}
REGISTERED = sorted(
    model._meta.label_lower
    for model in admin.site._registry
    if model.__name__ in PROTECTED and model._meta.app_label == "journals"
)


def rows():
    """All rows of all protected tables."""
    return {name: list(apps.get_model("journals", name).objects.order_by("pk").values()) for name in PROTECTED}


@pytest.fixture
def lived_in(cast):
    """At least one row in the protected tables that the admin shows."""
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    factory.returned(cast.peer_enrolment, cast.modules[0], cast.instructor)
    factory.taken_over(factory.submitted(cast.enrolment, cast.modules[1]).entry, cast.instructor, cast.lead)
    factory.reminder(cast.enrolment, cast.modules[1])
    factory.phrase(cast.instructor, cohort=cast.cohort)
    workflow.record_remedial(user=cast.lead, enrolment=cast.enrolment, score=70, reason="Remedial", now=NOW)
    return cast


def test_every_model_is_either_protected_or_edited_by_staff():
    names = {
        model.__name__
        for model in apps.get_app_config("journals").get_models()
        if not model.__name__.startswith("Historical") and not model._meta.auto_created
    }
    assert names == PROTECTED | EDITABLE


def test_no_protected_model_is_an_inline():
    found = {
        inline.model.__name__ for model_admin in admin.site._registry.values() for inline in model_admin.inlines
    } & PROTECTED
    assert found == set()


@pytest.mark.parametrize("label", REGISTERED)
def test_protected_rows_are_neither_changed_nor_deleted(lived_in, as_user, label):
    model = apps.get_model(label)
    name = f"admin:journals_{model._meta.model_name}"
    row = model.objects.first()
    assert row is not None, "the fixture must make one"
    before, client = rows(), as_user(lived_in.superuser)
    everything = {field.name: "1" for field in model._meta.fields}
    for url, data in [
        (reverse(f"{name}_change", args=[row.pk]), everything),
        (reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}),
    ]:
        assert client.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        assert client.post(url, data).status_code == 403
    answer = client.post(
        reverse(f"{name}_changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes", "select_across": "1"},
    )
    assert answer.status_code in (200, 302, 403)
    bulk = client.post(
        reverse(f"{name}_changelist"),
        {
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "1",
            "form-0-id": row.pk,
            "_save": "1",
            **{f"form-0-{field}": value for field, value in everything.items()},
        },
    )
    assert bulk.status_code in (200, 302, 403)
    if model.__name__ not in MAY_ADD:
        assert client.get(reverse(f"{name}_add")).status_code == 403
        assert client.post(reverse(f"{name}_add"), everything).status_code == 403
    assert rows() == before


@pytest.mark.parametrize("label", REGISTERED)
def test_protected_lists_are_searched_and_read(lived_in, as_user, label):
    url = reverse(f"admin:{label.replace('.', '_')}_changelist")
    client = as_user(lived_in.organiser)
    for query in ({}, {"q": "Ratna"}, {"q": "entry:1"}):
        assert client.get(url, query).status_code == 200


@pytest.mark.parametrize(
    ("label", "queries"),
    [
        ("entry", 12),
        ("submission", 12),
        ("review", 12),
        ("event", 12),
        ("reminder", 12),
        ("phrase", 12),
        ("extension", 12),
        ("enrolment", 12),
        ("teaching", 12),
        ("cohort", 12),
        ("rubric", 12),
    ],
)
def test_lists_cost_the_same_for_more_rows(lived_in, as_user, label, queries, django_assert_max_num_queries):
    client = as_user(lived_in.superuser)
    with django_assert_max_num_queries(queries):
        assert client.get(reverse(f"admin:journals_{label}_changelist")).status_code == 200


# --- Staff groups -----------------------------------------------------------------------------------

ORGANISER_PAGES = {
    "cohort",
    "group",
    "enrolment",
    "teaching",
    "rubric",
    "gradeband",
    "extension",
    "remedial",
    "reminder",
    "phrase",
    "entry",
    "submission",
    "review",
    "takeover",
    "event",
}
CURRICULUM_PAGES = {"value", "module", "topic", "prompt", "material"}


def status(client, app, model, action):
    try:
        return client.get(reverse(f"admin:{app}_{model}_{action}")).status_code
    except NoReverseMatch:
        return None


@pytest.mark.parametrize(
    ("role", "journals", "curriculum"),
    [
        ("organiser", 200, {"module": 200}),
        ("curriculum_editor", 403, dict.fromkeys(CURRICULUM_PAGES, 200)),
    ],
)
def test_who_opens_which_list(cast, as_user, role, journals, curriculum):
    client = as_user(getattr(cast, role))
    for model in ORGANISER_PAGES:
        assert status(client, "journals", model, "changelist") == journals, model
    for model in CURRICULUM_PAGES:
        assert status(client, "curriculum", model, "changelist") == curriculum.get(model, 403), model


def test_the_organiser_adds_cohort_work_and_no_curriculum(cast, as_user):
    client = as_user(cast.organiser)
    for model in ("cohort", "group", "enrolment", "teaching", "rubric", "gradeband", "extension", "remedial"):
        assert status(client, "journals", model, "add") == 200, model
    for model in CURRICULUM_PAGES:
        assert status(client, "curriculum", model, "add") == 403, model
    module = reverse("admin:curriculum_module_change", args=[cast.modules[0].pk])
    assert client.post(module, {"title": "Lain"}).status_code == 403


def test_the_curriculum_editor_edits_curriculum_and_no_cohorts(cast, as_user):
    client = as_user(cast.curriculum_editor)
    assert status(client, "curriculum", "module", "add") == 200
    assert client.get(reverse("admin:curriculum_module_change", args=[cast.modules[0].pk])).status_code == 200
    for name, pk in [("cohort", cast.cohort.pk), ("enrolment", cast.enrolment.pk), ("rubric", cast.cohort.rubric_id)]:
        assert client.post(reverse(f"admin:journals_{name}_change", args=[pk]), {}).status_code == 403


@pytest.mark.parametrize("role", ["participant", "instructor", "lead", "nobody"])
def test_who_is_no_staff_stays_outside(cast, as_user, role):
    assert as_user(getattr(cast, role)).get(reverse("admin:journals_cohort_changelist")).status_code == 302


def test_staff_find_people_by_name(cast, as_user):
    answer = as_user(cast.organiser).get(
        reverse("admin:autocomplete"),
        {"app_label": "journals", "model_name": "enrolment", "field_name": "user", "term": "Ratna"},
    )
    assert [item["text"] for item in answer.json()["results"]] == ["Ratna Kusumaningrum, A.Md.Keb."]


def test_the_groups_hold_no_right_to_protected_rows():
    writing = {
        (label, action)
        for rights in staff.RIGHTS.values()
        for label, actions in rights.items()
        for action in actions
        if action != "view"
    }
    protected = {f"journals.{name.lower()}" for name in PROTECTED}
    assert {pair for pair in writing if pair[0] in protected} == {
        ("journals.extension", "add"),
        ("journals.remedial", "add"),
    }


# --- Extensions and remedials -----------------------------------------------------------------------


def test_an_extension_is_typed_in_the_cohorts_zone(cast, as_user):
    entry = factory.draft(cast.enrolment, cast.modules[0])
    answer = as_user(cast.organiser).post(
        reverse("admin:journals_extension_add"),
        {
            "enrolment": cast.enrolment.pk,
            "module": cast.modules[0].pk,
            "due": "2026-12-01T23:59",
            "closes": "2026-12-08T23:59",
            "reason": "Tugas luar",
        },
    )
    assert answer.status_code == 302
    extension = Extension.objects.get()
    assert extension.due.isoformat() == "2026-12-01T15:59:59+00:00"  # 23:59:59 WITA
    assert extension.by == cast.organiser
    entry.refresh_from_db()
    assert entry.due_at == extension.due
    assert Notice.objects.get().kind == "extended"
    page = as_user(cast.organiser).get(reverse("admin:journals_extension_changelist")).content.decode()
    assert "01-12-2026 23.59 WITA" in page
    detail = as_user(cast.organiser).get(reverse("admin:journals_extension_change", args=[extension.pk]))
    assert "01-12-2026 23.59 WITA" in detail.content.decode()


def test_the_form_names_the_zone_of_the_chosen_participant(cast, as_user):
    client = as_user(cast.organiser)
    url = reverse("admin:journals_extension_add")
    assert "Dalam WITA" in client.get(url, {"enrolment": cast.enrolment.pk}).content.decode()
    assert "Dalam zona waktu angkatan peserta" in client.get(url).content.decode()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"closes": "2026-11-30T23:59"}, None),
        ({"reason": " "}, None),
        ({"due": ""}, None),
        ({"module": "other"}, "tidak ada dalam jadwal"),
    ],
)
def test_a_wrong_extension_is_refused(cast, as_user, change, message):
    if change.get("module"):
        change = {"module": factory.make_module(9).pk}
    answer = as_user(cast.organiser).post(
        reverse("admin:journals_extension_add"),
        {
            "enrolment": cast.enrolment.pk,
            "module": cast.modules[0].pk,
            "due": "2026-12-01T23:59",
            "closes": "2026-12-08T23:59",
            "reason": "Tugas luar",
            **change,
        },
    )
    assert answer.status_code == 200
    assert not Extension.objects.exists()
    assert (message or "errorlist") in answer.content.decode()


def test_a_remedial_is_recorded_through_the_workflow(cast, as_user):
    url = reverse("admin:journals_remedial_add")
    client = as_user(cast.organiser)
    data = {"enrolment": cast.enrolment.pk, "score": "70.02", "reason": "Lulus"}
    assert "errorlist" in client.post(url, data).content.decode()
    assert client.post(url, {**data, "score": "70.01"}).status_code == 302
    remedial = Remedial.objects.get()
    assert (str(remedial.score), remedial.by) == ("70.01", cast.organiser)


def test_rights_alone_do_not_extend(cast, as_user):
    """Somebody who may add extensions but not change cohorts is refused by the workflow."""
    cast.curriculum_editor.user_permissions.set(
        Permission.objects.filter(codename__in=["add_extension", "view_extension", "view_enrolment"])
    )
    answer = as_user(cast.curriculum_editor).post(
        reverse("admin:journals_extension_add"),
        {
            "enrolment": cast.enrolment.pk,
            "module": cast.modules[0].pk,
            "due": "2026-12-01T23:59",
            "closes": "2026-12-08T23:59",
            "reason": "Tugas luar",
        },
    )
    assert answer.status_code == 403


def test_submissions_show_no_text(lived_in, as_user):
    url = reverse("admin:journals_submission_change", args=[Submission.objects.first().pk])
    page = as_user(lived_in.organiser).get(url).content.decode()
    assert Submission.objects.first().sha256 in page
    assert "belajar mendengarkan" not in page
