"""An instructor's phrases: their page, who may use, change and delete them, and what the review page is told."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from journals import workflow
from journals.models import Phrase, Teaching
from journals.services import phrases
from tests import factory
from tests.factory import NOW

SCRIPT = {"Accept": "application/json"}
PAGE, ADD, DATA = (reverse(name) for name in ("phrases", "phrase_add", "phrase_data"))


def shown(as_user, user, **query) -> list[str]:
    """The phrases on the page, in their order."""
    answer = as_user(user).get(PAGE, query)
    assert answer.status_code == 200
    return [row["phrase"].text for row in answer.context["rows"]]


def offered(as_user, user) -> list[str]:
    """The phrases that the review page's script gets."""
    return [row["text"] for row in as_user(user).get(DATA).json()["phrases"]]


def form_data(text: str = "Kapan itu dimulai?", **more) -> dict[str, str]:
    return {"text": text, "criterion": "", "module": "", "cohort": ""} | more


# --- Who sees what ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "sees_shared"),
    [("instructor", True), ("other_instructor", True), ("lead", True), ("outside_instructor", False)],
)
def test_ones_own_and_those_of_the_cohorts_that_one_teaches(cast, as_user, who, sees_shared):
    factory.phrase(cast.instructor, "Hanya milik saya.")
    factory.phrase(cast.instructor, "Milik bersama.", cohort=cast.cohort)
    expected = ["Milik bersama."] * sees_shared + ["Hanya milik saya."] * (who == "instructor")
    assert shown(as_user, getattr(cast, who)) == expected
    assert offered(as_user, getattr(cast, who)) == expected


def test_who_no_longer_teaches_the_cohort_loses_what_others_share(cast, as_user):
    """A teaching that has ended is deleted; one's own phrases stay, shared or not."""
    theirs = factory.phrase(cast.lead, "Dari ketua.", cohort=cast.cohort)
    factory.phrase(cast.instructor, "Saya bagikan.", cohort=cast.cohort)
    factory.teach(cast.instructor, cast.outside_cohort)
    Teaching.objects.get(instructor=cast.instructor, cohort=cast.cohort).delete()
    assert shown(as_user, cast.instructor) == ["Saya bagikan."]
    assert as_user(cast.instructor).post(reverse("phrase_use", args=[theirs.pk])).status_code == 404
    assert sorted(shown(as_user, cast.other_instructor)) == ["Dari ketua.", "Saya bagikan."]


def test_who_teaches_nothing_any_more_has_no_page_of_phrases(cast, as_user):
    phrase = factory.phrase(cast.instructor)
    Teaching.objects.filter(instructor=cast.instructor).delete()
    for address in (PAGE, DATA, ADD, reverse("phrase_edit", args=[phrase.pk])):
        assert as_user(cast.instructor).get(address).status_code == 403


def test_a_lead_who_leads_no_longer_retires_nothing(cast, as_user):
    phrase = factory.phrase(cast.instructor, cohort=cast.cohort)
    address = reverse("phrase_remove", args=[phrase.pk])
    Teaching.objects.filter(instructor=cast.lead).update(is_lead=False)
    assert as_user(cast.lead).get(address).status_code == 403
    assert as_user(cast.lead).post(address).status_code == 403
    Teaching.objects.filter(instructor=cast.lead).update(is_lead=True)
    assert as_user(cast.lead).post(address).status_code == 302
    assert not Phrase.objects.exists()


def test_a_lead_finds_no_phrase_that_is_not_shared(cast, as_user):
    phrase = factory.phrase(cast.instructor)
    assert as_user(cast.lead).post(reverse("phrase_remove", args=[phrase.pk])).status_code == 404


def test_the_page_offers_only_what_one_may_do(cast, as_user):
    own = factory.phrase(cast.lead, "Punya ketua.")
    theirs = factory.phrase(cast.instructor, "Punya pengajar.", cohort=cast.cohort)

    def links(user):
        html = as_user(user).get(PAGE).content.decode()
        return {
            (name, phrase.pk)
            for phrase in (own, theirs)
            for name in ("phrase_edit", "phrase_remove")
            if f'"{reverse(name, args=[phrase.pk])}"' in html
        }

    assert links(cast.lead) == {("phrase_edit", own.pk), ("phrase_remove", own.pk), ("phrase_remove", theirs.pk)}
    assert links(cast.instructor) == {("phrase_edit", theirs.pk), ("phrase_remove", theirs.pk)}
    assert links(cast.other_instructor) == set()


def test_the_admin_shows_only_what_is_shared(cast, as_user):
    hidden = factory.phrase(cast.instructor, "Hanya milik saya.")
    factory.phrase(cast.instructor, "Milik bersama.", cohort=cast.cohort)
    html = as_user(cast.organiser).get(reverse("admin:journals_phrase_changelist")).content.decode()
    assert "Milik bersama." in html
    assert "Hanya milik saya." not in html
    change = reverse("admin:journals_phrase_change", args=[hidden.pk])
    assert as_user(cast.organiser).get(change).status_code == 302  # "doesn't exist", in the admin's way


# --- Finding ------------------------------------------------------------------------------------------


@pytest.fixture
def three(cast):
    """Three phrases with different purposes; the last one is used most."""
    factory.phrase(cast.instructor, "Ceritakan sebabnya.", criterion_code="refleksi")
    factory.phrase(cast.instructor, "Kapan rencana dimulai?", criterion_code="penerapan", module=cast.modules[1])
    most = factory.phrase(cast.instructor, "Ceritakan rencana Anda.")
    phrases.count_use(most, NOW)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["Ceritakan rencana Anda.", "Kapan rencana dimulai?", "Ceritakan sebabnya."]),
        ({"cari": "  RENCANA "}, ["Ceritakan rencana Anda.", "Kapan rencana dimulai?"]),
        ({"cari": "rencana ceritakan"}, ["Ceritakan rencana Anda."]),
        ({"cari": "%"}, []),
        ({"kriteria": "refleksi"}, ["Ceritakan sebabnya."]),
        ({"modul": "2"}, ["Kapan rencana dimulai?"]),
        ({"modul": "1"}, []),
        ({"modul": "2", "kriteria": "refleksi"}, []),
        ({"modul": "x", "kriteria": "", "page": "9"}, None),
    ],
)
def test_words_and_filters(cast, as_user, three, query, found):
    everything = shown(as_user, cast.instructor)
    assert shown(as_user, cast.instructor, **query) == (everything if found is None else found)


def test_without_phrases_the_page_explains_itself_and_has_no_filters(cast, as_user):
    html = as_user(cast.instructor).get(PAGE).content.decode()
    assert 'class="empty"' in html
    assert ADD in html
    assert 'name="cari"' not in html
    assert 'name="cari"' in as_user(cast.instructor).get(PAGE, {"cari": "apa"}).content.decode()


def test_pages_of_the_list_keep_the_filters(cast, as_user):
    for number in range(phrases.PER_PAGE + 1):
        factory.phrase(cast.instructor, f"Frasa {number}.", criterion_code="refleksi")
    html = as_user(cast.instructor).get(PAGE, {"kriteria": "refleksi", "cari": "frasa"}).content.decode()
    assert 'href="?cari=frasa&amp;kriteria=refleksi&amp;page=2"' in html
    assert len(shown(as_user, cast.instructor, kriteria="refleksi", page="2")) == 1


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [(PAGE, 8), (DATA, 7), (ADD, 6)])
def test_queries_do_not_grow(cast, as_user, django_assert_num_queries, rows, address, queries):
    for number in range(rows):
        factory.phrase(cast.instructor, f"Frasa {number}.", module=cast.modules[0], cohort=cast.cohort)
    client = as_user(cast.lead)
    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.parametrize(("name", "queries"), [("phrase_edit", 7), ("phrase_remove", 4)])
def test_queries_of_one_phrase(cast, as_user, django_assert_num_queries, name, queries):
    phrase = factory.phrase(cast.instructor, module=cast.modules[0], cohort=cast.cohort)
    client = as_user(cast.instructor)
    with django_assert_num_queries(queries):
        client.get(reverse(name, args=[phrase.pk]))


# --- Keeping and changing -------------------------------------------------------------------------------


def test_a_phrase_is_kept_with_what_it_is_about(cast, as_user):
    data = form_data("  Baris satu.\r\nBaris dua. ", criterion="refleksi", module="2", cohort=cast.cohort.key)
    assert as_user(cast.instructor).post(ADD, data).url == PAGE
    phrase = Phrase.objects.get()
    assert phrase.text == "Baris satu.\nBaris dua."
    assert (phrase.owner, phrase.cohort, phrase.module) == (cast.instructor, cast.cohort, cast.modules[1])
    assert (phrase.criterion_code, phrase.uses, phrase.used_at) == ("refleksi", 0, None)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("text", " ", "required"),
        ("text", "x" * 1001, "max_length"),
        ("criterion", "lain", "invalid_choice"),
        ("module", "9", "invalid_choice"),
        ("cohort", "abcdefghijkl", "invalid_choice"),
    ],
)
def test_what_cannot_be_kept_comes_back(cast, as_user, field, value, code):
    data = form_data("Jangan hilang.") | {field: value}
    answer = as_user(cast.instructor).post(ADD, data)
    assert answer.status_code == 422
    assert answer.context["form"].has_error(field, code)
    assert data["text"].strip() in answer.content.decode()
    assert not Phrase.objects.exists()


def test_it_is_shared_only_with_a_cohort_that_one_teaches(cast, as_user):
    phrase = factory.phrase(cast.instructor)
    for address in (ADD, reverse("phrase_edit", args=[phrase.pk])):
        answer = as_user(cast.instructor).post(address, form_data(cohort=cast.outside_cohort.key))
        assert answer.status_code == 422
        assert "cohort" in answer.context["form"].errors
    assert Phrase.objects.get().cohort is None


def test_the_same_words_once_in_each_scope(cast, as_user):
    client = as_user(cast.instructor)
    shared = form_data(cohort=cast.cohort.key)
    assert client.post(ADD, form_data()).status_code == 302
    assert client.post(ADD, shared).status_code == 302
    for data in (form_data(), shared, form_data(criterion="refleksi")):
        answer = client.post(ADD, data)
        assert (answer.status_code, "text" in answer.context["form"].errors) == (422, True)
        assert data["text"] in answer.content.decode()
    other = Phrase.objects.get(cohort=None)
    assert client.post(reverse("phrase_edit", args=[other.pk]), shared).status_code == 422
    assert as_user(cast.other_instructor).post(ADD, shared).status_code == 302


def test_a_phrase_is_changed_shared_and_kept_to_oneself_again(cast, as_user):
    phrase = factory.phrase(cast.instructor, "Lama.")
    address = reverse("phrase_edit", args=[phrase.pk])
    client = as_user(cast.instructor)
    assert "Lama.</textarea>" in client.get(address).content.decode()
    assert client.post(address, form_data("Baru.", module="1", cohort=cast.cohort.key)).url == PAGE
    assert shown(as_user, cast.other_instructor) == ["Baru."]
    as_user(cast.instructor).post(address, form_data("Baru."))
    assert shown(as_user, cast.other_instructor) == []


def test_what_a_phrase_has_stays_on_offer(cast, as_user):
    """Neither a new rubric nor the end of a teaching makes a phrase unchangeable."""
    phrase = factory.phrase(
        cast.instructor, criterion_code="lama", module=factory.make_module(9), cohort=cast.outside_cohort
    )
    data = form_data("Baru.", criterion="lama", module="9", cohort=cast.outside_cohort.key)
    assert as_user(cast.instructor).post(reverse("phrase_edit", args=[phrase.pk]), data).status_code == 302
    phrase.refresh_from_db()
    assert (phrase.text, phrase.criterion_code, phrase.cohort) == ("Baru.", "lama", cast.outside_cohort)


def test_a_phrase_that_is_gone_meanwhile_gives_its_words_back(cast, as_user, monkeypatch):
    phrase = factory.phrase(cast.instructor, cohort=cast.cohort)
    change = phrases.change

    def after_a_lead(**given):
        Phrase.objects.all().delete()
        return change(**given)

    monkeypatch.setattr(phrases, "change", after_a_lead)
    answer = as_user(cast.instructor).post(reverse("phrase_edit", args=[phrase.pk]), form_data("Jangan hilang."))
    assert answer.status_code == 409
    assert "Jangan hilang.</textarea>" in answer.content.decode()
    assert not Phrase.objects.exists()


def test_a_change_leaves_the_count_alone(cast, as_user):
    phrase = factory.phrase(cast.instructor)
    phrases.count_use(phrase, NOW)
    phrases.change(phrase=phrase, given=phrases.Given("Baru."))
    phrase.refresh_from_db()
    assert (phrase.text, phrase.uses, phrase.used_at) == ("Baru.", 1, NOW)


def test_there_is_an_end_to_how_many_one_keeps(cast, as_user, monkeypatch):
    monkeypatch.setattr(phrases, "MOST", 1)
    factory.phrase(cast.instructor)
    answer = as_user(cast.instructor).post(ADD, form_data("Jangan hilang."))
    assert answer.status_code == 409
    assert "Jangan hilang.</textarea>" in answer.content.decode()


def test_deleting_asks_first_and_leaves_comments_alone(cast, as_user):
    phrase = factory.phrase(cast.instructor, "Ceritakan.", cohort=cast.cohort)
    address = reverse("phrase_remove", args=[phrase.pk])
    html = as_user(cast.instructor).get(address).content.decode()
    assert "“Ceritakan.”" in html
    assert cast.cohort.name in html
    assert as_user(cast.instructor).post(address).url == PAGE
    assert not Phrase.objects.exists()


def test_a_text_that_came_after_the_session_ended_is_given_back(cast, as_user):
    answer = as_user(None).post(ADD, form_data("Satu") | {"label_text": "Frasa"})
    assert answer.status_code == 401
    assert ("Frasa", "Satu") in answer.context["kept"]


@pytest.mark.parametrize(("name", "queries"), [("phrase_add", 12), ("phrase_edit", 12), ("phrase_remove", 8)])
def test_posts_cost_few_queries(cast, as_user, django_assert_max_num_queries, name, queries):
    phrase = factory.phrase(cast.instructor)
    client = as_user(cast.instructor)
    with django_assert_max_num_queries(queries):
        answer = client.post(reverse(name, args=[] if name == "phrase_add" else [phrase.pk]), form_data())
    assert answer.status_code == 302


# --- What the review page asks for ------------------------------------------------------------------------


def test_the_script_gets_all_phrases_and_no_cache_keeps_them(cast, as_user, three):
    factory.phrase(cast.lead, "Dari ketua.", cohort=cast.cohort)
    answer = as_user(cast.instructor).get(DATA)
    assert answer["Cache-Control"] == "private, no-store"
    rows = {row["text"]: row for row in answer.json()["phrases"]}
    assert next(iter(rows)) == "Ceritakan rencana Anda."  # the most used
    plan = rows["Kapan rencana dimulai?"]
    assert (plan["criterion"], plan["module"], plan["uses"]) == ("penerapan", 2, 0)
    assert re.match(r"Penerapan · \w+ 2$", plan["about"])
    assert rows["Ceritakan rencana Anda."]["about"] == ""
    assert "Ketut Sudarma" in rows["Dari ketua."]["about"]


def test_each_use_is_counted(cast, as_user, clock):
    phrase = factory.phrase(cast.lead, cohort=cast.cohort)
    for who in (cast.instructor, cast.other_instructor):
        assert as_user(who).post(reverse("phrase_use", args=[phrase.pk])).status_code == 204
    phrase.refresh_from_db()
    assert (phrase.uses, phrase.used_at) == (2, NOW)


def test_a_use_costs_five_queries(cast, as_user, django_assert_num_queries):
    phrase = factory.phrase(cast.instructor)
    client = as_user(cast.instructor)
    with django_assert_num_queries(5):
        client.post(reverse("phrase_use", args=[phrase.pk]))


def test_the_script_keeps_a_comment_as_a_phrase(cast, as_user):
    client = as_user(cast.instructor)
    data = {"text": "Apa sebabnya, {nama}?", "criterion": "refleksi", "module": "1"}
    answer = client.post(ADD, data, headers=SCRIPT)
    assert answer.status_code == 201
    phrase = Phrase.objects.get()
    assert (phrase.criterion_code, phrase.module, phrase.cohort) == ("refleksi", cast.modules[0], None)
    assert answer.json()["phrase"] == client.get(DATA).json()["phrases"][0]
    assert answer.json()["message"]


@pytest.mark.parametrize("text", ["", "Sudah ada.", "x" * 1001])
def test_the_script_is_told_why_not(cast, as_user, text):
    factory.phrase(cast.instructor, "Sudah ada.")
    answer = as_user(cast.instructor).post(ADD, {"text": text}, headers=SCRIPT)
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert Phrase.objects.count() == 1


def test_the_bench_has_the_buttons_and_a_link_and_asks_no_query_for_them(cast, as_user, django_assert_num_queries):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    factory.phrase(cast.instructor, "Tidak dikirim dengan halaman.")
    client = as_user(cast.instructor)
    with django_assert_num_queries(12):
        html = client.get(reverse("review", args=[entry.key])).content.decode()
    comments = len(factory.CRITERIA) + 2  # and the overall comment, and the things to improve
    assert html.count("data-phrase-insert") == html.count("data-phrase-keep") == comments
    assert html.count(f'class="no-js" href="{PAGE}" target="_blank"') == comments
    assert 'data-person="Ratna Kusumaningrum"' in html  # without titles
    assert "Tidak dikirim dengan halaman." not in html


def test_instructors_find_the_way_and_others_are_not_shown_it(cast, as_user):
    for user, times in ((cast.instructor, 2), (cast.participant, 0), (cast.organiser, 0)):
        address = reverse("queue" if times else "profile")
        assert as_user(user).get(address).content.decode().count(f'href="{PAGE}"') == times


def test_the_database_has_the_last_word_on_repeated_words(cast):
    """Two requests at the same moment: the second is refused in words, not by an error."""
    phrase = factory.phrase(cast.instructor)
    with pytest.raises(workflow.Invalid):
        phrases.keep(user=cast.instructor, given=phrases.Given(phrase.text), now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Phrase.objects.bulk_create([Phrase(owner=phrase.owner, text="x", sha256=phrase.sha256, created_at=NOW)])
