"""Composes believable instructors' feedback for the demo. Pure Python, no database.

The remarks fit what texts.compose writes at each quality: a good text has an incident, its cause and a plan with
time and measure; a fair one an incident but no measure; a weak one neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from journals.demo.notation import render, sentence

CRITERIA = ("pemahaman", "refleksi", "penerapan", "kualitas")
# Levels 1–4 that instructors give, by quality, with their weights.
_LEVELS: dict[str, dict[str, dict[int, int]]] = {
    "good": {"pemahaman": {4: 6, 3: 4}, "refleksi": {4: 7, 3: 3}, "penerapan": {4: 7, 3: 3}, "kualitas": {4: 4, 3: 6}},
    "fair": {"pemahaman": {3: 6, 2: 4}, "refleksi": {3: 6, 2: 4}, "penerapan": {2: 1}, "kualitas": {3: 7, 2: 3}},
    "weak": {"pemahaman": {2: 7, 1: 3}, "refleksi": {1: 1}, "penerapan": {1: 1}, "kualitas": {2: 8, 1: 2}},
}
# Strong points are named first; where levels are equal the heavier criterion counts.
_WEIGHT = {"refleksi": 3, "penerapan": 2, "pemahaman": 1, "kualitas": 0}


@dataclass(frozen=True, slots=True)
class Feedback:
    """Levels 1–4 and remarks by criterion code, the overall comment, what to improve before handing in again, and what
    the author then answers to each of these."""

    levels: dict[str, int]
    overall: str
    comments: dict[str, str]
    items: list[str]
    answers: list[str] = field(default_factory=list)


@cache
def _load(name: str) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(Path(__file__).parent.joinpath(name).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


def review(quality: str, seed: int | str) -> Feedback:
    """What an instructor says about a "good", "fair" or "weak" text. The same seed says the same.

    A good text has nothing to improve on its list; a fair one has one or two items, a weak one three or four.
    """
    random = Random(f"feedback:{quality}:{seed}")
    data = _load("fragments/feedback.yaml")
    levels = {
        code: random.choices(list(odds), weights=list(odds.values()))[0] for code, odds in _LEVELS[quality].items()
    }
    by_level = sorted(CRITERIA, key=lambda code: (levels[code], _WEIGHT[code]))
    weakest, strongest = by_level[0], by_level[-1]
    if levels[weakest] == 4:
        weakest = "kualitas"
    remarks = {code: random.sample(data["remarks"][code][levels[code]], 2) for code in CRITERIA}

    def say(template: str) -> str:
        return sentence(render(template, random, {}))

    middle = [remarks[strongest][0]] if quality != "weak" else []
    if quality == "weak" and random.random() < 0.5:
        middle.append(remarks["pemahaman"][0])
    middle.append(remarks[weakest if quality != "weak" else "refleksi"][0])
    if quality == "weak" or (quality == "fair" and random.random() < 0.4):
        middle.append(remarks["penerapan"][0])
    middle = list(dict.fromkeys(middle))
    overall = " ".join(
        say(piece)
        for piece in (random.choice(data["opening"][quality]), *middle, random.choice(data["closing"][quality]))
    )
    # Busy readers do not remark on everything; what the overall comment says is not said twice.
    commented = [code for code in CRITERIA if levels[code] <= 2 or random.random() < 0.6]
    comments = {code: say(next(piece for piece in remarks[code] if piece not in middle)) for code in commented}
    chosen = _items(random, data["items"], quality, levels)
    items = [say(item["ask"]) for item in chosen]
    return Feedback(levels, overall, comments, items, [say(item["done"]) for item in chosen])


def _items(
    random: Random, pools: Mapping[str, list[dict[str, str]]], quality: str, levels: Mapping[str, int]
) -> list[dict[str, str]]:
    if quality == "good":
        return []
    if quality == "fair":
        # A fair text tells an incident already, so that is not asked for.
        chosen = [random.choice(pools["penerapan"][:3])]
        return [random.choice(pools["refleksi"][1:]), *chosen] if levels["refleksi"] == 2 else chosen
    extra = [random.choice(pools[code]) for code in ("pemahaman", "kualitas") if levels[code] == 1]
    return [*extra[:1], pools["refleksi"][0], random.choice(pools["refleksi"][1:3]), pools["penerapan"][0]]


def notes(quality: str, sentences: Mapping[str, list[str]], seed: int | str) -> list[tuple[str, str, str, str]]:
    """What an instructor writes beside two sentences: part, sentence, comment, and what its author could reply.
    `sentences` to choose from, by part."""
    random = Random(f"notes:{quality}:{seed}")
    pools = _load("fragments/feedback.yaml")["notes"][quality]
    found = []
    for part, pool in pools.items():
        if sentences.get(part):
            quote, said = random.choice(sentences[part]), random.choice(pool)
            found.append((part, quote, *(sentence(render(said[name], random, {})) for name in ("say", "reply"))))
    return found


def of_sample(sample: Mapping[str, Any]) -> Feedback:
    """The feedback on one of the two samples, with its example levels; the weak one's comment word for word."""
    said = _load("fragments/feedback.yaml")["sample_good" if sample["quality"] == "good" else "sample_weak"]
    return Feedback(
        levels=dict(_load("samples.yaml")["example_scores"][sample["id"]]),
        overall=sample.get("reviewer_comment") or said["overall"],
        comments=dict(said["comments"]),
        items=list(said.get("items", [])),
    )
