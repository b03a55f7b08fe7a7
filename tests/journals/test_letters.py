"""Notices by e-mail: as often as their reader wishes, everything in one letter, nothing twice, failures tried again."""

from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.urls import reverse

from berakhlak.accounts.models import User
from berakhlak.accounts.reminders import notices_off_url
from journals import letters, workflow
from journals.keys import random_key
from journals.models import Notice, Receipt
from tests import factory
from tests.factory import NOW


@pytest.fixture
def told(cast, clock):
    """The participant's entry was returned, and something was announced."""
    User.objects.update(email_notices="at_once", timezone="Asia/Jakarta")
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    workflow.announce(
        user=cast.lead,
        cohort=cast.cohort,
        key=random_key(),
        title="Jadwal",
        text="Besok <b>pagi</b>.",
        to=[17],
        now=NOW,
    )
    Notice.objects.exclude(recipient=cast.participant).delete()
    return cast


def outbox() -> list[list[str]]:
    return [message.to for message in mail.outbox]


def test_everything_comes_in_one_letter(told):
    assert letters.hand_out(NOW) == 1
    [message] = mail.outbox
    assert message.to == [told.participant.email]
    assert message.subject == "[BerAKHLAK] 2 pemberitahuan dari jurnal pembelajaran Anda"
    assert "Modul 1, Modul 1: dikembalikan untuk diperbaiki." in message.body
    assert f"http://testserver{reverse('entry', args=[told.cohort.key, 1])}" in message.body
    assert "Angkatan IV: Jadwal\nBesok <b>pagi</b>." in message.body
    assert "&lt;b&gt;pagi" in message.alternatives[0].content
    assert message.extra_headers["List-Unsubscribe"] == f"<{notices_off_url(told.participant)}>"


def test_a_letter_is_in_its_readers_language(told):
    User.objects.update(email_language="en")
    letters.hand_out(NOW)
    [message] = mail.outbox
    assert message.subject == "[BerAKHLAK] 2 notices from your training journal"
    assert "Module 1, Modul 1: returned for improvement." in message.body
    assert '<html lang="en">' in message.alternatives[0].content


def test_nothing_comes_twice(told):
    letters.hand_out(NOW)
    letters.hand_out(NOW + timedelta(minutes=5))
    assert letters.send_letters.func([told.participant.pk]) == 0
    assert len(mail.outbox) == 1


def test_what_was_read_meanwhile_is_not_sent(told):
    Notice.objects.update(read_at=NOW)
    Receipt.objects.update(read_at=NOW)
    assert letters.hand_out(NOW) == 0


@pytest.mark.parametrize(
    "change", [{"email_notices": "never"}, {"email": None}, {"is_active": False}], ids=["never", "no address", "off"]
)
def test_who_does_not_want_or_cannot_gets_none(told, change):
    User.objects.filter(pk=told.participant.pk).update(**change)
    assert letters.hand_out(NOW) == 0
    assert outbox() == []


@pytest.mark.parametrize(("zone", "comes"), [("Asia/Jakarta", 6), ("Asia/Makassar", 5), ("Asia/Jayapura", 4)])
def test_once_a_day_means_six_in_the_morning_there(told, clock, zone, comes):
    User.objects.update(email_notices="daily", timezone=zone)
    # 06.00 WIB is 23.00 UTC of the day before; WITA and WIT are one and two hours earlier.
    morning = datetime(2026, 11, 23, 23, tzinfo=UTC) - timedelta(hours=6 - comes)
    assert letters.hand_out(NOW) == 0
    clock.move_to(morning - timedelta(minutes=1))
    assert letters.hand_out(morning - timedelta(minutes=1)) == 0
    clock.move_to(morning)
    assert letters.hand_out(morning) == 1
    assert len(mail.outbox) == 1


def test_what_came_after_six_waits_for_the_next_morning(told, clock):
    User.objects.update(email_notices="daily")
    tomorrow = datetime(2026, 11, 23, 23, tzinfo=UTC)
    Notice.objects.update(created_at=tomorrow + timedelta(minutes=1))
    Receipt.objects.all().delete()
    clock.move_to(tomorrow + timedelta(hours=2))
    assert letters.hand_out(tomorrow + timedelta(hours=2)) == 0
    assert letters.due_notices(tomorrow + timedelta(days=1)).count() == 1


def test_a_release_is_told_when_it_is_visible_and_not_before(told, clock):
    Receipt.objects.all().delete()
    Notice.objects.update(created_at=NOW + timedelta(minutes=5))
    assert letters.hand_out(NOW) == 0
    assert letters.due_notices(NOW + timedelta(minutes=5)).count() == 1


def test_old_news_are_none(told):
    assert letters.hand_out(NOW + timedelta(days=3, minutes=1)) == 0


def test_reviewers_hear_of_messages_again_and_again(cast, clock):
    User.objects.update(email_notices="at_once")
    review = factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    entry = review.submission.entry
    Notice.objects.all().delete()
    for text in ("Mohon penjelasan.", "Masih belum jelas."):
        workflow.remark(user=cast.participant, entry=entry, text=text, key=random_key(), now=NOW)
        letters.hand_out(NOW)
    assert outbox() == [[cast.instructor.email]] * 2
    assert "menulis pesan kepada Anda tentang modul 1." in mail.outbox[0].body


def test_a_failure_concerns_nobody_else_and_is_tried_again(told, clock, monkeypatch):
    workflow.announce(
        user=told.lead, cohort=told.cohort, key=random_key(), title="Semua", text="Halo.", to=None, now=NOW
    )
    send = mail.EmailMultiAlternatives.send
    broken = [told.participant.email]

    def fails(message, *args, **kwargs):
        if message.to == broken:
            raise SMTPServerDisconnected("gone")
        return send(message, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", fails)
    letters.hand_out(NOW)
    assert sorted(outbox()) == sorted([[told.peer.email], [told.stranger.email]])
    assert set(Notice.objects.values_list("mail_attempts", "mailed_at", "mail_try_at")) == {
        (1, None, NOW + timedelta(minutes=15))
    }
    assert letters.hand_out(NOW + timedelta(minutes=14)) == 0
    clock.move_to(NOW + timedelta(minutes=15))
    letters.hand_out(NOW + timedelta(minutes=15))
    assert set(Notice.objects.values_list("mail_attempts", "mail_try_at")) == {(2, NOW + timedelta(minutes=45))}
    broken.clear()
    clock.move_to(NOW + timedelta(minutes=45))
    letters.hand_out(NOW + timedelta(minutes=45))
    assert [told.participant.email] in outbox()


def test_in_the_end_one_gives_up(told):
    Notice.objects.update(mail_attempts=letters.MOST_TRIES)
    Receipt.objects.update(mail_attempts=letters.MOST_TRIES)
    assert letters.hand_out(NOW) == 0


def test_without_a_server_nothing_is_lost(told, monkeypatch):
    from django.core.mail.backends.locmem import EmailBackend

    def refuse(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", refuse)
    letters.hand_out(NOW)
    assert Notice.objects.filter(mail_attempts=0, mailed_at=None).exists()


# --- The reader's choice -----------------------------------------------------------------------------


def test_the_choice_stands_in_the_profile(told, as_user):
    client = as_user(told.participant)
    page = client.get(reverse("profile")).content.decode()
    assert "Pemberitahuan lewat surel" in page
    assert "Tidak pernah" in page
    assert "Belum pernah" not in page  # what the list of people says of those who never signed in
    form = client.get(reverse("profile")).context["profile_form"]
    data = {field.html_name: field.value() or "" for field in form} | {"email_notices": "never"}
    assert client.post(reverse("profile"), data | {"email_language": "en"}).status_code == 302
    told.participant.refresh_from_db()
    assert (told.participant.email_notices, told.participant.email_language) == ("never", "en")
    older = {name: value for name, value in data.items() if name != "email_language"}  # a page from before
    assert client.post(reverse("profile"), older).status_code == 302
    told.participant.refresh_from_db()
    assert told.participant.email_language == "en"
    assert client.post(reverse("profile"), {**data, "email_notices": "hourly"}).status_code == 422


def test_one_click_switches_them_off_without_signing_in(told, client):
    address = notices_off_url(told.participant).removeprefix("http://testserver")
    assert "Hentikan pemberitahuan lewat surel?" in client.get(address).content.decode()
    told.participant.refresh_from_db()
    assert told.participant.email_notices == "at_once"  # looking alone switches nothing off
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    told.participant.refresh_from_db()
    assert (told.participant.email_notices, told.participant.email_reminders) == ("never", True)
    assert client.get(address[:-2] + "x/").status_code == 404
    wrong = address.replace(f"/{told.participant.pk}.", f"/{told.peer.pk}.")
    assert client.post(wrong).status_code == 404
