"""Who may do what. Small predicates with names; the loaders in `journals.access` ask them."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from berakhlak.accounts.models import User
from journals.enums import EnrolmentStatus
from journals.models import Enrolment, Entry, Phrase, Schedule, Teaching
from journals.querysets import EntryQuerySet, may_see_all_cohorts


@dataclass(frozen=True)
class Roles:
    """What somebody is, all cohorts together."""

    participant: bool
    instructor: bool
    organiser: bool


@dataclass
class Place:
    """A teaching as far as access asks for it: `group` None and no `modules` mean all of them."""

    cohort: int
    group: int | None
    is_lead: bool
    modules: set[int]


@dataclass(frozen=True)
class Relations:
    """What makes somebody a participant or an instructor."""

    enrolled: bool
    places: tuple[Place, ...]


def relations_of(user) -> Relations:
    """One query, remembered on the user object, which lives as long as a request."""
    if not hasattr(user, "_relations"):
        enrolled = Exists(Enrolment.objects.filter(user=OuterRef("pk")))
        columns = ("enrolled", *(f"teachings__{name}" for name in ("id", "cohort", "group", "is_lead", "modules")))
        rows = user.__class__.objects.filter(pk=user.pk).order_by().annotate(enrolled=enrolled).values_list(*columns)
        participant = False
        places: dict[int, Place] = {}
        for enrolment, teaching, cohort, group, is_lead, module in rows:
            participant = enrolment
            if teaching is not None:
                place = places.setdefault(teaching, Place(cohort, group, is_lead, set()))
                place.modules |= {module} - {None}
        user._relations = Relations(participant, tuple(places.values()))
    return user._relations


def places_in(user, cohort_id: int) -> list[Place]:
    """What somebody teaches in a cohort."""
    return [place for place in relations_of(user).places if place.cohort == cohort_id]


def roles_of(user) -> Roles:
    """Roles follow from relations."""
    relations = relations_of(user)
    return Roles(relations.enrolled, bool(relations.places), may_see_all_cohorts(user))


def may_write(user, enrolment: Enrolment) -> bool:
    """Only the participant, and only while taking part."""
    return enrolment.user_id == user.pk and enrolment.status == EnrolmentStatus.ACTIVE


def may_review(user, entry: Entry) -> bool:
    """An instructor whose teaching covers the entry, never its author."""
    enrolment = entry.enrolment
    where = {"group_id": enrolment.group_id, "module_id": entry.module_id}
    return enrolment.user_id != user.pk and any(
        teaching_covers(place.group, place.modules, **where) for place in places_in(user, enrolment.cohort_id)
    )


def reviewable(user) -> EntryQuerySet:
    """The entries of which `may_review` holds true."""
    places = relations_of(user).places
    whole = [place.cohort for place in places if place.group is None and not place.modules]
    covered = Q(enrolment__cohort__in=whole)
    for place in places:
        if place.cohort not in whole:
            group = Q(enrolment__group=place.group) if place.group else Q()
            modules = Q(module__in=place.modules) if place.modules else Q()
            covered |= Q(enrolment__cohort=place.cohort) & group & modules
    return Entry.objects.filter(covered).exclude(enrolment__user=user)


def teaching_covers(group: int | None, modules: Collection[int], *, group_id: int, module_id: int) -> bool:
    """The rule of coverage; `reviewable` says the same in SQL. `group` None and no `modules` mean all of them."""
    return group in (None, group_id) and (not modules or module_id in modules)


def covers(teaching: Teaching, *, group_id: int, module_id: int) -> bool:
    """The same of a row; its modules should be loaded with it."""
    modules = {module.pk for module in teaching.modules.all()}
    return teaching_covers(teaching.group_id, modules, group_id=group_id, module_id=module_id)


def may_see_result(user, enrolment: Enrolment) -> bool:
    """Organisers and leads; an instructor whose teachings together cover all modules. Never one's own."""
    if enrolment.user_id == user.pk:
        return False
    if may_see_all_cohorts(user) or may_lead(user, enrolment.cohort):
        return True
    places = places_in(user, enrolment.cohort_id)
    taught = Schedule.objects.in_use().filter(cohort=enrolment.cohort_id).values_list("module", flat=True)
    return all(
        any(
            teaching_covers(place.group, place.modules, group_id=enrolment.group_id, module_id=module)
            for place in places
        )
        for module in taught
    )


def may_lead(user, cohort) -> bool:
    """A lead instructor of the cohort, or an organiser with the right to change cohorts."""
    if user.is_staff and user.has_perm("journals.change_cohort"):
        return True
    return any(place.is_lead for place in places_in(user, cohort.pk))


def takes_part(user, cohort) -> bool:
    """Whether it is about their own grades, too; a query for those who take part in anything."""
    return relations_of(user).enrolled and Enrolment.objects.of(user).filter(cohort=cohort).exists()


def may_enrol(user) -> bool:
    """An organiser with the right to make accounts and to enrol."""
    return user.is_staff and user.has_perms(["accounts.add_user", "journals.add_enrolment"])


def may_hand_on(user) -> bool:
    """An organiser who hands whole NIPs on to the agency, in recaps and in everybody's books.

    A NIP tells a birth date and a sex; instructors, leads among them, have no need of it.
    """
    return may_enrol(user)


def may_arrange(user) -> bool:
    """An organiser with the right to change cohorts and their schedules."""
    return user.is_staff and user.has_perms(["journals.change_cohort", "journals.change_schedule"])


def may_begin_cohorts(user) -> bool:
    """An organiser with the right to make new ones."""
    return user.is_staff and user.has_perms(["journals.add_cohort", "journals.change_schedule"])


def may_move(user) -> bool:
    """An organiser with the right to change enrolments."""
    return user.is_staff and user.has_perm("journals.change_enrolment")


def may_activate(user) -> bool:
    """An organiser with the right to change accounts: a code opens one."""
    return user.is_staff and user.has_perm("accounts.change_user")


def may_switch(user, person) -> bool:
    """Whether somebody may switch another's account off and on; those of staff belong to administrators."""
    return may_activate(user) and not (person.is_staff or person.is_superuser)


def may_get_code(cohort) -> QuerySet[User]:
    """The people of a cohort whom its organisers may give an activation code.

    Never staff: whoever opens such an account has its rights. A cohort's instructors are none.
    """
    ours = Exists(Enrolment.objects.filter(cohort=cohort, user=OuterRef("pk"))) | Exists(
        Teaching.objects.filter(cohort=cohort, instructor=OuterRef("pk"))
    )
    return User.objects.filter(ours, is_active=True, is_staff=False, is_superuser=False)


def may_change_phrase(user, phrase: Phrase) -> bool:
    """Only its owner changes a phrase, or says who shares it."""
    return phrase.owner_id == user.pk


def may_remove_phrase(user, phrase: Phrase) -> bool:
    """Its owner; and a lead instructor of the cohort that shares it, for a phrase loaded `with_lead`."""
    return phrase.owner_id == user.pk or phrase.is_led
