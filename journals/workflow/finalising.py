"""Declaring the recap of a cohort final. Grades may still be corrected: the recap stays, and shows what came later."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journals import audit, recap
from journals.enums import LEFT_STATUSES, EventKind
from journals.models import Cohort, Finalisation
from journals.workflow.core import Conflict, Forbidden, Invalid
from journals.workflow.oversight import OWN_WORK, require_lead


@transaction.atomic
def finalise(*, user, cohort: Cohort, expected: str, now: datetime) -> Finalisation:
    """Keep the recap exactly as it was shown (`expected`: its digest).

    Raises Forbidden (also for somebody who takes part in the cohort), Invalid (nobody in it), or Conflict "changed",
    "same" (the last one says the same) or "deleted".
    """
    require_lead(user, cohort)
    if cohort.enrolments.filter(user=user).exclude(status__in=LEFT_STATUSES).exists():
        raise Forbidden(str(OWN_WORK))
    locked = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if locked.journals_deleted_at:
        raise Conflict("deleted", _("The journals of this cohort were deleted; its final recaps stay as they are."))
    content = recap.recap_of(locked)
    if not content["people"]:
        raise Invalid(_("There is nobody in this cohort."))
    text, sha256 = recap.text_of(content)
    if sha256 != expected:
        raise Conflict("changed", _("Something has changed since this page was made. Look at it once more."))
    last = Finalisation.objects.filter(cohort=locked).order_by("-number").first()
    if last is not None and last.sha256 == sha256:
        raise Conflict("same", _("Nothing has changed since the last final recap."))
    number = last.number + 1 if last else 1
    made = Finalisation.objects.create(
        cohort=locked, number=number, by=user, created_at=now, content=text, sha256=sha256
    )
    audit.append(
        stream=f"cohort:{locked.pk}",
        kind=EventKind.FINALISED,
        actor=user,
        subject=("finalisation", made.pk),
        data={"finalisation": number, "sha256": sha256, **recap.standing(content)},
        at=now,
    )
    return made
