"""Comments on passages as pages show them: beside the text that is being reviewed, and in a list with a review."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from journals import anchors, content
from journals.models import Annotation, Entry, Review
from journals.services.desk import Desk, open_review
from journals.services.evidence import Passage, passages_in


@dataclass(frozen=True)
class Note:
    """A comment, and whether its words stand in the text where it says."""

    row: Annotation
    stands: bool


@dataclass(frozen=True)
class PartNotes:
    """The comments on one part of a submission."""

    key: str
    notes: list[Note]
    editable: bool
    suffix: str = ""  # of the addresses that change them: the query that leads back


@dataclass(frozen=True)
class Sheet:
    """What a reviewer comments on: the unfinished review, and the frozen text (None: damaged)."""

    review: Review
    text: dict[str, Any] | None

    def notes(self) -> list[Note]:
        """All comments, in the order of the text; one query."""
        return listed(self.review.annotations.select_related("prompt"), self.text)

    def parts(self, suffix: str = "") -> list[PartNotes]:
        """The comments on each part, to be changed; one query."""
        return by_part(self.text, self.notes(), editable=True, suffix=suffix)

    def passages(self) -> list[tuple[str, list[Passage]]]:
        """The sentences of each part that has any, for people who choose from a list."""
        answers = self.text["answers"] if self.text else []
        found = [(answer["title"], passages_in(answer["key"], answer["html"])) for answer in answers]
        return [(title, sentences) for title, sentences in found if sentences]

    def quote(self, part: str, start: int, end: int) -> str:
        """The words of a place, or nothing where there is none."""
        return _texts(self.text).get(part, "")[start:end]


def sheet_of(user, entry: Entry) -> Sheet | None:
    """What the reader may comment on, whoever holds the entry; one query."""
    review = open_review(user, entry)
    return Sheet(review, content.intact(review.submission)) if review else None


def lay_out(desk: Desk, suffix: str = "") -> None:
    """Give each finished review its comments, and each part of the text on the desk those of the reader's unfinished
    review, to be changed while the reader holds the entry; no query."""
    for shown in desk.rounds:
        for review in shown.reviews:
            review.notes = listed(review.annotations.all(), shown.text)
            # Closing leads away from the bench, where something may be typed.
            review.closable_in, review.suffix = "" if desk.bench or not desk.may_decide else desk.entry.key, suffix
    text = desk.current.text if desk.current else None
    if desk.own is None or text is None:
        return
    notes = listed(desk.own.annotations.all(), text) if desk.own.pk else []
    parts = by_part(text, notes, editable=desk.bench is not None, suffix=suffix)
    for answer, part in zip(text["answers"], parts, strict=True):
        answer["comments"] = part


def words_of(review: Review) -> list[tuple[str, str]]:
    """The comments of a review as (passage, text) pairs, where there is no text beside them."""
    return [(f"“{note.quote}”", note.text) for note in review.annotations.all()]


def listed(rows: Iterable[Annotation], text: dict[str, Any] | None) -> list[Note]:
    """The rows, each compared with the text that it is about."""
    plain = _texts(text)
    return [
        Note(row, plain.get(row.prompt.key, "")[row.start : row.start + len(row.quote)] == row.quote) for row in rows
    ]


def by_part(text: dict[str, Any] | None, notes: list[Note], *, editable: bool, suffix: str = "") -> list[PartNotes]:
    """One for each part of the text, also for those without a comment."""
    return [
        PartNotes(answer["key"], [note for note in notes if note.row.prompt.key == answer["key"]], editable, suffix)
        for answer in (text["answers"] if text else [])
    ]


def _texts(text: dict[str, Any] | None) -> dict[str, str]:
    return {answer["key"]: anchors.plain(answer["html"]) for answer in text["answers"]} if text else {}
