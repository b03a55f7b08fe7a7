"""The instructor's queue: what waits, who holds it, and which entry comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from re import fullmatch
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from curriculum.models import Module
from journals import keys, permissions
from journals.enums import EntryState, ReviewState
from journals.models import Cohort, Entry, GradeBand, Group, Notice, Review, Submission, Teaching
from journals.querysets import EntryQuerySet
from journals.services import news

PAGE_SIZE = 25
TABS: dict[str, str | Promise] = {
    "menunggu": pgettext_lazy("queue tab", "Waiting"),
    "saya": pgettext_lazy("queue tab", "I am reviewing"),
    "dikembalikan": pgettext_lazy("queue tab", "With the participant"),
    "dinilai": pgettext_lazy("queue tab", "Graded"),
}
# Whose pile: without a choice one's own and what lies on nobody's.
SHARES: dict[str, str | Promise] = {
    "": pgettext_lazy("pile", "Mine and nobody's"),
    "saya": pgettext_lazy("pile", "Only mine"),
    "semua": pgettext_lazy("pile", "Everybody's"),
}
# Where somebody may have come from, other than the queue itself.
ORIGINS = ("angkatan",)
# Microseconds since then are the sortable half of a page's address.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything unknown or malformed counts as not asked."""

    tab: str = "menunggu"
    cohort: str = ""
    group: int | None = None
    module: int | None = None
    text: str = ""
    share: str = ""
    after: tuple[datetime, int] | None = None
    origin: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """Read the query string of the queue's address."""
        tab = query.get("tab", "")
        return cls(
            tab=tab if tab in TABS else "menunggu",
            cohort=key if fullmatch(keys.PATTERN, key := query.get("angkatan", "")) else "",
            group=_number(query.get("kelompok")),
            module=_number(query.get("modul")),
            text=" ".join(query.get("cari", "").replace("\x00", "").split())[:80],
            share=query.get("bagian", "") if query.get("bagian") in SHARES else "",
            after=_position(query.get("sesudah", "")),
            origin=query.get("dari", "") if query.get("dari") in ORIGINS else "",
        )

    @property
    def narrowed(self) -> bool:
        """True when anything but the tab limits the list."""
        return bool(self.cohort or self.group or self.module or self.text or self.share == "saya")

    def query(self, *, tab: str | None = None, after: str = "") -> str:
        """The query string for these filters, another tab, or the page after a position; may be empty."""
        chosen = tab or self.tab
        pairs = {
            "tab": chosen if chosen != "menunggu" else "",
            "angkatan": self.cohort,
            "kelompok": self.group or "",
            "modul": self.module or "",
            "cari": self.text,
            "bagian": self.share,
            "sesudah": after,
            "dari": self.origin,
        }
        return urlencode({name: value for name, value in pairs.items() if value})

    def onward(self) -> "Filters":
        """The same without where one came from: what follows is the next one of the queue."""
        return replace(self, tab="menunggu", origin="", after=None)


def is_number(text: str) -> bool:
    """A whole number that fits a database column."""
    return _digits(text, 9)


def _number(text: str | None) -> int | None:
    return int(text) if text and is_number(text) else None


def _position(text: str) -> tuple[datetime, int] | None:
    micros, _dash, pk = text.partition("-")
    if not (_digits(micros, 17) and _digits(pk, 18)):
        return None
    return EPOCH + int(micros) * MICROSECOND, int(pk)


def _digits(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= most


def _position_text(at: datetime, pk: int) -> str:
    return f"{(at - EPOCH) // MICROSECOND}-{pk}"


@dataclass
class Row:
    """One entry of the queue with its latest submission, who holds it now and until when at the latest."""

    entry: Entry
    submission: Submission | None
    holder: str
    mine: bool
    until: datetime | None = None


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
    next_query: str = ""
    waiting: int = 0
    anything: bool = True
    notices: list[Notice] = field(default_factory=list)

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
        """The present tab without any filter."""
        return Filters(tab=self.filters.tab).query()


def _narrowed(entries: EntryQuerySet, filters: Filters) -> EntryQuerySet:
    if filters.group:
        entries = entries.filter(enrolment__group=filters.group)
    if filters.module:
        entries = entries.filter(module__number=filters.module)
    if filters.text:
        match = Q(enrolment__user__name__icontains=filters.text)
        if _digits(filters.text, 3):
            match |= Q(enrolment__ndh=int(filters.text))
        entries = entries.filter(match)
    return entries


def _in_progress(user, now: datetime) -> Q:
    """Held by the reader, or begun and not finished."""
    begun = Review.objects.filter(
        submission__entry=OuterRef("pk"), submission__withdrawn_at=None, reviewer=user, state=ReviewState.WORKING
    )
    return Q(state=EntryState.SUBMITTED) & (Q(claim__reviewer=user, claim__expires_at__gt=now) | Q(Exists(begun)))


def _on_pile(user, share: str) -> Q:
    """Entries on the piles that the choice names."""
    mine = Q(assignee=user)
    return {"": mine | Q(assignee=None), "saya": mine}.get(share, Q())


def _tab_conditions(user, filters: "Filters", now: datetime) -> dict[str, Q]:
    return {
        "menunggu": Q(state=EntryState.SUBMITTED) & _on_pile(user, filters.share),
        "saya": _in_progress(user, now),
        "dikembalikan": Q(state=EntryState.RETURNED),
        "dinilai": Q(state=EntryState.GRADED),
    }


def queue_of(user, filters: Filters, now: datetime) -> Queue:
    """The page of the queue that the filters ask for. Seven queries, however much there is."""
    teachings = list(Teaching.objects.filter(instructor=user).select_related("cohort", "group"))
    cohorts = {teaching.cohort_id: teaching.cohort for teaching in teachings}
    filters, groups = _known(filters, cohorts, teachings)
    entries = _narrowed(permissions.reviewable(user), filters)
    conditions = _tab_conditions(user, filters, now)
    counts = _counts(entries, conditions)
    chosen = next((pk for pk, cohort in cohorts.items() if cohort.key == filters.cohort), None)
    if chosen:
        entries = entries.filter(enrolment__cohort=chosen)
    shown = [row for pk, row in counts.items() if chosen in (None, pk)]
    rows, next_position = _page(entries.filter(conditions[filters.tab]), filters)
    return Queue(
        filters=filters,
        tabs=[
            Tab(code, label, sum(row[code] for row in shown), filters.query(tab=code), code == filters.tab)
            for code, label in TABS.items()
        ],
        rows=_rows(rows, user, now),
        cohorts=[
            Choice(cohort.key, cohort.name, cohort.key == filters.cohort, counts.get(pk, {}).get(filters.tab, 0))
            for pk, cohort in cohorts.items()
        ],
        groups=[
            Choice(str(group.pk), _group_label(group, cohorts, chosen), group.pk == filters.group) for group in groups
        ],
        modules=_module_choices(list(cohorts), filters),
        shares=[Choice(code, str(label), code == filters.share) for code, label in SHARES.items()],
        next_query=filters.query(after=next_position) if next_position else "",
        waiting=sum(row["menunggu"] for row in shown),
        anything=any(any(row.values()) for row in counts.values()),
        notices=news.of(user),
    )


def _counts(entries: EntryQuerySet, conditions: dict[str, Q]) -> dict[int, dict[str, int]]:
    """By cohort and tab; one query."""
    sums = {code: Count("pk", filter=condition) for code, condition in conditions.items()}
    found: list[dict[str, Any]] = list(entries.order_by().values("enrolment__cohort").annotate(**sums))
    return {row["enrolment__cohort"]: {code: row[code] for code in sums} for row in found}


def _known(filters: Filters, cohorts: dict[int, Cohort], teachings: list[Teaching]) -> tuple[Filters, list[Group]]:
    """Drop filters that name nothing the reader teaches; the groups that may be chosen."""
    keys = {cohort.key for cohort in cohorts.values()}
    whole = [teaching.cohort_id for teaching in teachings if teaching.group_id is None]
    own = [teaching.group_id for teaching in teachings if teaching.group_id]
    groups = list(Group.objects.filter(Q(cohort__in=whole) | Q(pk__in=own)).order_by("-cohort__starts", "name"))
    cohort = filters.cohort if filters.cohort in keys else ""
    if cohort:
        groups = [group for group in groups if cohorts[group.cohort_id].key == cohort]
    group = filters.group if filters.group in {group.pk for group in groups} else None
    return replace(filters, cohort=cohort, group=group, origin=""), groups


def _group_label(group: Group, cohorts: dict[int, Cohort], chosen: int | None) -> str:
    return group.name if chosen or len(cohorts) == 1 else f"{group.name} · {cohorts[group.cohort_id].name}"


def _module_choices(cohort_ids: list[int], filters: Filters) -> list[Choice]:
    modules = Module.objects.filter(schedules__cohort__in=cohort_ids).distinct().order_by("number")
    return [
        Choice(str(module.number), f"{module.number}. {module.title}", module.number == filters.module)
        for module in modules
    ]


def _page(entries: EntryQuerySet, filters: Filters) -> tuple[list[Entry], str]:
    """One page, and the position after which the next one starts ("" on the last)."""
    if filters.tab == "dinilai":  # what was decided last is what one looks for
        decided = Review.objects.in_force().filter(submission__entry=OuterRef("pk")).order_by("-id")
        band = GradeBand.objects.filter(cohort=OuterRef("enrolment__cohort"), min_score__lte=OuterRef("score"))
        entries = entries.annotate(
            sort_at=Subquery(decided.values("finished_at")[:1]),
            score=Subquery(decided.values("score")[:1]),
            band=Subquery(band.order_by("-min_score").values("name")[:1]),
        ).order_by("-sort_at", "-id")
        beyond = "lt"
    else:
        entries = entries.annotate(sort_at=F("due_at")).order_by("due_at", "id")
        beyond = "gt"
    if filters.after:
        at, pk = filters.after
        entries = entries.filter(Q(**{f"sort_at__{beyond}": at}) | Q(**{"sort_at": at, f"pk__{beyond}": pk}))
    found = list(entries.with_people()[: PAGE_SIZE + 1])
    rows = found[:PAGE_SIZE]
    return rows, _position_text(rows[-1].sort_at, rows[-1].pk) if len(found) > PAGE_SIZE else ""


def _rows(entries: list[Entry], user, now: datetime) -> list[Row]:
    newest = Submission.objects.standing().filter(entry__in=[entry.pk for entry in entries]).order_by("number")
    submissions = {submission.entry_id: submission for submission in newest.defer("content")}
    rows = []
    for entry in entries:
        claim = getattr(entry, "claim", None)
        row = Row(entry, submissions.get(entry.pk), "", mine=False)
        if claim is not None and claim.expires_at > now:
            row.mine, row.until = claim.reviewer_id == user.pk, claim.expires_at
            row.holder = "" if row.mine else claim.reviewer.name
        rows.append(row)
    return rows


def next_waiting(user, filters: Filters, now: datetime, *, after: Entry | None = None) -> Entry | None:
    """The next entry to read that nobody else holds; up to two queries.

    Goes on behind ``after`` and then starts again from the oldest, so that what one passed over comes last.
    """
    entries = _narrowed(permissions.reviewable(user), filters)
    if filters.cohort:
        entries = entries.filter(enrolment__cohort__key=filters.cohort)
    entries = entries.filter(_on_pile(user, filters.share)).waiting().unclaimed(user=user, now=now)
    # Whoever takes it asks for these next.
    entries = entries.select_related("enrolment__user", "enrolment__group", "enrolment__cohort", "module")
    if after is None:
        return entries.first()
    behind = Case(When(Q(due_at__gt=after.due_at) | Q(due_at=after.due_at, pk__gt=after.pk), then=0), default=1)
    return entries.exclude(pk=after.pk).order_by(behind, "due_at", "id").first()


EMPTY = {
    "menunggu": (_("Nothing is waiting"), _("Every submission has been read. New ones appear here.")),
    "saya": (_("You are not reviewing anything"), _("Entries that you have begun and not finished appear here.")),
    "dikembalikan": (
        _("Nothing is with the participants"),
        _("Entries that you returned for improvement wait here until they are submitted again."),
    ),
    "dinilai": (_("Nothing graded yet"), _("Entries that were graded stay here, the latest first.")),
}
