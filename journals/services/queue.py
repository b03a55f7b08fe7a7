"""The page of the instructor's queue: tabs, choices, rows."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from curriculum.models import Module
from journals import content, permissions
from journals.enums import EntryState
from journals.models import Cohort, Entry, GradeBand, Group, Notice, Submission, Teaching
from journals.querysets import EntryQuerySet
from journals.searching import excerpt
from journals.services import news
from journals.services.queue_entries import behind, grade_in_force, in_module, narrowed, ordered, tab_conditions
from journals.services.queue_filters import SHARES, SORTS, TABS, Filters, moment, position_text

PAGE_SIZE = 25


@dataclass
class Row:
    """One entry of the queue with its latest submission, who holds it now and until when at the latest."""

    entry: Entry
    submission: Submission | None
    holder: str
    mine: bool
    until: datetime | None = None
    may_extend: bool = False
    # Where a search was found in the text: pieces, of which the true ones are the words that were looked for.
    excerpt: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class Tab:
    """A tab with the number of entries behind it."""

    code: str
    label: str | Promise
    count: int
    query: str
    current: bool


@dataclass
class Choice:
    """One option of a filter."""

    value: str
    label: str
    chosen: bool
    count: int | None = None


@dataclass
class Queue:
    """Everything the queue page shows."""

    filters: Filters
    tabs: list[Tab]
    rows: list[Row]
    cohorts: list[Choice]
    groups: list[Choice]
    modules: list[Choice]
    shares: list[Choice]
    sorts: list[Choice]
    next_query: str = ""
    waiting: int = 0
    notices: list[Notice] = field(default_factory=list)
    pick: Cohort | None = None  # whose rows can be chosen together

    @property
    def first_query(self) -> str:
        """The same list from its start."""
        return self.filters.query()

    @property
    def filter_query(self) -> str:
        """The filters that decide which entry comes next."""
        return self.filters.onward().query()

    @property
    def tab_query(self) -> str:
        """The present tab in its order, without any filter."""
        return Filters(tab=self.filters.tab, sort=self.filters.sort).query()

    @property
    def order(self) -> str | Promise:
        """What the order of the rows is called."""
        return self.filters.order()


def queue_of(user, filters: Filters, now: datetime) -> Queue:
    """The page of the queue that the filters ask for. Seven queries, however much there is."""
    teachings = list(Teaching.objects.filter(instructor=user).select_related("cohort", "group"))
    cohorts = {teaching.cohort_id: teaching.cohort for teaching in teachings}
    filters, groups = _known(filters, cohorts, teachings)
    chosen = next((pk for pk, cohort in cohorts.items() if cohort.key == filters.cohort), None)
    entries = narrowed(permissions.reviewable(user), filters)
    conditions = tab_conditions(user, filters, now)
    counts = _Counts.of(entries, conditions)
    if chosen:
        entries = entries.filter(enrolment__cohort=chosen)
    if filters.module:
        entries = in_module(entries, filters.module)
    rows, next_position = _page(entries.filter(conditions[filters.tab]), filters)
    here = {code: counts.sum(code, chosen, filters.module) for code in TABS}
    return Queue(
        filters=filters,
        tabs=[
            Tab(code, label, here[code], filters.query(tab=code), code == filters.tab) for code, label in TABS.items()
        ],
        rows=_rows(rows, user, now, filters.text),
        cohorts=[
            Choice(cohort.key, cohort.name, cohort.key == filters.cohort, counts.sum(filters.tab, pk, filters.module))
            for pk, cohort in cohorts.items()
        ],
        groups=[
            Choice(str(group.pk), _group_label(group, cohorts, chosen), group.pk == filters.group) for group in groups
        ],
        modules=[
            Choice(str(number), f"{number}. {title}", number == filters.module, counts.sum(filters.tab, chosen, number))
            for number, title in _modules(list(cohorts))
        ],
        shares=[Choice(code, str(label), code == filters.share) for code, label in SHARES.items()],
        sorts=[Choice(code, str(filters.order(code)), code == filters.sort) for code in SORTS],
        next_query=filters.query(after=next_position) if next_position else "",
        waiting=here["menunggu"],
        notices=news.of(user),
        pick=_pick(user, filters, cohorts, chosen),
    )


@dataclass
class _Counts:
    """How many entries there are, by cohort and module, behind each tab."""

    rows: list[dict[str, Any]]

    @classmethod
    def of(cls, entries: EntryQuerySet, conditions: dict[str, Q]) -> "_Counts":
        """One query, so that each choice can say what it would show under the others."""
        sums = {code: Count("pk", filter=condition) for code, condition in conditions.items()}
        found = entries.order_by().values("enrolment__cohort", "module__number").annotate(**sums)
        return cls(list(found))

    def sum(self, tab: str, cohort: int | None, module: int | None) -> int:
        """Of one cohort and module, or of all (None)."""
        return sum(
            row[tab]
            for row in self.rows
            if cohort in (None, row["enrolment__cohort"]) and module in (None, row["module__number"])
        )


def _pick(user, filters: Filters, cohorts: dict[int, Cohort], chosen: int | None) -> Cohort | None:
    """The cohort of all rows, for who leads it and has chosen one module: more time and a release go by module."""
    only = chosen or (next(iter(cohorts)) if len(cohorts) == 1 else None)
    if only is None or not filters.module or not permissions.may_lead(user, cohorts[only]):
        return None
    return cohorts[only]


def _known(filters: Filters, cohorts: dict[int, Cohort], teachings: list[Teaching]) -> tuple[Filters, list[Group]]:
    """Drop filters that name nothing the reader teaches; the groups that may be chosen."""
    keys = {cohort.key for cohort in cohorts.values()}
    whole = [teaching.cohort_id for teaching in teachings if teaching.group_id is None]
    own = [teaching.group_id for teaching in teachings if teaching.group_id]
    groups = list(Group.objects.filter(Q(cohort__in=whole) | Q(pk__in=own)).order_by("-cohort__starts", "name", "pk"))
    cohort = filters.cohort if filters.cohort in keys else ""
    if cohort:
        groups = [group for group in groups if cohorts[group.cohort_id].key == cohort]
    group = filters.group if filters.group in {group.pk for group in groups} else None
    return replace(filters, cohort=cohort, group=group, origin=""), groups


def _group_label(group: Group, cohorts: dict[int, Cohort], chosen: int | None) -> str:
    return group.name if chosen or len(cohorts) == 1 else f"{group.name} · {cohorts[group.cohort_id].name}"


def _modules(cohort_ids: list[int]) -> list[tuple[int, str]]:
    modules = Module.objects.filter(schedules__cohort__in=cohort_ids).distinct().order_by("number")
    return [(module.number, module.title) for module in modules]


def _page(entries: EntryQuerySet, filters: Filters) -> tuple[list[Entry], str]:
    """One page, and the position after which the next one starts ("" on the last)."""
    entries = ordered(entries, filters)
    if filters.tab == "dinilai":
        grade = grade_in_force(OuterRef("pk"))
        band = GradeBand.objects.filter(cohort=OuterRef("enrolment__cohort"), min_score__lte=OuterRef("score"))
        entries = entries.annotate(
            decided_at=Subquery(grade.values("finished_at")[:1]),
            score=Subquery(grade.values("score")[:1]),
            band=Subquery(band.order_by("-min_score").values("name")[:1]),
        )
    if filters.after:
        value, pk = filters.after
        entries = entries.filter(behind(filters, value if filters.by_words else moment(value), pk))
    found = list(entries.with_people()[: PAGE_SIZE + 1])
    rows = found[:PAGE_SIZE]
    return rows, position_text(rows[-1].place, rows[-1].pk) if len(found) > PAGE_SIZE else ""


def _rows(entries: list[Entry], user, now: datetime, text: str) -> list[Row]:
    newest = Submission.objects.standing().filter(entry__in=[entry.pk for entry in entries]).order_by("number")
    if not text:
        newest = newest.defer("content")
    submissions = {submission.entry_id: submission for submission in newest}
    rows = []
    for entry in entries:
        claim = getattr(entry, "claim", None)
        row = Row(entry, submissions.get(entry.pk), "", mine=False)
        row.may_extend = entry.state != EntryState.GRADED and permissions.may_lead(user, entry.enrolment.cohort)
        if text and row.submission:
            row.excerpt = excerpt(content.parts(content.intact(row.submission) or {}), text)
        if claim is not None and claim.expires_at > now:
            row.mine, row.until = claim.reviewer_id == user.pk, claim.expires_at
            row.holder = "" if row.mine else claim.reviewer.name
        rows.append(row)
    return rows


EMPTY = {
    "menunggu": (_("Nothing is waiting"), _("Every submission has been read. New ones appear here.")),
    "saya": (_("You are not reviewing anything"), _("Entries that you have begun and not finished appear here.")),
    "dikembalikan": (
        _("Nothing is with the participants"),
        _("Entries that you returned for improvement wait here until they are submitted again."),
    ),
    "dinilai": (_("Nothing graded yet"), _("Entries that were graded stay here, the latest first.")),
}
