"""The small notation of the demo's text fragments, and its renderer.

``{a|b|c}`` chooses one (may nest), ``<name>`` inserts a slot, ``<name=lo-hi>`` or ``<name=lo-hi/step>`` is a slot
whose number is drawn once per text, so that the same number returns wherever the name returns.
"""

import re
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TypeAlias

Draw: TypeAlias = tuple[str, int, int, int]
_number = re.compile(r"<(\w+)=(\d+)-(\d+)(?:/(\d+))?>")
_token = re.compile(r"([{|}]|<\w+>)")
# The first letter of all (behind an opening quotation mark too), and small letters after the end of a sentence.
_start = re.compile(r"\A“?[a-z]|(?<=[.!?] )[a-z]")
_WORDS = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh")


@dataclass(frozen=True, slots=True)
class Slot:
    """A value put in from outside."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several continuations."""

    options: tuple["Sequence", ...]


Sequence: TypeAlias = tuple["str | Slot | Choice", ...]


@cache
def draws(template: str) -> tuple[Draw, ...]:
    """The numbers a template defines, as (name, lowest, highest, step)."""
    return tuple((name, int(low), int(high), int(step or 1)) for name, low, high, step in _number.findall(template))


@cache
def parse(template: str) -> Sequence:
    """The template as a tree; raises ValueError when a brace is left open or closed twice."""
    tokens = [piece for piece in _token.split(_number.sub(r"<\1>", template)) if piece]
    tree, rest = _sequence(tokens, 0, inside=False)
    if rest != len(tokens):
        raise ValueError(f"A brace too many in: {template}")
    return tree


def _sequence(tokens: list[str], at: int, *, inside: bool) -> tuple[Sequence, int]:
    parts: list[str | Slot | Choice] = []
    while at < len(tokens):
        piece = tokens[at]
        if piece == "{":
            options = []
            while tokens[at] != "}":
                option, at = _sequence(tokens, at + 1, inside=True)
                options.append(option)
            parts.append(Choice(tuple(options)))
        elif inside and piece in "|}":
            return tuple(parts), at
        elif piece.startswith("<"):
            parts.append(Slot(piece[1:-1]))
        else:
            parts.append(piece)
        at += 1
    if inside:
        raise ValueError("A brace is not closed.")
    return tuple(parts), at


def draw(random: Random, numbers: tuple[Draw, ...]) -> dict[str, str]:
    """A value for each number, written as Indonesian prose writes it: words up to ten, then 24, then 1.200."""
    return {name: spell(random.randrange(low, high + 1, step)) for name, low, high, step in numbers}


def spell(number: int) -> str:
    """Words up to ten, digits above, a point between thousands."""
    return _WORDS[number] if number <= 10 else f"{number:,}".replace(",", ".")


def render(template: str, random: Random, slots: dict[str, str]) -> str:
    """The template with its choices made and its slots filled; a slot nobody filled is a KeyError."""
    return _fill(parse(template), random, slots)


def _fill(tree: Sequence, random: Random, slots: dict[str, str]) -> str:
    parts = []
    for node in tree:
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, Slot):
            parts.append(slots[node.name])
        else:
            parts.append(_fill(random.choice(node.options), random, slots))
    return "".join(parts)


def sentence(text: str) -> str:
    """A large letter at the start and after each full stop, spaces left by empty choices taken out."""
    text = " ".join(text.split()).replace(" .", ".").replace(" ,", ",")
    return _start.sub(lambda found: found[0].upper(), text)
