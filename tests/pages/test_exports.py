"""Files to take away: what stands in them, who may have them, and for how long."""

import csv
import gzip
import io
import json
import re
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from berakhlak.accounts.models import User
from berakhlak.accounts.nip import format_nip, mask_nip
from journals import audit, recap, workflow
from journals.enums import EventKind
from journals.keys import random_key
from journals.models import Event, Export, Finalisation
from journals.models.attachment import private_storage
from journals.models.export import EXPORTS
from journals.services import exports
from tests import factory
from tests.factory import NOW


@pytest.fixture
def lead(cast, as_user, clock):
    return as_user(cast.lead)


@pytest.fixture
def organiser(cast, as_user, clock):
    return as_user(cast.organiser)


@pytest.fixture
def graded(cast):
    return [factory.graded(cast.enrolment, module, cast.instructor) for module in cast.modules]


def at(cast, name, *more):
    return reverse(name, args=[cast.cohort.key, *more])


def taken(client, cast, kind, **more) -> bytes:
    """Press the button and fetch the file."""
    begun = client.post(at(cast, "export_begin"), {"jenis": kind, **more})
    assert begun.status_code == 302
    answer = client.get(begun.url)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return b"".join(answer.streaming_content)


def sheets(content: bytes) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_a_nip_is_whole_for_organisers_and_masked_for_leads(as_user, clock, cast, graded, kind):
    def found(user) -> set[str]:
        content = taken(as_user(user), cast, kind)
        text = str(sheets(content)) if kind == "xlsx" else content.decode("utf-8-sig")
        return {nip for nip in (whole, mask_nip(cast.participant.nip)) if nip in text}

    whole = format_nip(cast.participant.nip) if kind == "csv" else cast.participant.nip
    assert found(cast.organiser) == {whole}
    assert found(cast.lead) == {mask_nip(cast.participant.nip)}


def test_the_workbook_is_what_an_official_wants(organiser, cast, graded):
    User.objects.filter(pk=cast.peer.pk).update(name="=cmd|'/c calc'!A1", agency="+62", title_before="", title_after="")
    pages = sheets(taken(organiser, cast, "xlsx"))
    assert list(pages) == ["Rekap", "Kriteria", "Log"]
    rows = pages["Rekap"]
    heading = [row[0] for row in rows[:5]]
    assert heading[0] == "Rekapitulasi Nilai Jurnal Pembelajaran"
    assert cast.cohort.name in heading[1]
    assert heading[2] == cast.cohort.agency
    assert heading[4] == "Dibuat 23 November 2026 11.00 WITA"
    assert rows[6][:4] == ["No", "NDH", "Nama", "NIP/NI PPPK"]
    assert rows[6][7:] == ["1. Modul 1", "2. Modul 2", "Hasil akhir", "Kualifikasi", "Keterangan"]
    by_name = {row[2]: row for row in rows[7:10]}
    mine = by_name[cast.participant.full_name]
    assert mine[3] == cast.participant.nip  # text, all 18 digits
    assert mine[7:] == [85.0, 85.0, 85.0, "Memuaskan", "Lulus"]
    assert by_name["=cmd|'/c calc'!A1"][4] == "+62"  # text, and no formula
    assert by_name["=cmd|'/c calc'!A1"][7:] == ["", "", "", "", "Belum lengkap: modul 1, 2"]
    assert any("Penyelenggara," in row for row in rows[10:])
    criteria = pages["Kriteria"]
    assert len(criteria) == 1 + 2 * 4
    assert criteria[1][:2] == [17.0, cast.participant.full_name]
    assert {row[3] for row in criteria[1:]} == {score.criterion.name for score in graded[0].scores.all()}
    assert sum(row[4] * row[6] for row in criteria[1:5]) / 100 == 85
    log = pages["Log"]
    assert "Dinilai" in {row[1] for row in log[1:]}
    assert {row[4] for row in log[1:]} <= set(Event.objects.values_list("hash", flat=True))


def test_the_log_names_what_each_event_is_about(organiser, cast, graded):
    workflow.announce(user=cast.lead, cohort=cast.cohort, key=random_key(), title="Sesi", text="Halo", to=None, now=NOW)
    workflow.withdraw_participant(user=cast.organiser, enrolment=cast.peer_enrolment, reason="Sakit", now=NOW)
    workflow.reschedule(user=cast.organiser, schedule=cast.cohort.schedules.get(module=cast.modules[1]), now=NOW)
    gone = factory.teach(factory.make_user("Pengganti"), cast.cohort)
    for teaching in (gone, cast.cohort.teachings.get(is_lead=True)):
        record = {"kind": EventKind.TEACHING, "actor": cast.organiser, "subject": ("teaching", teaching.pk)}
        audit.append(stream=f"cohort:{cast.cohort.pk}", data={}, at=NOW, **record)
    gone.delete()
    content = recap.recap_of(cast.cohort)
    workflow.finalise(user=cast.lead, cohort=cast.cohort, expected=recap.text_of(content)[1], now=NOW)
    me, peer = (f"NDH {each.ndh}, {each.user.full_name}" for each in (cast.enrolment, cast.peer_enrolment))
    found = {(row[1], row[3]) for row in sheets(taken(organiser, cast, "xlsx"))["Log"][1:]}
    assert found >= {
        ("Dinilai", f"Modul 1, {me}"),
        ("Dinilai", f"Modul 2, {me}"),
        ("Peserta mengundurkan diri", peer),
        ("Rekap dinyatakan final", "Rekap final 1"),
        ("Data diunduh sebagai berkas", "Buku kerja Excel"),
    }
    subjects = {subject for _event, subject in found}
    assert {"Pengumuman: Sesi", "Widyaiswara: Ketut Sudarma"} <= subjects
    assert "Widyaiswara" in subjects  # whoever no longer teaches
    # No words of the program, no keys of the database.
    words = "|".join(set(Event.objects.values_list("subject_kind", flat=True)))
    assert not [subject for subject in subjects if re.search(rf"^({words}) \d+$", subject)]


def test_csv_is_opened_by_excel_here_and_runs_nothing(organiser, cast, graded):
    User.objects.filter(pk=cast.peer.pk).update(name="=1+1", agency="@SUM(A1)", unit="-2", title_after="")
    content = taken(organiser, cast, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["No", "NDH", "Nama", "NIP/NI PPPK"]
    by_ndh = {row[1]: row for row in rows[1:]}
    assert by_ndh["17"][7:10] == ["85,00", "85,00", "85,00"]
    bad = by_ndh[str(cast.peer_enrolment.ndh)]
    assert bad[2:6] == ["'=1+1", format_nip(cast.peer.nip), "'@SUM(A1)", "'-2"]
    assert " " in bad[3]  # in groups it stays text where somebody opens the file in a spreadsheet


def test_json_is_the_recap(organiser, cast, graded):
    content = json.loads(taken(organiser, cast, "json"))
    assert content == json.loads(recap.text_of(recap.recap_of(cast.cohort))[0])


def test_a_final_recap_is_exported_as_it_was(organiser, cast, graded):
    content = recap.recap_of(cast.cohort)
    final = workflow.finalise(user=cast.lead, cohort=cast.cohort, expected=recap.text_of(content)[1], now=NOW)
    workflow.withdraw_participant(user=cast.organiser, enrolment=cast.enrolment, reason="Sakit", now=NOW)
    assert json.loads(taken(organiser, cast, "json", final="1")) == json.loads(final.content)
    rows = sheets(taken(organiser, cast, "xlsx", final="1"))["Rekap"]
    assert cast.participant.full_name in {row[2] for row in rows}
    assert set(Export.objects.values_list("name", flat=True)) == {
        "rekap-final-1-angkatan-iv.json", "rekap-final-1-angkatan-iv.xlsx"
    }  # fmt: skip
    assert Finalisation.objects.count() == 1


def test_taking_data_is_on_record(lead, cast, graded):
    taken(lead, cast, "csv")
    event = Event.objects.get(kind="exported")
    assert event.actor == cast.lead
    assert json.loads(event.data) == {"kind": "csv", "people": 3, "final": None}


@pytest.mark.parametrize(
    "given", [{"jenis": "exe"}, {}, {"jenis": "csv", "final": "9"}, {"jenis": "csv", "final": "x"}]
)
def test_what_there_is_not_cannot_be_taken(lead, cast, given):
    assert lead.post(at(cast, "export_begin"), given).status_code == 404
    assert not Export.objects.exists()


def test_a_file_is_for_whoever_asked_and_for_a_day(lead, cast, as_user, clock):
    taken(lead, cast, "csv")
    export = Export.objects.get()
    address = at(cast, "export_file", export.key)
    assert as_user(cast.organiser).get(address).status_code == 404
    client = as_user(cast.lead)
    clock.move_to(NOW + timedelta(hours=11))
    fetched = client.get(address)
    assert fetched.status_code == 200
    b"".join(fetched.streaming_content)  # a file is closed once it is read
    stored, name = export.file.storage, export.file.name
    clock.move_to(NOW + timedelta(days=1))
    client = as_user(cast.lead)
    assert client.get(address).status_code == 404
    assert stored.exists(name)
    taken(client, cast, "csv")  # takes along what has expired
    assert not stored.exists(name)
    assert Export.objects.count() == 1


def test_a_large_cohort_is_left_to_the_worker(lead, cast, clock, monkeypatch):
    monkeypatch.setattr(exports, "AT_ONCE", 2)
    waiting, make = [], exports.make_export.func
    monkeypatch.setattr(exports, "make_export", SimpleNamespace(enqueue=waiting.append))
    begun = lead.post(at(cast, "export_begin"), {"jenis": "xlsx"})
    export = Export.objects.get()
    assert begun.url == at(cast, "export", export.key)
    page = lead.get(begun.url)
    assert page["Refresh"] == "3"
    assert "Berkas sedang dibuat" in page.content.decode()
    assert lead.get(at(cast, "export_file", export.key)).url == begun.url
    assert waiting == [export.pk]
    assert "lebih lama daripada biasanya" not in page.content.decode()
    clock.move_to(NOW + timedelta(minutes=11))
    assert "lebih lama daripada biasanya" in lead.get(begun.url).content.decode()
    assert make(export.pk)
    assert not make(export.pk)  # a second worker has nothing to do
    page = lead.get(begun.url)
    assert "Refresh" not in page
    assert "Berkas sudah siap" in page.content.decode()


@pytest.mark.parametrize("people", [2, 300], ids=["by the worker", "at once"])
def test_a_failure_is_said(lead, cast, monkeypatch, people):
    def broken(export):
        raise OSError("no space left on device")

    monkeypatch.setattr(exports, "AT_ONCE", people)
    monkeypatch.setattr(exports, "produce", broken)
    lead.post(at(cast, "export_begin"), {"jenis": "xlsx"})  # the worker of the tests is at hand at once
    export = Export.objects.get()
    assert "Berkas gagal dibuat" in lead.get(at(cast, "export", export.key)).content.decode()


def stored() -> set[str]:
    storage = private_storage()
    return set(storage.listdir(EXPORTS)[1]) if storage.exists(EXPORTS) else set()


@pytest.mark.parametrize("moment", ["update", "refresh"])
def test_a_failure_after_storing_leaves_no_file(lead, cast, graded, monkeypatch, moment):
    """Neither an error of the database, nor a row that went with its cohort while the file was made."""
    before, usual = stored(), FieldFile.save

    def save_and_lose_the_row(field, name, content, save=True):
        usual(field, name, content, save=save)
        Export.objects.filter(pk=field.instance.pk).delete()

    if moment == "update":
        monkeypatch.setattr(FieldFile, "save", save_and_lose_the_row)
    else:
        monkeypatch.setattr(Export, "refresh_from_db", Mock(side_effect=OperationalError))
    assert lead.post(at(cast, "export_begin"), {"jenis": "csv"}).status_code == 302
    assert stored() == before
    assert list(Export.objects.values_list("stage", "file", "name")) == (
        [] if moment == "update" else [("failed", "", "")]
    )


def test_files_that_no_export_knows_are_swept_once_they_are_old(lead, cast, graded, clock):
    """Left by a worker that was killed between storing and noting; one in the making is as young as its file."""
    taken(lead, cast, "csv")
    export = Export.objects.get()
    orphan = private_storage().save(f"{EXPORTS}yatim", ContentFile(b"x"))

    def swept(*options: str) -> list[str]:
        out = io.StringIO()
        call_command("sweep_files", *options, stdout=out)
        return out.getvalue().splitlines()

    assert orphan not in swept("--delete")
    clock.move_to(NOW + timedelta(days=2000))
    Export.objects.update(expires_at=NOW + timedelta(days=2001))
    found = swept("--delete")
    assert orphan in found
    assert export.file.name not in found
    assert not private_storage().exists(orphan)
    assert private_storage().exists(export.file.name)


def test_a_large_archive_grows_where_the_data_lie(cast, as_user, clock, tmp_path, settings, monkeypatch):
    """/tmp may be a part of the memory."""
    settings.DATA_DIR, places, usual = tmp_path, [], exports.TemporaryFile
    monkeypatch.setattr(exports, "TemporaryFile", lambda dir=None: places.append(dir) or usual(dir=dir))
    assert as_user(cast.organiser).post(at(cast, "export_begin"), {"jenis": "books"}).status_code == 302
    assert places == [tmp_path]


@pytest.mark.parametrize(("kind", "packed"), [("xlsx", True), ("books", True), ("csv", False), ("json", False)])
def test_what_is_packed_already_goes_out_as_it_is(organiser, cast, graded, kind, packed):
    """With its length, so that a browser can say how much is still to come."""
    begun = organiser.post(at(cast, "export_begin"), {"jenis": kind})
    export = Export.objects.get()
    answer = organiser.get(at(cast, "export_file", export.key), headers={"accept-encoding": "gzip, br"})
    content = b"".join(answer.streaming_content)
    assert begun.status_code == 302
    assert answer.get("Content-Encoding") == (None if packed else "gzip")
    assert answer.get("Content-Length") == (str(len(content)) if packed else None)
    with export.file.open("rb") as file:
        assert (content if packed else gzip.decompress(content)) == file.read()


@pytest.mark.parametrize("more", [0, 4])
def test_queries(lead, cast, graded, django_assert_num_queries, more):
    for number in range(more):
        enrolment = factory.enrol(factory.make_user(f"Peserta {number}"), cast.cohort, cast.group, 70 + number)
        factory.graded(enrolment, cast.modules[0], cast.instructor)
    # One for each kind of subject that the log names: here entries.
    with django_assert_num_queries(30):
        lead.post(at(cast, "export_begin"), {"jenis": "xlsx"})
