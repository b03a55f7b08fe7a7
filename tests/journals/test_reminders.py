"""Who is reminded of what and when, that nobody is told twice, and what becomes of e-mails that fail."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from berakhlak.accounts.models import User
from journals import workflow
from journals.enums import EnrolmentStatus
from journals.models import Enrolment, Reminder
from journals.services import reminder_mail, reminders
from tests import factory
from tests.factory import NOW

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
DUE = NOW + 3 * DAY  # Thursday, 26 November 2026, 11.00 WITA


@pytest.fixture
def one(cast) -> Enrolment:
    """The participant alone, with module 1 alone, which opened a week ago."""
    cast.cohort.schedules.filter(module=cast.modules[1]).delete()
    Enrolment.objects.exclude(pk=cast.enrolment.pk).update(status=EnrolmentStatus.WITHDRAWN)
    return cast.enrolment


def remind(clock, at: datetime) -> list[str]:
    """One run at that moment: the offsets of the reminders it made."""
    clock.move_to(at)
    before = set(Reminder.objects.values_list("pk", flat=True))
    reminders.remind(timezone.now())
    return list(Reminder.objects.exclude(pk__in=before).order_by("pk").values_list("offset", flat=True))


def recipients() -> set[str]:
    """Whom e-mails went to."""
    return {message.to[0] for message in mail.outbox}


def extend(cast, due: datetime, *, now: datetime) -> None:
    workflow.extend(
        user=cast.lead,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        due=due,
        closes=due + 7 * DAY,
        reason="Sakit",
        now=now,
    )


# --- Moments ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (3 * DAY + SECOND, []),
        (3 * DAY, ["3d"]),
        (DAY + SECOND, ["3d"]),
        (DAY, ["1d"]),
        (2 * HOUR + SECOND, ["1d"]),
        (2 * HOUR, ["2h"]),
        (SECOND, ["2h"]),
        (0 * DAY, []),
        (-DAY, []),
    ],
)
def test_the_newest_moment_that_has_passed_counts_and_no_other(one, clock, before, expected):
    assert remind(clock, DUE - before) == expected


def test_each_moment_is_told_once_however_often_it_runs(one, clock):
    told = [remind(clock, DUE - 80 * HOUR + number * HOUR / 4) for number in range(4 * 90)]
    assert [offset for run in told for offset in run] == ["3d", "1d", "2h"]
    assert [len(message.to) for message in mail.outbox] == [1, 1, 1]


def test_after_days_of_silence_one_reminder_comes_and_not_three(one, clock):
    assert remind(clock, DUE - HOUR) == ["2h"]
    assert remind(clock, DUE - HOUR + SECOND) == []
    assert len(mail.outbox) == 1


def test_a_moment_before_the_module_opened_is_not_made_up_for(cast, one, clock):
    cast.cohort.schedules.update(opens=DUE - 2 * DAY)
    assert remind(clock, DUE - 2 * DAY - SECOND) == []
    assert remind(clock, DUE - 2 * DAY) == []
    assert remind(clock, DUE - DAY) == ["1d"]


# --- States -----------------------------------------------------------------------------------------


def nothing(cast):
    """No entry at all."""


def begun(cast):
    factory.draft(cast.enrolment, cast.modules[0])


def handed_in(cast):
    factory.submitted(cast.enrolment, cast.modules[0])


def taken_back(cast):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.withdraw(user=cast.participant, entry=entry, now=NOW)


def graded(cast):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)


def dropped_out(cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(status=EnrolmentStatus.WITHDRAWN)


def not_taught(cast):
    cast.modules[0].published = False
    cast.modules[0].save()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (nothing, ["1d"]),
        (begun, ["1d"]),
        (taken_back, ["1d"]),
        (handed_in, []),
        (graded, []),
        (dropped_out, []),
        (not_taught, []),
    ],
)
def test_only_what_is_not_handed_in(cast, one, clock, state, expected):
    state(cast)
    assert remind(clock, DUE - DAY) == expected


def test_a_returned_entry_is_reminded_of_by_its_new_due_time(cast, one, clock):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)  # due again in five days
    assert remind(clock, DUE - DAY) == ["3d"]
    assert remind(clock, NOW + 4 * DAY) == ["1d"]
    assert set(Reminder.objects.values_list("due_at", flat=True)) == {NOW + 5 * DAY}


def test_more_time_makes_new_reminders_and_silences_the_old_ones(cast, one, clock):
    assert remind(clock, DUE - DAY) == ["1d"]
    extend(cast, DUE + 10 * DAY, now=DUE - DAY)
    assert not Reminder.objects.standing(timezone.now()).exists()
    assert [remind(clock, DUE + days * DAY) for days in (0, 7, 9, 10)] == [[], ["3d"], ["1d"], []]


def test_who_was_just_given_two_days_is_not_reminded_of_three(cast, one, clock):
    clock.move_to(DUE - 4 * DAY)
    extend(cast, DUE + DAY, now=DUE - 4 * DAY)
    clock.move_to(DUE)
    extend(cast, DUE + 2 * DAY, now=DUE)
    assert remind(clock, DUE + SECOND) == []
    assert remind(clock, DUE + DAY) == ["1d"]


def test_the_cohorts_end_does_not_matter_but_the_due_time(cast, one, clock):
    extend(cast, DUE + 60 * DAY, now=NOW)
    assert remind(clock, DUE + 59 * DAY) == ["1d"]


# --- The night --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "at", "sent"),
    [
        ("Asia/Makassar", datetime(2026, 11, 25, 12, 59, tzinfo=UTC), True),  # 20.59
        ("Asia/Makassar", datetime(2026, 11, 25, 13, 0, tzinfo=UTC), False),  # 21.00
        ("Asia/Makassar", datetime(2026, 11, 24, 21, 59, tzinfo=UTC), False),  # 05.59
        ("Asia/Makassar", datetime(2026, 11, 24, 22, 0, tzinfo=UTC), True),  # 06.00
        ("Asia/Jakarta", datetime(2026, 11, 25, 13, 0, tzinfo=UTC), True),  # 20.00
        ("Asia/Jayapura", datetime(2026, 11, 25, 12, 0, tzinfo=UTC), False),  # 21.00
    ],
)
def test_e_mails_keep_the_night_of_the_cohorts_zone(cast, one, clock, zone, at, sent):
    cast.cohort.timezone = zone
    cast.cohort.save()
    assert remind(clock, at)  # the notice is there at once
    assert bool(mail.outbox) is sent


def test_what_waited_for_the_morning_goes_then(one, clock):
    evening = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 23.00 WITA
    assert remind(clock, evening) == ["3d"]
    remind(clock, evening + 7 * HOUR - SECOND)
    assert mail.outbox == []
    assert remind(clock, evening + 7 * HOUR) == []
    assert len(mail.outbox) == 1


def test_the_last_two_hours_do_not_wait_for_the_morning(cast, one, clock):
    midnight = datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)  # 23.59.59 WITA
    cast.cohort.schedules.update(due=midnight)
    assert remind(clock, midnight - HOUR) == ["2h"]
    assert len(mail.outbox) == 1


# --- E-mails ----------------------------------------------------------------------------------------


def test_one_e_mail_names_everything_that_is_due(cast, clock):
    cast.cohort.schedules.filter(module=cast.modules[1]).update(due=DUE + HOUR)
    remind(clock, DUE - DAY + HOUR)
    message = next(message for message in mail.outbox if message.to == [cast.participant.email])
    assert message.subject == (
        "Pengingat: 2 entri jurnal belum dikirim, tenggat pertama Kamis, 26 November 2026, 11.00 WITA"
    )
    html = message.alternatives[0][0]
    for text in (message.body, html):
        assert "Yth. Bapak/Ibu Ratna Kusumaningrum, A.Md.Keb.," in text
        for number, due in ((1, "11.00"), (2, "12.00")):
            assert f"Modul {number}, Modul {number}" in text
            assert f"Tenggat: Kamis, 26 November 2026, {due} WITA" in text
            assert f"http://testserver/jurnal/{cast.cohort.key}/{number}/tulis/" in text
        assert "http://testserver/akun/pengingat/" in text
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.extra_headers["List-Unsubscribe"].strip("<>") in message.body


def test_a_reminder_is_in_its_readers_language(cast, one, clock):
    User.objects.filter(pk=cast.participant.pk).update(email_language="en")
    remind(clock, DUE - DAY + HOUR)
    [message] = [message for message in mail.outbox if message.to == [cast.participant.email]]
    for text in (message.body, message.alternatives[0].content):
        assert "Thursday, 26 November 2026, 11.00 WITA" in text
        assert "Dear Ratna" in text
    assert '<html lang="en">' in message.alternatives[0].content


def test_names_are_written_as_text_in_both_forms(cast, one, clock):
    cast.modules[0].title = "Melayani & <b>tulus</b>"
    cast.modules[0].save()
    remind(clock, DUE - DAY)
    assert "Melayani & <b>tulus</b>" in mail.outbox[0].body
    assert "Melayani &amp; &lt;b&gt;tulus&lt;/b&gt;" in mail.outbox[0].alternatives[0][0]


@pytest.mark.parametrize("why", ["opted out", "no address", "inactive"])
def test_some_people_get_the_notice_alone(cast, one, clock, why):
    user = cast.participant
    change = {"opted out": ("email_reminders", False), "no address": ("email", None), "inactive": ("is_active", False)}
    setattr(user, *change[why])
    user.save()
    assert remind(clock, DUE - DAY) == ["1d"]
    assert mail.outbox == []
    assert Reminder.objects.get().attempts == 0


def test_who_hands_in_before_the_worker_comes_gets_no_e_mail(cast, one, clock, monkeypatch):
    tasks = []
    monkeypatch.setattr(reminders.send_digests.__class__, "enqueue", lambda task, *given: tasks.append(given))
    remind(clock, DUE - DAY)
    factory.submitted(cast.enrolment, cast.modules[0], now=DUE - DAY)
    assert [reminder_mail.send_digests.call(*given) for given in tasks] == [0]
    assert mail.outbox == []


# --- Trouble ----------------------------------------------------------------------------------------


class Broken(Exception):
    """Something nobody thought of."""


@pytest.fixture
def refused(monkeypatch):
    """Addresses that fail at the moment, and how."""
    failing: dict[str, Exception] = {}
    send = reminder_mail.EmailMultiAlternatives.send

    def deliver(message, *args, **kwargs):
        if error := failing.get(message.to[0]):
            raise error
        return send(message, *args, **kwargs)

    monkeypatch.setattr(reminder_mail.EmailMultiAlternatives, "send", deliver)
    return failing


@pytest.mark.parametrize("error", [SMTPServerDisconnected("weg"), TimeoutError(), Broken()])
def test_a_failure_is_logged_concerns_nobody_else_and_is_tried_again(cast, clock, refused, caplog, error):
    refused[cast.participant.email] = error
    remind(clock, DUE - DAY)
    others = {cast.peer.email, cast.stranger.email, cast.outsider.email}
    assert recipients() == others
    assert f"user {cast.participant.pk} could not be sent (try 1)" in caplog.text
    assert cast.participant.email not in caplog.text
    refused.clear()
    remind(clock, DUE - DAY + timedelta(minutes=14))
    assert recipients() == others
    remind(clock, DUE - DAY + timedelta(minutes=15))
    assert [message.to[0] for message in mail.outbox].count(cast.participant.email) == 1
    assert len(mail.outbox) == 4
    assert not Reminder.objects.filter(sent_at=None).exists()


def test_tries_are_bounded_and_end_with_the_due_time(cast, one, clock, refused):
    refused[cast.participant.email] = SMTPServerDisconnected("weg")
    cast.cohort.schedules.update(due=DUE + 7 * DAY, closes=DUE + 9 * DAY)
    remind(clock, DUE + 4 * DAY)
    for _run in range(4 * 24 * 2 - 2):  # nearly two days, the night left in
        clock.shift(timedelta(minutes=15))
        reminders.hand_out(timezone.now())
    reminder = Reminder.objects.get()
    assert (reminder.attempts, reminder.sent_at) == (reminders.MOST_TRIES, None)


def test_a_mail_server_that_is_away_costs_one_try_of_nobody(one, clock, monkeypatch, caplog):
    def away(connection):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
    remind(clock, DUE - DAY)
    assert "mail server does not answer" in caplog.text
    assert Reminder.objects.get().attempts == 0
    monkeypatch.undo()
    remind(clock, DUE - DAY + reminders.WORKER_HAS)
    assert len(mail.outbox) == 1


def test_a_task_that_comes_too_late_or_twice_sends_nothing(cast, one, clock, monkeypatch):
    tasks = []
    with monkeypatch.context() as patch:
        patch.setattr(reminders.send_digests.__class__, "enqueue", lambda task, *given: tasks.append(given))
        remind(clock, DUE - DAY)
        remind(clock, DUE - DAY + reminders.WORKER_HAS)  # the worker slept: the same e-mail is handed out anew
    assert [reminder_mail.send_digests.call(*given) for given in [*tasks, *tasks]] == [0, 1, 0, 0]
    assert len(mail.outbox) == 1


# --- The command, the worker, the cost --------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_command_hands_over_and_the_worker_sends(cast, clock, settings):
    from django_tasks_db.models import DBTaskResult

    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    clock.move_to(DUE - DAY)
    said = StringIO()
    call_command("send_reminders", stdout=said)
    assert "8 reminders are new; e-mails to 4 people" in said.getvalue()
    assert mail.outbox == []
    work()
    assert recipients() == {user.email for user in (cast.participant, cast.peer, cast.stranger, cast.outsider)}
    assert [row.status for row in DBTaskResult.objects.all()] == ["SUCCESSFUL"]
    call_command("send_reminders", stdout=said)
    work()
    assert len(mail.outbox) == 4


def work() -> None:
    """Let a worker do everything that waits; it sets signal handlers, which are not ours to keep."""
    import signal

    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)}
    try:
        call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


@pytest.mark.parametrize("more", [0, 7])
def test_a_run_costs_the_same_for_few_people_and_for_many(cast, clock, settings, django_assert_num_queries, more):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for number in range(more):
        factory.enrol(factory.make_user(), cast.cohort, cast.group, 100 + number)
    clock.move_to(DUE - DAY)
    with django_assert_num_queries(1 + 2 * 6 + 4):
        reminders.remind(timezone.now())
    with django_assert_num_queries(1 + 2 * 5 + 1):
        reminders.remind(timezone.now())


def test_where_nothing_is_due_a_run_asks_two_questions(cast, clock, django_assert_num_queries):
    clock.move_to(NOW - 5 * DAY)
    with django_assert_num_queries(2):
        reminders.remind(timezone.now())
