"""What authors reply to comments on passages in the demo, as `workflow.replying` would keep it."""

from datetime import datetime, timedelta
from random import Random

from berakhlak.accounts.models import User
from journals.enums import NoticeKind
from journals.models import Annotation, AnnotationClosing, AnnotationReply, Entry, Notice

ANSWERED = 0.4  # the share of comments with a reply
READ = timedelta(days=4)  # after that long a reviewer has read a reply, and mostly dealt with it

Talk = tuple[AnnotationReply, AnnotationClosing | None]


def of_notes(notes: list[tuple[Annotation, str]], finished: datetime, now: datetime, seed: str) -> list[Talk]:
    """Replies to some comments of a review that was finished then, the older ones taken as dealt with."""
    random, found = Random(f"replies:{seed}"), []
    for note, text in notes:
        said = finished + timedelta(hours=random.uniform(2, 40))
        if random.random() >= ANSWERED or said > now:
            continue
        reply = AnnotationReply(annotation=note, text=text, created_at=said)
        closing = None
        if said < now - READ and random.random() < 0.8:
            closing = AnnotationClosing(
                annotation=note, by=note.review.reviewer, created_at=said + timedelta(hours=random.uniform(4, 48))
            )
        found.append((reply, closing))
    return found


def leave_one_unread(talks: list[tuple[Entry, Talk]], reviewer: User, now: datetime) -> None:
    """Let the last reply to that reviewer be from just now, whatever day the demo is made on."""
    own = [reply for _entry, (reply, _) in talks if reply.annotation.review.reviewer == reviewer]
    if own:
        newest = max(own, key=lambda reply: reply.created_at)
        newest.created_at = now - timedelta(minutes=40)
        talks[:] = [(whose, (reply, None if reply is newest else closing)) for whose, (reply, closing) in talks]


def told(entry: Entry, talk: Talk, now: datetime) -> Notice:
    """The reviewer's notice of a reply, once the comment is stored."""
    reply, closing = talk
    read = closing.created_at if closing else reply.created_at + READ
    return Notice(
        recipient=reply.annotation.review.reviewer,
        kind=NoticeKind.REPLY,
        entry=entry,
        created_at=reply.created_at,
        read_at=read if read <= now else None,
        mailed_at=reply.created_at,  # no e-mails to invented people
        dedupe_key=f"{NoticeKind.REPLY}:{entry.pk}:{reply.annotation.pk}",
    )
