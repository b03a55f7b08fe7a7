"""Who may do what. Small predicates with names; the loaders in `journals.access` ask them."""

from collections.abc import Collection
from dataclasses import dataclass

from journals.enums import EnrolmentStatus
from journals.models import Enrolment, Entry, Phrase, Teaching
from journals.querysets import may_see_all_cohorts


@dataclass(frozen=True)
class Roles:
    """What somebody is, all cohorts together."""

    participant: bool
    instructor: bool
    organiser: bool


def roles_of(user) -> Roles:
    """Roles follow from relations; one query, remembered on the user object of this request."""
    if not hasattr(user, "_roles"):
        # The first row of two outer joins: each side is empty only where there is nothing to join.
        rows = user.__class__.objects.filter(pk=user.pk).order_by().values_list("enrolments", "teachings")
        enrolment, teaching = next(iter(rows[:1]), (None, None))
        user._roles = Roles(enrolment is not None, teaching is not None, may_see_all_cohorts(user))
    return user._roles


def may_write(user, enrolment: Enrolment) -> bool:
    """Only the participant, and only while taking part."""
    return enrolment.user_id == user.pk and enrolment.status == EnrolmentStatus.ACTIVE


def may_review(user, entry: Entry) -> bool:
    """An instructor whose teaching covers the entry, never its author; costs a query."""
    return Entry.objects.covered_by(user).filter(pk=entry.pk).exists()


def teaching_covers(group: int | None, modules: Collection[int], *, group_id: int, module_id: int) -> bool:
    """The rule of `TeachingQuerySet.covering_entry`, for rows that are loaded already: `group` None and no `modules`
    mean all of them."""
    return group in (None, group_id) and (not modules or module_id in modules)


def may_lead(user, cohort) -> bool:
    """A lead instructor of the cohort, or an organiser with the right to change cohorts; costs a query."""
    if user.is_staff and user.has_perm("journals.change_cohort"):
        return True
    return Teaching.objects.filter(instructor=user, cohort=cohort, is_lead=True).exists()


def may_change_phrase(user, phrase: Phrase) -> bool:
    """Only its owner changes a phrase, or says who shares it."""
    return phrase.owner_id == user.pk


def may_remove_phrase(user, phrase: Phrase) -> bool:
    """Its owner; and a lead instructor of the cohort that shares it, for a phrase loaded `with_lead`."""
    return phrase.owner_id == user.pk or phrase.is_led
