"""Reminders as their reader meets them: on the dashboard, in the profile, and behind the link of the e-mail."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.core.signing import Signer
from django.urls import reverse
from django.utils import timezone

from berakhlak.accounts.reminders import off_url, user_of
from journals import workflow
from journals.models import Reminder
from journals.services import reminders
from tests import factory
from tests.factory import NOW
from tests.pages.writing import address, dashboard, text_of

DAY = timedelta(days=1)
DUE = NOW + 3 * DAY
SAID = "Modul 1, Modul 1: belum dikirim. Tenggat Kamis, 26 November 2026 pukul 11.00 WITA"


class Words(HTMLParser):
    """The text of a page without its tags."""

    def __init__(self):
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data):
        self.words.append(data)


def words(page: str) -> str:
    parser = Words()
    parser.feed(page)
    return " ".join("".join(parser.words).split())


@pytest.fixture
def reminded(cast, clock):
    """One day before both modules are due everybody has been reminded."""
    clock.move_to(DUE - DAY)
    reminders.remind(timezone.now())
    return cast


def mine(cast, number: int = 1) -> Reminder:
    return Reminder.objects.get(enrolment=cast.enrolment, module__number=number)


# --- The dashboard ----------------------------------------------------------------------------------


def test_the_dashboard_shows_what_is_due_and_not_handed_in(reminded, as_user):
    page = words(dashboard(reminded, as_user(reminded.participant)))
    assert SAID in page
    assert "Modul 2, Modul 2: belum dikirim." in page


def test_a_reminder_vanishes_when_its_entry_is_handed_in_and_comes_back_when_that_is_withdrawn(reminded, as_user):
    client = as_user(reminded.participant)
    entry = factory.submitted(reminded.enrolment, reminded.modules[0], now=DUE - DAY).entry
    page = words(dashboard(reminded, client))
    assert SAID not in page
    assert "Modul 2, Modul 2: belum dikirim." in page
    workflow.withdraw(user=reminded.participant, entry=entry, now=DUE - DAY)
    assert SAID in words(dashboard(reminded, client))


def test_a_reminder_ends_with_its_due_time(reminded, as_user, clock):
    clock.move_to(DUE)
    assert "belum dikirim. Tenggat" not in words(dashboard(reminded, as_user(reminded.participant)))


def test_only_the_newest_reminder_of_a_module_is_shown(cast, as_user, clock):
    for moment in (NOW, DUE - DAY, DUE - timedelta(hours=2)):
        clock.move_to(moment)
        reminders.remind(timezone.now())
    assert Reminder.objects.filter(enrolment=cast.enrolment).count() == 6
    assert words(dashboard(cast, as_user(cast.participant))).count(SAID) == 1


def test_what_was_put_away_stays_away_until_the_next_moment(cast, as_user, clock):
    for moment in (NOW, DUE - DAY):
        clock.move_to(moment)
        reminders.remind(timezone.now())
    client = as_user(cast.participant)
    newest = Reminder.objects.filter(enrolment=cast.enrolment, module=cast.modules[0]).first()
    client.post(reverse("reminder_read", args=[newest.pk]))
    assert SAID not in words(dashboard(cast, client))
    clock.move_to(DUE - timedelta(hours=2))
    reminders.remind(timezone.now())
    assert SAID in words(dashboard(cast, as_user(cast.participant)))  # the session has ended meanwhile


def test_a_reminder_opens_the_writing_page(reminded, as_user):
    answer = as_user(reminded.participant).post(reverse("reminder_read", args=[mine(reminded).pk]), {"open": "1"})
    assert answer.url == address("entry_write", reminded, 1)
    assert mine(reminded).read_at == DUE - DAY


def test_the_list_of_journals_counts_reminders(reminded, as_user):
    assert "2 pemberitahuan baru" in text_of(as_user(reminded.participant).get(reverse("journals")))
    factory.submitted(reminded.enrolment, reminded.modules[0], now=DUE - DAY)
    assert "1 pemberitahuan baru" in text_of(as_user(reminded.participant).get(reverse("journals")))


@pytest.mark.parametrize("shown", [1, 2])
def test_the_dashboard_costs_one_query_more_for_any_number(reminded, as_user, django_assert_num_queries, shown):
    Reminder.objects.filter(enrolment=reminded.enrolment, module__number__gt=shown).delete()
    client = as_user(reminded.participant)
    with django_assert_num_queries(11):
        client.get(reverse("journal", args=[reminded.cohort.key]))


# --- The profile ------------------------------------------------------------------------------------


def test_the_profile_switches_e_mails_off_and_on(cast, django_app, clock):
    page = django_app.get(reverse("profile"), user=cast.participant)
    form = _form_with(page, "email_reminders")
    assert form["email_reminders"].checked
    form["email_reminders"].checked = False
    page = form.submit().follow()
    assert not wants(cast)
    clock.move_to(NOW + timedelta(minutes=5))  # the first reminder, within the same session
    reminders.remind(timezone.now())
    assert mail.outbox
    assert cast.participant.email not in [message.to[0] for message in mail.outbox]
    form = _form_with(page, "email_reminders")
    form["email_reminders"].checked = True
    form.submit()
    assert wants(cast)


def _form_with(page, field):
    return next(form for form in page.forms.values() if field in form.fields)


def test_people_without_an_address_are_not_asked(cast, as_user):
    cast.participant.email = None
    cast.participant.save()
    client = as_user(cast.participant)
    assert "email_reminders" not in text_of(client.get(reverse("profile")))
    client.post(reverse("profile"), {"timezone": "Asia/Jayapura"})
    cast.participant.refresh_from_db()
    assert (cast.participant.timezone, cast.participant.email_reminders) == ("Asia/Jayapura", True)


# --- The link of the e-mail -------------------------------------------------------------------------


@pytest.fixture
def link(reminded) -> str:
    """The path that stands in the participant's e-mail."""
    message = next(message for message in mail.outbox if message.to == [reminded.participant.email])
    return message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")


def wants(cast) -> bool:
    cast.participant.refresh_from_db()
    return cast.participant.email_reminders


def test_opening_the_link_asks_and_changes_nothing(reminded, client, link):
    answer = client.get(link)
    assert answer.status_code == 200
    assert "Matikan pengingat lewat surel?" in text_of(answer)
    assert reminded.participant.email not in text_of(answer)
    assert client.head(link).status_code == 200
    assert wants(reminded)


def test_the_button_switches_off_without_signing_in(reminded, django_app, link):
    page = django_app.get(link)
    page = next(form for form in page.forms.values() if "Matikan" in form.text).submit()
    assert "Pengingat lewat surel sudah dimatikan" in page
    assert not wants(reminded)
    assert "sudah dimatikan" in django_app.get(link)
    assert reminded.participant.history.first().email_reminders is False


def test_a_mail_program_switches_off_by_itself(reminded, link):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200  # not a redirect, which RFC 8058 does not want
    assert not wants(reminded)
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert reminded.participant.history.filter(email_reminders=False).count() == 1


def test_after_switching_off_no_e_mail_comes(reminded, client, link, clock):
    client.post(link)
    mail.outbox.clear()
    clock.move_to(DUE - timedelta(hours=2))
    reminders.remind(timezone.now())
    assert reminded.participant.email not in [message.to[0] for message in mail.outbox]
    assert len(mail.outbox) == 3


def test_a_link_of_ones_own_making_leads_nowhere(reminded, client, link):
    other = reminded.peer.pk
    signature = link.rstrip("/").rpartition(".")[2]
    forged = Signer(sep=".", salt="another").sign(str(other))
    for token in (f"{other}.{signature}", forged, f"{other}.x"):
        answer = client.post(reverse("reminders_off", args=[token]))
        assert answer.status_code == 404
    reminded.peer.refresh_from_db()
    assert reminded.peer.email_reminders
    assert user_of("1.") is None


def test_the_link_names_the_configured_site(cast, settings):
    settings.SITE_URL = "https://jurnal.example.go.id"
    assert off_url(cast.participant).startswith("https://jurnal.example.go.id/akun/pengingat/")
