"""Accounts are switched off and on again. What their owners wrote stays."""

from datetime import datetime

from django.db import transaction

from berakhlak.accounts.models import User
from journals import audit, permissions
from journals.enums import EventKind
from journals.models import Enrolment, Teaching
from journals.workflow.core import Forbidden


@transaction.atomic
def switch_account(*, user, place: Enrolment | Teaching, active: bool, now: datetime) -> None:
    """Let the participant or instructor of a place no longer sign in, or again. Raises Forbidden: never staff."""
    if isinstance(place, Enrolment):
        may, kind, owner = permissions.may_move(user), "enrolment", place.user_id
    else:
        may, kind, owner = permissions.may_arrange(user), "teaching", place.instructor_id
    person = User.objects.select_for_update().get(pk=owner)
    if not may or not permissions.may_switch(user, person):
        raise Forbidden
    person.is_active = active
    person._history_user = user  # type: ignore[attr-defined]
    person.save(update_fields=["is_active"])
    audit.append(
        stream=f"cohort:{place.cohort_id}",
        kind=EventKind.SWITCHED,
        actor=user,
        subject=(kind, place.pk),
        data={"active": int(active), "user": person.pk},
        at=now,
    )
