"""Earlier states of the demo's entries, as the workflow would have kept them."""

from collections.abc import Iterable
from datetime import timedelta

from journals import text
from journals.canonical import parse, to_html
from journals.enums import CheckpointReason
from journals.models import Checkpoint, Entry, Response

# What somebody notes down and deletes again.
NOTE = (
    "<p>Catatan mentah: tanyakan lagi kepada rekan di loket berapa lama warga menunggu, kapan antrean paling panjang, "
    "dan siapa yang biasanya membantu warga lanjut usia. Jangan lupa periksa buku tamu minggu lalu.</p>"
)


def of_draft(entry: Entry, responses: list[Response]) -> list[Checkpoint]:
    """Three states on the way to a draft: a beginning, a longer one with a note, and that before the note went."""
    summary, reflection, *_rest = (response.body for response in responses)
    ways = [
        (CheckpointReason.TIME, 12, [_some(summary, 1), ""], ""),
        (CheckpointReason.TIME, 31, [summary, _some(reflection, 1) + NOTE], ""),
        (CheckpointReason.CHANGE, 44, [summary, _some(reflection, 2) + NOTE], entry.title),
    ]
    return [
        _checkpoint(entry, responses, version, reason, minutes=minutes, bodies=bodies, title=title)
        for version, (reason, minutes, bodies, title) in enumerate(ways, 1)
    ]


def of_submission(entry: Entry, responses: Iterable[Response], at) -> Checkpoint:
    """The draft as it was handed in."""
    row = _row(entry, {response.prompt.key: (response.body, response.words) for response in responses})
    row.version, row.reason, row.title = entry.version, CheckpointReason.SUBMIT, entry.title
    row.saved_at, row.made_at = entry.saved_at, at
    entry.checkpoint_at, entry.checkpoint_words = at, row.words
    return row


def _some(html: str, blocks: int) -> str:
    return to_html(parse(html).blocks[:blocks])


def _checkpoint(
    entry: Entry,
    responses: list[Response],
    version: int,
    reason: CheckpointReason,
    *,
    minutes: int,
    bodies: list[str],
    title: str,
) -> Checkpoint:
    all_bodies = bodies + [""] * (len(responses) - len(bodies))
    row = _row(
        entry,
        {
            response.prompt.key: (body, text.count_words_in_html(body))
            for response, body in zip(responses, all_bodies, strict=True)
        },
    )
    row.version, row.reason, row.title = version, reason, title
    row.saved_at = entry.created_at + timedelta(minutes=minutes)
    row.made_at = row.saved_at + timedelta(seconds=9)
    entry.checkpoint_at, entry.checkpoint_words = row.made_at, row.words
    return row


def _row(entry: Entry, parts: dict[str, tuple[str, int]]) -> Checkpoint:
    return Checkpoint(
        entry=entry,
        answers={key: body for key, (body, _words) in parts.items()},
        lengths={key: words for key, (_body, words) in parts.items()},
        words=sum(words for _body, words in parts.values()),
    )
