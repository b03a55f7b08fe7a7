"""Files on an entry: who adds them when, what a submission freezes of them, and proving that they stayed."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.utils import timezone

from berakhlak.accounts.photos import set_photo
from journals import content, triggers, workflow
from journals.models import Attachment, Entry
from journals.models.attachment import FOLDER, private_storage
from tests import factory
from tests.factory import NOW


def stored() -> set[str]:
    storage = private_storage()
    return set(storage.listdir(FOLDER)[1]) if storage.exists(FOLDER) else set()


def attach(cast, user=None, key="kunci-klien", **change):
    given = {
        "user": user or cast.participant,
        "enrolment": cast.enrolment,
        "module": cast.modules[0],
        "upload": SimpleUploadedFile("foto.jpg", factory.jpeg()),
        "client_key": key,
        "now": NOW,
    }
    return workflow.attach(**given | change)


def verified(*options: str) -> str:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", *options, stdout=out, stderr=err)
    except CommandError as error:
        return f"{err.getvalue()}{error}"
    return out.getvalue()


@pytest.mark.parametrize("role", ["peer", "instructor", "lead", "organiser", "superuser"])
def test_only_the_author_adds_describes_and_removes(cast, role):
    row, other = attach(cast), getattr(cast, role)
    with pytest.raises(workflow.Forbidden):
        attach(cast, other, "kunci-lain")
    with pytest.raises(workflow.Forbidden):
        workflow.describe(user=other, attachment=row, caption="x", alt="")
    with pytest.raises(workflow.Forbidden):
        workflow.remove(user=other, attachment=row, now=NOW)
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "editable"), [("draft", True), ("submitted", False), ("returned", True), ("graded", False)]
)
def test_only_while_the_entry_is_editable(cast, state, editable):
    row = attach(cast)
    if state == "submitted":
        factory.submitted(cast.enrolment, cast.modules[0])
    elif state != "draft":
        getattr(factory, state)(cast.enrolment, cast.modules[0], cast.instructor)
    moves = [
        lambda: attach(cast, key="kunci-lain"),
        lambda: workflow.describe(user=cast.participant, attachment=row, caption="x", alt=""),
        lambda: workflow.remove(user=cast.participant, attachment=row, now=NOW),
    ]
    for move in moves:
        if editable:
            move()
            continue
        before = stored()
        with pytest.raises(workflow.Conflict) as caught:
            move()
        assert caught.value.code == "state"
        assert stored() == before


def test_before_opening_nothing_is_added(cast):
    cast.cohort.schedules.update(opens=NOW + factory.timedelta(1))
    before = stored()
    with pytest.raises(workflow.Conflict) as caught:
        attach(cast)
    assert caught.value.code == "not_open"
    assert not Entry.objects.exists()
    assert stored() == before


def test_names_in_the_store_say_nothing_and_bytes_are_those_of_the_digest(cast):
    row = attach(cast, upload=SimpleUploadedFile("Ratna 198609262015051901.jpg", factory.jpeg()))
    assert len(row.file.name.removeprefix(FOLDER)) == 36
    assert "Ratna" not in row.file.name + row.thumbnail.name
    assert content.hashlib.sha256(row.file.read()).hexdigest() == row.sha256
    row.file.close()


def test_a_failure_leaves_no_file_behind(cast, monkeypatch):
    before = stored()

    def refuse(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr(Attachment.objects, "create", refuse)
    with pytest.raises(IntegrityError):
        attach(cast)
    assert stored() == before


def test_two_at_the_same_time_make_one(cast, monkeypatch):
    """The second waits for the lock, finds the first, and takes its own file away again."""
    prepare = workflow.attachments.files.prepare

    def slow(upload):
        monkeypatch.setattr(workflow.attachments.files, "prepare", prepare)
        attach(cast)  # meanwhile
        return prepare(upload)

    monkeypatch.setattr(workflow.attachments.files, "prepare", slow)
    before = stored()
    row = attach(cast)
    assert row == Attachment.objects.get()
    assert len(stored() - before) == 2


@pytest.mark.parametrize("key", ["", "pendek", "x" * 33, "spasi spasi", "kunci/klien"])
def test_a_key_that_no_page_of_ours_makes_is_refused(cast, key):
    with pytest.raises(workflow.Invalid):
        attach(cast, key=key)


def test_a_submission_freezes_what_it_holds(cast):
    first = factory.attached(cast.enrolment, cast.modules[0], caption="Loket", alt="Tiga warga")
    gone = attach(cast)
    workflow.remove(user=cast.participant, attachment=gone, now=NOW)
    frozen = content.read(factory.submitted(cast.enrolment, cast.modules[0]))
    assert frozen["format"] == 3
    assert frozen["attachments"] == [
        {
            "key": first.key,
            "kind": "image",
            "name": "foto.jpg",
            "caption": "Loket",
            "alt": "Tiga warga",
            "size": first.size,
            "sha256": first.sha256,
            "width": 64,
            "height": 48,
            "pages": None,
        }
    ]


def test_a_return_and_a_withdrawal_keep_the_files_on_the_draft(cast):
    row = attach(cast)
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.withdraw(user=cast.participant, entry=entry, now=NOW)
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    last = factory.submitted(cast.enrolment, cast.modules[0])
    assert [item["key"] for item in content.read(last)["attachments"]] == [row.key]
    assert row.frozen.count() == 3


def test_a_submitted_file_outlives_its_removal(cast, django_capture_on_commit_callbacks):
    row = attach(cast)
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    with django_capture_on_commit_callbacks(execute=True):
        workflow.remove(user=cast.participant, attachment=row, now=NOW)
    row.refresh_from_db()
    assert row.removed_at == NOW
    assert private_storage().exists(row.file.name)
    with pytest.raises(workflow.Conflict):
        workflow.remove(user=cast.participant, attachment=row, now=NOW)
    with pytest.raises(workflow.Conflict):
        workflow.describe(user=cast.participant, attachment=row, caption="x", alt="")


# --- Proving it ------------------------------------------------------------------------------------------


@pytest.fixture
def kept(cast):
    row = attach(cast)
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.submitted(cast.peer_enrolment, cast.modules[0])
    assert "All submitted attachments are what was handed in." in verified("--files")
    return row


def test_a_changed_file_is_found(kept):
    storage = private_storage()
    storage.delete(kept.file.name)
    assert f"attachment {kept.key} cannot be read" in verified("--files")
    storage.save(kept.file.name, ContentFile(b"lain"))
    assert f"attachment {kept.key} was changed" in verified("--files")
    assert "is whole" in verified()


def test_a_changed_row_is_found(kept):
    with triggers.lifted():
        Attachment.objects.update(sha256="1" * 64)
    assert "was changed" in verified("--files")
    with triggers.lifted():
        kept.frozen.all().delete()
    assert f"attachment {kept.key} is missing" in verified("--files")


def test_files_that_no_row_knows_are_swept_once_they_are_old(cast, clock):
    row = attach(cast)
    before = stored()
    for name in ("yatim.webp", "yatim-s.webp"):
        private_storage().save(FOLDER + name, ContentFile(b"x"))
    orphans = stored() - before

    def swept(*options: str) -> str:
        out = StringIO()
        call_command("sweep_files", *options, stdout=out)
        return out.getvalue()

    assert swept().endswith("0 files that no row knows.\n")  # they may still be on their way
    clock.move_to(timezone.now() + timedelta(days=2000))
    assert [line for line in swept().splitlines() if "yatim" in line] == sorted(FOLDER + name for name in orphans)
    assert stored() >= orphans
    swept("--delete")
    assert not stored() & orphans
    assert stored() >= {name.removeprefix(FOLDER) for name in (row.file.name, row.thumbnail.name)}


def test_photos_that_nobody_has_any_more_are_swept_too(cast, clock):
    set_photo(cast.participant, ContentFile(b"x"))
    storage = cast.participant.photo.storage
    orphan = storage.save("photos/yatim.webp", ContentFile(b"x"))
    clock.move_to(timezone.now() + timedelta(days=2000))
    out = StringIO()
    call_command("sweep_files", "--delete", stdout=out)
    assert orphan in out.getvalue().splitlines()
    assert not storage.exists(orphan)
    assert storage.exists(cast.participant.photo.name)
