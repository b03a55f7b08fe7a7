"""What a search finds in a text, and the excerpt that shows it."""

import importlib
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from journals import content, searching, triggers
from journals.models import SubmissionText
from journals.searching import beginnings, excerpt, folded
from tests import factory


@pytest.mark.parametrize(
    ("plain", "words"),
    [
        ("", "  "),
        ("Saya melayani WARGA.", " saya melayani warga "),
        ("anak-anak, S.T. (14.30)", " anak anak s t 14 30 "),
        ("100% _benar_", " 100 benar "),
        ("ÉLAN e\u0301lan Straße", " élan élan strasse "),
        ("pela\u00adyanan", " pelayanan "),
    ],
)
def test_a_text_is_kept_as_its_words(plain, words):
    assert folded(plain) == words


def test_a_query_asks_for_beginnings_of_eight_words_at_most():
    assert beginnings(" Layan  WARGA layan!") == [" layan", " warga"]
    assert beginnings("% _ …") == []
    assert len(beginnings("a b c d e f g h i j")) == searching.MOST_WORDS


def said(pieces) -> str:
    return "".join(f"[{text}]" if found else text for text, found in pieces)


def test_an_excerpt_stands_around_the_first_place():
    words = " ".join(f"kata{number}" for number in range(20))
    assert said(excerpt([words], "kata9")) == (
        "… kata4 kata5 kata6 kata7 kata8 [kata9] kata10 kata11 kata12 kata13 kata14 kata15 …"
    )
    assert said(excerpt(["Warga datang."], "war")) == "[Warga] datang."


def test_an_excerpt_marks_all_words_and_leaves_signs_outside():
    assert said(excerpt(["Judul", "Di kantor: “Melayani” (warga), lalu pulang."], "melayan warga")) == (
        "Di kantor: “[Melayani]” ([warga]), lalu pulang."
    )


def test_an_excerpt_needs_all_words_and_some():
    assert excerpt(["Warga datang."], "warga pulang") == []
    assert excerpt(["Warga datang."], "arga") == []
    assert excerpt(["Warga datang."], "%") == []
    assert excerpt([], "warga") == []


def test_a_submission_is_searched_by_title_answers_and_captions(cast):
    factory.attached(cast.enrolment, cast.modules[0], caption="Loket Kesehatan", alt="Tidak dicari")
    given = factory.submitted(cast.enrolment, cast.modules[0], text="<p>Satu &lt;b&gt; dua</p><p>tiga empat lima</p>")
    assert given.text.words == f"{' satu b dua tiga empat lima' * 3} loket kesehatan "
    data = content.read(given)
    assert content.searchable(content.canonical({**data, "title": "Hari <Pertama>"})).startswith(" hari pertama satu ")
    assert content.parts({"title": "Lama", "answers": [{"html": "<p>a</p>"}]}) == ["Lama", "a"]  # of format 1


def test_the_migration_fills_what_is_missing_as_the_workflow_writes_it(cast, monkeypatch):
    """The helper in the migration is a copy that stays as it was; here it still says the same."""
    migration = importlib.import_module("journals.migrations.0015_submission_texts")
    html = (
        "<h3>Élan</h3><ul><li><p>Satu&nbsp;dua</p></li></ul><p>pela\u00adyanan 100% <strong>te</strong>bal<br>baris</p>"
    )
    factory.attached(cast.enrolment, cast.modules[0], caption="Loket")
    for enrolment in (cast.enrolment, cast.peer_enrolment):
        factory.submitted(enrolment, cast.modules[0], text=html)
    before = list(SubmissionText.objects.order_by("pk").values())
    assert len(before) == 2
    assert " pelayanan 100 tebal baris " in before[0]["words"]
    with triggers.lifted():
        SubmissionText.objects.all().delete()
    monkeypatch.setattr(migration, "BATCH", 1)
    migration.fill(apps, SimpleNamespace(connection=connection))
    assert list(SubmissionText.objects.order_by("pk").values()) == before
