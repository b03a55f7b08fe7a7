"""Makes the demo's people and cohorts and tells the story of each entry."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group as StaffGroup
from django.db import transaction
from django.db.models import Prefetch

from berakhlak.accounts.models import User
from berakhlak.zones import Zone
from curriculum.models import GuidingQuestion, Module, Prompt
from journals import staff, workflow
from journals.demo import build, marks, phrases, plan, replies
from journals.demo.batch import BATCH, Batch, flush
from journals.demo.people import Person, people
from journals.enums import EnrolmentStatus, LatePolicy
from journals.models import (
    Cohort,
    Criterion,
    Enrolment,
    Group,
    Level,
    Rubric,
    Schedule,
    Teaching,
)
from journals.services import defaults

PASSWORD = "BanggaMelayani1"  # noqa: S105 -- the demo's published password
PARTICIPANT, INSTRUCTOR, ADMIN = (f"{name}@berakhlak.test" for name in ("peserta", "widyaiswara", "admin"))
GROUPS = 4
INSTRUCTORS = 4
AGENCY = "Badan Pengembangan SDM Provinsi Nusa Lestari (fiktif)"


def exists() -> bool:
    """True once the demo was made; it is never made twice."""
    return User.objects.filter(email=PARTICIPANT).exists()


@transaction.atomic
def make(*, cohorts: int, participants: int, now: datetime, progress: Callable[[int, int], None]) -> None:
    """Make ``cohorts`` cohorts with ``participants`` people in all; the first runs, the others are finished.

    ``progress`` is called with the cohorts done and the cohorts in all. Needs the curriculum and a default
    rubric. All or nothing: an interrupted run leaves no half of a demo that the next one would take for whole.
    """
    per_cohort = [participants // cohorts + (1 if index < participants % cohorts else 0) for index in range(cohorts)]
    crowd = people(participants + INSTRUCTORS, seed=2026)
    instructors = make_users(crowd[:INSTRUCTORS], {0: {"email": INSTRUCTOR}})
    admin = User(
        name="Maria Goretti Tukan",
        title_after="S.IP.",
        email=ADMIN,
        is_staff=True,
        agency=AGENCY,
        position="Penyelenggara Pelatihan",
        password=demo_password(),
        **privacy(now),
    )
    admin.save()
    admin.groups.set(StaffGroup.objects.filter(name__in=staff.RIGHTS))
    start = INSTRUCTORS
    for index, size in enumerate(per_cohort):
        make_cohort(index, crowd[start : start + size], instructors, admin, now)
        start += size
        progress(index + 1, cohorts)


def demo_password() -> str:
    """The published password, hashed as this installation hashes."""
    return make_password(PASSWORD)


def privacy(now: datetime) -> dict:
    """The notice is acknowledged, so that a demo sign-in lands on its page at once."""
    return {"privacy_version": settings.PRIVACY_NOTICE_VERSION, "privacy_acknowledged_at": now}


def make_users(persons: Sequence[Person], special: dict[int, dict], zone: str = Zone.WITA) -> list[User]:
    """Users in bulk; only those in ``special`` (by position) can sign in."""
    fields = ("name", "title_before", "title_after", "nip", "email", "agency", "unit", "position", "rank")
    now = datetime.now(tz=UTC)
    users = []
    for index, person in enumerate(persons):
        values = {name: value for name, value in asdict(person).items() if name in fields}
        values.update(special.get(index, {}))
        users.append(
            User(**values, timezone=zone, password=demo_password() if index in special else "!", **privacy(now))
        )
    return User.objects.bulk_create(users, batch_size=BATCH)


def make_cohort(index: int, persons: Sequence[Person], instructors: list[User], admin: User, now: datetime) -> None:
    """One cohort: the first runs and holds the demo participant, the others are finished."""
    running = index == 0
    zone = Zone.WITA if running else list(Zone)[index % 3]
    first_day = (now - timedelta(days=plan.TODAY_IS_DAY if running else 90 + 60 * (index // 12))).date()
    cohort = new_cohort(index, zone, first_day)
    room = load_room(cohort, first_day, now, index)
    enrolments = enrol(cohort, persons, running)
    for number, instructor in enumerate(instructors):
        Teaching.objects.create(
            instructor=instructor,
            cohort=cohort,
            is_lead=number == 0,
            group=None if number == 0 else cohort.groups.order_by("name")[number % GROUPS],
        )
    batch = Batch()
    for enrolment, person in zip(enrolments, persons, strict=True):
        tell_participant(room, batch, build.Author(enrolment, person), instructors, running)
    if running:
        leave_reviews_open(room, batch, instructors)
        replies.leave_one_unread(batch.talks, instructors[0], now)
        phrases.make(instructors[0], cohort, now)
    flush(batch)
    if not running:
        finish(cohort, enrolments, admin, now)


def new_cohort(index: int, zone: str, first_day: date) -> Cohort:
    """The cohort row with its bands, groups and ten schedules."""
    roman = "IV" if index == 0 else "III" if index == 1 else f"B-{index:03d}"
    cohort = Cohort.objects.create(
        name=f"Angkatan {roman} Tahun {first_day.year}",
        agency=AGENCY,
        timezone=zone,
        starts=first_day,
        ends=first_day + timedelta(days=plan.MODULES * plan.SPACING + plan.CLOSES_AFTER),
        rubric=Rubric.objects.get(is_default=True),
        # The running one shows what a deduction looks like, the finished one what a mark does.
        late_policy=LatePolicy.DEDUCT if index == 0 else LatePolicy.MARK,
    )
    defaults.copy_bands(cohort)
    Group.objects.bulk_create(Group(cohort=cohort, name=f"Kelompok {number}") for number in range(1, GROUPS + 1))
    times = plan.schedule(first_day, cohort.tz)
    Schedule.objects.bulk_create(
        Schedule(cohort=cohort, module=module, opens=when.opens, due=when.due, closes=when.closes)
        for module, when in zip(demo_modules(), times, strict=True)
    )
    return cohort


def demo_modules() -> list[Module]:
    """The ten modules with their answer parts and guiding questions loaded."""
    parts = Prefetch(
        "prompts", Prompt.objects.active().prefetch_related(Prefetch("questions", GuidingQuestion.objects.active()))
    )
    return list(Module.objects.active().order_by("number").prefetch_related(parts)[: plan.MODULES])


def load_room(cohort: Cohort, first_day: date, now: datetime, index: int) -> build.Class:
    """Everything that each entry needs, looked up once."""
    criteria = list(
        Criterion.objects.filter(rubric=cohort.rubric).prefetch_related(Prefetch("levels", Level.objects.all()))
    )
    modules = demo_modules()
    times = plan.schedule(first_day, cohort.tz)
    return build.Class(cohort, modules, times, criteria, now, index, marks.behaviours_of(modules))


def enrol(cohort: Cohort, persons: Sequence[Person], running: bool) -> list[Enrolment]:
    """Participants in order; `people` puts Ratna at NDH 17 and Dimas at NDH 31 of the first cohort."""
    demo = min(16, len(persons) - 1)
    users = make_users(persons, {demo: {"email": PARTICIPANT}} if running else {}, cohort.timezone)
    groups = list(cohort.groups.order_by("name"))
    size = -(-len(users) // GROUPS)
    return Enrolment.objects.bulk_create(
        [
            Enrolment(
                user=user,
                cohort=cohort,
                group=groups[position // size],
                ndh=position + 1,
                status=EnrolmentStatus.ACTIVE if running else EnrolmentStatus.COMPLETED,
            )
            for position, user in enumerate(users)
        ],
        batch_size=BATCH,
    )


def tell_participant(
    room: build.Class, batch: Batch, author: build.Author, instructors: list[User], running: bool
) -> None:
    """All ten modules of one participant."""
    enrolment = author.enrolment
    random = Random(room.seed * 10_000 + enrolment.ndh)
    fixed: dict[int, plan.Story] = {}
    if running and enrolment.user.email == PARTICIPANT:
        fixed = {number: plan.PARTICIPANT.get(number, plan.Story("none")) for number in range(1, 11)}
    elif running and enrolment.user.name == "Dimas Prayogo":
        fixed = plan.WEAK_SAMPLE
    reviewer = instructors[enrolment.ndh % len(instructors)]
    for number in range(1, plan.MODULES + 1):
        story = plan.running_story(number, random) if running else plan.finished_story(random)
        build.write_entry(room, batch, author, number, fixed.get(number, story), reviewer)


def leave_reviews_open(room: build.Class, batch: Batch, instructors: list[User]) -> None:
    """One entry is being reviewed by the demo instructor, one by a colleague."""
    waiting = [
        entry for entry in batch.entries if entry.state == "submitted" and entry.enrolment.user.email != PARTICIPANT
    ]
    for entry, reviewer in zip(waiting, instructors[:2], strict=False):
        build.hold(batch, room, entry, reviewer, comment="Ceritanya kuat; ukuran keberhasilannya masih saya periksa.")


def finish(cohort: Cohort, enrolments: list[Enrolment], admin: User, now: datetime) -> None:
    """The finished cohort has one remedial on record."""
    if enrolments:
        reason = "Lulus remedial: menulis ulang rencana penerapan Modul 10."
        workflow.record_remedial(user=admin, enrolment=enrolments[-1], score=Decimal("70.01"), reason=reason, now=now)
