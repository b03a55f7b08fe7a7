"""Activation codes for the people of a cohort: made, shown, sent by e-mail, revoked. Each move leaves an event."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from berakhlak.accounts import codes
from berakhlak.accounts.codemail import give_to_worker
from berakhlak.accounts.models import ActivationCode, User
from berakhlak.accounts.passwords import record_link
from journals import audit, permissions
from journals.enums import EventKind
from journals.models import Cohort
from journals.workflow.core import Forbidden


@transaction.atomic
def give_codes(*, user, cohort: Cohort, people: Iterable[User], now: datetime) -> list[ActivationCode]:
    """A new code for each of these people of the cohort; those who may not have one are left out. Raises Forbidden.

    Their open codes are revoked; a password that they have stays valid until the code is used.
    """
    able = _able(user, cohort, people)
    made = codes.make_codes(able, by=user, now=now)
    record_link(able, user, codes.REASON)
    _record(user, cohort, EventKind.CODES_MADE, able, now)
    return made


@transaction.atomic
def show_codes(*, user, cohort: Cohort, people: Iterable[User], now: datetime) -> list[ActivationCode]:
    """The open codes of these people, to be printed or read aloud: who saw them is on record. Raises Forbidden."""
    found = _open(_able(user, cohort, people), now)
    _record(user, cohort, EventKind.CODES_SHOWN, [code.user for code in found], now)
    return found


@transaction.atomic
def mail_codes(*, user, cohort: Cohort, people: Iterable[User], now: datetime) -> list[ActivationCode]:
    """Have the worker send their open codes to those with an e-mail address. Raises Forbidden."""
    found = [code for code in _open(_able(user, cohort, people), now) if code.user.email]
    keys = [code.pk for code in found]
    ActivationCode.objects.filter(pk__in=keys).update(
        mail_asked_at=now, mailed_at=None, mail_attempts=0, mail_try_at=None
    )
    _record(user, cohort, EventKind.CODES_MAILED, [code.user for code in found], now)
    give_to_worker(keys)
    return found


@transaction.atomic
def revoke_codes(*, user, cohort: Cohort, people: Iterable[User], now: datetime) -> int:
    """Make the open codes of these people worthless; how many there were. Raises Forbidden."""
    able = [code.user for code in _open(_able(user, cohort, people), now)]
    _record(user, cohort, EventKind.CODES_REVOKED, able, now)
    return codes.revoke(able, now)


def _able(user, cohort: Cohort, people: Iterable[User]) -> list[User]:
    """Those of the people whom an organiser may let in, locked, so that two organisers make one code and not two."""
    if not permissions.may_activate(user):
        raise Forbidden
    wanted = permissions.may_get_code(cohort).filter(pk__in=[person.pk for person in people])
    return list(wanted.order_by("pk").select_for_update())


def _open(people: list[User], now: datetime) -> list[ActivationCode]:
    return list(codes.open_codes(now).filter(user__in=people).select_related("user").order_by("pk"))


def _record(user, cohort: Cohort, kind: EventKind, people: list[User], now: datetime) -> None:
    if people:
        data = {"users": sorted(person.pk for person in people)}
        audit.append(
            stream=f"cohort:{cohort.pk}", kind=kind, actor=user, subject=("cohort", cohort.pk), data=data, at=now
        )
