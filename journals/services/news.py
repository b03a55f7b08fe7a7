"""What an instructor should know, above the queue."""

from django.db.models import F, OuterRef, Subquery

from journals.models import Notice, Takeover

AT_ONCE = 5


def of(user) -> list[Notice]:
    """What happened to the entries that this instructor reviews and is not read yet, the newest first; one query.

    Where somebody has taken over a review, with `taker` and `reason`.
    """
    taken = Takeover.objects.filter(
        entry=OuterRef("entry"), holder=OuterRef("recipient"), created_at=OuterRef("created_at")
    )
    of_others = Notice.objects.unread(user).exclude(entry__enrolment__user=user)
    told = of_others.select_related("entry__enrolment__user", "entry__module").annotate(
        taker=Subquery(taken.annotate(name=F("by__name")).values("name")[:1]),
        reason=Subquery(taken.values("reason")[:1]),
    )
    return list(told[:AT_ONCE])
