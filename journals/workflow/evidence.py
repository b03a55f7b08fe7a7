"""Evidence of behaviour on a draft: marking a passage, giving it a new place, taking the mark away.

Only by the author, while the entry is editable. What was handed in has copies of its own.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from curriculum.models import Behaviour
from journals import anchors, permissions
from journals.models import Entry, Evidence, Response
from journals.workflow.core import Conflict, Forbidden, Invalid, check_move, locked

MOST = 40  # of one entry


@transaction.atomic
def mark(*, user, entry: Entry, part: str, anchor: anchors.Anchor, behaviour: str, now: datetime) -> Evidence:
    """Mark a passage of the part (a prompt's key) as evidence of a behaviour (its code).

    The same passage with the same behaviour gives the same evidence again. Raises Forbidden, Conflict ("state",
    "full", "moved") or Invalid with errors "passage" or "behaviour".
    """
    entry = _own(user, entry)
    # Compared here and not in the database, which refuses some characters that a crafted form may hold.
    shown = {row.code: row for row in Behaviour.objects.active().filter(value__active=True)}.get(behaviour)
    if shown is None:
        raise Invalid(_("Choose a behaviour."), {"behaviour": _("Choose a behaviour.")})
    response = _part(entry, part)
    start, place = _place(response, anchor)
    rows = list(Evidence.objects.filter(response__entry=entry).select_related("response"))
    if same := _same(rows, response, shown.pk, start, place):
        return same
    if len(rows) >= MOST:
        raise Conflict("full", _("An entry has at most %(most)d marks. Remove one first.") % {"most": MOST})
    row = Evidence(response=response, behaviour=shown, created_at=now)
    _put(row, start, place)
    return row


@transaction.atomic
def move(*, user, evidence: Evidence, part: str, anchor: anchors.Anchor) -> Evidence:
    """Give evidence a new place, in the same part or another. Where the same behaviour is marked there already, the
    two become one. Raises what `mark` raises, or Conflict ("gone")."""
    entry, row = _own_evidence(user, evidence)
    response = _part(entry, part)
    start, place = _place(response, anchor)
    others = Evidence.objects.filter(response__entry=entry).exclude(pk=row.pk).select_related("response")
    _take(row)
    if same := _same(others, response, row.behaviour_id, start, place):
        row.delete()
        return same
    # What is saved is the row read above: another object of the same answer would not know what was taken from it.
    row.response = row.response if row.response_id == response.pk else response
    _put(row, start, place)
    return row


@transaction.atomic
def unmark(*, user, evidence: Evidence) -> None:
    """Take evidence off the draft. Raises Forbidden or Conflict ("state", "gone")."""
    row = _own_evidence(user, evidence)[1]
    _take(row)
    row.delete()


def carried(places: dict[str, list[int]], before: str, after: str) -> dict[str, list[int]]:
    """The places of an answer after its HTML has changed. One that the change may have touched is left out: it is
    looked for by what stood around it, whenever it is read."""
    if not places:
        return places
    old, new = anchors.plain(before), anchors.plain(after)
    found = {pk: (anchors.track(old, new, start, end), end - start) for pk, (start, end) in places.items()}
    return {pk: [start, start + length] for pk, (start, length) in found.items() if start is not None}


def follow(entry: Entry) -> None:
    """Note what stands around each passage now, for the time when its place is lost.

    Called when a checkpoint is kept and not with each save, which must stay light. What has no place keeps what it
    had: it may come back. Two queries at most.
    """
    moved = []
    for row in Evidence.objects.filter(response__entry=entry).select_related("response"):
        text = anchors.plain(row.response.body)
        start = row.start_in(text)
        found = None if start is None else anchors.at(text, start, start + len(row.quote))
        if found is not None and found != row.anchor:
            row.anchor = found
            moved.append(row)
    if moved:
        Evidence.objects.bulk_update(moved, ["prefix", "suffix", "lone"])


def placed(entry: Entry, responses: Iterable[Response]) -> dict[str, list[tuple[int, Evidence]]]:
    """By prompt key: where each passage stands in that part, and the evidence, in the order of the text; one query."""
    rows = list(Evidence.objects.filter(response__entry=entry).select_related("behaviour__value"))
    found: dict[str, list[tuple[int, Evidence]]] = {}
    for response in responses if rows else ():
        text = anchors.plain(response.body)
        for row in rows:
            if row.response_id == response.pk:
                row.response = response  # loaded already
                if (start := row.start_in(text)) is not None:
                    found.setdefault(response.prompt.key, []).append((start, row))
    return {key: sorted(pairs, key=lambda pair: (pair[0], pair[1].pk)) for key, pairs in found.items()}


# --- What the moves share -----------------------------------------------------------------------------


def _own(user, entry: Entry) -> Entry:
    entry = locked(entry)
    if not permissions.may_write(user, entry.enrolment):
        raise Forbidden(_("Only active participants may write this entry."))
    check_move(entry, "save")
    return entry


def _own_evidence(user, evidence: Evidence) -> tuple[Entry, Evidence]:
    """The evidence as it is now, its entry locked."""
    entry = _own(user, evidence.response.entry)
    found = Evidence.objects.filter(pk=evidence.pk).select_related("response").first()
    if found is None:
        raise Conflict("gone", _("This mark was removed already."))
    return entry, found


def _part(entry: Entry, key: str) -> Response:
    for response in entry.responses.select_related("prompt"):
        if response.prompt.key == key:
            return response
    raise Invalid(_("The form does not fit this entry. Load the page again."))


def _place(response: Response, anchor: anchors.Anchor) -> tuple[int, anchors.Anchor]:
    """Place and anchor in the saved text; what the browser says of it is only where to look."""
    if len(anchor.quote) > anchors.LONGEST:
        message = _("Choose a shorter passage: at most %(most)d characters.") % {"most": anchors.LONGEST}
        raise Invalid(message, {"passage": message})
    if not anchor.quote.strip():
        raise Invalid(_("Choose a passage first."), {"passage": _("Choose a passage first.")})
    text = anchors.plain(response.body)
    start = anchors.find(text, anchor)
    found = None if start is None else anchors.at(text, start, start + len(anchor.quote))
    if start is None or found is None:
        message = _("This passage is not in the saved text, or stands there more than once. Choose it again.")
        raise Conflict("moved", message)
    return start, found


def _same(
    rows: Iterable[Evidence], response: Response, behaviour: int, start: int, place: anchors.Anchor
) -> Evidence | None:
    text = anchors.plain(response.body)
    for row in rows:
        words = (row.response_id, row.behaviour_id, row.quote) == (response.pk, behaviour, place.quote)
        if words and row.start_in(text) == start:
            return row
    return None


def _put(row: Evidence, start: int, place: anchors.Anchor) -> None:
    row.anchor = place
    row.save()
    row.response.places[str(row.pk)] = [start, start + len(place.quote)]
    row.response.save(update_fields=["places"])


def _take(row: Evidence) -> None:
    if row.response.places.pop(str(row.pk), None):
        row.response.save(update_fields=["places"])
