"""The author's moves: save, submit, withdraw."""

from collections.abc import Mapping
from copy import copy
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from curriculum.models import Module, Prompt
from journals import content, permissions, richtext, text
from journals.enums import CheckpointReason, Decision, EntryState, EventKind
from journals.models import Claim, Enrolment, Entry, FrozenAttachment, Response, Review, Submission, SubmissionText
from journals.windows import Window, current_window
from journals.workflow import checkpoints, evidence, rounds
from journals.workflow.core import Conflict, Forbidden, Invalid, check_move, locked, record, set_state

# The author ticks this sentence; the words as they were shown are frozen with the submission.
STATEMENT = gettext_noop(
    "I wrote this entry myself from my own experience, I name my sources, and I do not disclose other "
    "people's personal data."
)


def _require_author(user, enrolment: Enrolment) -> None:
    if not permissions.may_write(user, enrolment):
        raise Forbidden(_("Only active participants may write this entry."))


def _opened_window(enrolment: Enrolment, module: Module, now: datetime) -> Window:
    window = current_window(enrolment, module)
    if window is None or not window.has_opened(now):
        raise Conflict("not_open", _("This module has not opened yet."))
    return window


@transaction.atomic
def save_draft(
    *,
    user,
    enrolment: Enrolment,
    module: Module,
    answers: dict[str, str],
    version: int,
    now: datetime,
    title: str | None = None,
    keep: CheckpointReason | None = None,
) -> Entry:
    """Save the draft and return the entry with its new version; the first save creates the entry.

    ``answers`` maps prompt keys to HTML; keys that are missing stay as they are. ``version`` is the number
    the text is based on, 0 for a new entry. After the closing time a draft is still saved: only handing
    in has a deadline. What was saved before is kept as a checkpoint when one is due, or for the reason ``keep``
    in any case. Raises Forbidden, Conflict ("not_open", "state", "stale") or Invalid.
    """
    _require_author(user, enrolment)
    entry = begun(user=user, enrolment=enrolment, module=module, now=now)
    check_move(entry, "save")
    if entry.version != version:
        raise Conflict("stale", _("This entry was changed in another window or on another device."))
    before = copy(entry)
    change = write_answers(entry, answers)
    entry.version += 1
    entry.saved_at = now
    if title is not None:
        entry.title = title.strip()
    entry.save(update_fields=["version", "saved_at", "title"])
    if checkpoints.keep_before(before, change, title=entry.title, now=now, reason=keep):
        evidence.follow(entry)
    return entry


def begun(*, user, enrolment: Enrolment, module: Module, now: datetime) -> Entry:
    """The entry, locked; made at version 0, with nothing written, where there is none. Raises Conflict ("not_open")."""
    window = _opened_window(enrolment, module, now)
    existing = Entry.objects.filter(enrolment=enrolment, module=module).first()
    if existing is not None:
        return locked(existing)
    try:
        with transaction.atomic():
            entry = Entry.objects.create(
                enrolment=enrolment, module=module, due_at=window.due, created_at=now, saved_at=now
            )
    except IntegrityError:  # the same first save arrived twice
        return locked(Entry.objects.get(enrolment=enrolment, module=module))
    Response.objects.bulk_create(
        Response(entry=entry, prompt=prompt) for prompt in Prompt.objects.active().filter(module=module)
    )
    record(entry, EventKind.CREATED, actor=user, at=now, module=module.number)
    return entry


def write_answers(entry: Entry, answers: dict[str, str]) -> checkpoints.Change:
    """Write the parts that changed, by prompt key, and return how they were; up to two queries. Raises Invalid."""
    responses = {
        response.prompt.key: response for response in entry.responses.select_related("prompt").order_by("prompt__order")
    }
    if unknown := set(answers) - set(responses):
        raise Invalid(_("The form does not fit this entry. Load the page again."), dict.fromkeys(unknown, ""))
    before = checkpoints.Texts.of(responses)
    errors, changed = {}, []
    for key, html in answers.items():
        try:
            body = richtext.clean(html)
        except ValueError:
            errors[key] = _("This text is too long to be saved.")
            continue
        response = responses[key]
        if response.body != body:
            response.places = evidence.carried(response.places, response.body, body)
            response.body = body
            response.words = text.count_words_in_html(body)
            changed.append(response)
    if errors:
        raise Invalid(_("Not saved yet. Please look at the marked parts."), errors)
    if changed:
        Response.objects.bulk_update(changed, ["body", "words", "places"])
    return checkpoints.Change(before, checkpoints.Texts.of(responses))


@transaction.atomic
def submit(
    *,
    user,
    entry: Entry,
    version: int,
    accepted: bool,
    key: str,
    now: datetime,
    answers: Mapping[int, str] | None = None,
) -> Submission:
    """Hand the draft in and return the frozen submission.

    ``answers``, by id, say what was changed for each thing to improve. The same ``key`` gives the same submission
    again, however often the request is repeated. Raises Forbidden, Conflict ("state", "stale", "not_open",
    "closed") or Invalid with errors by prompt key, `rounds.answer_name` and "statement".
    """
    entry = locked(entry)
    _require_author(user, entry.enrolment)
    if not key or len(key) > 64:
        raise Invalid(_("The form does not fit this entry. Load the page again."))
    submissions = list(entry.submissions.defer("content").order_by("number"))
    if earlier := next((given for given in submissions if given.idempotency_key == key), None):
        return earlier
    check_move(entry, "submit")
    window = _opened_window(entry.enrolment, entry.module, now)
    if window.has_closed(now):
        raise Conflict(
            "closed",
            _("The time for this module has ended. Your text is kept; please ask the organiser for an extension."),
        )
    if entry.version != version:
        raise Conflict("stale", _("This entry was changed in another window or on another device."))
    responses = list(
        entry.responses.select_related("prompt").prefetch_related("prompt__questions").order_by("prompt__order")
    )
    items = rounds.asked(entry)
    _require_complete(responses, rounds.unanswered(items, answers or {}), accepted)
    attached = list(entry.attachments.filter(removed_at=None).order_by("id"))
    frozen = content.freeze(
        entry=entry,
        responses=responses,
        statement=_(STATEMENT),
        attachments=attached,
        evidence=evidence.placed(entry, responses),
    )
    submission = Submission.objects.create(
        entry=entry,
        number=submissions[-1].number + 1 if submissions else 1,
        submitted_at=now,
        due_at=window.due,
        is_late=window.is_late(now),
        words=sum(response.words for response in responses),
        receipt=content.receipt_number(now.astimezone(entry.enrolment.cohort.tz)),
        idempotency_key=key,
        content=frozen,
        sha256=content.digest(frozen),
    )
    SubmissionText.objects.create(submission=submission, words=content.searchable(frozen))
    FrozenAttachment.objects.bulk_create(
        FrozenAttachment(submission=submission, attachment=attachment) for attachment in attached
    )
    rounds.write_answers(items, answers or {}, now)
    kept = checkpoints.keep_submitted(entry, responses, now)
    set_state(entry, EntryState.SUBMITTED, checkpoint_at=kept.made_at, checkpoint_words=kept.words)
    record(
        entry,
        EventKind.SUBMITTED,
        actor=user,
        at=now,
        submission=submission.number,
        words=submission.words,
        sha256=submission.sha256,
        late=submission.is_late,
    )
    return submission


def _require_complete(responses: list[Response], unanswered: dict[str, str], accepted: bool) -> None:
    errors = {}
    for response in responses:
        prompt = response.prompt
        if response.words < prompt.min_words:
            errors[prompt.key] = _("%(title)s: %(words)d words so far, at least %(least)d are needed.") % {
                "title": prompt.title,
                "words": response.words,
                "least": prompt.min_words,
            }
        elif response.words > prompt.max_words:
            errors[prompt.key] = _("%(title)s: %(words)d words, at most %(most)d are allowed.") % {
                "title": prompt.title,
                "words": response.words,
                "most": prompt.max_words,
            }
    errors |= unanswered
    if not accepted:
        errors["statement"] = _("Please confirm the statement of authenticity.")
    if errors or not responses:
        raise Invalid(_("The entry cannot be submitted yet."), errors)


def may_withdraw(entry: Entry, submission: Submission | None, now: datetime) -> bool:
    """True while no reviewer has ever begun this submission and the window is open; up to three queries."""
    if entry.state != EntryState.SUBMITTED or submission is None or submission.withdrawn_at is not None:
        return False
    window = current_window(entry.enrolment, entry.module)
    if window is None or not window.is_open(now):
        return False
    return not Review.objects.filter(submission__entry=entry, submission=submission).exists()


@transaction.atomic
def withdraw(*, user, entry: Entry, now: datetime) -> Entry:
    """Take the latest submission back to go on writing. Raises Forbidden or Conflict."""
    entry = locked(entry)
    _require_author(user, entry.enrolment)
    check_move(entry, "withdraw")
    submission = entry.submissions.standing().order_by("-number").first()
    if submission is None or not may_withdraw(entry, submission, now):
        raise Conflict(
            "withdraw",
            _("This submission can no longer be withdrawn: its review has begun or the time has ended."),
        )
    now = max(now, submission.submitted_at)  # it may have arrived while this request waited for the lock
    submission.withdrawn_at = now
    submission.save(update_fields=["withdrawn_at"])
    was_returned = Review.objects.filter(submission__entry=entry, decision=Decision.RETURNED).exists()
    Claim.objects.filter(entry=entry).delete()
    set_state(entry, EntryState.RETURNED if was_returned else EntryState.DRAFT)
    record(entry, EventKind.WITHDRAWN, actor=user, at=now, submission=submission.number)
    return entry
