"""What the author sees of the draft's earlier states: the list, and one of them beside the present text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from journals.access import BegunDesk
from journals.enums import CheckpointReason
from journals.models import Checkpoint, Entry, Response
from journals.services.comparing import Section, line, section


@dataclass(frozen=True)
class Row:
    """A checkpoint in the list: its day in the cohort's zone, and what had changed since the one before it."""

    checkpoint: Checkpoint
    day: date
    changed: list[tuple[str, str]]  # a part's title, and "+12" or "−3" words


@dataclass(frozen=True)
class Overview:
    """The present draft and its checkpoints, newest first."""

    words: int
    changed: list[tuple[str, str]]
    rows: list[Row]
    undo: Checkpoint | None  # what was there before the text that now stands was restored


def overview(entry: Entry) -> Overview:
    """All checkpoints of an entry without their texts; two queries."""
    responses = _responses(entry)
    found = list(entry.checkpoints.defer("answers").order_by("-saved_at", "-pk"))
    titles = {response.prompt.key: response.prompt.title for response in responses}
    present = {response.prompt.key: response.words for response in responses}
    zone = entry.enrolment.cohort.tz
    # A text that stood beside the draft is no step on the draft's own way.
    steps = [item for item in found if item.reason != CheckpointReason.BESIDE]
    before = dict(zip((item.pk for item in steps), steps[1:], strict=False))
    return Overview(
        words=sum(present.values()),
        changed=_changed(present, steps[0].lengths, titles) if steps else [],
        rows=[
            Row(
                item,
                item.saved_at.astimezone(zone).date(),
                _changed(item.lengths, before[item.pk].lengths, titles) if item.pk in before else [],
            )
            for item in found
        ],
        undo=next(
            (item for item in steps if item.reason == CheckpointReason.RESTORE and item.version == entry.version - 1),
            None,
        ),
    )


def _changed(new: Mapping[str, int], old: Mapping[str, int], titles: Mapping[str, str]) -> list[tuple[str, str]]:
    differences_ = ((title, new.get(key, 0) - old.get(key, 0)) for key, title in titles.items())
    return [(title, f"{'+' if by > 0 else '−'}{abs(by)}") for title, by in differences_ if by]


@dataclass(frozen=True)
class Comparison:
    """A checkpoint against the present draft, and the checkpoints beside it."""

    title: Section
    parts: list[Section]
    older: int | None
    newer: int | None

    @property
    def differs(self) -> bool:
        """Whether restoring would change anything."""
        return self.title.differs or any(part.differs for part in self.parts)


def comparison(desk: BegunDesk, checkpoint: Checkpoint) -> Comparison:
    """Part by part; two queries."""
    entry = desk.entry
    ids = list(entry.checkpoints.order_by("saved_at", "pk").values_list("pk", flat=True))
    place = ids.index(checkpoint.pk)
    return Comparison(
        title=section("", line(checkpoint.title), line(entry.title)),
        parts=[
            section(response.prompt.title, checkpoint.answers.get(response.prompt.key, ""), response.body)
            for response in _responses(entry)
        ],
        older=ids[place - 1] if place else None,
        newer=ids[place + 1] if place + 1 < len(ids) else None,
    )


def _responses(entry: Entry) -> list[Response]:
    return list(entry.responses.select_related("prompt").order_by("prompt__order"))
