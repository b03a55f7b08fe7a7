"""Watching a cohort run, and telling exactly those who need it: the board, announcements, and who has read them."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from berakhlak.accounts import codes
from berakhlak.accounts.models import ActivationCode, User
from journals import workflow
from journals.keys import random_key
from journals.models import Announcement, Event, Notice, Receipt
from tests import factory
from tests.factory import NOW


@pytest.fixture
def lead(cast, as_user, clock):
    return as_user(cast.lead)


def at(cast, name, *more):
    return reverse(name, args=[cast.cohort.key, *more])


def sent(client, cast, **changed):
    given = {"judul": "Jadwal zoom", "isi": "Besok pukul 09.00 WITA.", "kepada": "", "kunci": random_key(), **changed}
    return client.post(at(cast, "announcement_send"), given)


def readers(announcement) -> set[User]:
    return {receipt.enrolment.user for receipt in announcement.receipts.select_related("enrolment__user")}


# --- The board ---------------------------------------------------------------------------------------


def test_the_board_counts_who_stands_where(lead, cast):
    User.objects.update(last_login=NOW)
    User.objects.filter(pk=cast.stranger.pk).update(last_login=None)
    factory.submitted(cast.enrolment, cast.modules[0], now=NOW - timedelta(hours=3))
    factory.draft(cast.peer_enrolment, cast.modules[0])
    page = lead.get(at(cast, "cohort_board"))
    board = page.context["board"]
    assert (board.people, board.never_here, board.not_begun, board.done) == (3, 1, 1, 0)
    first = board.lines[0].counts
    assert {name: count for name, count in first.items() if count} == {"belum": 1, "draf": 1, "menunggu": 1}
    assert board.oldest == NOW - timedelta(hours=3)
    only = lead.get(at(cast, "cohort_board") + f"?kelompok={cast.group.pk}").context["board"]
    assert only.people == 2
    assert only.lines[0].counts["belum"] == 0


def test_a_number_leads_to_a_message_to_exactly_those(lead, cast):
    factory.draft(cast.peer_enrolment, cast.modules[0])
    page = lead.get(at(cast, "cohort_board")).content.decode()
    link = f"{at(cast, 'announcements')}?modul=1&amp;keadaan=draf"
    assert link in page
    form = lead.get(link.replace("&amp;", "&")).context["form"]
    assert form["kepada"].value() == str(cast.peer_enrolment.ndh)
    assert form["judul"].value() == "Pengingat: modul 1"
    given = {field.html_name: field.value() for field in form}
    assert lead.post(at(cast, "announcement_send"), given).status_code == 302
    assert readers(Announcement.objects.get()) == {cast.peer}


@pytest.mark.parametrize("query", ["?modul=1&keadaan=selesai", "?modul=1", "?keadaan=draf"])
def test_another_cell_chooses_nobody(lead, cast, query):
    assert not lead.get(at(cast, "announcements") + query).context["form"]["kepada"].value()


@pytest.mark.parametrize("name", ["cohort_board", "announcements"])
def test_what_is_no_number_is_not_found(lead, cast, name):
    assert lead.get(at(cast, name) + "?kelompok=x&modul=x&keadaan=draf").status_code == 404


# --- Announcements -----------------------------------------------------------------------------------


def test_everybody_reads_it_and_the_sender_sees_how_many_have(lead, cast, as_user):
    assert sent(lead, cast).status_code == 302
    made = Announcement.objects.get()
    assert readers(made) == {cast.participant, cast.peer, cast.stranger}
    assert json.loads(Event.objects.get(kind="announced").data) == {"people": 3}
    reader = as_user(cast.participant)
    journal = reader.get(reverse("journal", args=[cast.cohort.key])).content.decode()
    assert "Jadwal zoom" in journal
    page = reader.get(at(cast, "announcement", made.key)).content.decode()
    assert "Besok pukul 09.00 WITA." in page
    assert 'data-module="feedback-read"' in page
    assert Receipt.objects.filter(read_at=None).count() == 3  # looking alone writes nothing
    marked = reader.post(at(cast, "announcement_read", made.key), headers={"accept": "application/json"})
    assert marked.status_code == 204
    assert reader.post(at(cast, "announcement_read", made.key)).status_code == 302
    assert Receipt.objects.get(enrolment=cast.enrolment).read_at == NOW
    assert "Jadwal zoom" not in reader.get(reverse("journal", args=[cast.cohort.key])).content.decode()
    assert "Jadwal zoom" in reader.get(at(cast, "own_announcements")).content.decode()
    assert "1 dari 3" in as_user(cast.lead).get(at(cast, "announcements")).content.decode()


def test_a_second_click_sends_nothing_more(lead, cast):
    key = random_key()
    assert sent(lead, cast, kunci=key).status_code == sent(lead, cast, kunci=key).status_code == 302
    assert Announcement.objects.count() == 1


def test_whoever_left_is_not_told(lead, cast):
    workflow.withdraw_participant(user=cast.organiser, enrolment=cast.enrolment, reason="Sakit", now=NOW)
    sent(lead, cast)
    assert cast.participant not in readers(Announcement.objects.get())


def test_some_by_number_and_range(lead, cast):
    numbers = [cast.enrolment.ndh, cast.peer_enrolment.ndh]
    low, high = min(numbers), max(numbers)
    assert sent(lead, cast, kepada=f"{low} – {high}; 999").status_code == 302
    assert {cast.participant, cast.peer} <= readers(Announcement.objects.get())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"judul": ""}, "Wajib diisi."),
        ({"isi": "   "}, "Wajib diisi."),
        ({"isi": "x" * 4001}, "4000"),
        ({"kepada": "tujuh"}, "“tujuh” bukan nomor."),
        ({"kepada": "9-3"}, "“9-3” bukan rentang nomor."),
        ({"kepada": "999"}, "Tidak ada penerimanya."),
        ({"kunci": "../x"}, "Masukkan"),
    ],
)
def test_what_is_wrong_is_said_and_the_text_comes_back(lead, cast, changed, said):
    refused = sent(lead, cast, **changed)
    assert refused.status_code == 422
    assert said in refused.content.decode()
    if "isi" not in changed:
        assert "Besok pukul 09.00 WITA." in refused.content.decode()
    assert not Announcement.objects.exists()


def test_markup_stays_text(lead, cast, as_user):
    sent(lead, cast, judul="<b>x</b>", isi="<script>alert(1)</script>\n\nbaris")
    page = as_user(cast.peer).get(at(cast, "announcement", Announcement.objects.get().key)).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("more", [0, 3])
def test_queries(lead, cast, django_assert_num_queries, more):
    for number in range(more):
        factory.enrol(factory.make_user(f"Peserta {number}"), cast.cohort, cast.group, 70 + number)
        sent(lead, cast)
    sent(lead, cast)
    with django_assert_num_queries(12):
        lead.get(at(cast, "cohort_board"))
    with django_assert_num_queries(5):
        lead.get(at(cast, "announcements"))


def test_emails_that_did_not_go_are_listed(lead, cast, clock, django_assert_num_queries):
    User.objects.update(email_notices="at_once")
    assert "Semua surel sudah terkirim" in lead.get(at(cast, "cohort_unsent")).content.decode()
    sent(lead, cast)
    Receipt.objects.filter(enrolment=cast.enrolment).update(mail_attempts=2, mail_try_at=NOW)
    factory.returned(cast.peer_enrolment, cast.modules[0], cast.instructor)
    Notice.objects.filter(recipient=cast.peer).update(mail_attempts=1)
    reminder = factory.reminder(cast.enrolment, cast.modules[1])
    type(reminder).objects.update(attempts=3)
    codes.make_codes([cast.stranger], by=cast.organiser, now=NOW)
    ActivationCode.objects.update(mail_asked_at=NOW)
    assert len(lead.get(at(cast, "cohort_unsent")).context["unsent"]) == 1  # the others are of this very minute
    clock.move_to(NOW + timedelta(minutes=31))
    with django_assert_num_queries(8):
        page = lead.get(at(cast, "cohort_unsent"))
    assert {(each.name, each.tries) for each in page.context["unsent"]} >= {
        (cast.participant.full_name, 2),
        (cast.peer.full_name, 1),
        (cast.participant.full_name, 3),
        (cast.stranger.full_name, 0),
    }
    assert cast.participant.email in page.content.decode()


def test_without_worker_or_mail_server_it_is_said(lead, cast, as_user, clock):
    User.objects.exclude(pk=cast.participant.pk).update(email_notices="never")
    User.objects.filter(pk=cast.participant.pk).update(email_notices="at_once")
    sent(lead, cast)
    clock.move_to(NOW + timedelta(hours=1))
    page = lead.get(at(cast, "cohort_unsent"))
    [row] = page.context["unsent"]
    assert (row.name, row.tries, row.given_up) == (cast.participant.full_name, 0, False)
    assert "bahkan belum dicoba" in page.content.decode()
    clock.move_to(NOW + timedelta(days=4))
    lead = as_user(cast.lead)
    [row] = lead.get(at(cast, "cohort_unsent")).context["unsent"]
    assert row.given_up
    Receipt.objects.update(read_at=NOW)
    assert lead.get(at(cast, "cohort_unsent")).context["unsent"] == []


def test_a_cell_that_is_empty_by_now_reminds_nobody(lead, cast):
    answer = lead.get(at(cast, "announcements") + "?modul=1&keadaan=draf", follow=True)
    assert answer.redirect_chain == [(at(cast, "cohort_board"), 302)]
    assert "tidak ada yang perlu diingatkan" in answer.content.decode()


def test_who_has_begun_nothing_is_reminded_by_ranges(lead, cast):
    for number in (40, 41, 42):
        factory.enrol(factory.make_user(f"Peserta {number}"), cast.cohort, cast.group, number)
    for enrolment in (cast.enrolment, cast.peer_enrolment, cast.stranger.enrolments.get()):
        factory.draft(enrolment, cast.modules[0])
    address = at(cast, "announcements") + "?keadaan=kosong"
    assert f'href="{address}"' in lead.get(at(cast, "cohort_board")).content.decode()
    form = lead.get(address).context["form"]
    assert form["kepada"].value() == "40–42"
    given = {field.html_name: field.value() for field in form}
    lead.post(at(cast, "announcement_send"), given)
    assert Announcement.objects.get().receipts.count() == 3


def test_what_was_handed_in_again_waits_since_then(lead, cast):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor, now=NOW - timedelta(days=5))
    factory.submitted(cast.enrolment, cast.modules[0], now=NOW - timedelta(hours=2))
    gone = factory.submitted(cast.peer_enrolment, cast.modules[0], now=NOW - timedelta(hours=5))
    type(cast.peer_enrolment).objects.filter(pk=gone.entry.enrolment_id).update(status="withdrawn")
    assert lead.get(at(cast, "cohort_board")).context["board"].oldest == NOW - timedelta(hours=2)
