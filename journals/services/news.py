"""What an instructor should know, above the queue."""

from django.db.models import F, OuterRef, QuerySet, Subquery

from journals.models import Notice, Takeover

AT_ONCE = 5


def of(user) -> list[Notice]:
    """What happened to the entries that this instructor reviews and is not read yet, the newest first; one query."""
    return list(told(Notice.objects.unread(user).exclude(entry__enrolment__user=user))[:AT_ONCE])


def told(notices: QuerySet) -> QuerySet:
    """With all that their words need; where somebody has taken over a review, with `taker` and `reason`."""
    taken = Takeover.objects.filter(
        entry=OuterRef("entry"), holder=OuterRef("recipient"), created_at=OuterRef("created_at")
    )
    return notices.select_related("entry__enrolment__user", "entry__enrolment__cohort", "entry__module").annotate(
        taker=Subquery(taken.annotate(name=F("by__name")).values("name")[:1]),
        reason=Subquery(taken.values("reason")[:1]),
    )
