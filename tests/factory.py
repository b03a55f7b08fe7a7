"""Making rows for tests: plain functions, each with defaults that fit together.

States of entries are reached through the workflow, never assigned, so that every row here could exist.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count

from django.contrib.auth.models import Group as StaffGroup
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from berakhlak.accounts.models import User
from curriculum.models import Behaviour, GuidingQuestion, Module, Prompt, Value
from journals import anchors, content, workflow
from journals.enums import CheckpointReason, ReleasePolicy
from journals.models import (
    Annotation,
    Attachment,
    Checkpoint,
    Cohort,
    Criterion,
    Enrolment,
    Entry,
    Evidence,
    GradeBand,
    Group,
    Level,
    Phrase,
    Remark,
    Reminder,
    Rubric,
    Schedule,
    Submission,
    Teaching,
)
from journals.services import phrases
from journals.workflow import ReviewInput, ScoreInput

PASSWORD = "BanggaMelayani1"
# Everything in the tests happens around this instant: Monday, 23 November 2026, 10.00 WIB = 11.00 WITA.
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PARTS = (
    ("ringkasan", "Ringkasan materi", 5, 300),
    ("refleksi", "Refleksi", 5, 800),
    ("penerapan", "Rencana penerapan", 5, 500),
)
LEVELS = (
    ("Perlu perbaikan", "60", "0", "70"),
    ("Cukup", "75", "70.01", "80"),
    ("Baik", "85", "80.01", "90"),
    ("Sangat baik", "95", "90.01", "100"),
)
CRITERIA = (("pemahaman", 25), ("refleksi", 30), ("penerapan", 30), ("kualitas", 15))
BANDS = (
    ("Sangat Memuaskan", "90.01", "100"),
    ("Memuaskan", "80.01", "90"),
    ("Cukup Memuaskan", "70.01", "80"),
    ("Kurang Memuaskan", "60.01", "70"),
    ("Tidak Memuaskan", "0", "60"),
)
# The people of the fixture `cast`; what a table of rights does not say about one of them is refused.
ROLES = [
    "participant",
    "peer",
    "stranger",
    "instructor",
    "other_instructor",
    "lead",
    "outsider",
    "outside_instructor",
    "nobody",
    "organiser",
    "curriculum_editor",
    "superuser",
]
ANSWER = "<p>Saya belajar mendengarkan warga sebelum memberi jawaban kepada mereka.</p>"

_serial = count(1)


def make_user(name: str = "Siti Aminah", **fields) -> User:
    """A user who has read the privacy notice and signs in with `PASSWORD`."""
    number = next(_serial)
    fields.setdefault("email", f"orang{number}@berakhlak.test")
    # Everybody has one, however many users a run makes: each hundred is born on another day.
    born = date(1990, 1, 1) + timedelta(days=number // 100)
    fields.setdefault("nip", f"{born:%Y%m%d}201501{number % 2 + 1}{900 + number % 100:03d}")
    fields.setdefault("privacy_version", "2026-11")
    fields.setdefault("privacy_acknowledged_at", NOW)
    return User.objects.create_user(name=name, password=PASSWORD, **fields)


def make_staff(name: str, group: str) -> User:
    """A user of one of the two staff groups."""
    user = make_user(name, is_staff=True)
    user.groups.add(StaffGroup.objects.get(name=group))
    return user


def make_module(number: int = 1, **fields) -> Module:
    """A module with its three answer parts; the second has a guiding question."""
    fields.setdefault("title", f"Modul {number}")
    module = Module.objects.create(code=f"modul-{number}", slug=f"modul-{number}", number=number, **fields)
    for order, (key, title, least, most) in enumerate(PARTS, 1):
        prompt = Prompt.objects.create(
            code=f"modul-{number}-{key}",
            module=module,
            key=key,
            order=order,
            title=title,
            min_words=least,
            max_words=most,
        )
        if key == "refleksi":
            GuidingQuestion.objects.create(
                code=f"modul-{number}-q1", prompt=prompt, order=1, text="Apa yang Anda rasakan?"
            )
    return module


def make_value(order: int = 1, **fields) -> Value:
    """A value with a unique code."""
    fields.setdefault("name", f"Nilai {order}")
    return Value.objects.create(
        code=f"nilai-{order}",
        order=order,
        letters="A",
        definition="Bertanggung jawab",
        affirmation="Kami bertanggung jawab.",
        **fields,
    )


def make_behaviour(value: Value | None = None, order: int = 1, text: str = "Ramah, cekatan, dan solutif") -> Behaviour:
    """A behaviour of a value, which is made if there is none."""
    value = value or Value.objects.first() or make_value()
    return Behaviour.objects.create(code=f"{value.code}-{order}", value=value, order=order, text=text)


def make_rubric(name: str = "Rubrik", **fields) -> Rubric:
    """The rubric of the samples: four criteria, four levels."""
    rubric = Rubric.objects.create(name=name, **fields)
    for order, (code, weight) in enumerate(CRITERIA, 1):
        criterion = Criterion.objects.create(
            rubric=rubric, code=code, name=code.capitalize(), weight=weight, order=order
        )
        for step, (label, points, low, high) in enumerate(LEVELS, 1):
            Level.objects.create(
                criterion=criterion,
                order=step,
                name=label,
                points=Decimal(points),
                min_points=Decimal(low),
                max_points=Decimal(high),
                description=f"{code} {label}",
            )
    return rubric


def make_cohort(name: str = "Angkatan IV", *, rubric: Rubric | None = None, **fields) -> Cohort:
    """A cohort in Makassar time with its grade bands."""
    fields.setdefault("timezone", "Asia/Makassar")
    fields.setdefault("agency", "BPSDM Contoh")
    fields.setdefault("starts", NOW.date() - timedelta(days=7))
    fields.setdefault("ends", NOW.date() + timedelta(days=30))
    cohort = Cohort.objects.create(name=name, rubric=rubric or make_rubric(f"Rubrik {name}"), **fields)
    for label, low, high in BANDS:
        GradeBand.objects.create(cohort=cohort, name=label, min_score=Decimal(low), max_score=Decimal(high))
    return cohort


def make_schedule(
    cohort: Cohort, module: Module, *, opens: int = -7, due: int = 3, closes: int = 10, weight: str = "1"
) -> Schedule:
    """A schedule around `NOW`; the offsets are days."""
    return Schedule.objects.create(
        cohort=cohort,
        module=module,
        opens=NOW + timedelta(days=opens),
        due=NOW + timedelta(days=due),
        closes=NOW + timedelta(days=closes),
        weight=Decimal(weight),
    )


def make_group(cohort: Cohort, name: str = "Kelompok 1") -> Group:
    """A group, or the one of that name."""
    return Group.objects.get_or_create(cohort=cohort, name=name)[0]


def enrol(user: User, cohort: Cohort, group: Group, ndh: int | None = None, **fields) -> Enrolment:
    """Enrol with the next free attendance-list number."""
    ndh = ndh or (Enrolment.objects.filter(cohort=cohort).count() + 1)
    return Enrolment.objects.create(user=user, cohort=cohort, group=group, ndh=ndh, **fields)


def teach(user: User, cohort: Cohort, group: Group | None = None, modules=(), **fields) -> Teaching:
    """Let somebody cover a cohort, a group of it, or some modules."""
    teaching = Teaching.objects.create(instructor=user, cohort=cohort, group=group, **fields)
    teaching.modules.set(modules)
    return teaching


def draft(enrolment: Enrolment, module: Module, *, text: str = ANSWER, now: datetime = NOW, title: str = "") -> Entry:
    """A saved entry whose three parts are long enough."""
    entry = Entry.objects.filter(enrolment=enrolment, module=module).first()
    return workflow.save_draft(
        user=enrolment.user,
        enrolment=enrolment,
        module=module,
        title=title,
        answers={key: text for key, *_rest in PARTS},
        version=entry.version if entry else 0,
        now=now,
    )


def stray(enrolment: Enrolment, module: Module, *, text: str = "<p>Dari telepon.</p>", now: datetime = NOW):
    """A text from a device that was based on an older version than the entry now has."""
    entry = draft(enrolment, module, now=now)
    message = workflow.Message("telepon" + "0" * 13, next(_serial), entry.version - 1, {"refleksi": text}, "Telepon")
    workflow.receive(user=enrolment.user, enrolment=enrolment, module=module, entry=entry, message=message, now=now)
    return entry.strays.get(settled_at=None)


def checkpoint(entry: Entry, *, text: str = "<p>Dahulu begini.</p>", now: datetime = NOW) -> Checkpoint:
    """An earlier state of an entry, as the workflow keeps it; the draft itself stays as it is."""
    return Checkpoint.objects.create(
        entry=entry,
        version=next(_serial),
        reason=CheckpointReason.TIME,
        answers={key: text for key, *_rest in PARTS},
        lengths={key: 3 for key, *_rest in PARTS},
        words=9,
        saved_at=now,
        made_at=now,
    )


def jpeg(width: int = 64, height: int = 48, colour=(175, 37, 36), **options) -> bytes:
    """A picture of one colour, as a file."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", **options)
    return out.getvalue()


def noise(width: int, height: int) -> bytes:
    """A picture that compresses badly, as photos do."""
    out = BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def pdf(*objects: bytes, root: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of one empty page; more objects, and more in its root or trailer."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R" + root + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>",
        *objects,
    ]
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n"
    return out + tail % (size, table, size, trailer, len(out))


def attached(
    enrolment: Enrolment,
    module: Module,
    *,
    name: str = "foto.jpg",
    data: bytes | None = None,
    now: datetime = NOW,
    **words: str,
) -> Attachment:
    """A file on the draft, described by `caption` and `alt`."""
    row = workflow.attach(
        user=enrolment.user,
        enrolment=enrolment,
        module=module,
        upload=SimpleUploadedFile(name, jpeg() if data is None else data),
        client_key=f"kunci-{next(_serial):06}",
        now=now,
    )
    if words:
        given = {"caption": "", "alt": "", **words}
        return workflow.describe(user=enrolment.user, attachment=row, **given)
    return row


def marked(
    enrolment: Enrolment,
    module: Module,
    *,
    quote: str = "mendengarkan warga",
    part: str = "refleksi",
    behaviour: Behaviour | None = None,
    now: datetime = NOW,
) -> Evidence:
    """A passage of the draft, marked as evidence of a behaviour; both are made where they are missing."""
    entry = Entry.objects.filter(enrolment=enrolment, module=module).first() or draft(enrolment, module)
    text = anchors.plain(entry.responses.get(prompt__key=part).body)
    start = text.index(quote)
    shown = behaviour or Behaviour.objects.first() or make_behaviour()
    anchor = anchors.at(text, start, start + len(quote))
    assert anchor is not None
    return workflow.mark(user=enrolment.user, entry=entry, part=part, anchor=anchor, behaviour=shown.code, now=now)


def annotated(
    entry: Entry,
    reviewer: User,
    *,
    quote: str = "mendengarkan warga",
    part: str = "refleksi",
    text: str = "Siapa mereka?",
    now: datetime = NOW,
) -> Annotation:
    """A comment on a passage of the newest submission, by a reviewer who takes the entry."""
    review = workflow.claim(user=reviewer, entry=entry, now=now)
    html = next(answer["html"] for answer in content.read(review.submission)["answers"] if answer["key"] == part)
    return workflow.annotate(
        user=reviewer,
        entry=entry,
        submission=review.submission.number,
        part=part,
        start=anchors.plain(html).index(quote),
        quote=quote,
        text=text,
        now=now,
    )


def submitted(enrolment: Enrolment, module: Module, *, now: datetime = NOW, text: str = ANSWER) -> Submission:
    """An entry that was handed in; what was to be improved is answered."""
    entry = draft(enrolment, module, text=text, now=now)
    return workflow.submit(
        user=enrolment.user,
        entry=entry,
        version=entry.version,
        accepted=True,
        key=f"kunci-{next(_serial)}",
        now=now,
        answers={item.pk: f"Sudah: {item.text}" for item in workflow.asked(entry)},
    )


def remark(user: User, entry: Entry, text: str = "Apakah ini sudah cukup?", *, now: datetime = NOW) -> Remark:
    """A message of the thread under an entry."""
    return workflow.remark(user=user, entry=entry, text=text, key=f"{user.pk}-{entry.pk}-{hash(text)}", now=now)


def reminder(enrolment: Enrolment, module: Module, *, now: datetime = NOW, **fields) -> Reminder:
    """A reminder one day before the due time of the schedule."""
    due = Schedule.objects.get(cohort=enrolment.cohort, module=module).due
    values = {"due_at": due, "offset": "1d", "created_at": now, "try_at": now} | fields
    return Reminder.objects.create(enrolment=enrolment, module=module, **values)


def phrase(owner: User, text: str = "Ceritakan sebabnya, {nama}.", *, now: datetime = NOW, **given) -> Phrase:
    """A phrase for comments; `given` says what it is about and with which cohort it is shared."""
    return phrases.keep(user=owner, given=phrases.Given(text, **given), now=now)


def taken_over(entry: Entry, holder: User, lead: User, *, now: datetime = NOW):
    """An entry that the lead took from who held it; the lead's unfinished review."""
    workflow.claim(user=holder, entry=entry, now=now)
    return workflow.take_over(user=lead, entry=entry, reason="Bu Endah sedang sakit.", now=now)


def scores(points: str | None = "85") -> dict[str, ScoreInput]:
    """The same points for each criterion."""
    return {
        code: ScoreInput(Decimal(points) if points is not None else None, f"Catatan {code}")
        for code, _weight in CRITERIA
    }


def returned(enrolment: Enrolment, module: Module, reviewer: User, *, now: datetime = NOW):
    """An entry that was sent back with one thing to improve; the final review."""
    return sent_back(submitted(enrolment, module, now=now).entry, reviewer, now=now)


def sent_back(entry: Entry, reviewer: User, *, now: datetime = NOW):
    """One that was handed in, sent back."""
    review = workflow.claim(user=reviewer, entry=entry, now=now)
    return workflow.return_for_revision(
        user=reviewer,
        entry=entry,
        version=review.version,
        due=now + timedelta(days=5),
        now=now,
        given=ReviewInput("Tambahkan peristiwa nyata.", scores("60"), ("Ceritakan satu peristiwa.",)),
    )


def graded(enrolment: Enrolment, module: Module, reviewer: User, *, points: str = "85", now: datetime = NOW):
    """A graded entry; the final review (released at once or not, by the cohort's policy)."""
    return decided(submitted(enrolment, module, now=now).entry, reviewer, points=points, now=now)


def decided(entry: Entry, reviewer: User, *, points: str = "85", now: datetime = NOW):
    """One that was handed in, graded."""
    review = workflow.claim(user=reviewer, entry=entry, now=now)
    return workflow.grade(
        user=reviewer,
        entry=entry,
        version=review.version,
        now=now,
        given=ReviewInput("Refleksi yang jujur.", scores(points)),
    )


AT_RELEASE = ReleasePolicy.AT_RELEASE
