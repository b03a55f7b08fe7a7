"""Files on an entry over the wire: adding, looking, describing, removing, and who sees what a submission holds."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from journals import workflow
from journals.enums import EnrolmentStatus
from journals.models import Attachment, Entry
from tests import factory
from tests.pages.writing import address, text_of, typed

JSON = {"accept": "application/json"}


def send(client, cast, *uploads, number=1, key="kunci-klien-1", headers=None):
    files = [SimpleUploadedFile(name, data) for name, data in (uploads or [("foto.jpg", factory.jpeg())])]
    data = {"file": files, "key": key}
    return client.post(address("entry_attach", cast, number), data, headers=headers or {})


def file_url(cast, attachment, query="") -> str:
    return address("entry_attachment", cast, attachment.entry.module.number, attachment.key) + query


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def look(client, url, **options):
    """The answer to a GET, its file read to the end and closed."""
    response = client.get(url, **options)
    if response.streaming:
        response.read = body(response)
    return response


# --- Adding -----------------------------------------------------------------------------------------


def test_several_files_at_once_without_a_script(cast, as_user):
    client = as_user(cast.participant)
    page = text_of(client.get(address("entry_attachments", cast)))
    assert "Belum ada lampiran." in page
    assert 'enctype="multipart/form-data"' in page
    answer = send(client, cast, ("pagi.jpg", factory.jpeg()), ("surat.pdf", factory.pdf()))
    assert (answer.status_code, answer.url) == (302, address("entry_attachments", cast))
    page = text_of(client.get(answer.url))
    assert "Terlampir: pagi.jpg, surat.pdf" in page
    assert page.count('class="attachment"') == 2
    # Here no script saves by itself: the button is there for everybody.
    assert page.count('<p><button type="submit" class="btn btn--small">Simpan keterangan') == 2
    assert Attachment.objects.count() == 2
    # The same form again, after a lost answer, adds nothing.
    send(client, cast, ("pagi.jpg", factory.jpeg()), ("surat.pdf", factory.pdf()))
    assert Attachment.objects.count() == 2


def test_a_script_gets_what_it_shows(cast, as_user):
    client = as_user(cast.participant)
    answer = send(client, cast, headers=JSON)
    assert answer.status_code == 201
    row = Attachment.objects.get()
    assert answer.json()["key"] == row.key
    assert f'id="lampiran-{row.key}"' in answer.json()["html"]
    again = send(client, cast, headers=JSON)
    assert again.json()["key"] == row.key
    assert Attachment.objects.count() == 1
    listed = client.get(address("entry_attachments", cast), headers=JSON).json()["html"]
    assert listed.count("data-attachment") == 1


def test_the_first_file_begins_the_entry_and_is_in_nobodys_way(cast, as_user):
    """The entry stands at version 0: neither the form nor a device's message that was begun before becomes stale."""
    client = as_user(cast.participant)
    send(client, cast)
    assert Entry.objects.get().version == 0
    page = text_of(client.get(address("entry_write", cast)))
    assert "1 lampiran" in page
    assert client.post(address("entry_save", cast), typed(0)).status_code == 302
    assert Entry.objects.get().version == 1


def test_what_is_refused_is_named_and_the_others_are_kept(cast, as_user):
    client = as_user(cast.participant)
    answer = send(client, cast, ("baik.jpg", factory.jpeg()), ("virus.exe", b"MZ" + bytes(100)))
    assert answer.status_code == 422
    page = text_of(answer)
    assert "“virus.exe” tidak dapat dibaca" in page
    assert "baik.jpg" in page
    assert Attachment.objects.count() == 1
    refused = send(client, cast, ("x.pdf", b"%PDF-1.4 tidak lengkap"), key="kunci-klien-2", headers=JSON)
    assert refused.status_code == 422
    assert "“x.pdf”" in refused.json()["message"]
    nothing = client.post(address("entry_attach", cast), {"key": "kunci-klien-3"}, headers=JSON)
    assert (nothing.status_code, nothing.json()["message"]) == (422, "Pilih berkas terlebih dahulu.")


def test_an_eleventh_file_is_refused(cast, as_user):
    client = as_user(cast.participant)
    for number in range(10):
        assert send(client, cast, key=f"kunci-klien-{number}", headers=JSON).status_code == 201
    answer = send(client, cast, key="kunci-klien-x", headers=JSON)
    assert (answer.status_code, answer.json()["reason"]) == (409, "full")
    assert "10 berkas" in answer.json()["message"]
    assert 'type="file"' not in text_of(client.get(address("entry_attachments", cast)))


def test_of_eleven_files_at_once_the_last_is_refused_in_words(cast, as_user):
    answer = send(as_user(cast.participant), cast, *((f"foto-{n}.jpg", factory.jpeg()) for n in range(11)))
    assert answer.status_code == 409
    assert "10 berkas" in text_of(answer)
    assert Attachment.objects.count() == 10


def test_after_handing_in_nothing_is_added_described_or_removed(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0])
    factory.submitted(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    assert send(client, cast, headers=JSON).status_code == 409
    for name in ("entry_attachment_describe", "entry_attachment_remove"):
        assert client.post(address(name, cast, 1, row.key), {"caption": "x"}, headers=JSON).status_code == 409
    assert client.get(address("entry_attachments", cast)).url == address("entry", cast)
    row.refresh_from_db()
    assert (row.caption, row.removed_at) == ("", None)


def test_former_participants_add_nothing_and_still_read_their_files(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0])
    cast.enrolment.status = EnrolmentStatus.COMPLETED
    cast.enrolment.save()
    client = as_user(cast.participant)
    assert send(client, cast).status_code == 403
    assert look(client, file_url(cast, row)).status_code == 200


def test_a_session_that_ended_is_said_to_scripts(cast, as_user):
    assert send(as_user(None), cast, headers=JSON).status_code == 401


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_more_files(cast, as_user, django_assert_num_queries, rows):
    for _row in range(rows):
        factory.attached(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    with django_assert_num_queries(8):
        client.get(address("entry_attachments", cast))


def test_an_upload_costs_few_queries(cast, as_user, django_assert_num_queries):
    factory.draft(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    with django_assert_num_queries(16):
        send(client, cast, headers=JSON)


# --- Words and removing -----------------------------------------------------------------------------


def test_captions_are_saved_by_script_and_by_form(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0])
    client, url = as_user(cast.participant), address("entry_attachment_describe", cast, 1, row.key)
    answer = client.post(url, {"caption": " Antrean  pagi ", "alt": "Warga duduk"}, headers=JSON)
    assert (answer.status_code, answer.json()) == (200, {"message": "Tersimpan"})
    row.refresh_from_db()
    assert (row.caption, row.alt) == ("Antrean pagi", "Warga duduk")
    assert client.post(url, {"caption": "a" * 201}, headers=JSON).status_code == 422
    page = client.post(url, {"caption": "<b>Antrean</b>"}, follow=True)
    assert "&lt;b&gt;Antrean&lt;/b&gt;" in page.content.decode()
    row.refresh_from_db()
    assert row.alt == "Warga duduk"  # a field that was not sent stays


def test_removing_from_a_draft_deletes_the_file(cast, as_user, django_capture_on_commit_callbacks):
    row = factory.attached(cast.enrolment, cast.modules[0])
    client, url = as_user(cast.participant), address("entry_attachment_remove", cast, 1, row.key)
    with django_capture_on_commit_callbacks(execute=True):
        page = text_of(client.post(url, follow=True))
    assert "“foto.jpg” telah dihapus." in page
    assert not Attachment.objects.exists()
    assert not row.file.storage.exists(row.file.name)
    assert not row.file.storage.exists(row.thumbnail.name)
    assert client.post(url).status_code == 404


def test_removing_after_a_return_keeps_the_submission(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0])
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.participant)
    client.post(address("entry_attachment_remove", cast, 1, row.key))
    assert "Belum ada lampiran." in text_of(client.get(address("entry_attachments", cast)))
    assert row.key not in text_of(client.get(address("entry_preview", cast)))
    assert file_url(cast, row) in text_of(client.get(address("submission", cast, 1, 1)))
    assert look(client, file_url(cast, row)).status_code == 200
    assert look(as_user(cast.instructor), file_url(cast, row)).status_code == 200
    again = factory.submitted(cast.enrolment, cast.modules[0])
    assert again.frozen_attachments.count() == 0


# --- Who sees it -------------------------------------------------------------------------------------


def statuses(cast, as_user, url) -> dict[str, int]:
    return {role: look(as_user(getattr(cast, role)), url).status_code for role in factory.ROLES}


def test_a_drafts_files_are_their_authors_alone(cast, as_user):
    url = file_url(cast, factory.attached(cast.enrolment, cast.modules[0]))
    assert {role for role, status in statuses(cast, as_user, url).items() if status == 200} == {"participant"}


def test_readers_of_the_submission_see_its_files(cast, as_user):
    url = file_url(cast, factory.attached(cast.enrolment, cast.modules[0]))
    factory.submitted(cast.enrolment, cast.modules[0])
    readers = {"participant", "instructor", "lead", "organiser", "superuser"}
    assert {role for role, status in statuses(cast, as_user, url).items() if status == 200} == readers
    later = file_url(cast, factory.attached(cast.enrolment, cast.modules[1]))
    assert as_user(cast.instructor).get(later).status_code == 404


def test_after_withdrawing_the_files_are_the_authors_again(cast, as_user):
    url = file_url(cast, factory.attached(cast.enrolment, cast.modules[0]))
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.withdraw(user=cast.participant, entry=entry, now=factory.NOW)
    assert as_user(cast.instructor).get(url).status_code == 404
    assert look(as_user(cast.participant), url).status_code == 200
    assert "1 lampiran" in text_of(as_user(cast.participant).get(address("entry_write", cast)))


def test_another_place_in_the_address_finds_nothing(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    assert client.get(address("entry_attachment", cast, 2, row.key)).status_code == 404
    outside = reverse("entry_attachment", args=[cast.outside_cohort.key, 1, row.key])
    assert client.get(outside).status_code == 404
    for name in ("entry_attachment_describe", "entry_attachment_remove"):
        assert as_user(cast.peer).post(address(name, cast, 1, row.key)).status_code == 404


@pytest.mark.parametrize(
    ("role", "queries"), [("participant", 3), ("instructor", 7)]
)  # the last one records the reading
def test_a_file_costs_few_queries(cast, as_user, django_assert_num_queries, role, queries):
    url = file_url(cast, factory.attached(cast.enrolment, cast.modules[0]))
    factory.submitted(cast.enrolment, cast.modules[0])
    client = as_user(getattr(cast, role))
    with django_assert_num_queries(queries):
        look(client, url)


# --- How it is sent -----------------------------------------------------------------------------------


def test_the_headers_of_a_picture(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0], name='Antrean "pagi" né\u202e.PNG')
    response = as_user(cast.participant).get(file_url(cast, row), headers={"accept-encoding": "gzip"})
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert response["ETag"] == f'"{row.sha256}"'
    assert response["Content-Disposition"] == (
        "inline; filename=\"Antrean pagi n.jpg\"; filename*=UTF-8''Antrean%20%22pagi%22%20n%C3%A9.jpg"
    )
    assert "Content-Encoding" not in response
    data = body(response)
    assert int(response["Content-Length"]) == len(data) == row.size
    kept = look(as_user(cast.participant), file_url(cast, row, "?unduh"))
    assert kept["Content-Disposition"].startswith("attachment; ")


def test_a_pdf_is_shown_and_runs_nothing(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0], name="surat.pdf", data=factory.pdf())
    response = as_user(cast.participant).get(file_url(cast, row))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert body(response) == factory.pdf()


def test_the_small_picture(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0], data=factory.jpeg(1600, 1200))
    response = as_user(cast.participant).get(file_url(cast, row, "?kecil"))
    assert response["Content-Type"] == "image/webp"
    assert Image.open(BytesIO(body(response))).size == (480, 360)
    etag = response["ETag"]
    same = as_user(cast.participant).get(file_url(cast, row, "?kecil"), headers={"if-none-match": etag})
    assert same.status_code == 304


def test_a_file_in_parts(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0])
    client, url = as_user(cast.participant), file_url(cast, row)
    whole = body(client.get(url))
    part = client.get(url, headers={"range": "bytes=10-19"})
    assert (part.status_code, body(part)) == (206, whole[10:20])
    assert part["Content-Range"] == f"bytes 10-19/{len(whole)}"
    beyond = client.get(url, headers={"range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    head = client.head(url)
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(whole)), b"")


def test_a_file_that_is_gone_is_not_found(cast, as_user):
    row = factory.attached(cast.enrolment, cast.modules[0])
    row.file.storage.delete(row.file.name)
    assert as_user(cast.participant).get(file_url(cast, row)).status_code == 404


# --- Where it is shown --------------------------------------------------------------------------------


def test_preview_submission_and_review_show_the_files(cast, as_user):
    picture = factory.attached(cast.enrolment, cast.modules[0], caption="Loket baru", alt="Tiga warga di loket")
    paper = factory.attached(cast.enrolment, cast.modules[0], name="surat.pdf", data=factory.pdf())
    factory.draft(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    pages = [text_of(client.get(address("entry_preview", cast)))]
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    pages.append(text_of(client.get(address("submission", cast, 1, 1))))
    pages.append(text_of(as_user(cast.instructor).get(reverse("review", args=[entry.key]))))
    for page in pages:
        assert f'src="{file_url(cast, picture)}?kecil"' in page
        assert 'alt="Tiga warga di loket"' in page
        assert "Loket baru" in page
        assert re.search(rf'href="{file_url(cast, paper)}".*surat\.pdf', page)
        assert "1 halaman" in page
    # What was handed in says what it said then.
    workflow.withdraw(user=cast.participant, entry=entry, now=factory.NOW)
    workflow.describe(user=cast.participant, attachment=picture, caption="Lain", alt="Lain")
    page = text_of(as_user(cast.participant).get(address("submission", cast, 1, 1)))
    assert "Loket baru" in page
    assert "Lain" not in page
