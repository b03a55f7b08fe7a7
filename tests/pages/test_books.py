"""Journal books: what stands in one, who may have it, and that it can be told whether one is genuine."""

import hashlib
import io
import json
import re
import zipfile
from datetime import UTC, datetime

import pypdf
import pytest
import typst
from django.urls import reverse

from curriculum.models import Prompt
from journals import audit, triggers, workflow
from journals.enums import ExportKind
from journals.models import Book, Cohort, Enrolment, Entry, Event, Export, Reading
from journals.services import books, exports
from tests import factory
from tests.factory import NOW
from tests.pages.test_attachments import look

LONG = "<p>" + " ".join(["Saya mendengarkan masyarakat dengan sungguh-sungguh."] * 700) + "</p>"


@pytest.fixture
def author(cast, as_user, clock):
    return as_user(cast.participant)


def at(cast, name="books", *more):
    return reverse(name, args=[cast.cohort.key, *more])


def taken(client, cast) -> bytes:
    """Press the button and fetch the book."""
    issued = client.post(at(cast, "book_issue"))
    assert issued.status_code == 302
    answer = client.get(issued.url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return b"".join(answer.streaming_content)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """All text, without soft hyphens, hyphens at line ends and white space."""
    text = "\n".join(page.extract_text() for page in read(pdf).pages)
    return re.sub(r"[\u00ad\s]|[-\u2010](?=\n)", "", text)


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture
def written(cast):
    """A graded entry with a photo and evidence, and another that nobody has graded."""
    value = factory.make_value()
    factory.attached(cast.enrolment, cast.modules[0])
    factory.draft(cast.enrolment, cast.modules[0])
    factory.marked(cast.enrolment, cast.modules[0], behaviour=factory.make_behaviour(value))
    graded = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    factory.submitted(cast.enrolment, cast.modules[1])
    return graded


def test_a_book_holds_the_journal(author, cast, written):
    pdf = taken(author, cast)
    text = text_of(pdf)
    for said in (
        "JurnalPembelajaran",
        cast.participant.full_name,
        cast.cohort.name,
        cast.group.name,
        "Saya belajar mendengarkan warga sebelum memberi jawaban kepada mereka.",
        "Modul 1. Modul 1",
        "Modul 2. Modul 2",
        "Bukti perilaku",
        "Peta tujuh nilai",
        "Pengesahan",
        written.reviewer.full_name,
        "Refleksi yang jujur.",
        "85,00",
        written.submission.receipt,
        written.submission.sha256,
        Book.objects.get().code,
    ):
        assert squeezed(said) in text, said
    reader = read(pdf)
    titles = [item["/Title"] for item in reader.outline if not isinstance(item, list)]
    assert titles == ["Identitas", "Modul 1. Modul 1", "Modul 2. Modul 2", "Peta tujuh nilai", "Pengesahan"]
    assert sum(len(page.images) for page in reader.pages) == 1


def test_it_is_tagged_archival_and_carries_its_fonts(author, cast, written):
    reader = read(taken(author, cast))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert str(root["/Lang"]).startswith("id")
    meta = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in meta
    assert "<pdfuaid:part>1</pdfuaid:part>" in meta
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile3", "/FontFile2"} & set(described)


def test_the_same_content_gives_the_same_bytes_and_the_same_book(author, cast, written):
    first = taken(author, cast)
    book = Book.objects.get()
    assert hashlib.sha256(first).hexdigest() == book.sha256
    assert books.again(book) == first
    assert taken(author, cast) == first
    assert Book.objects.count() == 1
    assert book.code in author.get(at(cast)).content.decode()
    workflow.reopen(user=cast.instructor, entry=written.submission.entry, reason="Salah", now=NOW)
    assert taken(author, cast) != first
    assert Book.objects.count() == 2
    assert books.again(book) == first


def test_a_grade_that_is_not_released_is_in_no_book(author, cast):
    Cohort.objects.filter(pk=cast.cohort.pk).update(release_policy="at_release")
    cast.cohort.refresh_from_db()
    cast.enrolment.cohort = cast.cohort
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    text = text_of(taken(author, cast))
    assert "85,00" not in text
    assert squeezed("Refleksi yang jujur.") not in text


def test_a_return_is_in_it_with_what_was_asked(author, cast):
    review = factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    assert squeezed(review.items.get().text) in text_of(taken(author, cast))


def test_an_empty_journal_makes_a_book_too(author, cast):
    text = text_of(taken(author, cast))
    assert text.count(squeezed("Belum ada entri yang dikirim untuk modul ini.")) == 2


def test_drafts_are_in_no_book(author, cast):
    factory.draft(cast.enrolment, cast.modules[0], text="<p>Rahasia draf saya.</p>")
    assert squeezed("Rahasia draf saya.") not in text_of(taken(author, cast))


def test_long_texts_names_and_signs_are_printed(author, cast):
    person = cast.participant
    person.name = "Siti Nurhalizah Kusumawardhani Prawirodirdjo Hadiningrat Suryaningsih 😀"
    person.title_before, person.title_after = "Prof. Dr. Ir. Hj.", "S.T., S.Kom., M.Si., M.T., Ph.D. (Hons)"
    person.save()
    html = (
        "<p><strong>Tebal <em>miring</em></strong> &lt;b&gt; #panic() 漢 x</p><ul><li><p>satu</p>"
        "<ul><li><p>dua</p></li></ul></li></ul><blockquote><p>kutipan</p></blockquote><h3>Judul</h3>"
    )
    Prompt.objects.update(max_words=5000)
    factory.submitted(cast.enrolment, cast.modules[0], text=html + LONG)
    pdf = taken(author, cast)
    text = text_of(pdf)
    assert squeezed("Tebal miring <b> #panic() □ x") in text
    # Without what stands at the head and foot of each page, the sentences of all three parts are whole.
    head = squeezed(f"{person.full_name.replace('😀', '□')}{cast.cohort.name}")
    body = re.sub(r"BukuBJ-\w{4}-\w{4}\d+/\d+", "", text.replace(head, ""))
    assert body.count("Sayamendengarkanmasyarakatdengan") == 3 * 700
    assert squeezed("U+1F600 GRINNING FACE") in text
    assert squeezed("U+6F22") in text
    assert squeezed("Hadiningrat Suryaningsih") in text
    assert len(read(pdf).pages) > 8


def test_a_damaged_submission_is_vouched_for_by_no_book(author, cast):
    submission = factory.submitted(cast.enrolment, cast.modules[0])
    with triggers.lifted():
        type(submission).objects.filter(pk=submission.pk).update(content=submission.content.replace("warga", "siapa"))
    refused = author.post(at(cast, "book_issue"))
    assert refused.status_code == 409
    assert "sampaikan kepada penyelenggara" in refused.content.decode()
    assert not Book.objects.exists()


def test_a_file_that_is_gone_is_printed_once_more(author, cast, written):
    first = taken(author, cast)
    book = Book.objects.get()
    book.file.storage.delete(book.file.name)
    assert author.get(at(cast, "book_file", book.code)).status_code == 404
    assert taken(author, cast) == first
    assert Book.objects.get() == book
    assert list(audit.breaks()) == []


def test_a_file_that_comes_out_differently_is_another_book(author, cast, written, monkeypatch):
    taken(author, cast)
    book = Book.objects.get()
    book.file.storage.delete(book.file.name)
    monkeypatch.setattr(books, "again", lambda book: b"%PDF-1.7 of another typst")
    taken(author, cast)
    assert Book.objects.count() == 2
    assert not book.file.storage.exists(book.file.name)


def test_also_after_leaving(author, cast, written):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(status="withdrawn")
    assert taken(author, cast).startswith(b"%PDF")


# --- Who, and whether it is genuine -----------------------------------------------------------------


def test_others_have_no_part_in_it(author, cast, as_user, written):
    taken(author, cast)
    address = at(cast, "book_file", Book.objects.get().code)
    expected = {"peer": 403, "instructor": 403, "outsider": 404, "nobody": 404, "lead": 403, "organiser": 200}
    for who, status in expected.items():
        answer = as_user(getattr(cast, who)).get(address)
        assert answer.status_code == status, who
        if answer.streaming:
            b"".join(answer.streaming_content)


def test_anybody_can_check_a_code_and_learns_nothing_else(author, client, cast, written):
    taken(author, cast)
    book = Book.objects.get()
    client.logout()
    page = client.get(reverse("book_check", args=[book.code.lower()]))
    said = page.content.decode()
    assert page.status_code == 200
    assert book.code in said
    assert book.sha256 in said
    assert "Senin, 23 November 2026" in said
    for private in (cast.participant.name, cast.participant.nip, cast.cohort.name, cast.cohort.key):
        assert private not in said
    wrong = client.get(reverse("book_check", args=["BJ-2222-2222"]))
    assert wrong.status_code == 404
    assert "BJ-2222-2222" in wrong.content.decode()


def test_a_book_is_confirmed_with_the_day_that_stands_on_it(client, cast, written):
    Cohort.objects.update(timezone="Asia/Jayapura")
    cast.enrolment.cohort.refresh_from_db()
    night = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # 00.30 WIT on the 24th, 22.30 WIB on the 23rd
    book = books.issue(cast.enrolment, by=cast.participant, now=night)
    with book.file.open("rb") as file:
        assert squeezed(f"Buku {book.code}, diterbitkan 24 November 2026.") in text_of(file.read())
    assert "Selasa, 24 November 2026" in client.get(reverse("book_check", args=[book.code])).content.decode()


def test_the_audit_notices_another_content(author, cast, written):
    taken(author, cast)
    assert list(audit.breaks()) == []
    book = Book.objects.get()
    assert json.loads(Event.objects.get(kind="book").data)["sha256"] == book.sha256
    with triggers.lifted():
        Book.objects.update(inputs=book.inputs.replace("85,00", "95,00"))
    [problem] = audit.breaks()
    assert "has another inputs than event" in problem


# --- All of them ------------------------------------------------------------------------------------


def test_everybodys_books_in_one_archive(cast, as_user, clock, written):
    organiser = as_user(cast.organiser)
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    begun = organiser.post(at(cast, "export_begin"), {"jenis": "books"})
    page = organiser.get(begun.url)  # the worker of the tests has been already
    assert "Berkas sudah siap" in page.content.decode()
    export = Export.objects.get()
    assert (export.done, export.total) == (3, 3)
    answer = organiser.get(at(cast, "export_file", export.key))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()
        assert names == [books.file_name(book) for book in Book.objects.order_by("enrolment__ndh")]
        assert all(archive.read(name).startswith(b"%PDF") for name in names)
    assert not any(cast.participant.nip in name or "Siti" in name for name in names)
    assert Book.objects.count() == 2  # stranger has handed in nothing


def test_books_hold_whole_nips_and_are_not_for_leads(cast, as_user, clock, written):
    archive = exports.begin(user=cast.lead, cohort=cast.cohort, kind=ExportKind.BOOKS, final=None, now=NOW)
    lead = as_user(cast.lead)
    page = lead.get(at(cast, "cohort_recap")).content.decode()
    assert "hanya sebagian dari setiap NIP" in page
    assert "Semua buku jurnal" not in page
    assert lead.post(at(cast, "export_begin"), {"jenis": "books"}).status_code == 403
    assert lead.get(at(cast, "export_file", archive.key)).status_code == 403  # asked for while it was allowed
    page = as_user(cast.organiser).get(at(cast, "cohort_recap")).content.decode()
    assert "hanya sebagian dari setiap NIP" not in page
    assert "Semua buku jurnal" in page


def test_who_takes_a_book_has_read_what_stands_in_it(author, cast, as_user, written):
    taken(author, cast)
    read = Reading.objects.filter(reader=cast.organiser)
    assert not read.exists()
    look(as_user(cast.organiser), at(cast, "book_file", Book.objects.get().code))
    handed_in = Entry.objects.filter(enrolment=cast.enrolment, submissions__isnull=False).distinct()
    assert set(read.values_list("entry", flat=True)) == set(handed_in.values_list("pk", flat=True)) != set()
    assert not Reading.objects.filter(reader=cast.participant).exists()


def test_so_has_who_takes_the_archive(cast, as_user, clock, written):
    other = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    organiser = as_user(cast.organiser)
    read = Reading.objects.filter(reader=cast.organiser)
    organiser.post(at(cast, "export_begin"), {"jenis": "books"})
    assert not read.exists()  # made by the worker, not yet taken
    for _time in range(2):
        look(organiser, at(cast, "export_file", Export.objects.get().key))
    assert read.filter(entry=other).count() == 1
    assert read.count() == Entry.objects.filter(submissions__isnull=False).distinct().count()


def reasons(organiser, cast) -> str:
    """Fetch the archive, in which one book is and one is not; what it says of the other."""
    organiser.get(organiser.post(at(cast, "export_begin"), {"jenis": "books"}).url)
    answer = organiser.get(at(cast, "export_file", Export.objects.get().key))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.namelist() == [books.file_name(Book.objects.get()), "TANPA-BUKU.txt"]
        return archive.read("TANPA-BUKU.txt").decode()


def test_a_damaged_submission_keeps_only_its_own_book_back(cast, as_user, clock, written):
    damaged = factory.submitted(cast.peer_enrolment, cast.modules[0])
    with triggers.lifted():
        type(damaged).objects.filter(pk=damaged.pk).update(content=damaged.content.replace("e", "a", 1))
    said = reasons(as_user(cast.organiser), cast)
    assert f"{cast.peer_enrolment.ndh}. {cast.peer.full_name}: " in said
    assert f"sebuah kiriman tidak lagi sama dengan yang diserahkan (submission {damaged.receipt}" in said


@pytest.mark.parametrize("problem", [typst.TypstError("unknown glyph", "no font"), OSError("/srv/private is full")])
def test_a_book_that_cannot_be_printed_does_not_stop_the_others(cast, as_user, written, monkeypatch, caplog, problem):
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    issue = books.issue

    def failing(enrolment, **given):
        if enrolment == cast.enrolment:
            raise problem
        return issue(enrolment, **given)

    monkeypatch.setattr(books, "issue", failing)
    said = reasons(as_user(cast.organiser), cast)
    assert "Buku berikut tidak dapat dibuat:" in said
    assert f"{cast.enrolment.ndh}. {cast.participant.full_name}: terjadi kesalahan pada server" in said
    assert str(problem) not in said
    assert str(problem) in caplog.text


def test_its_author_is_told_so(author, cast, written, monkeypatch, caplog):
    def failing(enrolment, **given):
        raise OSError("no space left on device")

    monkeypatch.setattr(books, "issue", failing)
    page = author.post(at(cast, "book_issue"))
    assert page.status_code == 503
    assert "Silakan coba lagi nanti" in page.content.decode()
    assert "no space left" in caplog.text


def test_a_book_is_confirmed_by_the_site_that_issued_it(cast, clock, written, settings):
    book = books.issue(cast.enrolment, by=cast.participant, now=NOW)
    with book.file.open("rb") as file:
        issued = file.read()
    assert squeezed(settings.SITE_URL.split("://")[-1]) in text_of(issued)
    settings.SITE_URL = "https://jurnal.lain.example"
    assert books.again(book) == issued
    assert books.issue(cast.enrolment, by=cast.participant, now=NOW).pk != book.pk


def test_a_book_with_forty_photos(cast, as_user, clock):
    modules = [*cast.modules, *(factory.make_module(number) for number in (3, 4))]
    for module in modules:
        if module not in cast.modules:
            factory.make_schedule(cast.cohort, module)
        for number in range(10):
            data = factory.jpeg(1600, 1200, (number * 20, 40, module.number * 50))
            factory.attached(cast.enrolment, module, name=f"{number}.jpg", data=data, caption=f"Foto {number}")
        factory.submitted(cast.enrolment, module)
    book = books.issue(cast.enrolment, by=cast.participant, now=NOW)
    with book.file.open("rb") as file:
        pdf = file.read()
    assert sum(len(page.images) for page in read(pdf).pages) >= 40
    assert all(f"Foto{number}" in text_of(pdf) for number in range(10))
    assert books.again(book) == pdf


def test_a_photo_that_is_not_what_was_handed_in_is_not_vouched_for(author, cast):
    file = factory.attached(cast.enrolment, cast.modules[0], caption="Loket pelayanan").file
    factory.submitted(cast.enrolment, cast.modules[0])
    with file.storage.open(file.name, "wb") as stored:
        stored.write(factory.jpeg(40, 30, (0, 200, 0)))
    assert "Loketpelayanan(fotoinitidakdapatdibacalagi)" in text_of(taken(author, cast))
