"""Makes the rows of the demo: what the workflow would have written, entry by entry, in the same shape."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from django.utils import translation

from curriculum.models import Behaviour, Module
from journals import content, grading, text
from journals.demo import feedback, marks, past, plan, replies, texts
from journals.demo.batch import Batch
from journals.demo.bodies import beginning, to_html
from journals.demo.people import Person
from journals.enums import EntryState, EventKind, ExtensionKind, NoticeKind, ReviewState
from journals.models import (
    Claim,
    Cohort,
    Enrolment,
    Entry,
    Evidence,
    Extension,
    ItemAnswer,
    ItemClosing,
    Notice,
    Release,
    Response,
    Review,
    RevisionItem,
    Score,
    Submission,
)
from journals.workflow import STATEMENT
from journals.workflow.claiming import LEASE
from journals.workflow.reviewing import RETURN_REASON, level_for

SAMPLES = Path(__file__).with_name("samples.yaml")
BATCH = 2000


@cache
def samples() -> dict[str, dict[str, Any]]:
    """The two sample entries, word for word, by id."""
    return {sample["id"]: sample for sample in yaml.safe_load(SAMPLES.read_text(encoding="utf-8"))["sample_entries"]}


@dataclass
class Class:
    """A cohort with everything that is looked up again and again."""

    cohort: Cohort
    modules: list[Module]  # active prompts and questions prefetched
    times: list[plan.Times]
    criteria: list  # levels prefetched
    now: datetime
    seed: int
    behaviours: dict[int, list[Behaviour]]  # by module id, with their values


@dataclass
class Author:
    """A participant and the invented person behind it, whose profession the texts are about."""

    enrolment: Enrolment
    person: Person


def write_entry(room: Class, batch: Batch, author: Author, number: int, story: plan.Story, reviewer) -> None:
    """Add one entry with all that belongs to it to the batch."""
    if story.state == "none":
        return
    Teller(room, batch, author, room.modules[number - 1], room.times[number - 1], story, reviewer).tell()


class Teller:
    """Tells the story of one entry, step by step forward in time."""

    at: datetime  # the hands of its clock
    entry: Entry

    def __init__(
        self, room: Class, batch: Batch, author: Author, module: Module, times: plan.Times, story: plan.Story, reviewer
    ) -> None:
        self.room, self.batch, self.module = room, batch, module
        self.enrolment, self.person = author.enrolment, author.person
        self.times, self.story, self.reviewer = times, story, reviewer
        self.seed = (room.seed * 1000 + self.enrolment.ndh) * 100 + module.number
        self.random = Random(self.seed)
        self.due = times.due
        self.records: list[dict[str, Any]] = []
        self.rounds = 0
        self.submissions: list[Submission] = []
        self.asked: list[tuple[RevisionItem, str]] = []  # with what its author answers
        self.marks: dict[str, list[tuple[int, Evidence]]] = {}

    def tell(self) -> None:
        """Write, and then as far as the story's state goes."""
        self.begin()
        state = self.story.state
        if state != EntryState.DRAFT:
            self.submit(self.hand_in_time())
            if self.story.was_returned and state in (EntryState.SUBMITTED, EntryState.GRADED):
                said = self.send_back()
                self.at = self.soon(hours=30)
                self.improve(said)
                self.submit(self.at)
                self.batch.answers += [
                    ItemAnswer(item=item, text=answer, created_at=self.at) for item, answer in self.asked
                ]
            if state == EntryState.RETURNED:
                # Sent back lately, so that its new due time still lies ahead.
                self.at = max(self.at, self.room.now - timedelta(days=self.random.uniform(0.5, 2)))
                self.send_back()
            elif state == EntryState.GRADED:
                self.grade()
        self.entry.state = state
        self.entry.due_at = self.due
        self.batch.evidence += [row for found in self.marks.values() for _start, row in found]
        self.batch.records.append((self.entry, self.records))

    def begin(self) -> None:
        start = self.times.opens + timedelta(hours=self.random.uniform(3, 40))
        self.at = min(start, self.room.now - timedelta(hours=5))
        # What came back for improvement was weak at first.
        title, parts = self.words("weak" if self.story.was_returned else self.story.quality)
        self.entry = Entry(
            enrolment=self.enrolment,
            module=self.module,
            title=title,
            due_at=self.due,
            version=4,
            created_at=self.at,
            saved_at=self.at + timedelta(minutes=50),
        )
        self.responses = []
        for prompt in self.module.prompts.all():
            body = to_html(parts[prompt.key])
            if self.story.state == EntryState.DRAFT and prompt.key == "penerapan":
                body = ""  # a draft is not finished yet
            self.responses.append(
                Response(entry=self.entry, prompt=prompt, body=body, words=text.count_words_in_html(body))
            )
        self.batch.entries.append(self.entry)
        self.batch.responses += self.responses
        if self.story.state == EntryState.DRAFT:
            self.batch.checkpoints += past.of_draft(self.entry, self.responses)
        self.note(EventKind.CREATED, self.enrolment.user, module=self.module.number)
        self.at = self.entry.saved_at
        self.mark()

    def improve(self, said: feedback.Feedback) -> None:
        """Rework the answers after a return: their beginnings stay, and a summary that nobody complained about."""
        self.entry.title, parts = self.words("fair" if self.story.quality == "weak" else self.story.quality)
        for response in self.responses:
            new = to_html(parts[response.prompt.key])
            if response.prompt.key == "ringkasan":
                response.body = new if said.levels["pemahaman"] == 1 else response.body
            else:
                response.body = beginning(response.body) + new
            response.words = text.count_words_in_html(response.body)
        self.entry.version += 2
        self.entry.saved_at = self.at
        self.mark()

    def mark(self) -> None:
        """Whoever writes well also says which behaviour a sentence shows."""
        weak = self.story.quality == "weak" or (self.story.was_returned and self.rounds == 0)
        behaviours = self.room.behaviours[self.module.pk]
        self.marks = {
            response.prompt.key: marks.of_response(response, behaviours, self.at, self.seed)
            for response in self.responses
            if response.prompt.key == "refleksi" and not weak
        }

    def words(self, quality: str) -> tuple[str, dict[str, str]]:
        if quality.startswith("sample"):
            sample = samples()["baik" if quality == "sample-good" else "lemah"]
            body = sample["body"]
            return sample["title"], {
                "ringkasan": body["summary"],
                "refleksi": body["reflection"],
                "penerapan": body["application"],
            }
        composed = texts.compose(
            self.module.number,
            seed=self.seed,
            quality=quality,
            profession=self.person.profession,
            sex=self.person.sex,
            day=self.at.astimezone(self.room.cohort.tz).date(),
            variant=(self.enrolment.ndh - 1) // 12 + self.room.seed,
        )
        return composed.title, {
            "ringkasan": composed.ringkasan,
            "refleksi": composed.refleksi,
            "penerapan": composed.penerapan,
        }

    def hand_in_time(self) -> datetime:
        if self.story.late_days:
            return min(self.due + timedelta(days=self.story.late_days), self.room.now - timedelta(hours=3))
        return self.soon(hours=min(60, (self.due - self.at) / timedelta(hours=1) - 1))

    def soon(self, *, hours: float) -> datetime:
        """A moment after the last one, never in the future."""
        latest = self.room.now - timedelta(hours=2)
        return min(
            self.at + timedelta(hours=self.random.uniform(0.5, max(hours, 1))),
            max(latest, self.at + timedelta(minutes=1)),
        )

    def note(self, kind: EventKind, actor, **data: Any) -> None:
        self.records.append({"kind": kind, "actor": actor, "at": self.at, "data": data})

    def submit(self, at: datetime) -> None:
        self.at = at
        frozen = content.freeze(entry=self.entry, responses=self.responses, statement=statement(), evidence=self.marks)
        submission = Submission(
            entry=self.entry,
            number=len(self.submissions) + 1,
            submitted_at=at,
            due_at=self.due,
            is_late=at > self.due,
            words=sum(response.words for response in self.responses),
            receipt=content.receipt_number(at.astimezone(self.room.cohort.tz)),
            idempotency_key=f"demo-{len(self.submissions) + 1}",
            content=frozen,
            sha256=content.digest(frozen),
        )
        self.submissions.append(submission)
        self.batch.checkpoints.append(past.of_submission(self.entry, self.responses, at))
        self.batch.submissions.append(submission)
        self.note(
            EventKind.SUBMITTED,
            self.enrolment.user,
            submission=submission.number,
            words=submission.words,
            sha256=submission.sha256,
            late=submission.is_late,
        )

    def review(self, quality: str) -> tuple[Review, feedback.Feedback]:
        self.at = self.soon(hours=40)
        if self.story.quality.startswith("sample"):
            quality = self.story.quality
            said = feedback.of_sample(samples()["baik" if quality == "sample-good" else "lemah"])
        else:
            said = feedback.review(quality, seed=f"{self.seed}:{self.rounds}")  # a sum would meet the next module's
        # Only a hand-in of its own starts a new round here, so each review is the first of its submission.
        review = Review(
            submission=self.submissions[-1],
            reviewer=self.reviewer,
            rubric=self.room.cohort.rubric,
            round=1,
            state=ReviewState.FINAL,
            comment=said.overall,
            version=4,
            started_at=self.at,
        )
        seed = f"{self.seed}:{self.rounds}"
        notes = marks.notes_of(review, self.responses, quality.removeprefix("sample-"), seed)
        self.batch.annotations += [note for note, _reply in notes]
        self.note(EventKind.CLAIMED, self.reviewer, submission=self.submissions[-1].number)
        self.at += timedelta(minutes=self.random.uniform(4, 16))
        review.saved_at = review.finished_at = self.at
        self.batch.talks += [(self.entry, talk) for talk in replies.of_notes(notes, self.at, self.room.now, seed)]
        self.rounds += 1
        self.batch.reviews.append(review)
        for criterion in self.room.criteria:
            points = next(
                level.points for level in criterion.levels.all() if level.order == said.levels[criterion.code]
            )
            level = level_for(criterion.levels.all(), points)
            self.batch.scores.append(
                Score(
                    review=review,
                    criterion=criterion,
                    level=level,
                    points=points,
                    comment=said.comments.get(criterion.code, ""),
                )
            )
        return review, said

    def send_back(self) -> feedback.Feedback:
        first_was_weak = self.story.was_returned or self.story.quality == "weak"
        review, said = self.review("weak" if first_was_weak else "fair")
        review.decision = "returned"
        items = said.items or ["Ceritakan satu peristiwa nyata di tempat kerja Anda."]
        rows = [RevisionItem(review=review, order=order, text=item) for order, item in enumerate(items, 1)]
        self.asked = list(zip(rows, said.answers, strict=False))
        self.batch.items += rows
        self.due = (
            (self.at + timedelta(days=4))
            .astimezone(self.room.cohort.tz)
            .replace(hour=23, minute=59, second=59, microsecond=0)
        )
        self.batch.extensions.append(
            Extension(
                enrolment=self.enrolment,
                module=self.module,
                kind=ExtensionKind.RETURNED,
                due=self.due,
                closes=self.due + (self.times.closes - self.times.due),
                reason=RETURN_REASON,
                by=self.reviewer,
                created_at=self.at,
            )
        )
        self.note(
            EventKind.RETURNED,
            self.reviewer,
            review=review,
            submission=self.submissions[-1].number,
            due=self.due.isoformat(),
        )
        self.tell_author(NoticeKind.RETURNED)
        return said

    def grade(self) -> None:
        quality = self.story.quality if not self.story.was_returned else "fair"
        review, said = self.review(quality)
        parts = [
            (
                criterion.weight,
                next(level.points for level in criterion.levels.all() if level.order == said.levels[criterion.code]),
            )
            for criterion in self.room.criteria
        ]
        earned = grading.outcome(self.room.cohort, parts, grading.days_late(self.submissions))
        review.decision = "graded"
        self.batch.closings += [
            ItemClosing(item=item, by=self.reviewer, created_at=review.started_at) for item, _answer in self.asked
        ]
        review.raw_score, review.deduction, review.score = earned.raw, earned.deduction, earned.score
        self.batch.releases.append(Release(review=review, by=self.reviewer, created_at=self.at, visible_from=self.at))
        self.note(
            EventKind.GRADED,
            self.reviewer,
            review=review,
            submission=self.submissions[-1].number,
            round=1,
            raw=str(earned.raw),
            deduction=str(earned.deduction),
            score=str(earned.score),
        )
        self.tell_author(NoticeKind.GRADED)

    def tell_author(self, kind: NoticeKind) -> None:
        old = self.at < self.room.now - timedelta(days=6)
        self.batch.notices.append(
            Notice(
                recipient=self.enrolment.user,
                kind=kind,
                entry=self.entry,
                created_at=self.at,
                read_at=self.at + timedelta(hours=3) if old else None,
                mailed_at=self.at,  # no e-mails to invented people
            )
        )


@cache
def statement() -> str:
    """The statement of authenticity as participants read it."""
    with translation.override("id"):
        return translation.gettext(STATEMENT)


def hold(batch: Batch, room: Class, entry: Entry, reviewer, *, comment: str) -> None:
    """Put an unfinished review with a live claim on a submitted entry."""
    submission = next(item for item in reversed(batch.submissions) if item.entry is entry)
    batch.claims.append(Claim(entry=entry, reviewer=reviewer, expires_at=room.now + LEASE))
    review = Review(
        submission=submission,
        reviewer=reviewer,
        rubric=room.cohort.rubric,
        comment=comment,
        version=1,
        started_at=room.now,
        saved_at=room.now,
    )
    batch.reviews.append(review)
    responses = [response for response in batch.responses if response.entry is entry]
    batch.annotations += [note for note, _reply in marks.notes_of(review, responses, "good", "held", share=1)]
