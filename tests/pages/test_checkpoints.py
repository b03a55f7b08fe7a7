"""The history of one's own draft: the list, one state beside the present text, restoring and taking that back."""

from datetime import timedelta

import pytest

from journals.enums import EnrolmentStatus
from journals.models import Checkpoint, Response
from tests import factory
from tests.factory import NOW
from tests.pages.test_drafts import send
from tests.pages.writing import address, text_of, typed

MINUTE = timedelta(minutes=1)


@pytest.fixture
def entry(cast):
    """A draft of module 1, saved at NOW."""
    return factory.draft(cast.enrolment, cast.modules[0], title="Sekarang")


@pytest.fixture
def earlier(entry) -> Checkpoint:
    """How it was an hour before."""
    return factory.checkpoint(entry, text="<p>Saya belajar diam.</p>", now=NOW - timedelta(hours=1))


def post(client, cast, checkpoint, version):
    return client.post(address("entry_restore", cast, 1, checkpoint.pk), {"version": str(version)})


def bodies() -> set[str]:
    return set(Response.objects.values_list("body", flat=True))


def test_the_way_there_from_writing_and_from_the_entry(cast, as_user, entry):
    client = as_user(cast.participant)
    for name in ("entry_write", "entry"):
        assert f'href="{address("entry_history", cast)}"' in client.get(address(name, cast)).content.decode()


@pytest.mark.parametrize("begun", [False, True])
def test_without_a_checkpoint_the_page_says_when_there_will_be_one(cast, as_user, begun):
    if begun:
        factory.draft(cast.enrolment, cast.modules[0])
    page = text_of(as_user(cast.participant).get(address("entry_history", cast)))
    assert "Belum ada keadaan terdahulu" in page
    assert ("Teks sekarang" in page) is begun


def test_the_list_says_when_why_and_what_had_changed(cast, as_user, clock, entry):
    client = as_user(cast.participant)
    clock.move_to(NOW + 6 * MINUTE)
    client.post(address("entry_save", cast), typed(1, refleksi="Satu dua tiga.", title="Sekarang"))
    clock.move_to(NOW + 12 * MINUTE)
    client.post(address("entry_save", cast), typed(2, refleksi="Satu dua tiga empat lima.", title="Sekarang"))
    page = text_of(client.get(address("entry_history", cast)))
    assert "Senin, 23 November 2026" in page
    first, second = Checkpoint.objects.order_by("pk")
    assert (first.reason, second.reason) == ("change", "time")
    assert page.index("11.06 WITA") < page.index("11.00 WITA")  # newest first
    assert page.count("Sebelum perubahan besar") == 1
    assert 'Refleksi</span> <span class="num">−6</span>' in page
    assert 'Refleksi</span> <span class="num">+2</span>' in page
    assert "23 kata" in page


def test_a_state_is_compared_with_the_present_text(cast, as_user, earlier):
    response = as_user(cast.participant).get(address("entry_checkpoint", cast, 1, earlier.pk))
    page = text_of(response)
    assert '<del><span class="visually-hidden">Dihapus: </span> diam</del>' in page
    assert '<ins><span class="visually-hidden">Ditambahkan: </span> mendengarkan warga sebelum' in page
    assert '<ins><span class="visually-hidden">Ditambahkan: </span>Sekarang</ins>' in page
    assert "<p>Saya belajar diam.</p>" in page  # the whole text as it was, to be copied
    assert address("entry_restore", cast, 1, earlier.pk) in page


def test_parts_that_are_the_same_are_not_repeated(cast, as_user, entry):
    same = factory.checkpoint(entry, text=factory.ANSWER)
    Checkpoint.objects.update(title="Sekarang")
    page = text_of(as_user(cast.participant).get(address("entry_checkpoint", cast, 1, same.pk)))
    assert page.count("Tidak berubah") == 3
    assert "sama dengan draf Anda sekarang" in page
    assert address("entry_restore", cast, 1, same.pk) not in page


def test_older_and_newer_states_follow_one_another(cast, as_user, entry, earlier):
    newer = factory.checkpoint(entry, now=NOW - MINUTE)
    client = as_user(cast.participant)
    page = client.get(address("entry_checkpoint", cast, 1, earlier.pk)).content.decode()
    assert f'href="{address("entry_checkpoint", cast, 1, newer.pk)}" rel="next"' in page
    assert 'rel="prev"' not in page
    page = client.get(address("entry_checkpoint", cast, 1, newer.pk)).content.decode()
    assert f'href="{address("entry_checkpoint", cast, 1, earlier.pk)}" rel="prev"' in page


def test_restoring_asks_first_and_can_be_undone(cast, as_user, entry, earlier):
    client = as_user(cast.participant)
    page = client.get(address("entry_restore", cast, 1, earlier.pk)).content.decode()
    assert 'name="version" value="1"' in page
    assert bodies() == {factory.ANSWER}  # looking changes nothing
    answer = post(client, cast, earlier, 1)
    assert answer.url == address("entry_history", cast)
    assert bodies() == {"<p>Saya belajar diam.</p>"}
    page = text_of(client.get(answer.url))
    before = Checkpoint.objects.get(reason="restore")
    assert "Batalkan pemulihan" in page
    assert f'action="{address("entry_restore", cast, 1, before.pk)}"' in page
    assert 'name="version" value="2"' in page
    post(client, cast, before, 2)
    assert bodies() == {factory.ANSWER}
    entry.refresh_from_db()
    assert (entry.title, entry.version) == ("Sekarang", 3)


def test_once_written_on_the_offer_to_undo_goes(cast, as_user, entry, earlier):
    client = as_user(cast.participant)
    post(client, cast, earlier, 1)
    client.post(address("entry_save", cast), typed(2))
    assert "Batalkan pemulihan" not in text_of(client.get(address("entry_history", cast)))


@pytest.mark.parametrize("version", ["0", "7", "", "x"])
def test_a_version_that_is_not_the_present_one_is_asked_again(cast, as_user, entry, earlier, version):
    client = as_user(cast.participant)
    answer = post(client, cast, earlier, version)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Belum dipulihkan" in page
    assert 'name="version" value="1"' in page
    assert bodies() == {factory.ANSWER}


def test_after_handing_in_it_is_readable_and_nothing_is_restored(cast, as_user, entry, earlier):
    factory.workflow.submit(user=cast.participant, entry=entry, version=1, accepted=True, key="k", now=NOW)
    client = as_user(cast.participant)
    assert "Saat dikirim" in text_of(client.get(address("entry_history", cast)))
    page = text_of(client.get(address("entry_checkpoint", cast, 1, earlier.pk)))
    assert "tidak ada yang dapat dipulihkan" in page
    assert address("entry_restore", cast, 1, earlier.pk) not in page
    assert client.get(address("entry_restore", cast, 1, earlier.pk)).url == address(
        "entry_checkpoint", cast, 1, earlier.pk
    )
    answer = post(client, cast, earlier, 1)
    assert answer.status_code == 409
    assert "Belum dipulihkan" in text_of(answer)
    assert bodies() == {factory.ANSWER}


def test_former_participants_look_and_do_not_restore(cast, as_user, entry, earlier):
    cast.enrolment.status = EnrolmentStatus.WITHDRAWN
    cast.enrolment.save()
    client = as_user(cast.participant)
    for name in ("entry_history", "entry_checkpoint"):
        args = [earlier.pk] if name == "entry_checkpoint" else []
        page = client.get(address(name, cast, 1, *args))
        assert page.status_code == 200
        assert "pulihkan/" not in page.content.decode()
    assert post(client, cast, earlier, 1).status_code == 403


def test_another_entrys_checkpoint_is_not_found(cast, as_user, earlier):
    factory.draft(cast.peer_enrolment, cast.modules[0])
    factory.draft(cast.enrolment, cast.modules[1])
    for user, number in ((cast.peer, 1), (cast.participant, 2)):
        for name in ("entry_checkpoint", "entry_restore"):
            assert as_user(user).get(address(name, cast, number, earlier.pk)).status_code == 404
        assert as_user(user).post(address("entry_restore", cast, number, earlier.pk)).status_code == 404


def test_what_is_shown_is_cleaned_again(cast, as_user, entry, earlier):
    Checkpoint.objects.update(
        title="<script>1</script>", answers={"refleksi": "<p>a<img src=x onerror=alert(1)><b>c</b></p>"}
    )
    page = as_user(cast.participant).get(address("entry_checkpoint", cast, 1, earlier.pk)).content.decode()
    assert "onerror" not in page
    assert "<script>1" not in page


@pytest.mark.parametrize("more", [0, 2])
def test_the_pages_cost_the_same_with_more_checkpoints(cast, as_user, django_assert_num_queries, entry, earlier, more):
    for number in range(more):
        factory.checkpoint(entry, now=NOW - number * MINUTE)
    client = as_user(cast.participant)
    with django_assert_num_queries(9):
        client.get(address("entry_history", cast))
    with django_assert_num_queries(10):
        client.get(address("entry_checkpoint", cast, 1, earlier.pk))
    with django_assert_num_queries(8):
        client.get(address("entry_restore", cast, 1, earlier.pk))


def test_restoring_costs_the_same_every_time(cast, as_user, django_assert_num_queries, earlier):
    client = as_user(cast.participant)
    with django_assert_num_queries(20):
        assert post(client, cast, earlier, 1).status_code == 302


@pytest.mark.parametrize("old", [1, 3])
def test_a_devices_message_pays_for_a_checkpoint_only_when_one_is_due(
    cast, as_user, clock, django_assert_num_queries, entry, old
):
    for number in range(old):
        factory.checkpoint(entry, now=NOW - timedelta(hours=number))
    client = as_user(cast.participant)
    # Two are the savepoint that stands for BEGIN and COMMIT inside a test; four keep, note, look, and ask for marks.
    # marks make four.
    for sequence, (minutes, queries) in enumerate([(1, 8), (6, 12), (7, 8)], 1):
        clock.move_to(NOW + minutes * MINUTE)
        with django_assert_num_queries(queries):
            answer = send(client, cast, sequence=sequence, version=sequence, title="", parts=part(sequence))
        assert answer.status_code == 200
    assert Checkpoint.objects.count() == old + 1


def part(number: int) -> dict:
    return {"refleksi": ["html", factory.ANSWER.replace("</p>", f" {number}.</p>")]}


def test_a_version_that_was_put_away_is_listed_and_is_no_step_of_the_draft(cast, as_user):
    stray = factory.stray(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    client.post(address("entry_put_away", cast, 1, stray.pk), {"sequence": str(stray.sequence)})
    page = text_of(client.get(address("entry_history", cast)))
    assert '<span class="badge">Versi lain</span>' in page
    assert '<span class="num">' not in page  # no "−7 words": the draft never was that text
