"""Which entries the instructor's queue holds, in which order, and which one comes next."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from journals import permissions
from journals.enums import EntryState, ReviewState
from journals.models import Entry, Review, Submission, SubmissionText
from journals.querysets import EntryQuerySet, ReviewQuerySet, SubmissionQuerySet
from journals.searching import MOST_WORDS, beginnings
from journals.services.queue_filters import Filters, is_number


def narrowed(entries: EntryQuerySet, filters: Filters) -> EntryQuerySet:
    """Those of a group and those that a search finds; cohort and module are left to the caller, who may want to count
    what another choice would show."""
    if filters.group:
        entries = entries.filter(enrolment__group=filters.group)
    return entries.filter(_found(filters.text)) if filters.text else entries


def in_module(entries: EntryQuerySet, number: int) -> EntryQuerySet:
    """Those of one module. A range, because an equality leads SQLite, which knows no numbers of rows, through the
    entries of all cohorts for that module."""
    return entries.filter(module__number__range=(number, number))


def _found(text: str) -> Q:
    """All words of a search in the name, or all in the text that was handed in last; or the number on the list."""
    match = Q(*(Q(enrolment__user__name__icontains=word) for word in text.split()[:MOST_WORDS]))
    if is_number(text) and len(text) <= 3:
        match |= Q(enrolment__ndh=int(text))
    if sought := beginnings(text):
        newest = newest_submission(OuterRef(OuterRef("pk"))).values("pk")[:1]
        texts = SubmissionText.objects.filter(submission=Subquery(newest))
        match |= Q(Exists(texts.filter(*(Q(words__contains=beginning) for beginning in sought))))
    return match


def newest_submission(entry) -> SubmissionQuerySet:
    """What an entry handed in and did not withdraw, the latest first."""
    return Submission.objects.standing().filter(entry=entry).order_by("-number")


def grade_in_force(entry) -> ReviewQuerySet:
    """The grade of an entry that counts."""
    return Review.objects.in_force().filter(submission__entry=entry).order_by("-id")


def _in_progress(user, now: datetime) -> Q:
    """Held by the reader, or begun and not finished."""
    begun = Review.objects.filter(
        submission__entry=OuterRef("pk"), submission__withdrawn_at=None, reviewer=user, state=ReviewState.WORKING
    )
    return Q(state=EntryState.SUBMITTED) & (Q(claim__reviewer=user, claim__expires_at__gt=now) | Q(Exists(begun)))


def _on_pile(user, share: str) -> Q:
    """Entries on the piles that the choice names."""
    if share == "semua":
        return Q()
    if share == "saya":
        return Q(assignee=user)
    # Nobody's counts as the reader's. One expression, because "mine or nobody's" leads SQLite, which knows no numbers
    # of rows, by the index of assignees through the entries of all cohorts.
    return Q(Exact(Coalesce("assignee", user.pk), user.pk))


def tab_conditions(user, filters: Filters, now: datetime) -> dict[str, Q]:
    """Tab by tab, what is behind it."""
    return {
        "menunggu": Q(state=EntryState.SUBMITTED) & _on_pile(user, filters.share),
        "saya": _in_progress(user, now),
        "dikembalikan": Q(state=EntryState.RETURNED),
        "dinilai": Q(state=EntryState.GRADED),
    }


def ordered(entries: EntryQuerySet, filters: Filters) -> EntryQuerySet:
    """In the order that was asked for, with `place`, what it goes by; ties by id, so that each has one place."""
    place: Any = F("due_at")
    if filters.sort:
        column = "words" if filters.by_words else "submitted_at"
        place = Subquery(newest_submission(OuterRef("pk")).values(column)[:1])
    elif filters.tab == "dinilai":  # what was decided last is what one looks for
        place = Subquery(grade_in_force(OuterRef("pk")).values("finished_at")[:1])
    sign = "-" if filters.descending else ""
    return entries.annotate(place=place).order_by(f"{sign}place", f"{sign}id")


def behind(filters: Filters, place: Any, pk: int) -> Q:
    """Those that come after a place in this order; for entries from `ordered`."""
    beyond = "lt" if filters.descending else "gt"
    return Q(**{f"place__{beyond}": place}) | Q(**{"place": place, f"pk__{beyond}": pk})


def next_waiting(user, filters: Filters, now: datetime, *, after: Entry | None = None) -> Entry | None:
    """The next entry to read that nobody else holds, in the order of the list; up to two queries.

    Goes on behind ``after`` and then starts again from the first, so that what one passed over comes last.
    """
    filters = filters.onward()
    entries = narrowed(permissions.reviewable(user), filters)
    if filters.cohort:
        entries = entries.filter(enrolment__cohort__key=filters.cohort)
    if filters.module:
        entries = in_module(entries, filters.module)
    entries = entries.filter(_on_pile(user, filters.share)).waiting().unclaimed(user=user, now=now)
    # Whoever takes it asks for these next.
    entries = entries.select_related("enrolment__user", "enrolment__group", "enrolment__cohort", "module")
    entries = ordered(entries, filters)
    if after is None:
        return entries.first()
    place: Any = after.due_at
    if filters.sort:
        place = Subquery(newest_submission(after.pk).values("words" if filters.by_words else "submitted_at")[:1])
    passed = Case(When(behind(filters, place, after.pk), then=0), default=1)
    return entries.exclude(pk=after.pk).order_by(passed, *entries.query.order_by).first()
