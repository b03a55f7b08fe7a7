"""Marks sentences of a demo entry: as evidence of a behaviour that its module is about, or with a comment."""

from collections.abc import Iterable
from datetime import datetime
from random import Random

from curriculum.models import Behaviour, Module
from journals import anchors
from journals.demo import feedback
from journals.models import Annotation, Evidence, Response, Review

NOTED = 0.3  # the share of reviews with comments on passages
SHORTEST, LONGEST = 50, 220  # characters of a sentence worth marking


def behaviours_of(modules: list[Module]) -> dict[int, list[Behaviour]]:
    """By module id: the behaviours of the values that it teaches, or all of them; two queries."""
    shown = list(Behaviour.objects.active().filter(value__active=True).select_related("value"))
    taught = Module.values.through.objects.filter(module__in=modules).values_list("module_id", "value_id")
    values: dict[int, set[int]] = {}
    for module, value in taught:
        values.setdefault(module, set()).add(value)
    return {
        module.pk: [item for item in shown if item.value_id in values.get(module.pk, ())] or shown for module in modules
    }


def of_response(response: Response, behaviours: list[Behaviour], at: datetime, seed: int) -> list[tuple[int, Evidence]]:
    """Up to two passages with their places, as `workflow.evidence.placed` gives them."""
    random, text = Random(seed), anchors.plain(response.body)
    fitting = [pair for pair in anchors.sentences(response.body) if SHORTEST <= pair[1] - pair[0] <= LONGEST]
    chosen = sorted(random.sample(fitting, min(random.choice((0, 1, 1, 2)), len(fitting), len(behaviours))))
    found = []
    for (start, end), behaviour in zip(chosen, random.sample(behaviours, len(chosen)), strict=True):
        anchor = anchors.at(text, start, end)
        if anchor is not None:
            row = Evidence(response=response, behaviour=behaviour, created_at=at)
            row.anchor = anchor
            found.append((start, row))
    return found


def notes_of(
    review: Review, responses: Iterable[Response], quality: str, seed: str, share: float = NOTED
) -> list[tuple[Annotation, str]]:
    """Comments on two sentences of what was handed in, as `workflow.annotate` would keep them, each with what its
    author could reply; of some reviews."""
    if Random(f"noted:{seed}").random() >= share:
        return []
    by_part = {response.prompt.key: response for response in responses}
    texts = {part: anchors.plain(response.body) for part, response in by_part.items()}
    fitting = {
        part: [
            texts[part][start:end]
            for start, end in anchors.sentences(response.body)
            if SHORTEST <= end - start <= LONGEST
        ]
        for part, response in by_part.items()
    }
    found = []
    for part, quote, said, reply in feedback.notes(quality, fitting, seed):
        start = texts[part].index(quote)
        prefix, suffix = anchors.around(texts[part], start, start + len(quote))
        note = Annotation(
            review=review,
            prompt=by_part[part].prompt,
            quote=quote,
            prefix=prefix,
            suffix=suffix,
            start=start,
            text=said,
        )
        found.append((note, reply))
    return found
