"""What a journal book says of what was asked, of reviews and of the result; and that no sign stops it."""

import json
from decimal import Decimal

import pytest

from curriculum.models import Prompt
from journals import recap, workflow
from journals.models import Book, Criterion, GradeBand, Level
from journals.services import books
from tests import factory
from tests.factory import NOW
from tests.pages.test_books import LONG, squeezed, taken, text_of


@pytest.fixture
def author(cast, as_user, clock):
    return as_user(cast.participant)


def test_a_return_below_a_later_submission_says_whose_it_is(author, cast):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    assert "untukkiriman" not in text_of(taken(author, cast))
    factory.submitted(cast.enrolment, cast.modules[0])
    text = text_of(taken(author, cast))
    assert "Kiriman2," in text
    assert squeezed("dikembalikan untuk diperbaiki · untuk kiriman 1") in text


def test_what_was_asked_stands_above_the_answer(author, cast):
    help_text = "<p>Ceritakan <strong>satu</strong> peristiwa.</p><ul><li>Kapan?</li></ul>"
    Prompt.objects.filter(module=cast.modules[0], key="refleksi").update(help=help_text)
    factory.submitted(cast.enrolment, cast.modules[0])
    text = text_of(taken(author, cast))
    asked = squeezed("Refleksi Ceritakan satu peristiwa. • Kapan? • Apa yang Anda rasakan? Saya belajar mendengarkan")
    assert asked in text


def test_a_very_long_instruction_does_not_stop_a_book(author, cast):
    Prompt.objects.filter(module=cast.modules[0]).update(help=LONG)
    factory.submitted(cast.enrolment, cast.modules[0])
    assert text_of(taken(author, cast)).count("Sayabelajarmendengarkanwarga") == 3


@pytest.mark.parametrize(
    ("remedial", "expected"),
    [("70.01", "70,01 (Cukup Memuaskan) setelah remedial · semula 60,00"), ("55", "60,00 (Tidak Memuaskan)")],
)
def test_the_result_is_that_of_the_recap(author, cast, remedial, expected):
    for module in cast.modules:
        factory.graded(cast.enrolment, module, cast.instructor, points="60")
    assert squeezed("Hasil akhir 60,00 (Tidak Memuaskan)") in text_of(taken(author, cast))
    workflow.record_remedial(
        user=cast.lead, enrolment=cast.enrolment, score=Decimal(remedial), reason="Tugas pengganti.", now=NOW
    )
    text = text_of(taken(author, cast))
    said = next(each for each in recap.recap_of(cast.cohort)["people"] if each["enrolment"] == cast.enrolment.pk)
    assert squeezed(f"Hasil akhir {expected}") in text
    assert expected.startswith(f"{said['result'].replace('.', ',')} ({said['band']})")
    assert ("setelahremedial" in text) == (said["result"] != said["earned"])


def test_a_book_of_an_earlier_format_is_still_printed(author, cast):
    written = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    taken(author, cast)
    said = json.loads(Book.objects.get().inputs)
    for module in said["modules"]:
        (module["review"] or {}).pop("of_another", None)
        for answer in module.get("answers", ()):
            del answer["help"], answer["questions"]
    pdf = books.render(said | {"format": 1}, code="BJ-2222-2222", at=NOW, enrolment=cast.enrolment)
    assert squeezed("Apa yang Anda rasakan?") not in text_of(pdf)
    assert written.submission.receipt in text_of(pdf)


def test_no_name_of_the_organisers_stops_a_book(author, cast):
    value = factory.make_value(name="Nilai 漢")
    factory.draft(cast.enrolment, cast.modules[0])
    factory.marked(cast.enrolment, cast.modules[0], behaviour=factory.make_behaviour(value, text="Ramah 😀"))
    Level.objects.update(name="Baik 👍")
    Criterion.objects.update(name="Pemahaman 🌱")
    GradeBand.objects.update(name="Memuaskan ⭐漢")
    for module in cast.modules:
        factory.graded(cast.enrolment, module, cast.instructor)
    text = text_of(taken(author, cast))
    for said in ("Nilai □", "Ramah □", "Baik □", "Pemahaman □", "Memuaskan ⭐□", "U+6F22", "U+1F44D THUMBS UP SIGN"):
        assert squeezed(said) in text, said
