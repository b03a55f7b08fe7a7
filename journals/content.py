"""What a submission freezes: canonical JSON text, its hash and its receipt number."""

import hashlib
import json
import logging
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from journals.anchors import plain
from journals.keys import ALPHABET
from journals.searching import folded

FORMAT = 3  # 1 had no attachments, 2 no evidence
logger = logging.getLogger(__name__)


def canonical(data: Any) -> str:
    """JSON with one spelling for the same content: UTF-8, sorted keys, no spaces."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(*, entry, responses, statement: str, attachments=(), evidence: Mapping[str, Any] | None = None) -> str:
    """The canonical content of a hand-in: prompts and answers, attachments, statement, and the author as of now.

    ``responses`` come with their prompts and the prompts' guiding questions loaded; ``evidence`` by prompt key, each
    with the place of its passage (see `workflow.evidence.placed`).
    """
    author = entry.enrolment.user
    return canonical(
        {
            "format": FORMAT,
            "module": {"code": entry.module.code, "number": entry.module.number, "title": entry.module.title},
            "cohort": entry.enrolment.cohort.name,
            "title": entry.title,
            "author": {
                "name": author.name,
                "title_before": author.title_before,
                "title_after": author.title_after,
                "agency": author.agency,
                "unit": author.unit,
                "position": author.position,
            },
            "answers": [
                {
                    "prompt": response.prompt.code,
                    "key": response.prompt.key,
                    "title": response.prompt.title,
                    "help": response.prompt.help,
                    "questions": [question.text for question in response.prompt.questions.all() if question.active],
                    "min_words": response.prompt.min_words,
                    "max_words": response.prompt.max_words,
                    "html": response.body,
                    "words": response.words,
                    "evidence": shown((evidence or {}).get(response.prompt.key, ())),
                }
                for response in responses
            ],
            "statement": statement,
            "attachments": [_attached(attachment) for attachment in attachments],
        }
    )


def shown(evidence: Iterable[tuple[int, Any]]) -> list[dict[str, Any]]:
    """What a submission says about the passages of one answer that show a behaviour, given with their places."""
    return [
        {
            "code": row.behaviour.code,
            "behaviour": row.behaviour.text,
            "value": row.behaviour.value.name,
            "quote": row.quote,
            "start": start,
        }
        for start, row in evidence
    ]


def _attached(attachment) -> dict[str, Any]:
    """What a submission says about a file: enough to show it, and its fingerprint."""
    names = ("key", "kind", "name", "caption", "alt", "size", "sha256", "width", "height", "pages")
    return {name: getattr(attachment, name) for name in names}


def parts(data: Mapping[str, Any]) -> list[str]:
    """What its author wrote, as it is read: the title, each answer, the captions. Older formats have less."""
    answers = [plain(answer["html"]) for answer in data.get("answers", ())]
    captions = [attached["caption"] for attached in data.get("attachments", ())]
    return [part for part in (data.get("title", ""), *answers, *captions) if part]


def searchable(text: str) -> str:
    """The words of a submission's content, as `SubmissionText` keeps them."""
    return folded("\n".join(parts(json.loads(text))))


def read(submission) -> dict[str, Any]:
    """The content of a submission as data. Raises ValueError when its hash does not match the text."""
    if digest(submission.content) != submission.sha256:
        raise ValueError(f"submission {submission.receipt} does not match its hash")
    return json.loads(submission.content)


def intact(submission) -> dict[str, Any] | None:
    """The content, or None (and a line in the log) when the stored text no longer matches its fingerprint."""
    try:
        return read(submission)
    except ValueError:
        logger.exception("submission %s is damaged", submission.receipt)
        return None


def receipt_number(now: datetime) -> str:
    """``BA-20261123-7K3M9QXA``: the day and forty random bits."""
    return f"BA-{now:%Y%m%d}-{''.join(secrets.choice(ALPHABET) for _ in range(8)).upper()}"
