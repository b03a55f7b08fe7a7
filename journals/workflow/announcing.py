"""Telling participants of a cohort something: all of them, or some."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from journals import audit
from journals.enums import EnrolmentStatus, EventKind
from journals.models import Announcement, Cohort, Receipt
from journals.workflow.core import Invalid
from journals.workflow.oversight import require_lead

BATCH = 500


@transaction.atomic
def announce(
    *, user, cohort: Cohort, key: str, title: str, text: str, to: Collection[int] | None, now: datetime
) -> Announcement:
    """Send to the participants with these attendance numbers (None: to everybody who takes part).

    The form's `key` makes a second click harmless. Raises Forbidden or Invalid (nobody to tell).
    """
    require_lead(user, cohort)
    if sent := Announcement.objects.filter(cohort=cohort, key=key).first():
        return sent
    people = cohort.enrolments.filter(status=EnrolmentStatus.ACTIVE)
    if to is not None:
        people = people.filter(ndh__in=to)
    keys = list(people.order_by("ndh").values_list("pk", flat=True))
    if not keys:
        raise Invalid(_("There is nobody to tell."), {"kepada": _("There is nobody to tell.")})
    try:
        with transaction.atomic():
            made = Announcement.objects.create(cohort=cohort, key=key, by=user, title=title, text=text, created_at=now)
    except IntegrityError:  # the second click came in the same moment
        return Announcement.objects.get(cohort=cohort, key=key)
    Receipt.objects.bulk_create([Receipt(announcement=made, enrolment_id=pk) for pk in keys], batch_size=BATCH)
    audit.append(
        stream=f"cohort:{cohort.pk}",
        kind=EventKind.ANNOUNCED,
        actor=user,
        subject=("announcement", made.pk),
        data={"people": len(keys)},
        at=now,
    )
    return made


def read_announcement(*, user, announcement: Announcement, now: datetime) -> bool:
    """Note that its reader has it; whether that was new."""
    own = Receipt.objects.filter(announcement=announcement, enrolment__user=user, read_at=None)
    return bool(own.update(read_at=now))
