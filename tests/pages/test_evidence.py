"""Evidence of behaviour over the wire: the page without a script, what a script gets, and who sees the marks."""

import re

import pytest
from django.urls import reverse

from journals import anchors, workflow
from journals.models import Entry, Evidence
from tests import factory
from tests.pages.writing import address, dashboard, text_of, typed

JSON = {"accept": "application/json"}
TEXT = "<p>Pagi itu ramai. Saya mendahulukan ibu hamil. Semua menerima.</p>"
QUOTE = "Saya mendahulukan ibu hamil."


@pytest.fixture
def behaviour(db):
    return factory.make_behaviour()


@pytest.fixture
def entry(cast, behaviour):
    return factory.draft(cast.enrolment, cast.modules[0], text=TEXT)


@pytest.fixture
def mark(cast, entry):
    return factory.marked(cast.enrolment, cast.modules[0], quote=QUOTE)


def page_of(client, cast, number: int = 1) -> str:
    return text_of(client.get(address("entry_evidence", cast, number)))


def place(page: str, sentence: str) -> str:
    """What the radio button of a sentence of the reflection sends."""
    return re.search(rf'value="(refleksi:\d+:\d+)"[^>]*><label[^>]*>{re.escape(sentence)}<', page)[1]


def chosen(client, cast, entry, shown, /, **change):
    page = page_of(client, cast)
    given = {"passage": place(page, QUOTE), "behaviour": shown.code, "version": entry.version}
    return client.post(address("entry_evidence_mark", cast), given | change)


def selected(shown, /, **change):
    """What the script sends of a selection."""
    text = anchors.plain(TEXT)
    anchor = anchors.at(text, text.index(QUOTE), text.index(QUOTE) + len(QUOTE))
    sides = {"quote": anchor.quote, "prefix": anchor.prefix, "suffix": anchor.suffix, "lone": "true"}
    return {"part": "refleksi", "behaviour": shown.code, **sides, **change}


# --- Without a script ---------------------------------------------------------------------------------


def test_before_anything_is_written_the_page_leads_to_writing(cast, as_user):
    page = page_of(as_user(cast.participant), cast)
    assert "Tulis dan simpan dahulu tulisan Anda" in page
    assert address("entry_write", cast) in page
    assert not Entry.objects.exists()


def test_a_sentence_and_a_behaviour_are_chosen_from_lists(cast, as_user, entry, behaviour):
    client = as_user(cast.participant)
    answer = chosen(client, cast, entry, behaviour)
    assert (answer.status_code, answer.url) == (302, address("entry_evidence", cast))
    page = page_of(client, cast)
    assert "Ditandai sebagai bukti." in page
    assert f"“{QUOTE}”" in page
    assert page.count('class="mark"') == 1
    mark = Evidence.objects.get()
    assert (mark.quote, mark.response.prompt.key, mark.behaviour) == (QUOTE, "refleksi", behaviour)


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"passage": ""}, 422, "Pilih dahulu bagiannya."),
        ({"passage": "refleksi:x:y"}, 422, "Pilih dahulu bagiannya."),
        ({"passage": f"refleksi:{'9' * 5000}:1"}, 422, "Pilih dahulu bagiannya."),
        ({"passage": "refleksi:99999:99999"}, 422, "Silakan pilih kalimat lain."),
        ({"behaviour": "a\x00b"}, 422, "Pilih satu perilaku."),
        ({"passage": "lain:0:5"}, 409, "Silakan pilih lagi bagiannya."),
        ({"behaviour": ""}, 422, "Pilih satu perilaku."),
        ({"version": "0"}, 409, "Tulisan Anda sudah berubah."),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(cast, as_user, entry, behaviour, change, status, words):
    answer = chosen(as_user(cast.participant), cast, entry, behaviour, **change)
    page = text_of(answer)
    assert answer.status_code == status
    assert words in page
    assert "<title>Galat:" in page
    kept = re.findall(r'<input type="radio"[^>]*checked', page)
    assert len(kept) == (2 if not change else 1)
    assert not Evidence.objects.exists()


def test_a_sentence_that_nobody_could_tell_from_another_is_refused(cast, as_user, behaviour):
    text = "<p>" + " ".join(["Kalimat yang sama persis dan panjang sekali."] * 5) + "</p>"
    entry = factory.draft(cast.enrolment, cast.modules[0], text=text)
    client = as_user(cast.participant)
    middle = re.findall(r'value="(refleksi:\d+:\d+)"', page_of(client, cast))[2]
    given = {"passage": middle, "behaviour": behaviour.code, "version": entry.version}
    answer = client.post(address("entry_evidence_mark", cast), given)
    assert answer.status_code == 422
    assert "Silakan pilih kalimat lain." in text_of(answer)
    assert not Evidence.objects.exists()


def test_a_mark_that_lost_its_passage_says_so_and_gets_a_new_place(cast, as_user, entry, mark):
    client = as_user(cast.participant)
    assert "data-lost hidden" in page_of(client, cast)
    client.post(address("entry_save", cast), typed(entry.version, refleksi="Kalimat baru ini. Dan satu lagi di sini."))
    assert "data-lost>" in page_of(client, cast)
    url = address("entry_evidence_place", cast, 1, mark.pk)
    page = text_of(client.get(url))
    assert "Tempat baru untuk tanda" in page
    assert 'name="behaviour"' not in page
    refused = client.post(url, {"version": entry.version})
    assert refused.status_code == 422
    version = Entry.objects.get().version
    answer = client.post(url, {"passage": place(page, "Kalimat baru ini."), "version": version})
    assert (answer.status_code, answer.url) == (302, address("entry_evidence", cast))
    assert "Tanda sudah mendapat tempat baru." in page_of(client, cast)
    mark.refresh_from_db()
    assert mark.quote == "Kalimat baru ini."


def test_removing_takes_the_mark_and_leaves_the_text(cast, as_user, entry, mark):
    client = as_user(cast.participant)
    answer = client.post(address("entry_evidence_remove", cast, 1, mark.pk))
    assert answer.status_code == 302
    assert "Tulisan Anda tidak berubah." in page_of(client, cast)
    assert not Evidence.objects.exists()
    assert entry.responses.get(prompt__key="refleksi").body == TEXT
    # Pressed twice, or removed in another tab before: it is gone, as was asked for.
    assert client.post(address("entry_evidence_remove", cast, 1, mark.pk)).status_code == 302


def test_after_handing_in_the_page_leads_to_the_entry(cast, as_user, behaviour):
    factory.submitted(cast.enrolment, cast.modules[0])
    answer = as_user(cast.participant).get(address("entry_evidence", cast))
    assert (answer.status_code, answer.url) == (302, address("entry", cast))


def test_nobody_reaches_a_mark_of_somebody_else(cast, as_user, entry, mark):
    factory.draft(cast.peer_enrolment, cast.modules[0])
    client = as_user(cast.peer)
    assert client.post(address("entry_evidence_place", cast, 1, mark.pk)).status_code == 404
    assert client.post(address("entry_evidence_remove", cast, 1, mark.pk)).status_code == 302  # as if it were gone
    assert Evidence.objects.get() == mark


# --- For the script -------------------------------------------------------------------------------------


def test_the_script_gets_list_choices_and_where_to_find_each(cast, as_user, entry, mark, behaviour):
    told = as_user(cast.participant).get(address("entry_evidence", cast), headers=JSON).json()
    assert f'data-mark="{mark.pk}"' in told["html"]
    assert f'value="{behaviour.code}"' in told["choices"]
    sides = {"prefix": "Pagi itu ramai. ", "suffix": " Semua menerima.", "lone": True}
    assert told["marks"] == [{"pk": mark.pk, "part": "refleksi", "start": 16, "quote": QUOTE, **sides}]


def test_a_selection_is_marked_and_the_new_list_comes_back(cast, as_user, entry, behaviour):
    client, url = as_user(cast.participant), address("entry_evidence_mark", cast)
    for _time in range(2):  # also when the answer was lost and it is sent again
        told = client.post(url, selected(behaviour), headers=JSON).json()
    assert [mark["quote"] for mark in told["marks"]] == [QUOTE]
    assert told["message"] == "Ditandai sebagai bukti."
    assert Evidence.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"quote": "Tidak ada"}, 409),
        ({"quote": "\x00"}, 409),
        ({"behaviour": "x"}, 422),
        ({"part": "lain"}, 422),
        ({"part": "\x00"}, 422),
    ],
)
def test_a_script_is_told_what_was_refused(cast, as_user, entry, behaviour, change, status):
    url = address("entry_evidence_mark", cast)
    answer = as_user(cast.participant).post(url, selected(behaviour, **change), headers=JSON)
    assert answer.status_code == status
    assert answer.json()["message"]
    assert not Evidence.objects.exists()


# --- Where marks are seen ---------------------------------------------------------------------------------


def test_preview_and_review_show_the_same_marks(cast, as_user, entry, mark):
    preview = text_of(as_user(cast.participant).get(address("entry_preview", cast)))
    workflow.submit(
        user=cast.participant, entry=entry, version=entry.version, accepted=True, key="kunci", now=factory.NOW
    )
    review = text_of(as_user(cast.instructor).get(reverse("review", args=[entry.key])))
    own = text_of(as_user(cast.participant).get(address("submission", cast, 1, 1)))
    for page in (preview, review, own):
        assert page.count("data-start=") == 1
        assert f'data-start="16" data-quote="{QUOTE}"' in page
        assert "Ramah, cekatan, dan solutif" in page


def test_the_preview_says_what_will_not_go_along(cast, as_user, entry, mark):
    client = as_user(cast.participant)
    assert "perlu tempat baru" not in text_of(client.get(address("entry_preview", cast)))
    client.post(address("entry_save", cast), typed(entry.version))
    page = text_of(client.get(address("entry_preview", cast)))
    assert "1 tanda perlu tempat baru" in page
    assert "data-start=" not in page


def test_submissions_from_before_there_were_marks_stay_readable(cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    page = text_of(as_user(cast.instructor).get(reverse("review", args=[entry.key])))
    assert "data-start=" not in page
    assert 'class="evidence"' not in page


def test_the_module_s_page_names_the_behaviours_that_the_entry_shows(cast, as_user, entry, mark):
    client, url = as_user(cast.participant), reverse("module", args=[cast.modules[0].slug])
    page = text_of(client.get(url))
    assert "Perilaku yang ada buktinya di sini" in page
    assert page.count("Ramah, cekatan, dan solutif") == 1
    client.post(address("entry_save", cast), typed(entry.version))  # the passage is gone
    assert "Perilaku yang ada buktinya" not in text_of(client.get(url))
    assert "Perilaku yang ada buktinya" not in text_of(as_user(cast.peer).get(url))


def test_the_map_counts_passages_by_value_and_module(cast, as_user, entry, mark, behaviour):
    second = factory.make_behaviour(factory.make_value(2), 1, "Menepati janji")
    factory.marked(cast.enrolment, cast.modules[0], quote="Semua menerima.", behaviour=behaviour)
    factory.marked(cast.enrolment, cast.modules[1], behaviour=second)
    factory.marked(cast.peer_enrolment, cast.modules[1], behaviour=behaviour)  # somebody else's
    client = as_user(cast.participant)
    assert reverse("journal_map", args=[cast.cohort.key]) in dashboard(cast, client)
    page = text_of(client.get(reverse("journal_map", args=[cast.cohort.key])))
    rows = re.findall(r'<th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', page)
    cells = {name: re.findall(r"<td[^>]*>(?:<[^>]*>·</span><[^>]*>)?(\d+)", row) for name, row in rows}
    assert cells == {"Nilai 1": ["2", "0"], "Nilai 2": ["0", "1"]}
    assert "2 dari 2 perilaku" in page


def test_the_map_leads_to_marks_that_need_a_new_place(cast, as_user, entry, mark):
    client = as_user(cast.participant)
    client.post(address("entry_save", cast), typed(entry.version))
    page = text_of(client.get(reverse("journal_map", args=[cast.cohort.key])))
    assert "Tanda yang perlu tempat baru:" in page
    assert f'href="{address("entry_evidence", cast)}"' in page
    workflow.submit(
        user=cast.participant,
        entry=Entry.objects.get(),
        version=Entry.objects.get().version,
        accepted=True,
        key="kunci",
        now=factory.NOW,
    )
    page = text_of(client.get(reverse("journal_map", args=[cast.cohort.key])))
    assert "Tanda yang perlu tempat baru:" not in page  # nothing can be done about it now
    assert "Belum ada bukti yang ditandai." in page


def test_the_dashboard_fetches_the_table_alone(cast, as_user, entry, mark):
    told = as_user(cast.participant).get(reverse("journal_map", args=[cast.cohort.key]), headers=JSON).json()
    assert "<table" in told["html"]
    assert "<h1" not in told["html"]


# --- Queries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marks", [1, 3])
def test_lists_cost_the_same_for_one_mark_and_for_three(
    cast, as_user, entry, behaviour, marks, django_assert_num_queries
):
    for quote in ["Pagi itu ramai.", QUOTE, "Semua menerima."][:marks]:
        factory.marked(cast.enrolment, cast.modules[0], quote=quote)
    client = as_user(cast.participant)
    with django_assert_num_queries(12):
        client.get(address("entry_evidence", cast))
    with django_assert_num_queries(9):
        client.get(address("entry_evidence", cast), headers=JSON)
    with django_assert_num_queries(8):
        client.get(reverse("journal_map", args=[cast.cohort.key]))
    with django_assert_num_queries(11):
        client.get(address("entry_preview", cast))


def test_marking_costs_the_same_every_time(cast, as_user, entry, behaviour, mark, django_assert_num_queries):
    client, url = as_user(cast.participant), address("entry_evidence_mark", cast)
    given = selected(factory.make_behaviour(behaviour.value, 2, "Lain"))
    with django_assert_num_queries(15):
        client.post(url, given, headers=JSON)
