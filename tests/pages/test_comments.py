"""Comments on passages over the wire: the page without a script, what a script gets, and who reads them when."""

import re
from html import unescape

import pytest
from django.urls import reverse

from journals import triggers, workflow
from journals.models import Annotation, Entry, Review
from journals.workflow import ReviewInput
from journals.workflow.claiming import LEASE
from tests import factory
from tests.factory import AT_RELEASE, NOW
from tests.pages.test_review import form_data
from tests.pages.writing import address, text_of

JSON = {"accept": "application/json"}
TEXT = "<p>Pagi itu ramai. Saya mendahulukan ibu hamil. Semua menerima &amp; senang.</p>"
QUOTE = "Saya mendahulukan ibu hamil."


@pytest.fixture
def entry(cast) -> Entry:
    """A submitted entry that the instructor holds."""
    found = factory.submitted(cast.enrolment, cast.modules[0], text=TEXT).entry
    workflow.claim(user=cast.instructor, entry=found, now=NOW)
    return found


@pytest.fixture
def note(cast, entry) -> Annotation:
    return factory.annotated(entry, cast.instructor, quote=QUOTE)


def url(name: str, entry: Entry, *more: int) -> str:
    return reverse(name, args=[entry.key, *more])


def place(page: str, sentence: str) -> str:
    """What the radio button of a sentence of the reflection sends."""
    return re.search(rf'value="(refleksi:\d+:\d+)"[^>]*><label[^>]*>{re.escape(sentence)}<', page)[1]


def chosen(client, entry, /, **change):
    """Choose a sentence from the list, and send the form."""
    page = text_of(client.get(url("review_comments", entry)))
    given = {"passage": place(page, QUOTE), "text": "Bagus.", "submission": "1"}
    return client.post(url("review_annotate", entry), given | change)


def selected(client, entry, /, **change):
    """What the script sends of a selection."""
    given = {"part": "refleksi", "start": "16", "quote": QUOTE, "text": "Bagus.", "submission": "1"}
    return client.post(url("review_annotate", entry), given | change, headers=JSON)


# --- Without a script ---------------------------------------------------------------------------------


def test_a_sentence_is_chosen_from_a_list(cast, as_user, entry):
    client = as_user(cast.instructor)
    assert url("review_comments", entry) in text_of(client.get(url("review", entry)))
    answer = chosen(client, entry, text="Bagus.\r\nLanjutkan.")
    assert (answer.status_code, answer.url) == (302, url("review_comments", entry))
    page = text_of(client.get(answer.url))
    assert "Komentar tersimpan." in page
    assert f"“{QUOTE}”" in page
    assert "Bagus.<br>Lanjutkan." in page
    note = Annotation.objects.get()
    assert (note.quote, note.start, note.prompt.key, note.text) == (QUOTE, 16, "refleksi", "Bagus.\nLanjutkan.")


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"passage": ""}, 422, "Pilih dahulu bagiannya."),
        ({"passage": "refleksi:x:y"}, 422, "Pilih dahulu bagiannya."),
        ({"passage": "refleksi:99999:99999"}, 422, "tidak ada dalam kiriman"),
        ({"passage": "lain:0:5"}, 422, "tidak ada dalam kiriman"),
        ({"text": ""}, 422, "Tulis dahulu komentar Anda."),
        ({"text": "x" * 2001}, 422, "paling banyak 2000 karakter"),
        ({"submission": "2"}, 409, "Kiriman yang lebih baru"),
        ({"submission": "x"}, 409, "Kiriman yang lebih baru"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_comes_back(cast, as_user, entry, change, status, words):
    answer = chosen(as_user(cast.instructor), entry, **change)
    page = text_of(answer)
    assert answer.status_code == status
    assert words in page
    assert change.get("text", "Bagus.") in page
    if status == 422:
        assert "<title>Galat:" in page
        assert page.count(" checked") == ("passage" not in change)
    assert not Annotation.objects.exists()


def test_a_comment_is_changed_and_deleted_on_a_page_of_its_own(cast, as_user, entry, note):
    client = as_user(cast.instructor)
    there = url("review_annotation", entry, note.pk)
    assert f'href="{there}"' in text_of(client.get(url("review_comments", entry)))
    page = text_of(client.get(there))
    assert "Siapa mereka?</textarea>" in page
    assert 'name="passage"' not in page
    refused = client.post(there, {"text": " "})
    assert (refused.status_code, "Tulis dahulu komentar Anda." in text_of(refused)) == (422, True)
    answer = client.post(there, {"text": "Berapa orang?"})
    assert (answer.status_code, answer.url) == (302, url("review_comments", entry))
    note.refresh_from_db()
    assert note.text == "Berapa orang?"
    for _press in range(2):  # twice, or deleted in another tab before: it is gone, as was asked for
        answer = client.post(url("review_annotation_remove", entry, note.pk))
        assert (answer.status_code, answer.url) == (302, url("review_comments", entry))
    assert "Komentar dihapus." in text_of(client.get(answer.url))
    assert not Annotation.objects.exists()
    assert client.get(there).status_code == 404


def test_the_way_back_keeps_the_filters(cast, as_user, entry, note):
    client = as_user(cast.instructor)
    query = "?modul=1&cari=Ratna"
    page = text_of(client.get(url("review", entry) + query))
    for name, more in (("review_comments", []), ("review_annotate", []), ("review_annotation", [note.pk])):
        assert f'"{url(name, entry, *more)}{query}"' in page
    answer = client.post(url("review_annotation", entry, note.pk) + query, {"text": "Berapa orang?"})
    assert answer.url == url("review_comments", entry) + query
    assert f'"{url("review", entry)}{query}"' in text_of(client.get(answer.url))


def test_without_a_review_of_ones_own_the_page_leads_to_the_entry(cast, as_user, entry, note):
    answer = as_user(cast.lead).get(url("review_comments", entry))
    assert (answer.status_code, answer.url) == (302, url("review", entry))
    assert as_user(cast.lead).get(url("review_annotation", entry, note.pk)).status_code == 404
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=ReviewInput("", factory.scores()), now=NOW)
    for there in (url("review_comments", entry), url("review_annotation", entry, note.pk)):
        answer = as_user(cast.instructor).get(there)
        assert (answer.status_code, answer.url) == (302, url("review", entry))


def test_in_a_damaged_submission_nothing_is_found_and_what_was_written_stays(cast, as_user, entry, note):
    with triggers.lifted():
        entry.submissions.update(sha256="0" * 64)
    page = text_of(as_user(cast.instructor).get(url("review_comments", entry)))
    assert "Siapa mereka?" in page
    assert "data-lost>" in page
    assert 'name="passage"' not in page
    assert as_user(cast.instructor).get(url("review", entry)).status_code == 200


# --- What a script gets -------------------------------------------------------------------------------


def test_a_selection_is_commented_on(cast, as_user, entry):
    client = as_user(cast.instructor)
    answer = selected(client, entry)
    assert (answer.status_code, answer.json()["message"]) == (200, "Komentar tersimpan.")
    html = answer.json()["html"]
    assert html.count("data-comments=") == 3
    assert f'data-part="refleksi" data-start="16" data-quote="{QUOTE}" data-text="Bagus."' in html
    assert selected(client, entry).status_code == 200
    assert Annotation.objects.count() == 1
    page = text_of(client.get(url("review", entry)))
    lists = re.findall(r'<div class="evidence .*?</ul></div>', html, re.DOTALL)
    assert [one in page for one in map(unescape, lists)] == [True] * 3


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"quote": "Saya tidak ada"}, 422, ""),
        ({"start": "x"}, 422, ""),
        ({"start": "9" * 20}, 422, ""),
        ({"quote": "a\x00b"}, 422, ""),
        ({"text": " "}, 422, ""),
        ({"submission": "2"}, 409, "moved"),
    ],
)
def test_a_script_is_told_what_is_wrong(cast, as_user, entry, change, status, code):
    answer = selected(as_user(cast.instructor), entry, **change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["message"]
    assert not Annotation.objects.exists()


def test_a_script_changes_and_deletes(cast, as_user, entry, note):
    client = as_user(cast.instructor)
    answer = client.post(url("review_annotation", entry, note.pk), {"text": "Berapa?"}, headers=JSON)
    assert 'data-text="Berapa?"' in answer.json()["html"]
    answer = client.post(url("review_annotation_remove", entry, note.pk), headers=JSON)
    assert (answer.json()["message"], "data-note" in answer.json()["html"]) == ("Komentar dihapus.", False)


def test_a_signed_out_script_gets_401(cast, as_user, entry):
    assert selected(as_user(None), entry).status_code == 401


def test_a_form_that_comes_after_the_session_gives_the_comment_back(cast, as_user, entry):
    given = {"passage": "refleksi:16:44", "text": "Bagus.", "label_text": "Komentar", "submission": "1"}
    answer = as_user(None).post(url("review_annotate", entry), given)
    assert (answer.status_code, "Bagus.</textarea>" in text_of(answer)) == (401, True)


# --- At the wrong moment ------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("moment", ["taken over", "graded"])
def test_the_text_comes_back_when_the_entry_has_moved_on(cast, as_user, clock, entry, note, moment, script):
    clock.move_to(later := NOW + LEASE * 2)
    other = workflow.claim(user=cast.lead, entry=entry, now=later)
    if moment == "graded":
        given = ReviewInput("Putusan ketua.", factory.scores("75"))
        workflow.grade(user=cast.lead, entry=entry, version=other.version, now=later, given=given)
    client = as_user(cast.instructor)
    given = {"part": "refleksi", "start": "16", "quote": QUOTE, "submission": "1", "text": "Jangan hilang."}
    for name, more in (("review_annotate", []), ("review_annotation", [note.pk])):
        answer = client.post(url(name, entry, *more), given, headers=JSON if script else {})
        assert answer.status_code == 409
        if script:
            assert answer.json()["code"] == ("lease" if moment == "taken over" else "state")
        else:
            assert "Jangan hilang.</textarea>" in text_of(answer)
    assert client.post(url("review_annotation_remove", entry, note.pk)).status_code == 409
    assert Annotation.objects.get().text == "Siapa mereka?"


def test_the_open_form_beside_the_text_saves_on(cast, as_user, entry):
    client = as_user(cast.instructor)
    review = Review.objects.get()
    assert selected(client, entry).status_code == 200
    answer = client.post(url("review_save", entry), form_data(review), headers=JSON)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


# --- Who reads them -----------------------------------------------------------------------------------


def test_on_the_bench_they_stand_below_their_part_and_elsewhere_with_the_review(cast, as_user, entry, note):
    page = text_of(as_user(cast.instructor).get(url("review", entry)))
    assert page.count("data-note=") == 1
    assert 'data-comments="refleksi" data-highlight="comment">' in page
    assert page.count('data-highlight="comment" hidden>') == 2
    assert "Siapa mereka?" not in text_of(as_user(cast.lead).get(url("review", entry)))
    workflow.unclaim(user=cast.instructor, entry=entry, now=NOW)
    page = text_of(as_user(cast.instructor).get(url("review", entry)))
    assert "Siapa mereka?" in page  # to be read, until the entry is taken up again
    assert "data-edit" not in page
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=ReviewInput("", factory.scores()), now=NOW)
    for reader in (cast.instructor, cast.lead, cast.organiser):
        page = text_of(as_user(reader).get(url("review", entry)))
        assert page.count("Siapa mereka?") == 1
        assert "data-edit" not in page


def test_a_review_that_another_overtook_stays_readable_to_its_writer(cast, as_user, entry, note):
    later = NOW + LEASE * 2
    other = workflow.claim(user=cast.lead, entry=entry, now=later)
    given = ReviewInput("", factory.scores("75"))
    workflow.grade(user=cast.lead, entry=entry, version=other.version, now=later, given=given)
    assert "Siapa mereka?" in text_of(as_user(cast.instructor).get(url("review", entry)))
    assert "Siapa mereka?" not in text_of(as_user(cast.lead).get(url("review", entry)))


def test_the_author_reads_them_with_the_decision_and_not_before(cast, as_user, entry, note):
    cast.cohort.release_policy = AT_RELEASE
    cast.cohort.save()

    def pages() -> str:
        client = as_user(cast.participant)
        return "".join(
            text_of(client.get(there)) for there in (address("submission", cast, 1, 1), address("entry", cast))
        )

    assert "Siapa mereka?" not in pages()
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=ReviewInput("", factory.scores()), now=NOW)
    assert "Siapa mereka?" not in pages()
    workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW)
    page = pages()
    assert page.count("Siapa mereka?") == 1
    assert "1 komentar pada bagian teks Anda" in page
    assert f'data-part="refleksi" data-start="16" data-quote="{QUOTE}"' in page
    assert page.count('<section data-prompt="refleksi">') == 1
    assert "data-edit" not in page


def test_a_returned_text_shows_them_at_once(cast, as_user, entry, note):
    due = NOW + factory.timedelta(days=3)
    given = {"user": cast.instructor, "entry": entry, "version": 0, "now": NOW, "due": due}
    workflow.return_for_revision(**given, given=ReviewInput("", {}, ("Perbaiki",)))
    client = as_user(cast.participant)
    assert "Siapa mereka?" in text_of(client.get(address("submission", cast, 1, 1)))
    page = text_of(client.get(address("entry_write", cast)))
    assert "1 komentar pada bagian teks Anda (tab baru)" in page
    assert f'"{address("submission", cast, 1, 1)}#feedback"' in page


# --- What it costs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_pages(cast, as_user, django_assert_num_queries, entry, rows):
    for number in range(rows):
        note = factory.annotated(entry, cast.instructor, text=f"Komentar {number}", quote=QUOTE)
    client = as_user(cast.instructor)
    with django_assert_num_queries(7):  # one of them notes the reading
        assert client.get(url("review_comments", entry)).content.count(b"data-note=") == rows
    with django_assert_num_queries(7):
        client.get(url("review_annotation", entry, note.pk))
    with django_assert_num_queries(12):
        assert client.get(url("review", entry)).content.count(b"data-note=") == rows


@pytest.mark.parametrize(("move", "count"), [("annotate", 15), ("annotation", 14), ("annotation_remove", 16)])
def test_queries_of_the_moves(cast, as_user, django_assert_num_queries, entry, note, move, count):
    client = as_user(cast.instructor)
    given = {"part": "refleksi", "start": "16", "quote": QUOTE, "text": "Bagus.", "submission": "1"}
    with django_assert_num_queries(count):
        answer = client.post(
            url(f"review_{move}", entry, *([] if move == "annotate" else [note.pk])), given, headers=JSON
        )
    assert answer.status_code == 200
