"""Drafts that a device sends while somebody writes: compare and set, and nothing that arrives is dropped.

A device numbers its messages. `Entry.heard` remembers for each device the last number that was dealt with and the
version which that made, so that a repeated message changes nothing and is answered as it was the first time. The
version is negative where the author settled the message instead: then it never became the draft as it was.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from curriculum.models import Module
from journals import permissions, richtext
from journals.enums import EDITABLE_STATES, CheckpointReason
from journals.models import Enrolment, Entry, StrayDraft
from journals.workflow import checkpoints, evidence
from journals.workflow.core import Conflict, Forbidden, Invalid, locked
from journals.workflow.writing import save_draft, write_answers

# More devices than one person writes on; the ones that were silent longest are forgotten.
DEVICES = 8


@dataclass(frozen=True)
class Message:
    """What a device sent: its text, the version this is based on, and the message's number."""

    client: str
    sequence: int
    base: int
    answers: dict[str, str]
    title: str = ""
    user: str = ""  # whose page sent it, where it says so


@dataclass(frozen=True)
class Kept:
    """The message became the draft; its version, and when it was saved."""

    version: int
    saved_at: datetime


@dataclass(frozen=True)
class Strayed:
    """The message did not become the draft, because that has moved on ("stale") or was handed in ("state"): it is kept
    beside it. Or the author has chosen already ("settled")."""

    reason: str
    version: int


def receive(
    *, user, enrolment: Enrolment, module: Module, entry: Entry | None, message: Message, now: datetime
) -> Kept | Strayed:
    """Take a device's message; the first one creates the entry.

    Four queries for the usual message, a few more when a checkpoint is due. Raises Forbidden, Conflict ("not_open")
    or Invalid (a text too long, or a part that the entry does not have).
    """
    if not permissions.may_write(user, enrolment):
        raise Forbidden(_("Only active participants may write this entry."))
    with transaction.atomic():
        if entry is None:
            entry = Entry.objects.filter(enrolment=enrolment, module=module).first()
        if entry is None:
            try:
                return _first(user, enrolment, module, message, now)
            except Conflict as conflict:
                if conflict.code == "not_open":
                    raise
                # Another message began it at the same moment: this one must not be dropped.
                entry = Entry.objects.get(enrolment=enrolment, module=module)
        # Whoever loses the race looks once more, at a row that nobody changes meanwhile: another message of the same
        # device may have won it, and that is no conflict.
        return (
            _taken(entry, message, now)
            or _taken(entry := locked(entry), message, now)
            or _set_beside(entry, message, now)
        )


def _taken(entry: Entry, message: Message, now: datetime) -> Kept | Strayed | None:
    """The answer when the message was dealt with before or becomes the draft now; None when it is stale."""
    before = entry.heard.get(message.client)
    if before and message.sequence <= before[0]:
        settled = before[1] < 0
        return Strayed("settled", entry.version) if settled else Kept(before[1], entry.saved_at)
    # The answer to this device's last message may have been lost: its text is based on that all the same.
    base = max(message.base, before[1]) if before else message.base
    if not _compare_and_set(entry, message, base, now):
        return None
    change = write_answers(entry, message.answers)
    # The row has moved on, the object is still as it was before.
    if checkpoints.keep_before(entry, change, title=message.title.strip(), now=now):
        evidence.follow(entry)
    return Kept(base + 1, now)


def _first(user, enrolment: Enrolment, module: Module, message: Message, now: datetime) -> Kept:
    answers = message.answers
    entry = save_draft(
        user=user, enrolment=enrolment, module=module, answers=answers, title=message.title, version=0, now=now
    )
    _remember(entry, message, entry.version)
    return Kept(entry.version, now)


def _compare_and_set(entry: Entry, message: Message, base: int, now: datetime) -> bool:
    """The version decides in one statement, so that two devices never overwrite each other."""
    changed = Entry.objects.filter(pk=entry.pk, version=base, state__in=EDITABLE_STATES).update(
        version=base + 1,
        saved_at=now,
        title=message.title.strip(),
        heard=_heard(entry, message, base + 1),
    )
    return bool(changed)


def _heard(entry: Entry, message: Message, version: int) -> dict[str, list[int]]:
    others = {client: seen for client, seen in entry.heard.items() if client != message.client}
    newest = sorted(others.items(), key=lambda pair: abs(pair[1][1]))[-(DEVICES - 1) :]
    return {**dict(newest), message.client: [message.sequence, version]}


def _remember(entry: Entry, message: Message, version: int) -> None:
    entry.heard = _heard(entry, message, version)
    entry.save(update_fields=["heard"])


def _set_beside(entry: Entry, message: Message, now: datetime) -> Kept | Strayed:
    """Keep the text beside the draft, unless the draft says the same already."""
    answers = {key: _cleaned(html) for key, html in message.answers.items()}
    saved = dict(entry.responses.values_list("prompt__key", "body"))
    if not answers.keys() <= saved.keys():
        raise Invalid(_("The form does not fit this entry. Load the page again."))
    editable = entry.state in EDITABLE_STATES
    if answers == {key: saved[key] for key in answers} and message.title.strip() == entry.title:
        _remember(entry, message, entry.version)
        return Kept(entry.version, entry.saved_at)
    waiting = entry.strays.filter(client=message.client, settled_at=None).first()
    if waiting is None or waiting.sequence < message.sequence:
        row = waiting or StrayDraft(entry=entry, client=message.client)
        row.sequence, row.base, row.arrived_at = message.sequence, message.base, now
        row.title, row.answers = message.title.strip(), answers
        row.save()
    return Strayed("stale" if editable else "state", entry.version)


def _cleaned(html: str) -> str:
    try:
        return richtext.clean(html)
    except ValueError as error:
        raise Invalid(_("This text is too long to be saved.")) from error


@transaction.atomic
def settle(
    *,
    user,
    stray: StrayDraft,
    sequence: int,
    version: int,
    answers: dict[str, str],
    title: str | None,
    now: datetime,
) -> Entry:
    """Save what the author chose between the draft and a version beside it, which is settled by that.

    ``sequence`` is the message that the author saw: if the device has sent a newer one since, that stays. Raises
    what `save_draft` raises.
    """
    entry = stray.entry
    entry = save_draft(
        user=user,
        enrolment=entry.enrolment,
        module=entry.module,
        answers=answers,
        title=title,
        version=version,
        now=now,
        keep=CheckpointReason.CHOICE,
    )
    _close(entry, stray, sequence, now)
    return entry


@transaction.atomic
def dismiss(*, user, stray: StrayDraft, sequence: int, now: datetime) -> None:
    """Put a version beside the draft away; it stays among the checkpoints. Raises Forbidden."""
    entry = locked(stray.entry)
    if entry.enrolment.user_id != user.pk:
        raise Forbidden(_("Only active participants may write this entry."))
    _close(entry, stray, sequence, now)


def _close(entry: Entry, stray: StrayDraft, sequence: int, now: datetime) -> None:
    closed = StrayDraft.objects.filter(pk=stray.pk, sequence=sequence, settled_at=None).update(settled_at=now)
    if closed:
        checkpoints.keep_beside(entry, stray, now)
    # A number never goes down: the device may have sent, and the draft taken, newer messages meanwhile.
    if closed and entry.heard.get(stray.client, [0])[0] <= sequence:
        _remember(entry, Message(stray.client, sequence, stray.base, {}), -entry.version)
