"""The people and entries that the browser tests meet, as of now: a browser's clock cannot be frozen for the server.

``python -m tests.browser.worlds`` makes the world of the main job in the database of the environment (the run
with production settings does) and prints it as JSON.
"""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta

TEXT = (
    "Pekan lalu saya melayani seorang ibu yang datang tiga kali untuk surat yang sama. Dua kali ia pulang karena kami "
    "meminta lembar yang tidak pernah kami sebut di papan pengumuman. Pada kali ketiga saya duduk di sampingnya dan "
    "membaca syarat itu bersama. Baru saat itu saya melihat bahwa bahasa kami sulit, dan bahwa kamilah yang membuat "
    "antrean menjadi panjang. Saya malu, lalu menulis ulang daftar syarat dengan kalimat pendek dan contoh. Sejak hari "
    "itu saya bertanya lebih dahulu apa yang dibutuhkan warga, baru kemudian menjelaskan aturan. Rekan saya di loket "
    "sebelah ikut memakai daftar itu, dan dalam seminggu jumlah warga yang harus kembali turun dari sembilan menjadi "
    "dua orang. Saya belajar bahwa melayani dimulai dari mendengar, dan bahwa perbaikan kecil yang dikerjakan hari ini "
    "lebih berguna daripada rencana besar yang ditunda. Saya juga belajar meminta maaf dengan sungguh-sungguh, lalu "
    "menepati janji yang saya ucapkan kepada warga di hadapan rekan-rekan saya."
)
PASSWORD = "BanggaMelayani1"


@dataclass
class MainJob:
    """Who plays the main job: sign-in names (all with `PASSWORD`), names as shown, and the module."""

    nip: str
    participant: str
    instructor: str
    editor: str
    number: int
    title: str
    slug: str
    cohort: str


def main_job(module) -> MainJob:
    """A participant with nothing written yet, another whose entry waits, an instructor, and who edits modules."""
    from django.utils import timezone

    from berakhlak.accounts.nip import format_nip
    from journals import staff
    from tests import factory

    cohort = factory.make_cohort(
        starts=timezone.localdate() - timedelta(days=7), ends=timezone.localdate() + timedelta(days=30)
    )
    schedule(cohort, module)
    group = factory.make_group(cohort)
    writer = factory.make_user(
        "Ratna Kusumaningrum", title_after="A.Md.Keb.", position="Bidan Terampil", agency="Kabupaten Lembah Asri"
    )
    peer = factory.enrol(factory.make_user("Dimas Prayogo", title_after="S.E."), cohort, group, 31)
    factory.enrol(writer, cohort, group, 17)
    factory.submitted(peer, module, now=timezone.now(), text=f"<p>{TEXT}</p>")
    instructor = factory.make_user("Endah Lestari", title_before="Dr.", title_after="M.Pd.")
    factory.teach(instructor, cohort, group)
    editor = factory.make_staff("Penyunting Satu", staff.CURRICULUM)
    return MainJob(
        nip=format_nip(writer.nip),
        participant=writer.full_name,
        instructor=instructor.email,
        editor=editor.email,
        number=module.number,
        title=module.title,
        slug=module.slug,
        cohort=cohort.name,
    )


def schedule(cohort, module, *, opens: int = -7, due: int = 3, closes: int = 10) -> None:
    """A schedule with these offsets, in days, from now."""
    from django.utils import timezone

    from journals.models import Schedule

    now = timezone.now()
    Schedule.objects.create(
        cohort=cohort,
        module=module,
        weight=1,
        opens=now + timedelta(days=opens),
        due=now + timedelta(days=due),
        closes=now + timedelta(days=closes),
    )


@dataclass
class House:
    """Addresses of pages by name, and who visits them by role (e-mail addresses)."""

    address: dict[str, str]
    people: dict[str, str]
    url: str = ""


def house() -> House:
    """The real curriculum, one cohort in full swing with an entry in every state, another that waits for release."""
    from django.utils import timezone

    from curriculum import loader
    from curriculum.models import Module
    from journals.models import Cohort
    from journals.services import defaults
    from tests import factory

    loader.load()
    defaults.load()
    now = timezone.now()
    modules = {module.number: module for module in Module.objects.filter(number__gt=0)}
    days = {"starts": timezone.localdate() - timedelta(days=7), "ends": timezone.localdate() + timedelta(days=30)}
    cohort = factory.make_cohort("Latsar CPNS Golongan III Angkatan IV", rubric=defaults.default_rubric(), **days)
    other = factory.make_cohort("Angkatan V", rubric=cohort.rubric, release_policy=factory.AT_RELEASE, **days)
    people = _people(cohort, other)
    for module in modules.values():
        offsets = {7: {"due": -1, "closes": 6}, 8: {"opens": 2}, 9: {"due": -3, "closes": -1}}
        schedule(cohort, module, **offsets.get(module.number, {}))
    schedule(other, modules[1])
    entries = _stories(people, modules, now)
    factory.phrase(people["instructor"], "Apa yang Anda rasakan saat itu, {nama}?", criterion_code="refleksi")
    factory.phrase(people["instructor"], "Dari berapa, kapan?", module=modules[5], cohort=cohort)
    factory.phrase(people["lead"], "Samarkan nama orang lain; cukup sebutkan perannya.", cohort=cohort)
    addresses = _addresses(Cohort.objects.get(pk=cohort.pk), other, entries)
    addresses["new password"] = _reset(people["nobody"])
    return House(addresses, {name: person.email for name, person in people.items() if not name.startswith("enrolment")})


def _people(cohort, other) -> dict:
    from berakhlak.accounts.models import User
    from journals import staff
    from tests import factory

    group, second = factory.make_group(cohort), factory.make_group(cohort, "Kelompok 2")
    people = {
        "participant": factory.make_user(
            "Ratna Kusumaningrum",
            title_after="A.Md.Keb.",
            position="Bidan Terampil",
            rank="II/c",
            agency="Pemerintah Kabupaten Lembah Asri",
            unit="Puskesmas Rawat Inap Sukamaju",
        ),
        "peer": factory.make_user("Dimas Prayogo", title_after="S.E.", agency="Kementerian Contoh"),
        "instructor": factory.make_user("Endah Lestari", title_before="Dr.", title_after="M.Pd."),
        "lead": factory.make_user("I Ketut Sudarma", title_after="M.Si."),
        "nobody": factory.make_user("Tanpa Peran"),
        "editor": factory.make_staff("Penyunting Satu", staff.CURRICULUM),
        "organiser": factory.make_staff("Penyelenggara Satu", staff.ORGANISERS),
        "superuser": User.objects.create_superuser(
            email="super@berakhlak.test",
            name="Super",
            password=PASSWORD,
            privacy_version="2026-11",
            privacy_acknowledged_at=factory.NOW,
        ),
        "newcomer": factory.make_user("Baru Saja", privacy_version="", privacy_acknowledged_at=None),
    }
    people["enrolment"] = factory.enrol(people["participant"], cohort, group, 17)
    people["enrolment peer"] = factory.enrol(people["peer"], cohort, group, 31)
    factory.enrol(factory.make_user("Anastasia Bernadetha Wulandari Situmorang"), cohort, second, 5)
    people["enrolment lead"] = factory.enrol(people["lead"], other, factory.make_group(other), 1)
    people["enrolment other"] = factory.enrol(factory.make_user("M. Hasanuddin"), other, factory.make_group(other), 2)
    factory.teach(people["instructor"], cohort)
    factory.teach(people["instructor"], other, is_lead=True)
    factory.teach(people["lead"], cohort, is_lead=True)
    return people


def _stories(people: dict, modules: dict, now) -> dict:
    """The entries by name, each led to its state by the workflow."""
    from journals import workflow
    from journals.models import RevisionItem
    from tests import factory

    mine, peer, instructor, lead = (people[name] for name in ("enrolment", "enrolment peer", "instructor", "lead"))
    text = f"<h3>Di loket</h3><p>{TEXT}</p><ul><li><p>mendengar</p></li><li><p>menjelaskan</p></li></ul>"

    def handed_in(enrolment, number, days, title="", text=text):
        at = now - timedelta(days=days)
        factory.draft(enrolment, modules[number], text=text, now=at, title=title)
        factory.marked(enrolment, modules[number], quote="Saya malu, lalu menulis ulang daftar syarat", now=at)
        return factory.submitted(enrolment, modules[number], text=text, now=at).entry

    def decided(entry, move, days, **more):
        at = now - timedelta(days=days)
        review = workflow.claim(user=instructor, entry=entry, now=at)
        items = ("Ceritakan satu peristiwa nyata.", "Sebutkan kapan rencana itu dimulai.") if "due" in more else ()
        move(
            user=instructor,
            entry=entry,
            version=review.version,
            now=at,
            given=workflow.ReviewInput("Refleksi yang jujur dan runtut.", factory.scores("82.5"), items),
            **more,
        )
        return entry

    graded = decided(handed_in(mine, 1, 6, "Antrean di loket"), workflow.grade, 5)
    returned = decided(handed_in(mine, 2, 6), workflow.return_for_revision, 5, due=now + timedelta(days=2))
    twice = decided(handed_in(mine, 10, 6), workflow.return_for_revision, 5, due=now + timedelta(days=2))
    better = text.replace("dalam seminggu", "dalam sebulan").replace("<li><p>menjelaskan</p></li>", "")
    decided(handed_in(mine, 10, 4, text=better), workflow.grade, 3)
    decided(handed_in(peer, 5, 4), workflow.return_for_revision, 3, due=now + timedelta(days=2))
    again = handed_in(peer, 5, 1, text=better)
    workflow.claim(user=instructor, entry=again, now=now)
    workflow.close_item(
        user=instructor, entry=again, item=RevisionItem.objects.filter(answer__isnull=False).last(), now=now
    )
    factory.draft(mine, modules[3], text=text, now=now - timedelta(hours=1))
    factory.marked(mine, modules[3], quote="Saya belajar bahwa melayani dimulai dari mendengar", now=now)  # and is lost
    draft = factory.draft(mine, modules[3], now=now, title="Belum selesai")  # the text before is a checkpoint now
    factory.marked(mine, modules[3], now=now)
    submitted, reviewing = handed_in(mine, 4, 2), handed_in(mine, 5, 2)
    workflow.claim(user=instructor, entry=reviewing, now=now)
    factory.remark(mine.user, submitted, now=now)
    factory.remark(instructor, submitted, "Saya baca besok.", now=now)
    held = handed_in(peer, 4, 2)
    workflow.claim(user=lead, entry=held, now=now)
    late = handed_in(peer, 7, 0)
    complete = handed_in(peer, 2, 1)  # a draft that may be submitted is made from it
    workflow.withdraw(user=peer.user, entry=complete, now=now)
    decided(handed_in(people["enrolment other"], 1, 3), workflow.grade, 2)
    workflow.release(user=instructor, cohort=people["enrolment other"].cohort, now=now - timedelta(days=1))
    decided(handed_in(people["enrolment lead"], 1, 3), workflow.grade, 1)  # and waits for its release
    return {
        "graded": graded,
        "returned": returned,
        "twice": twice,
        "draft": draft,
        "submitted": submitted,
        "reviewing": reviewing,
        "held": held,
        "late": late,
        "complete": complete,
        "again": again,
    }


def _reset(user) -> str:
    """What the link in a mail for a new password leads to."""
    from allauth.account.utils import user_pk_to_url_str
    from django.contrib.auth.tokens import default_token_generator
    from django.urls import reverse

    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )


def _lists(cohort) -> dict[str, str]:
    """Lists of participants by name: one that can be added, one with problems, and one that was added."""
    from django.utils import timezone

    from berakhlak.accounts.models import User
    from berakhlak.tables import Table
    from journals import workflow
    from journals.roster.keeping import reading_of
    from journals.roster.planning import plan_of
    from journals.services import rosters

    organiser, now = User.objects.get(name="Penyelenggara Satu"), timezone.now()
    long = ["Anastasia Bernadetha Wulandari Situmorang Simanjuntak, S.Kep., Ns., M.Kep.", "19920304 202003 2 914"]
    rows = {
        "good": [long, ["Baharuddin, S.E.", "19890417 201403 1 915"]],
        "bad": [long, ["Baharuddin, S.E.", "1,98904E+17"], ["Citra", "19890417 201403 1 91"], ["Mengetahui,", ""]],
        "added": [["Nur Sa'diyah, A.Md.", "19950101 202003 2 916"]],
    }
    made = {
        name: rosters.take_in(
            user=organiser, cohort=cohort, table=Table([["Nama", "NIP"], *each]), file_name=f"{name}.xlsx", now=now
        )
        for name, each in rows.items()
    }
    digest = plan_of(cohort, reading_of(made["added"])).digest
    workflow.add_roster(user=organiser, roster=made["added"], expected=digest, now=now)
    return {name: roster.key for name, roster in made.items()}


def _addresses(cohort, other, entries: dict) -> dict[str, str]:
    from django.urls import reverse

    from curriculum.models import Value
    from journals.models import Evidence, Phrase, Rubric

    key = cohort.key
    journal = {
        f"entry, {name}": reverse("entry", args=[key, number])
        for name, number in (
            ("graded", 1),
            ("returned", 2),
            ("draft", 3),
            ("submitted", 4),
            ("in review", 5),
            ("empty", 6),
            ("overdue", 7),
            ("not open", 8),
            ("closed", 9),
            ("graded again", 10),
        )
    }
    plain = {
        name: reverse(name)
        for name in (
            "landing",
            "values",
            "modules",
            "privacy",
            "guides",
            "profile",
            "journals",
            "queue",
            "phrases",
            "phrase_add",
            "cohorts",
            "home",
            "gallery",
        )
    }
    return (
        plain
        | journal
        | {
            "value": reverse("value", args=[Value.objects.get(order=2).code]),
            "module": reverse("module", args=["akuntabel"]),
            "ship": reverse("module", args=["pengantar-berakhlak"]),
            "sign in": reverse("account_login"),
            "guide": reverse("guide", args=["peserta"]),
            "activation": reverse("activation"),
            "reset": reverse("account_reset_password"),
            "reset sent": reverse("account_reset_password_done"),
            "password": reverse("account_change_password"),
            "journal": reverse("journal", args=[key]),
            "write, new": reverse("entry_write", args=[key, 6]),
            "write, draft": reverse("entry_write", args=[key, 3]),
            "write, returned": reverse("entry_write", args=[key, 2]),
            "history": reverse("entry_history", args=[key, 3]),
            "earlier state": reverse("entry_checkpoint", args=[key, 3, entries["draft"].checkpoints.get().pk]),
            "restore": reverse("entry_restore", args=[key, 3, entries["draft"].checkpoints.get().pk]),
            "evidence": reverse("entry_evidence", args=[key, 3]),
            "evidence, none yet": reverse("entry_evidence", args=[key, 6]),
            "evidence, new place": reverse(
                "entry_evidence_place", args=[key, 3, Evidence.objects.filter(response__entry=entries["draft"])[0].pk]
            ),
            "map": reverse("journal_map", args=[key]),
            "preview, short": reverse("entry_preview", args=[key, 3]),
            "preview, complete": reverse("entry_preview", args=[key, 2]),
            "preview, returned": reverse("entry_preview", args=[key, 2]),
            "withdraw": reverse("entry_withdraw", args=[key, 4]),
            "submission, no feedback": reverse("submission", args=[key, 4, 1]),
            "submission, feedback": reverse("submission", args=[key, 2, 1]),
            "submission, grade": reverse("submission", args=[key, 10, 2]),
            "submission, changes": reverse("submission", args=[key, 10, 2]) + "?lihat=perubahan",
            "receipt": reverse("receipt", args=[key, 1, 1]),
            "queue, graded": reverse("queue") + "?tab=dinilai",
            "queue, returned": reverse("queue") + "?tab=dikembalikan",
            "review, free": reverse("review", args=[entries["submitted"].key]),
            "review, mine": reverse("review", args=[entries["reviewing"].key]),
            "review, held": reverse("review", args=[entries["held"].key]),
            "review, returned": reverse("review", args=[entries["returned"].key]),
            "review, graded": reverse("review", args=[entries["twice"].key]),
            "talk": reverse("entry_talk", args=[key, 4]),
            "talk, reviewer": reverse("review_talk", args=[entries["submitted"].key]),
            "phrase": reverse("phrase_edit", args=[Phrase.objects.filter(cohort=None).get().pk]),
            "phrase, delete": reverse("phrase_remove", args=[Phrase.objects.filter(cohort=None).get().pk]),
            "phrases, nothing fits": reverse("phrases") + "?cari=takada",
            "review, again": reverse("review", args=[entries["again"].key]),
            "review, changes": reverse("review", args=[entries["again"].key]) + "?lihat=perubahan",
            "cohort": reverse("cohort", args=[key]),
            "piles": reverse("cohort_piles", args=[key]),
            "more time": reverse("cohort_extension", args=[key]) + "?peserta=17&modul=6",
            **{f"list, {name}": reverse("roster", args=[key, each]) for name, each in _lists(cohort).items()},
            "lists": reverse("rosters", args=[key]),
            "members": reverse("members", args=[key]),
            "board": reverse("cohort_board", args=[key]),
            "announcements": reverse("announcements", args=[key]) + "?modul=6&keadaan=belum",
            "announced": reverse("own_announcements", args=[key]),
            "my data": reverse("my_data"),
            "inbox": reverse("inbox"),
            "readings": reverse("cohort_readings", args=[key]),
            "books": reverse("books", args=[key]),
            "book, unknown": reverse("book_check", args=["BJ-2222-2222"]),
            "result": reverse("cohort_result", args=[key, 17]),
            "recap": reverse("cohort_recap", args=[key]),
            "member": reverse("member", args=[key, 17]),
            "member, transfer": reverse("member_transfer", args=[key, 17]) + f"?ke={other.key}",
            "member, withdraw": reverse("member_withdraw", args=[key, 17]),
            "set-up, new": reverse("cohort_begin"),
            "set-up": reverse("cohort_setup", args=[key]),
            **{
                f"set-up, {step}": reverse(f"cohort_{step}", args=[key])
                for step in ("basics", "groups", "schedule", "assessment", "instructors")
            },
            "hand over": reverse("cohort_instructor_replace", args=[key, cohort.teachings.first().pk]),
            "cohort, waits for release": reverse("cohort", args=[other.key]),
            "release": reverse("cohort_release_choice", args=[other.key]),
            "cohort entry": reverse("cohort_entry", args=[key, 5, 1]),
            "admin": reverse("admin:index"),
            "admin users": reverse("admin:accounts_user_changelist"),
            "admin modules": reverse("admin:curriculum_module_changelist"),
            "admin module": reverse("admin:curriculum_module_change", args=[entries["draft"].module_id]),
            "admin cohort": reverse("admin:journals_cohort_change", args=[cohort.pk]),
            "admin new cohort": reverse("admin:journals_cohort_add"),
            "admin rubric": reverse("admin:journals_rubric_change", args=[Rubric.objects.get(is_default=True).pk]),
            "admin new rubric": reverse("admin:journals_rubric_add"),
            "admin entry": reverse("admin:journals_entry_change", args=[entries["graded"].pk]),
        }
    )


if __name__ == "__main__":
    import django

    django.setup()
    from curriculum.models import Module

    print(json.dumps(asdict(main_job(Module.objects.get(number=2)))))  # noqa: T201 -- the answer
