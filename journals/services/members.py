"""The people of a cohort as its organisers see them: who has never signed in, and whose activation code is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from berakhlak.accounts import codes
from berakhlak.accounts.models import ActivationCode, User
from berakhlak.accounts.nip import format_nip
from journals import permissions
from journals.models import Cohort, Enrolment, Teaching


@dataclass
class Member:
    """One line of the page."""

    user: User
    ndh: int | None
    group: str
    status: str
    login: str
    able: bool  # to get a code
    code: ActivationCode | None


@dataclass
class Beginners:
    """Those who have never signed in."""

    people: int
    without_code: int
    with_code: int


def enrolments_of(cohort: Cohort, *, only_new: bool) -> QuerySet[Enrolment]:
    """The participants by number on the list, or only those who have never signed in."""
    found = Enrolment.objects.filter(cohort=cohort).select_related("user", "group").order_by("ndh")
    return found.filter(user__last_login=None) if only_new else found


def members(enrolments: Iterable[Enrolment], now: datetime) -> list[Member]:
    """Participants with their open codes; one query."""
    rows = list(enrolments)
    open_codes = _codes_of([row.user for row in rows], now)
    return [
        _member(row.user, open_codes, ndh=row.ndh, group=row.group.name, status=row.get_status_display())
        for row in rows
    ]


def teachers(cohort: Cohort, now: datetime) -> list[Member]:
    """The instructors with their open codes; two queries."""
    found = User.objects.filter(pk__in=Teaching.objects.filter(cohort=cohort).values("instructor")).order_by(
        "name", "pk"
    )
    people = list(found)
    open_codes = _codes_of(people, now)
    return [_member(user, open_codes) for user in people]


def beginners(cohort: Cohort, now: datetime) -> Beginners:
    """How many have never signed in, with and without a code; one query each."""
    new = permissions.may_get_code(cohort).filter(last_login=None)
    people = new.count()
    with_code = new.filter(pk__in=codes.open_codes(now).values("user")).count()
    return Beginners(people, people - with_code, with_code)


def chosen(cohort: Cohort, now: datetime, which: str, keys: Iterable[int]) -> list[User]:
    """Whom a button means: "baru", all who have never signed in and hold no code; "berkode", all who hold one; or
    those that were ticked."""
    able = permissions.may_get_code(cohort)
    holding = Q(pk__in=codes.open_codes(now).values("user"))
    if which == "baru":
        return list(able.filter(~holding, last_login=None))
    return list(able.filter(holding) if which == "berkode" else able.filter(pk__in=keys))


def _codes_of(people: list[User], now: datetime) -> dict[int, ActivationCode]:
    return {code.user_id: code for code in codes.open_codes(now).filter(user__in=people)}


def _member(
    user: User, found: dict[int, ActivationCode], *, ndh: int | None = None, group: str = "", status: str = ""
) -> Member:
    able = user.is_active and not (user.is_staff or user.is_superuser)
    return Member(user, ndh, group, status, format_nip(user.nip) or user.email or "", able, found.get(user.pk))
