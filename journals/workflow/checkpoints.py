"""Checkpoints: earlier states of a draft, so that no paragraph that somebody deleted is lost.

Kept is always the state before a save, when it is due: by time, or because much of it goes. What was due is decided
from what the save has loaded anyway; only keeping one costs queries. With age they are thinned, when one is made.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

from journals import text
from journals.enums import CheckpointReason
from journals.models import Checkpoint, Entry, Response, StrayDraft

EVERY = timedelta(minutes=5)
MANY_WORDS = 40  # so many gone at once, or written since the newest checkpoint, make a change worth keeping
SHORT = 8  # of a part with fewer words, half is not much
ALL_OF = timedelta(days=1)
HOURLY = timedelta(days=7)
MOST = 100  # of one entry, those of hand-ins not counted


@dataclass(frozen=True)
class Texts:
    """The parts of an entry by prompt key: their HTML and their words."""

    answers: dict[str, str]
    lengths: dict[str, int]

    @classmethod
    def of(cls, responses: Mapping[str, Response]) -> "Texts":
        """As they stand in these rows now."""
        return cls(
            {key: response.body for key, response in responses.items()},
            {key: response.words for key, response in responses.items()},
        )

    @property
    def words(self) -> int:
        """All parts together."""
        return sum(self.lengths.values())


@dataclass(frozen=True)
class Change:
    """The parts before and after a save."""

    before: Texts
    after: Texts


# --- When one is due ----------------------------------------------------------------------------------


def due(entry: Entry, change: Change, now: datetime) -> CheckpointReason | None:
    """Whether what stood before a change must be kept, and why. `entry` is as it was before; no query."""
    before, after = change.before, change.after
    if any(_much_is_gone(before, after, key) for key in before.answers if before.answers[key] != after.answers[key]):
        return CheckpointReason.CHANGE
    # What was written since the newest checkpoint begins to shrink: step by step it could go without a large one.
    if after.words < before.words and before.words - entry.checkpoint_words >= MANY_WORDS:
        return CheckpointReason.CHANGE
    if now - (entry.checkpoint_at or entry.created_at) >= EVERY:
        return CheckpointReason.TIME
    return None


def _much_is_gone(before: Texts, after: Texts, key: str) -> bool:
    """Words that went, wherever in the part they stood: a paragraph replaced by a longer one is gone too."""
    length = before.lengths[key]
    if length < SHORT:
        return False
    old, new = (Counter(text.html_to_text(texts.answers[key]).split()) for texts in (before, after))
    gone = (old - new).total()
    return gone >= MANY_WORDS or gone * 2 > length


# --- Keeping ------------------------------------------------------------------------------------------


def keep_before(
    before: Entry, change: Change, *, title: str, now: datetime, reason: CheckpointReason | None = None
) -> bool:
    """Keep what stood before a save: for the given reason, or if it is due. No query when it is not (False)."""
    if before.version == 0 or (change.before == change.after and before.title == title):
        return False
    reason = reason or due(before, change, now)
    if reason is None:
        return False
    _write(before, change.before, reason, version=before.version, title=before.title, saved_at=before.saved_at, now=now)
    Entry.objects.filter(pk=before.pk).update(checkpoint_at=now, checkpoint_words=change.before.words)
    _thin_out(before, now)
    return True


def keep_submitted(entry: Entry, responses: Iterable[Response], now: datetime) -> Checkpoint:
    """Keep what is handed in; one query. The caller notes it on the entry, which it saves anyway."""
    texts = Texts.of({response.prompt.key: response for response in responses})
    reason = CheckpointReason.SUBMIT
    return _write(entry, texts, reason, version=entry.version, title=entry.title, saved_at=entry.saved_at, now=now)


def keep_beside(entry: Entry, stray: StrayDraft, now: datetime) -> None:
    """Keep a text that stood beside the draft and is settled. Parts that it did not bring are those of the draft."""
    saved = Texts.of({row.prompt.key: row for row in entry.responses.select_related("prompt")})
    answers = saved.answers | stray.answers
    lengths = {key: text.count_words_in_html(html) for key, html in answers.items()}
    reason, texts = CheckpointReason.BESIDE, Texts(answers, lengths)
    _write(entry, texts, reason, version=entry.version, title=stray.title, saved_at=stray.arrived_at, now=now)
    _thin_out(entry, now)


def _write(
    entry: Entry, texts: Texts, reason: CheckpointReason, *, version: int, title: str, saved_at: datetime, now: datetime
) -> Checkpoint:
    row = Checkpoint(
        entry_id=entry.pk,
        version=version,
        reason=reason,
        title=title,
        answers=texts.answers,
        lengths=texts.lengths,
        words=texts.words,
        saved_at=saved_at,
        made_at=now,
    )
    # A version that was handed in is kept already; it stays under that name.
    Checkpoint.objects.bulk_create([row], ignore_conflicts=True)
    return row


# --- Thinning -----------------------------------------------------------------------------------------


class Row(NamedTuple):
    """What thinning looks at."""

    pk: int
    saved_at: datetime
    words: int
    reason: str


def _thin_out(entry: Entry, now: datetime) -> None:
    """Two queries at most."""
    rows = [
        Row(*row) for row in Checkpoint.objects.filter(entry=entry).values_list("pk", "saved_at", "words", "reason")
    ]
    if spare := superfluous(rows, now, entry.enrolment.cohort.tz):
        Checkpoint.objects.filter(pk__in=spare).delete()


def superfluous(rows: Iterable[Row], now: datetime, zone: tzinfo) -> set[int]:
    """Which of an entry's checkpoints may go.

    All of the last day stay, of the last week the fullest of each hour, before that the fullest of each day; and what
    was handed in, the oldest and the newest in any case. Of more than `MOST` those go first that stand close behind
    another and were kept for the time only.
    """
    in_order = sorted(rows, key=lambda row: (row.saved_at, row.pk))
    fixed = {row.pk for row in [*in_order[:1], *in_order[-1:]]}
    fixed |= {row.pk for row in in_order if row.reason == CheckpointReason.SUBMIT}
    fullest: dict[tuple, Row] = {}
    for row in in_order:
        slot = _slot(row, now, zone)
        best = fullest.get(slot)
        if row.pk not in fixed and (best is None or row.words >= best.words):
            fullest[slot] = row
    stay = fixed | {row.pk for row in fullest.values()}
    kept = [row for row in in_order if row.pk in stay]
    while sum(row.reason != CheckpointReason.SUBMIT for row in kept) > MOST:
        closest = min(
            ((before, row) for before, row in pairwise(kept) if row.pk not in fixed),
            key=lambda pair: (pair[1].reason != CheckpointReason.TIME, pair[1].saved_at - pair[0].saved_at),
        )[1]
        kept.remove(closest)
    return {row.pk for row in in_order} - {row.pk for row in kept}


def _slot(row: Row, now: datetime, zone: tzinfo) -> tuple:
    age, local = now - row.saved_at, row.saved_at.astimezone(zone)
    if age <= ALL_OF:
        return (row.pk,)
    return (local.date(), local.hour) if age <= HOURLY else (local.date(), None)
