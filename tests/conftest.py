"""The fixed cast, the frozen clock, and what the database needs between tests."""

import os
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from berakhlak.accounts.models import User
from curriculum.models import Module
from journals import staff, triggers
from journals.models import Cohort, Enrolment, Group
from tests import factory

# No timing in tests: a busy machine must not turn a slow example into a failure.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")

_flush = TransactionTestCase._fixture_teardown


def _teardown_without_triggers(self):
    """The triggers refuse the deletes by which SQLite is emptied; post_migrate puts them back."""
    triggers.remove()
    _flush(self)


TransactionTestCase._fixture_teardown = _teardown_without_triggers


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    """Name a failure when it happens: a run that is stopped later never comes to its summary."""
    if report.failed and not os.environ.get("PYTEST_XDIST_WORKER"):
        crash = getattr(report.longrepr, "reprcrash", None)
        text = str(getattr(crash, "message", report.longrepr))[:800]
        print(f"\n{report.nodeid} ({report.when}): {text}", flush=True)  # noqa: T201 -- the report


@pytest.fixture(autouse=True)
def _clean_cache():
    """Sign-in limits live in the cache; no test may count for another."""
    cache.clear()


@pytest.fixture
def clock():
    """The clock stands at `factory.NOW`; move it with ``clock.move_to``."""
    with time_machine.travel(factory.NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Cast:
    """Who is who in one running cohort with two modules and two groups.

    participant and peer are in group 1, stranger in group 2; instructor covers group 1, other_instructor
    group 2, lead the whole cohort; outsider is a participant of another cohort, outside_instructor teaches
    it; nobody has no role; organiser and curriculum_editor are staff.
    """

    cohort: Cohort
    modules: list[Module]
    group: Group
    other_group: Group
    enrolment: Enrolment
    participant: User
    peer: User
    peer_enrolment: Enrolment
    stranger: User
    instructor: User
    other_instructor: User
    lead: User
    outsider: User
    outside_cohort: Cohort
    outside_instructor: User
    nobody: User
    organiser: User
    curriculum_editor: User
    superuser: User


@pytest.fixture
def cast(db, clock) -> Cast:
    """The cast, on the frozen clock."""
    modules = [factory.make_module(1), factory.make_module(2)]
    cohort = factory.make_cohort()
    outside = factory.make_cohort("Angkatan V")
    for module in modules:
        factory.make_schedule(cohort, module)
        factory.make_schedule(outside, module)
    group, other_group = factory.make_group(cohort), factory.make_group(cohort, "Kelompok 2")
    people = {
        "participant": factory.make_user(
            "Ratna Kusumaningrum",
            title_after="A.Md.Keb.",
            position="Bidan Terampil",
            agency="Kabupaten Lembah Asri",
        ),
        "peer": factory.make_user("Dimas Prayogo", title_after="S.E."),
        "stranger": factory.make_user("M. Hasanuddin"),
        "instructor": factory.make_user("Endah Lestari", title_before="Dr.", title_after="M.Pd."),
        "other_instructor": factory.make_user("Yohanes Wenda"),
        "lead": factory.make_user("Ketut Sudarma"),
        "outsider": factory.make_user("Nur Sa'diyah"),
        "outside_instructor": factory.make_user("Rosmala"),
        "nobody": factory.make_user("Tanpa Peran"),
        "organiser": factory.make_staff("Penyelenggara Satu", staff.ORGANISERS),
        "curriculum_editor": factory.make_staff("Penyunting Satu", staff.CURRICULUM),
        "superuser": User.objects.create_superuser(
            email="super@berakhlak.test",
            name="Super",
            password=factory.PASSWORD,
            privacy_version="2026-11",
            privacy_acknowledged_at=factory.NOW,
        ),
    }
    enrolment = factory.enrol(people["participant"], cohort, group, 17)
    peer_enrolment = factory.enrol(people["peer"], cohort, group, 31)
    factory.enrol(people["stranger"], cohort, other_group, 5)
    factory.enrol(people["outsider"], outside, factory.make_group(outside))
    factory.teach(people["instructor"], cohort, group)
    factory.teach(people["other_instructor"], cohort, other_group)
    factory.teach(people["lead"], cohort, is_lead=True)
    factory.teach(people["outside_instructor"], outside)
    return Cast(
        cohort=cohort,
        modules=modules,
        group=group,
        other_group=other_group,
        enrolment=enrolment,
        peer_enrolment=peer_enrolment,
        outside_cohort=outside,
        **people,
    )


@pytest.fixture
def as_user(client):
    """``as_user(cast.peer)`` gives the test client signed in as that person (None: signed out)."""

    def sign_in(user):
        client.logout()
        if user is not None:
            client.force_login(user)
        return client

    return sign_in


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Under ``make check`` nothing may be skipped: a skip is a failure that names its reason."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("BERAKHLAK_TEST_STRICT") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under --strict: {call.excinfo and call.excinfo.value}"


@pytest.fixture
def target(cast):
    """The other cohort, which teaches the first module with another due time."""
    cast.outside_cohort.schedules.exclude(module=cast.modules[0]).delete()
    cast.outside_cohort.schedules.update(due=factory.NOW + timedelta(days=9), closes=factory.NOW + timedelta(days=20))
    return cast.outside_cohort
