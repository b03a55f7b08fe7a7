"""URL × role → status, for every address of the project. An address that is not listed fails the test.

The participant has a submitted entry for module 1 (submission 1), a draft for module 2, and a graded entry for module 3
with a comment of the instructor on a passage; peer and stranger are in the same cohort and have written nothing. The
instructor shares a phrase with the cohort; once the instructor has deleted it, nobody finds it any more. Addresses name
the participant's objects wherever they can; only what was to be improved (review_item_…) is of somebody else in the
participant's group, whose entry was handed in again.
A column that reads 302 for the anonymous visitor leads to the sign-in page.
"""

from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from berakhlak.accounts.reminders import notices_off_url, off_url
from berakhlak.tables import Table
from journals import recap, workflow
from journals.enums import ExportKind
from journals.models import Finalisation, Notice, ReleaseBatch
from journals.services import books, exports, rosters
from tests import factory
from tests.pages.access_table import TABLE

ROLES = ["anonymous", *factory.ROLES]

BOARD_PAGES = ("cohort_board", "cohort_unsent", "cohort_readings", "announcements", "announcement_send")
MEMBER_PAGES = ("member", "member_group", "member_transfer", "member_withdraw", "member_readmit", "member_switch")
SETUP_PAGES = ("setup", "basics", "groups", "schedule", "assessment", "instructors", "instructor_add")
LIST_PAGES = ("roster", "roster_columns", "roster_add", "roster_progress", "roster_undo", "roster_discard")


def rows() -> dict[tuple[str, str], dict[str, int]]:
    """(method, name) -> role -> status."""
    table = {}
    for line in TABLE.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        method, name, *statuses = line.split()
        assert len(statuses) == len(ROLES), name
        table[method, name] = dict(zip(ROLES, map(int, statuses), strict=True))
    return table


@pytest.fixture
def arguments(cast):
    """What each address needs; filled with the participant's own objects."""
    value = factory.make_value()
    frozen = factory.attached(cast.enrolment, cast.modules[0])
    submission = factory.submitted(cast.enrolment, cast.modules[0])
    factory.draft(cast.enrolment, cast.modules[1])
    workflow.extend(
        user=cast.lead,
        enrolment=cast.enrolment,
        module=cast.modules[1],
        due=factory.NOW + timedelta(days=4),
        reason="Sakit",
        closes=factory.NOW + timedelta(days=11),
        now=factory.NOW,
    )
    another = factory.enrol(factory.make_user("Orang Lain"), cast.cohort, cast.group, 40)
    item = factory.returned(another, cast.modules[0], cast.instructor).items.get()
    again = factory.submitted(another, cast.modules[0]).entry
    stray = factory.stray(cast.enrolment, cast.modules[1])
    checkpoint = factory.checkpoint(stray.entry)
    attached = factory.attached(cast.enrolment, cast.modules[1])
    marked = factory.marked(cast.enrolment, cast.modules[1], behaviour=factory.make_behaviour(value))
    phrase = factory.phrase(cast.instructor, cohort=cast.cohort)
    noted = comment_on_a_third_module(cast)
    cohort, entry = cast.cohort.key, submission.entry.key
    first, second = {"cohort": cohort, "number": 1}, {"cohort": cohort, "number": 2}
    listed = uploaded(cast).key
    told = workflow.announce(
        user=cast.lead, cohort=cast.cohort, key="a" * 12, title="Jadwal", text="Besok.", to=None, now=factory.NOW
    )
    book = books.issue(cast.enrolment, by=cast.participant, now=factory.NOW)
    # Of the lead; it expires by the true clock.
    now = timezone.now()
    taken = exports.begin(user=cast.lead, cohort=cast.cohort, kind=ExportKind.CSV, final=None, now=now).key
    teaching = cast.cohort.teachings.get(instructor=cast.other_instructor)
    return {
        "value": {"code": value.code},
        "module": {"slug": cast.modules[0].slug},
        "guide": {"role": "penyelenggara"},
        "module_content": {"slug": cast.modules[0].slug},
        "material": {"pk": 0},
        "journal": {"cohort": cohort},
        "entry": first,
        "entry_write": second,
        "entry_save": second,
        "entry_draft": second,
        "entry_versions": second,
        "entry_choose": second | {"stray": stray.pk},
        "entry_put_away": second | {"stray": stray.pk},
        "entry_history": second,
        "entry_checkpoint": second | {"checkpoint": checkpoint.pk},
        "entry_restore": second | {"checkpoint": checkpoint.pk},
        "entry_attachments": second,
        "entry_attach": second,
        "entry_attachment": first | {"key": frozen.key},
        "entry_attachment_describe": second | {"key": attached.key},
        "entry_attachment_remove": second | {"key": attached.key},
        "entry_evidence": second,
        "entry_evidence_mark": second,
        "entry_evidence_place": second | {"pk": marked.pk},
        "entry_evidence_remove": second | {"pk": marked.pk},
        "journal_map": {"cohort": cohort},
        "entry_talk": first,
        "entry_say": first,
        "entry_preview": second,
        "entry_submit": second,
        "entry_withdraw": first,
        "submission": first | {"sequence": 1},
        "receipt": first | {"sequence": 1},
        "feedback_read": first | {"sequence": 1},
        "notice_read": {"pk": Notice.objects.get(kind="extended", recipient=cast.participant).pk},
        "reminder_read": {"pk": factory.reminder(cast.enrolment, cast.modules[1]).pk},
        "notices_off": {"token": notices_off_url(cast.participant).rstrip("/").rpartition("/")[2]},
        "reminders_off": {"token": off_url(cast.participant).rstrip("/").rpartition("/")[2]},
        **{
            f"review{suffix}": {"entry": entry}
            for suffix in ("", "_ahead", "_talk", "_say", "_claim", "_save", "_return", "_grade", "_unclaim", "_reopen")
        },
        "review_take_over": {"entry": entry},
        **{f"phrase{suffix}": {"pk": phrase.pk} for suffix in ("_edit", "_remove", "_use")},
        "review_comments": {"entry": noted.review.submission.entry.key},
        "review_annotate": {"entry": noted.review.submission.entry.key},
        "review_annotation": {"entry": noted.review.submission.entry.key, "pk": noted.pk},
        "review_annotation_remove": {"entry": noted.review.submission.entry.key, "pk": noted.pk},
        "comment_reply": {"cohort": cohort, "number": 3, "sequence": 1, "pk": noted.pk},
        "comment_close": {"entry": noted.review.submission.entry.key, "pk": noted.pk},
        **{f"review_item_{move}": {"entry": again.key, "item": item.pk} for move in ("close", "open")},
        "cohort": {"cohort": cohort},
        "cohort_release": {"cohort": cohort},
        "cohort_release_choice": {"cohort": cohort},
        "cohort_release_stop": {"cohort": cohort, "pk": pending(cast).pk},
        **{name: {"cohort": cohort} for name in ("rosters", "roster_template", "roster_upload")},
        **{name: {"cohort": cohort, "ndh": 17} for name in (*MEMBER_PAGES, "cohort_result", "cohort_remedial")},
        **{name: {"cohort": cohort} for name in ("cohort_recap", "cohort_finalise", "export_begin")},
        **{name: {"cohort": cohort, "key": taken} for name in ("export", "export_file")},
        **{name: {"cohort": cohort} for name in ("books", "book_issue")},
        **{name: {"cohort": cohort} for name in BOARD_PAGES},
        "own_announcements": {"cohort": cohort},
        **{name: {"cohort": cohort, "key": told.key} for name in ("announcement", "announcement_read")},
        "book_file": {"cohort": cohort, "code": book.code},
        "book_check": {"code": book.code},
        "cohort_final": {"cohort": cohort, "number": declared(cast).number},
        **{f"cohort_{name}": {"cohort": cohort} for name in SETUP_PAGES},
        **{f"cohort_instructor_{move}": {"cohort": cohort, "pk": teaching.pk} for move in ("replace", "remove")},
        "instructor_switch": {"cohort": cohort, "pk": teaching.pk},
        **{name: {"cohort": cohort} for name in ("members", "codes_make", "codes_sheet", "codes_mail", "codes_revoke")},
        **{name: {"cohort": cohort, "key": listed} for name in LIST_PAGES},
        "cohort_extension": {"cohort": cohort},
        "cohort_piles": {"cohort": cohort},
        "cohort_allocate": {"cohort": cohort},
        "cohort_extend": {"cohort": cohort},
        "cohort_entry": {"cohort": cohort, "ndh": 17, "number": 1},
        "photo": {"key": "a" * 32},
        "account_reset_password_from_key": {"uidb36": "1", "key": "x-y"},
    }


def uploaded(cast):
    """A list of participants that nobody has decided on."""
    table = Table([["Nama", "NIP"], ["Sri Wahyuni", "199001012015012901"]])
    return rosters.take_in(
        user=cast.organiser, cohort=cast.cohort, table=table, file_name="daftar.csv", now=factory.NOW
    )


def declared(cast):
    """A recap that was declared final."""
    text, sha256 = recap.text_of(recap.recap_of(cast.cohort))
    return Finalisation.objects.create(
        cohort=cast.cohort, number=1, by=cast.lead, created_at=factory.NOW, content=text, sha256=sha256
    )


def pending(cast):
    """A release that can still be stopped."""
    return ReleaseBatch.objects.create(
        cohort=cast.cohort,
        by=cast.lead,
        created_at=factory.NOW,
        visible_from=factory.NOW + timedelta(minutes=5),
        grades=1,
    )


def comment_on_a_third_module(cast):
    """By the instructor, who has decided since."""
    module = factory.make_module(3)
    factory.make_schedule(cast.cohort, module)
    entry = factory.submitted(cast.enrolment, module).entry
    found = factory.annotated(entry, cast.instructor)
    given = workflow.ReviewInput("", factory.scores())
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=given, now=factory.NOW)
    return found


def names(resolver=None) -> set[str]:
    """The name of every address outside Django's own admin, whose models are tested in its own place."""
    found = set()
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            found |= names(pattern) if pattern.app_name != "admin" else set()
        elif isinstance(pattern, URLPattern):
            found.add(pattern.name or str(pattern.pattern))
    return found


def test_every_address_is_listed():
    assert {name for _method, name in rows()} == names()


@pytest.mark.parametrize(("method", "name"), list(rows()))
def test_address(cast, arguments, as_user, method, name):
    address = reverse(name, kwargs=arguments.get(name, {}))
    if name == "member_transfer":
        address += f"?ke={cast.outside_cohort.key}"
    got = {}
    for role in ROLES:
        client = as_user(None if role == "anonymous" else getattr(cast, role))
        response = client.generic(method, address)
        got[role] = response.status_code
        if response.streaming:
            b"".join(response.streaming_content)  # a file is closed once it is read
    assert got == rows()[method, name]


def with_one_method():
    """The rows of our own journals' addresses that take only one method."""
    table = rows()
    journals = (
        "entry",
        "review",
        "comment",
        "cohort",
        "journal",
        "queue",
        "submission",
        "receipt",
        "notice",
        "reminder_",
    )
    other = {"GET": "POST", "POST": "GET"}
    return [
        (method, name, other[method])
        for method, name in table
        if name.startswith((*journals, "phrase")) and (other[method], name) not in table
    ]


@pytest.mark.parametrize(("method", "name", "other"), with_one_method())
def test_the_other_method_is_refused_after_access_was_checked(cast, arguments, as_user, method, name, other):
    """Whoever may come in gets 405 for a method that the address does not take; others learn nothing new."""
    table = rows()
    address = reverse(name, kwargs=arguments.get(name, {}))
    for role, status in table[method, name].items():
        client = as_user(None if role == "anonymous" else getattr(cast, role))
        expected = status if status in (403, 404) or role == "anonymous" else 405
        assert client.generic(other, address).status_code == expected, role


@pytest.mark.parametrize("name", ["journal", "queue", "phrase_data", "cohort"])
def test_scripts_get_401_instead_of_a_sign_in_page(cast, arguments, client, name):
    address = reverse(name, kwargs=arguments.get(name, {}))
    assert client.get(address, headers={"hx-request": "true"}).status_code == 401
    assert client.get(address, headers={"accept": "application/json"}).status_code == 401
