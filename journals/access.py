"""The first line of every view: find the object, or refuse.

Outsiders get 404 (they learn nothing), people with the wrong relation get 403.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from curriculum.models import Module
from journals import permissions
from journals.enums import EDITABLE_STATES, Decision, ExportKind, ReviewState
from journals.models import (
    Annotation,
    Attachment,
    Book,
    Checkpoint,
    Cohort,
    Enrolment,
    Entry,
    Evidence,
    Export,
    Phrase,
    Receipt,
    Review,
    RevisionItem,
    Roster,
    Schedule,
    StrayDraft,
    Submission,
    Teaching,
)
from journals.querysets import may_see_all_cohorts
from journals.windows import Window, newest_extension, window_of


@dataclass
class Desk:
    """A participant's place for one module: the entry may not exist yet."""

    enrolment: Enrolment
    module: Module
    schedule: Schedule
    window: Window
    entry: Entry | None

    def is_writable(self, now: datetime) -> bool:
        """True once the module has opened, while the text is not handed in."""
        return self.window.has_opened(now) and (self.entry is None or self.entry.state in EDITABLE_STATES)


@dataclass
class BegunDesk(Desk):
    """A desk whose entry exists."""

    entry: Entry


def own_enrolment(user, cohort_key: str) -> Enrolment:
    """The visitor's enrolment in a cohort; 404 for everybody else. One query."""
    enrolment = get_object_or_404(Enrolment.objects.of(user).select_related("cohort", "group"), cohort__key=cohort_key)
    enrolment.user = user  # loaded already
    return enrolment


def own_receipt(user, cohort_key: str, key: str) -> Receipt:
    """An announcement that the visitor was sent in a cohort; two queries."""
    enrolment = own_enrolment(user, cohort_key)
    receipts = Receipt.objects.select_related("announcement__by")
    found = get_object_or_404(receipts, enrolment=enrolment, announcement__key=key)
    found.enrolment = enrolment
    return found


def own_desk(user, cohort_key: str, number: int, *, to: str = "read") -> Desk:
    """The visitor's desk for a module of a cohort; ``to="write"`` also asks for active participation (403).

    Four queries: enrolment, schedule with module, newest extension, entry.
    """
    enrolment = own_enrolment(user, cohort_key)
    schedule = get_object_or_404(
        Schedule.objects.in_use().select_related("module"), cohort=enrolment.cohort_id, module__number=number
    )
    if to == "write" and not permissions.may_write(user, enrolment):
        raise PermissionDenied
    window = window_of(enrolment.cohort, schedule, newest_extension(enrolment, schedule.module))
    own = Entry.objects.filter(enrolment=enrolment, module=schedule.module)
    entry = own.select_related("claim").with_strays().with_attached().with_marked().first()
    if entry is not None:
        entry.enrolment, entry.module = enrolment, schedule.module  # loaded already
    return Desk(enrolment, schedule.module, schedule, window, entry)


def own_draft(user, cohort_key: str, number: int) -> tuple[Enrolment, Module, Entry | None]:
    """What a message about one's own text is about, for an active author; one query once the entry exists."""
    entry = (
        Entry.objects.filter(enrolment__user=user, enrolment__cohort__key=cohort_key, module__number=number)
        .select_related("enrolment__cohort", "module")
        .first()
    )
    if entry is None:
        desk = own_desk(user, cohort_key, number, to="write")
        return desk.enrolment, desk.module, desk.entry
    if not permissions.may_write(user, entry.enrolment):
        raise PermissionDenied
    return entry.enrolment, entry.module, entry


def own_stray(user, cohort_key: str, number: int, pk: int) -> tuple[BegunDesk, StrayDraft]:
    """One of the texts beside the visitor's own draft that is not settled yet."""
    desk = own_entry(user, cohort_key, number, to="write")
    stray = get_object_or_404(StrayDraft, pk=pk, entry=desk.entry, settled_at=None)
    stray.entry = desk.entry
    return desk, stray


def own_checkpoint(user, cohort_key: str, number: int, pk: int, *, to: str = "read") -> tuple[BegunDesk, Checkpoint]:
    """An earlier state of the visitor's own draft. Nobody else ever sees one."""
    desk = own_entry(user, cohort_key, number, to=to)
    return desk, get_object_or_404(Checkpoint, pk=pk, entry=desk.entry)


def own_entry(user, cohort_key: str, number: int, *, to: str = "read") -> BegunDesk:
    """Like `own_desk`, but 404 before the first save."""
    desk = own_desk(user, cohort_key, number, to=to)
    if desk.entry is None:
        raise Http404
    return BegunDesk(desk.enrolment, desk.module, desk.schedule, desk.window, desk.entry)


def own_submission(user, cohort_key: str, number: int, sequence: int) -> tuple[BegunDesk, Submission]:
    """One of the visitor's own submissions, withdrawn ones included."""
    desk = own_entry(user, cohort_key, number)
    return desk, get_object_or_404(desk.entry.submissions, number=sequence)


def own_attachment(user, cohort_key: str, number: int, key: str) -> tuple[BegunDesk, Attachment]:
    """One of the files on the visitor's own draft."""
    desk = own_entry(user, cohort_key, number, to="write")
    found = get_object_or_404(desk.entry.attachments, key=key, removed_at=None)
    found.entry = desk.entry
    return desk, found


def own_evidence(user, cohort_key: str, number: int, pk: int) -> tuple[BegunDesk, Evidence]:
    """One of the marked passages of the visitor's own draft. What was handed in shows copies."""
    desk = own_entry(user, cohort_key, number, to="write")
    found = get_object_or_404(
        Evidence.objects.select_related("response", "behaviour__value"), pk=pk, response__entry=desk.entry
    )
    found.response.entry = desk.entry
    return desk, found


def attachment_for(user, cohort_key: str, number: int, key: str) -> Attachment:
    """A file for its author, and for readers of a submission that holds it (see `entry_for_reader`); a draft's files
    are its author's alone, and so are those of a submission that was withdrawn. Three queries for a reviewer."""
    place = {"entry__enrolment__cohort__key": cohort_key, "entry__module__number": number}
    found = get_object_or_404(Attachment.objects.select_related("entry__enrolment"), key=key, **place)
    if found.entry.enrolment.user_id != user.pk:
        found.entry = entry_for_reader(user, found.entry.key)
        get_object_or_404(found.frozen.filter(submission__withdrawn_at=None)[:1])
    return found


def entry_for_review(user, entry_key: str) -> Entry:
    """An entry for its reviewers; one query. 404 for outsiders; 403 for its author and for instructors of the
    cohort whose group or modules do not cover it."""
    entry = _with_people(entry_key)
    if not permissions.may_review(user, entry):
        _refuse(user, entry)
    return entry


def entry_to_take_over(user, entry_key: str) -> Entry:
    """An entry for those of its reviewers who may lead the cohort (403 for the others)."""
    entry = entry_for_review(user, entry_key)
    if not permissions.may_lead(user, entry.enrolment.cohort):
        raise PermissionDenied
    return entry


def own_annotation(user, entry_key: str, pk: int) -> tuple[Entry, Annotation]:
    """One of the visitor's own comments on an entry that they review; two queries."""
    entry = entry_for_review(user, entry_key)
    own = Annotation.objects.select_related("review__submission", "prompt")
    found = get_object_or_404(own, pk=pk, review__submission__entry=entry, review__reviewer=user)
    found.review.submission.entry = entry
    return entry, found


def comment_for_author(
    user, cohort_key: str, number: int, sequence: int, pk: int
) -> tuple[BegunDesk, Submission, Annotation]:
    """A comment on one of the visitor's own submissions, once the review that it belongs to is visible."""
    desk, submission = own_submission(user, cohort_key, number, sequence)
    visible = Review.objects.visible_to_author().filter(submission=submission)
    found = get_object_or_404(Annotation.objects.select_related("review__reviewer"), pk=pk, review__in=visible)
    found.review.submission, submission.entry = submission, desk.entry
    return desk, submission, found


def comment_for_reviewer(user, entry_key: str, pk: int) -> tuple[Entry, Annotation]:
    """A comment of a finished review of an entry that the visitor reviews, whoever wrote it."""
    entry = entry_for_review(user, entry_key)
    finished = Annotation.objects.filter(review__state=ReviewState.FINAL).select_related("review__submission")
    found = get_object_or_404(finished, pk=pk, review__submission__entry=entry)
    found.review.submission.entry = entry
    return entry, found


def item_for_review(user, entry_key: str, pk: int) -> tuple[Entry, RevisionItem]:
    """A thing to improve of a return of the entry, for the entry's reviewers; two queries."""
    entry = entry_for_review(user, entry_key)
    asked = RevisionItem.objects.filter(review__submission__entry=entry, review__decision=Decision.RETURNED)
    return entry, get_object_or_404(asked, pk=pk)


def entry_for_reader(user, entry_key: str) -> Entry:
    """An entry for its reviewers, and for leads and organisers, who read and may reopen what they do not decide."""
    entry = _with_people(entry_key, reader=user)
    if permissions.may_review(user, entry):
        return entry
    reads = may_see_all_cohorts(user) or permissions.may_lead(user, entry.enrolment.cohort)
    if entry.enrolment.user_id == user.pk or not reads:
        _refuse(user, entry)
    return entry


def _with_people(entry_key: str, *, reader=None) -> Entry:
    people = ("enrolment__user", "enrolment__group", "enrolment__cohort", "module")
    found = Entry.objects.select_related(*people)
    return get_object_or_404(found.with_last_read(reader) if reader else found, key=entry_key)


def _refuse(user, entry: Entry) -> NoReturn:
    related = Cohort.objects.visible_to(user).filter(pk=entry.enrolment.cohort_id)
    if entry.enrolment.user_id == user.pk or related.exists():
        raise PermissionDenied
    raise Http404


def cohort_for(user, cohort_key: str, *, to: str = "see") -> Cohort:
    """A cohort for its instructors and for organisers; ``to`` asks for a right (403): one of those below."""
    cohort = Cohort.objects.visible_to(user).filter(key=cohort_key).first()
    if cohort is None:
        if Enrolment.objects.of(user).filter(cohort__key=cohort_key).exists():
            raise PermissionDenied
        raise Http404
    allowed = {
        "see": lambda: True,
        "lead": lambda: permissions.may_lead(user, cohort),
        "arrange": lambda: permissions.may_arrange(user),
        "move": lambda: permissions.may_move(user),
        "enrol": lambda: permissions.may_enrol(user),
        "hand on": lambda: permissions.may_hand_on(user),
        "activate": lambda: permissions.may_activate(user),
    }
    if not allowed[to]():
        raise PermissionDenied
    return cohort


def require_beginner_of_cohorts(user) -> None:
    """403 unless the visitor may set up new cohorts."""
    if not permissions.may_begin_cohorts(user):
        raise PermissionDenied


def teaching_for(user, cohort_key: str, pk: int) -> Teaching:
    """What somebody teaches in a cohort, for those who may arrange it; two queries."""
    cohort = cohort_for(user, cohort_key, to="arrange")
    found = get_object_or_404(Teaching.objects.select_related("instructor", "group"), cohort=cohort, pk=pk)
    found.cohort = cohort
    return found


def book_for(user, cohort_key: str, code: str) -> Book:
    """A journal book for its author, and for organisers who may hand it on."""
    found = get_object_or_404(
        Book.objects.select_related("enrolment__cohort").defer("inputs"), enrolment__cohort__key=cohort_key, code=code
    )
    if found.enrolment.user_id != user.pk:
        cohort_for(user, cohort_key, to="hand on")
    return found


def cohort_to_recap(user, cohort_key: str) -> Cohort:
    """A cohort whose recap the visitor may see: not one that they take part in, with grades not yet given to them."""
    cohort = cohort_for(user, cohort_key, to="lead")
    if permissions.takes_part(user, cohort):
        raise PermissionDenied(
            _("You take part in this cohort yourself, so another organiser or lead sees and takes its recap.")
        )
    return cohort


def cohort_to_take(user, cohort_key: str, kind: str) -> Cohort:
    """A cohort of which the visitor may take such a file: recaps for leads, books for organisers who hand them on."""
    if kind != ExportKind.BOOKS:
        return cohort_to_recap(user, cohort_key)
    cohort = cohort_for(user, cohort_key, to="lead")
    if not permissions.may_hand_on(user):
        raise PermissionDenied
    return cohort


def own_export(user, cohort_key: str, key: str) -> Export:
    """A file that the visitor asked for and may still take; 404 once it has expired."""
    kept = Export.objects.filter(cohort__key=cohort_key, key=key, by=user, expires_at__gt=timezone.now())
    found = kept.first()
    cohort = cohort_to_take(user, cohort_key, found.kind if found else "")
    if found is None:
        raise Http404
    found.cohort = cohort
    return found


def result_for(user, cohort_key: str, ndh: int, *, to: str = "see") -> tuple[Cohort, Enrolment]:
    """A participant's result for those who see all modules of it; 403 for one's own, and without the right ``to``."""
    cohort = cohort_for(user, cohort_key, to=to)
    enrolment = get_object_or_404(Enrolment.objects.select_related("user", "group"), cohort=cohort, ndh=ndh)
    enrolment.cohort = cohort
    if not permissions.may_see_result(user, enrolment):
        raise PermissionDenied
    return cohort, enrolment


def member_for(user, cohort_key: str, ndh: int) -> Enrolment:
    """A participant by number on the list, for those who may move people; two queries."""
    cohort = cohort_for(user, cohort_key, to="move")
    found = get_object_or_404(Enrolment.objects.select_related("user", "group"), cohort=cohort, ndh=ndh)
    found.cohort = cohort
    return found


def roster_for(user, cohort_key: str, key: str) -> Roster:
    """A list of participants that was uploaded for a cohort, for those who may enrol there; two queries."""
    cohort = cohort_for(user, cohort_key, to="enrol")
    found = get_object_or_404(Roster.objects.select_related("by"), cohort=cohort, key=key)
    found.cohort = cohort
    return found


def require_instructor(user) -> None:
    """403 unless the visitor teaches anything."""
    if not permissions.roles_of(user).instructor:
        raise PermissionDenied


def phrase_for(user, pk: int, *, to: str = "use") -> Phrase:
    """A phrase for an instructor: one's own, or shared with a cohort that one teaches; two queries.

    404 for everybody else; 403 without the right that ``to`` asks for: "change" or "remove".
    """
    shown = Phrase.objects.visible_to(user).with_lead(user).select_related("owner", "cohort", "module")
    phrase = get_object_or_404(shown, pk=pk)
    require_instructor(user)  # of those who no longer teach, some have phrases left
    allowed = {"change": permissions.may_change_phrase, "remove": permissions.may_remove_phrase}
    if to in allowed and not allowed[to](user, phrase):
        raise PermissionDenied
    return phrase
