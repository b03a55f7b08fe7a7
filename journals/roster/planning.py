"""What a list would change: each person beside the accounts, the cohort and the other cohorts there are."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from berakhlak.accounts.models import User
from berakhlak.names import name_words
from journals.content import canonical, digest
from journals.enums import EnrolmentStatus, RosterOutcome
from journals.models import MAX_NDH, Cohort, Enrolment, Group
from journals.roster.reading import PERSONAL, Person, Reading

AT_ONCE = 500  # values in one query: SQLite takes no more than some thousands
USUAL_GROUP = "Kelompok 1"


@dataclass
class Planned:
    """One row and what would become of it; with a problem at the person, nothing."""

    person: Person
    outcome: RosterOutcome = RosterOutcome.NEW
    user: User | None = None
    joins: bool = False
    ndh: int = 0
    group: str = ""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    leaves: Enrolment | None = None  # the place in another running cohort
    notes: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """Everything a list would do. With any problem nothing is done."""

    rows: list[Planned]
    left_out: list[tuple[int, str]]
    new_groups: list[str]
    obstacles: list[str] = field(default_factory=list)

    @property
    def refused(self) -> list[Planned]:
        """The rows with a problem."""
        return [row for row in self.rows if row.person.problems]

    @property
    def possible(self) -> bool:
        """Whether it may be done as it stands."""
        return bool(self.rows) and not self.refused and not self.obstacles

    def counts(self) -> Counter[str]:
        """How many rows come to each outcome."""
        return Counter(row.outcome for row in self.rows if not row.person.problems)

    @property
    def digest(self) -> str:
        """What was shown, so that exactly this is done or nothing."""
        said = [
            [row.person.number, row.outcome, row.user and row.user.pk, row.ndh, row.group, row.person.nip,
             row.person.email, [getattr(row.person, name) for name in PERSONAL],
             {name: list(pair) for name, pair in row.changes.items()}, row.leaves and row.leaves.pk]
            for row in self.rows
        ]  # fmt: skip
        return digest(canonical({"rows": said}))


def plan_of(cohort: Cohort, reading: Reading, *, moves: bool = False) -> Plan:
    """Compare a list with what there is; two queries, and three more for each few hundred people.

    With `moves`, whoever takes part in another running cohort leaves it for this one."""
    people = reading.people
    found = list(accounts_in(reading))
    by_nip = {user.nip: user for user in found if user.nip}
    by_email = {user.email: user for user in found if user.email}
    rows = [Planned(person) for person in people]
    seen: dict[int, int] = {}
    for row in rows:
        _recognise(row, by_nip, by_email)
        # By NIP in one row and by e-mail in another it may be the same person.
        if row.user and seen.setdefault(row.user.pk, row.person.number) != row.person.number:
            row.person.refuse("name", _("Row %(row)d has the same already.") % {"row": seen[row.user.pk]})
    _relate(cohort, [row for row in rows if row.user], moves)
    new_groups = _place(cohort, [row for row in rows if row.joins])
    return Plan(rows, reading.left_out, new_groups, reading.obstacles)


def accounts_in(reading: Reading) -> Iterator[User]:
    """The accounts with a NIP or an e-mail address of the list, some of them twice."""
    yield from _users("nip", (person.nip for person in reading.people if person.nip))
    yield from _users("email", (person.email for person in reading.people if person.email))


def _chunks(values: Iterable) -> Iterator[list]:
    each = iter(values)
    while some := list(islice(each, AT_ONCE)):
        yield some


def _users(column: str, values: Iterable[str]) -> Iterator[User]:
    for some in _chunks(values):
        yield from User.objects.filter(**{f"{column}__in": some})


def _recognise(row: Planned, by_nip: dict, by_email: dict) -> None:
    """Whose row it is, and what it says otherwise than the account."""
    person = row.person
    first, second = by_nip.get(person.nip), by_email.get(person.email)
    if first and second and first != second:
        person.refuse("email", _("This address belongs to another account, %(name)s.") % {"name": second.full_name})
        return
    row.user = user = first or second
    row.joins = True
    if user is None:
        return
    words, known = name_words(person.name), name_words(user.name)
    if words and known and words.isdisjoint(known):
        text = _("%(name)s has this NIP or address. Correct the row, or first the name on that person’s page.")
        person.refuse("name", text % {"name": user.full_name})
    row.outcome = RosterOutcome.KNOWN
    if not user.is_active:
        person.refuse("name", _("This account is switched off. Switch it on first, on the person’s page."))
    if second and person.nip and user.nip and user.nip != person.nip:
        person.refuse("nip", _("%(name)s has this e-mail address and another NIP.") % {"name": user.full_name})
    if first and person.email and user.email and user.email != person.email:
        # An address changed is an account taken over; that is done by hand, one by one.
        row.notes.append(_("The address for signing in stays %(email)s.") % {"email": user.email})
    if user.is_staff:
        return
    for name in PERSONAL:
        said = getattr(person, name)
        if said and not _same(name, said, getattr(user, name)):
            row.changes[name] = (getattr(user, name), said)
    for name in ("nip", "email"):
        if getattr(person, name) and not getattr(user, name):
            row.changes[name] = ("", getattr(person, name))
    if row.changes:
        row.outcome = RosterOutcome.CHANGED


def _same(name: str, said: str, known: str) -> bool:
    """Whether a list says what is known. How a name is written is no news, but "Dr." is no "dr."."""
    if said == known or name not in ("name", "title_before", "title_after"):
        return said == known
    letters = [re.sub(r"[\W_]", "", text).casefold() for text in (said, known)]
    physician = ["dr" in re.findall(r"\w+", text) for text in (said, known)]
    return letters[0] == letters[1] and physician[0] == physician[1]


def _relate(cohort: Cohort, rows: list[Planned], moves: bool) -> None:
    """Who is in this cohort already, and who in another one that still runs."""
    found: dict[int, list[Enrolment]] = {}
    for some in _chunks(row.user.pk for row in rows if row.user):
        running = Q(status=EnrolmentStatus.ACTIVE, cohort__ends__gte=cohort.starts, cohort__starts__lte=cohort.ends)
        for enrolment in Enrolment.objects.filter(Q(cohort=cohort) | running, user__in=some).select_related("cohort"):
            found.setdefault(enrolment.user_id, []).append(enrolment)
    for row in rows:
        enrolments = found.get(row.user.pk if row.user else 0, [])
        here = next((each for each in enrolments if each.cohort_id == cohort.pk), None)
        elsewhere = [each for each in enrolments if each.cohort_id != cohort.pk]
        if here and here.status != EnrolmentStatus.ACTIVE:
            row.person.refuse("name", _("Was in this cohort and is not any more. Readmit them on their page."))
        elif here:
            _stay(row, here, elsewhere)
        else:
            _come(row, elsewhere, moves)


def _stay(row: Planned, here: Enrolment, elsewhere: list[Enrolment]) -> None:
    """Whoever is here already stays as they are, also in another cohort."""
    row.joins = False
    row.outcome = RosterOutcome.CHANGED if row.changes else RosterOutcome.HERE
    if row.person.ndh not in (None, here.ndh):
        row.notes.append(_("The attendance-list number stays %(ndh)d.") % {"ndh": here.ndh})
    row.notes += [_elsewhere(enrolment) for enrolment in elsewhere]


def _come(row: Planned, elsewhere: list[Enrolment], moves: bool) -> None:
    """Whoever takes part in one other running cohort leaves it, if the organiser says so."""
    if moves and elsewhere:
        row.leaves, row.outcome = elsewhere[0], RosterOutcome.MOVED
        text = _("Leaves %(cohort)s. Drafts go along, what was handed in stays there.")
        row.notes.append(text % {"cohort": elsewhere[0].cohort.name})
    for enrolment in elsewhere[1:] if moves else elsewhere:
        row.person.refuse("name", _elsewhere(enrolment))


def _elsewhere(enrolment: Enrolment) -> str:
    return _("Takes part in %(cohort)s, which runs at the same time.") % {"cohort": enrolment.cohort.name}


def _place(cohort: Cohort, rows: list[Planned]) -> list[str]:
    """Give each newcomer a number and a group; the groups that will have to be made."""
    taken = dict(Enrolment.objects.filter(cohort=cohort).values_list("ndh", "user__name"))
    groups = Group.objects.filter(cohort=cohort).annotate(size=Count("enrolments")).order_by("name")
    sizes = {group.name: group.size for group in groups}
    known = {name.casefold(): name for name in sizes}
    new: list[str] = []
    following = max([0, *taken, *(row.person.ndh or 0 for row in rows)])
    for row in rows:
        if row.person.ndh in taken:
            text = _("Number %(ndh)d belongs to %(name)s already.")
            row.person.refuse("ndh", text % {"ndh": row.person.ndh, "name": taken[row.person.ndh]})
        if row.person.ndh is None:
            following += 1
            if following > MAX_NDH:
                row.person.refuse("ndh", _("There are no attendance-list numbers left in this cohort."))
        row.ndh = row.person.ndh or following
        wanted = row.person.group or (min(sizes, key=lambda name: sizes[name]) if sizes else USUAL_GROUP)
        row.group = known.setdefault(wanted.casefold(), wanted)
        if row.group not in sizes:
            new.append(row.group)
        sizes[row.group] = sizes.get(row.group, 0) + 1
    return new
