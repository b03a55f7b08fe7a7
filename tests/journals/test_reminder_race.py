"""Two runs, or a run and a worker, at the same moment on real connections: nobody is told twice."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection, connections
from django.utils import timezone

from journals.models import Reminder
from journals.services import reminder_mail, reminders
from tests import factory

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite has one writer: the race exists on PostgreSQL only (set TEST_DATABASE_URL)",
    ),
]
ROUNDS, PEOPLE = 15, 12


@pytest.fixture(autouse=True)
def slow(monkeypatch):
    """A mail server takes its time, in which others may come by."""
    send = reminder_mail.EmailMultiAlternatives.send

    def slowly(message, *args, **kwargs):
        time.sleep(0.01)
        return send(message, *args, **kwargs)

    monkeypatch.setattr(reminder_mail.EmailMultiAlternatives, "send", slowly)


@pytest.fixture
def people(transactional_db):
    """A cohort of twelve and a module that is due within the hour, when e-mails keep no night."""
    module, cohort = factory.make_module(1), factory.make_cohort()
    schedule = factory.make_schedule(cohort, module, opens=-400, due=4000, closes=4001)
    group = factory.make_group(cohort)
    for number in range(PEOPLE):
        factory.enrol(factory.make_user(f"Orang {number}"), cohort, group)
    return schedule


def together(job, times: int = 3) -> list:
    """The same job at the same moment, each on its own connection."""
    barrier = Barrier(times)

    def run(_number):
        try:
            barrier.wait()
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def start(schedule, number: int):
    """A due time of its own for each round, so that each has reminders of its own; the moment of the run."""
    now = timezone.now()
    type(schedule).objects.filter(pk=schedule.pk).update(due=now + timedelta(hours=1, seconds=number))
    mail.outbox.clear()
    return now


def addresses() -> list[str]:
    return sorted(message.to[0] for message in mail.outbox)


def test_runs_at_the_same_moment_remind_everybody_once(people):
    for number in range(ROUNDS):
        now = start(people, number)
        together(lambda now=now: reminders.remind(now))
        assert len(addresses()) == len(set(addresses())) == PEOPLE
        assert Reminder.objects.count() == PEOPLE * (number + 1)
        assert not Reminder.objects.filter(sent_at=None).exists()
        assert set(Reminder.objects.values_list("attempts", flat=True)) == {1}


def test_one_task_run_by_several_workers_sends_once(people, monkeypatch):
    for number in range(ROUNDS):
        now, tasks = start(people, number), []
        with monkeypatch.context() as patch:
            patch.setattr(reminders.send_digests.__class__, "enqueue", lambda task, *given, to=tasks: to.append(given))
            reminders.remind(now)
        [given] = tasks
        sent = together(lambda given=given: reminder_mail.send_digests.call(*given))
        assert sum(sent) == len(addresses()) == len(set(addresses())) == PEOPLE
